"""What hangs on the earlier visits of a family is what each model's own scope lets through, for everybody."""

import pytest

from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import Assignment
from students.tests.factories import make_mentor, make_student
from visits.actions.review import void_visit
from visits.models import Opinion, Promise, Visit, VisitNote, VisitStudent
from visits.queries.family import earlier_of, open_promises
from visits.tests.factories import make_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(programme, school_class, school, head, teacher, leader, student):
    mentor, visitor = (make_user(Role.TEACHER, school=school) for _ in range(2))
    make_mentor(student, mentor)
    Assignment.objects.create(
        programme=programme, student=student, authority_id=school.authority_id, school=school, visitor=visitor,
        assigned_by=head,
    )  # fmt: skip
    return {
        "head": head, "colleague": teacher, "leader": leader, "mentor": mentor, "visitor": visitor,
        "admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "other head": make_class_head(make_class(school, number=7)),
        "other school": make_class_head(make_class(make_school(school.authority))),
    }  # fmt: skip


@pytest.fixture
def visits(programme, student, head, people):
    """Two of the head, one with somebody along, one that was voided; each with a line of every kind."""
    found = [make_visit(student, by=head, programme=programme, day=f"2022-09-0{day}") for day in (2, 3, 5)]
    found.append(
        make_visit(student, by=head, programme=programme, day="2022-09-04", others=[people["colleague"].pk])
    )
    for visit in found:
        place = {"authority_id": visit.authority_id, "school_id": visit.school_id}
        Promise.objects.create(visit=visit, text="读书", **place)
        Opinion.objects.create(visit=visit, category="作业", text="多", answerer="school", **place)
        VisitNote.objects.update_or_create(visit=visit, student=student, defaults={"strengths": "手巧", **place})
    void_visit(found[2], by=people["leader"], reason="记错了")
    return found


@pytest.mark.parametrize(
    "who", ["head", "colleague", "leader", "mentor", "visitor", "admin", "other head", "other school"]
)
def test_lines_of_earlier_visits_keep_to_their_scope(visits, people, student, who):
    user = people[who]
    of_pupil = VisitStudent.objects.filter(student=student, visit__state__in=("recorded", "locked")).values("visit_id")
    found = earlier_of(user, [student.pk])

    assert found.ids == [visits[3].pk, visits[1].pk, visits[0].pk]
    assert set(found.readable) == set(Visit.objects.visible_to(user).filter(pk__in=of_pupil).values_list("pk", flat=True))
    for model in (Promise, Opinion, VisitNote):
        asked = model.objects.visible_to(user).filter(visit_id__in=of_pupil)
        assert set(found.lines(model)) == set(asked), model
    assert len(found.lines(Promise)) == {"colleague": 1, "admin": 0, "other head": 0, "other school": 0}.get(who, 3)
    assert list(open_promises(user, [student.pk], earlier=found)) == list(open_promises(user, [student.pk]))


def test_of_some_pupils_only_their_visits_stand(programme, visits, student, head):
    brother = make_student(student.school_class)
    alone = make_visit(brother, by=head, programme=programme, day="2022-09-06")
    both = earlier_of(head, [student.pk, brother.pk])

    assert both.ids[0] == alone.pk
    assert both.of([student.pk]).ids == [visits[3].pk, visits[1].pk, visits[0].pk]
    assert both.of([]).ids == both.of([]).readable == []
    assert list(both.of([]).lines(Promise)) == []
