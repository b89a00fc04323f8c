"""What a statement tells: counted from visits, never from paperwork."""

from datetime import date
from uuid import uuid4

import pytest

from core.clock import now
from programmes.models import Attendance, ConductSignature, Event
from programmes.tests.upward import make_upward
from reports.queries.assessment import BUILDERS, facts_of, teachers_of
from reports.queries.statement import school_figures
from schools.enums import Role
from schools.tests.factories import add_post, make_class_head, make_leader, make_school, make_user
from students.models import Assignment, Household
from students.tests.factories import make_change, make_mark, make_student
from visits.actions.register import open_register
from visits.models import Media, Promise, Visit, VisitVersion, VisitVisitor
from visits.tests.rows import add_visit
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    return make_upward()


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


@pytest.fixture
def head(school_class):
    return make_class_head(school_class, name="陈晓", politics="01")


@pytest.fixture
def teacher(school):
    return make_user(Role.TEACHER, school=school, name="罗一鸣", politics="13")


def told(programme, school, person):
    """{code: value or (value, of)}"""
    facts = facts_of(programme, school, [person.pk])[person.pk]
    return {one["code"]: one["value"] if one["of"] is None else (one["value"], one["of"]) for one in facts}


@pytest.mark.seed("S49", "W62")
def test_facts_of_a_class_head_and_of_a_colleague_who_went_along(programme, school, school_class, head, teacher):
    home = Household.objects.create()
    brothers = [make_student(school_class, household=home) for _ in range(2)]
    others = [make_student(school_class) for _ in range(3)]
    first = add_visit(programme, brothers, on=date(2022, 9, 10), lead=head)
    VisitVisitor.objects.create(visit=first, user=teacher)
    add_visit(programme, others[:1], on=date(2022, 9, 11), lead=teacher)
    open_register(programme)

    assert told(programme, school, head) == {
        "participation": "是", "families": 1, "families_led": 1, "reached": (3, 5),
    }  # fmt: skip
    assert told(programme, school, teacher) == {"participation": "是", "families": 2, "families_led": 1}


def test_a_visit_that_does_not_count_or_that_the_colleague_denies_is_no_participation(
    programme, school, school_class, head, teacher
):
    student = make_student(school_class)
    add_visit(programme, [student], on=date(2022, 9, 10), lead=head, mode="phone")
    real = add_visit(programme, [student], on=date(2022, 9, 11), lead=head)
    VisitVisitor.objects.create(visit=real, user=teacher, denied_at=now())
    open_register(programme)

    assert told(programme, school, teacher)["participation"] == "否"
    assert told(programme, school, head)["families"] == 1


def test_assigned_pupils_count_while_they_are_the_teachers_or_were_reached_by_the_teacher(
    programme, school, school_class, head, teacher
):
    kept, done, taken = (make_student(school_class) for _ in range(3))
    for student, ended in ((kept, None), (done, now()), (taken, now())):
        Assignment.objects.create(
            programme=programme, student=student, authority_id=school.authority_id, school=school, visitor=teacher,
            assigned_by=head, ended_at=ended,
        )  # fmt: skip
    add_visit(programme, [done], on=date(2022, 9, 10), lead=teacher)
    add_visit(programme, [taken], on=date(2022, 9, 10), lead=head)
    open_register(programme)

    assert told(programme, school, teacher)["reached"] == (1, 2)


@pytest.mark.seed("S52")
def test_priority_pupils_first_by_the_half_way_rule(programme, school, school_class, head):
    marked, changed, *others = (make_student(school_class) for _ in range(6))
    make_mark(marked, "HARDSHIP", by=head)
    make_change(changed, by=head, occurred_on=date(2022, 9, 1), answered_on=date(2022, 9, 12), answered_at=now())
    for student, day in zip([marked, changed, *others[:3]], (5, 12, 4, 6, 8), strict=True):
        add_visit(programme, [student], on=date(2022, 9, day), lead=head)
    open_register(programme)

    facts = told(programme, school, head)

    assert facts["priority"] == (2, 2)
    assert facts["priority_before"] == (1, 2)  # half of the others were reached on the 6th


@pytest.mark.seed("S52")
def test_follow_ups_kept_and_promises_of_the_teacher(programme, school, school_class, head):
    students = [make_student(school_class) for _ in range(3)]
    visits = [add_visit(programme, [one], on=date(2022, 9, 5), lead=head) for one in students]
    for visit, day in zip(visits, (10, 12, 30), strict=True):
        Visit.objects.filter(pk=visit.pk).update(follow_up_on=date(2022, 9, day))
    again = add_visit(programme, [students[0]], on=date(2022, 9, 9), lead=head)
    Visit.objects.filter(pk=again.pk).update(follows=visits[0])
    at = {"visit": visits[0], "authority_id": school.authority_id, "school": school}
    for position, (who, outcome) in enumerate(
        [("teacher", "kept"), ("teacher", "partly"), ("teacher", ""), ("family", "not_kept")], start=1
    ):
        moment = now() if outcome else None
        Promise.objects.create(who=who, outcome=outcome, outcome_at=moment, text="约定", position=position, **at)
    open_register(programme)

    facts = told(programme, school, head)

    assert facts["follow_ups"] == (1, 2)  # the third is not due yet
    assert facts["promises"] == (1, 2)  # what the family did is not the teacher's


def test_training_conduct_works_and_honours(programme, school, school_class, head, teacher):
    asks = {"conduct": {"rules": [{"kind": "do", "text": "示例"}]}, "training": {"required": True}}
    programme.config = {**programme.config, **asks}
    programme.save()
    event = Event.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, kind=programme.rules.training.event,
        title="走访培训", held_on=date(2022, 9, 1), created_by=head,
    )  # fmt: skip
    Attendance.objects.create(event=event, school=school, user=head, marked_by=head)
    ConductSignature.objects.create(
        programme=programme, user=head, school=school, version=programme.rules.conduct.version
    )
    make_work(head, programme, school, state="submitted")
    make_work(head, programme, school, state="returned")
    make_work(head, programme, school, state="awarded", school_award="一等奖")
    make_work(make_leader(school), programme, school, kind="deeds", honoree=head, state="approved")

    facts = told(programme, school, head)

    assert (facts["training"], facts["conduct"]) == ("是", "是")
    assert told(programme, school, teacher) == {
        "participation": "否", "families": 0, "families_led": 0, "training": "否", "conduct": "否",
    }  # fmt: skip
    assert (facts["works"], facts["works_recommended"], facts["works_awarded"]) == (2, 1, 1)
    assert facts["honours"] == "校级一等奖（家访征文）；区级一等奖（家访征文）；学校推荐为先进教师"


@pytest.mark.seed("S51", "W92")
def test_paperwork_changes_no_fact(programme, school, school_class, head):
    """Longer texts, more photos, more versions and empty traces: the statement stays as it was; weight 0."""
    student = make_student(school_class)
    visit = add_visit(programme, [student], on=date(2022, 9, 10), lead=head)
    work = make_work(head, programme, school, state="submitted")
    open_register(programme)
    before = facts_of(programme, school, [head.pk])

    Visit.objects.filter(pk=visit.pk).update(process="走" * 5000, reflection="思" * 5000, analysis="析" * 900)
    type(work).objects.filter(pk=work.pk).update(body="写" * 3000)
    for number in range(1, 6):
        VisitVersion.objects.create(visit=visit, number=number, written_by=head, written_at=now(), superseded_by=head)
        Media.objects.create(**photo(visit, head, number))
    for _ in range(3):
        add_visit(programme, [student], on=date(2022, 9, 11), lead=head, state="no_one_home")
    add_visit(programme, [student], on=date(2022, 9, 12), lead=head, mode="phone")

    assert facts_of(programme, school, [head.pk]) == before
    assert programme.rules.assessment.paperwork_weight == 0
    assert {"points", "score", "rank", "grade"}.isdisjoint(key for fact in before[head.pk] for key in fact)


def photo(visit, owner, number):
    return {
        "visit": visit, "owner": owner, "programme": visit.programme, "authority_id": visit.authority_id,
        "school": visit.school, "kind": "image", "client_uuid": uuid4(), "source_sha256": str(number),
    }  # fmt: skip


def test_a_rank_from_a_sealed_mark_is_told_to_the_class_head_only(programme, school, school_class, head, teacher):
    from programmes.models import Category, ProgrammeCategory

    secret = Category.objects.create(authority=programme.authority, code="PSY", name="心理", restricted=True, psych=True)
    ProgrammeCategory.objects.create(programme=programme, category=secret, position=9, label="心理")
    student = make_student(school_class)
    make_mark(student, "PSY", by=head)
    Assignment.objects.create(
        programme=programme, student=student, authority_id=school.authority_id, school=school, visitor=teacher,
        assigned_by=head,
    )  # fmt: skip
    open_register(programme)

    assert told(programme, school, head)["priority"] == (0, 1)
    assert "priority" not in told(programme, school, teacher)


def test_every_item_of_a_notice_has_a_builder_except_what_care_will_bring(programme):
    from typing import get_args

    from programmes.config.schema import Assessment

    items = set(get_args(get_args(Assessment.model_fields["items"].annotation)[0]))
    assert items - set(BUILDERS) == {"opinions"}


@pytest.mark.parametrize("teachers", (1, 3))
def test_the_same_queries_for_any_number_of_teachers(programme, school, school_class, head, teachers, django_assert_num_queries):
    people = [head, *(make_user(Role.TEACHER, school=school) for _ in range(teachers - 1))]
    for person in people:
        add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=person)
    open_register(programme)

    with django_assert_num_queries(11):
        facts_of(programme, school, [one.pk for one in people])


def test_who_gets_a_statement(programme, school, school_class, head, teacher):
    leader = make_leader(school)
    visiting_leader = make_leader(school)
    gone = make_user(Role.TEACHER, school=school, is_active=False)
    stranger = make_user(Role.TEACHER, school=make_school(programme.authority))
    add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=visiting_leader)
    add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=gone)

    found = set(teachers_of(programme, school))

    assert found == {head, teacher, visiting_leader}
    assert leader not in found and stranger not in found


@pytest.mark.seed("S6", "S7", "W87")
def test_figures_of_the_school_with_the_share_of_party_members(programme, school, school_class, head, teacher):
    leader = make_leader(school)
    students = [make_student(school_class) for _ in range(4)]
    make_user(Role.TEACHER, school=school, politics="02")
    add_visit(programme, students[:1], on=date(2022, 9, 10), lead=head)
    open_register(programme)

    figures = school_figures(programme, school, leader)

    assert (figures.coverage.visited, figures.coverage.due) == (1, 4)
    assert (figures.everybody.part, figures.everybody.of, figures.everybody.rate) == (1, 3, "33.3%")
    assert (figures.party.part, figures.party.of, figures.party.rate) == (1, 2, "50.0%")


def test_somebody_with_two_posts_is_one_teacher(programme, school, head):
    add_post(head, Role.TEACHER, school=school)
    assert teachers_of(programme, school).count() == 1
