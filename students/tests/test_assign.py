"""Assigning families to visitors: who may be, what twice does, who leads, how it ends, how it is taken back."""

from datetime import date, timedelta

import pytest

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_school, make_user
from students.actions.assign import assign, end_assignments, snapshot, take_back, unassign
from students.models import Assignment
from students.tests.factories import make_student

DAY = date(2022, 9, 27)


@pytest.fixture
def colleague(school):
    return make_user(Role.TEACHER, school=school, name="丁宁")


def current(**where):
    rows = Assignment.objects.current().filter(**where).order_by("student_id", "pk")
    return [(row.student_id, row.visitor_id, row.role, row.visit_by) for row in rows]


def lines():
    return list(AuditEntry.objects.filter(action__startswith="assignment.").order_by("id").values_list("action", flat=True))


def test_families_get_a_visitor_and_a_day(programme, head, teacher, student):
    other = make_student(student.school_class)

    rows = assign(programme, [other, student], teacher, by=head, visit_by=DAY)

    assert [row.student_id for row in rows] == [other.pk, student.pk]
    assert current() == [(student.pk, teacher.pk, "lead", DAY), (other.pk, teacher.pk, "lead", DAY)]
    entry = AuditEntry.objects.get(action="assignment.set")
    assert (entry.actor_id, entry.school_id) == (head.pk, student.school_id)
    assert (entry.facts["students"], entry.facts["visitors"]) == ([student.pk, other.pk], [teacher.pk])


def test_twice_is_once(programme, head, teacher, student):
    first = assign(programme, [student], teacher, by=head, visit_by=DAY)
    again = assign(programme, [student], teacher, by=head)

    assert ([row.pk for row in first], again[0].visit_by) == ([row.pk for row in again], DAY)
    assert (Assignment.objects.count(), lines()) == (1, ["assignment.set"])


def test_another_day_is_kept_on_the_same_row(programme, head, teacher, student):
    assign(programme, [student], teacher, by=head, visit_by=DAY)
    assign(programme, [student], teacher, by=head, visit_by=DAY - timedelta(days=2))

    assert current() == [(student.pk, teacher.pk, "lead", date(2022, 9, 25))]


def test_a_new_lead_replaces_the_old_one_and_companions_stay(programme, head, teacher, colleague, student):
    third = make_user(Role.TEACHER, school=student.school)
    assign(programme, [student], teacher, by=head)
    assign(programme, [student], third, by=teacher, role="other", source="appointment")

    assign(programme, [student], colleague, by=head)

    assert current() == [(student.pk, third.pk, "other", None), (student.pk, colleague.pk, "lead", None)]
    assert Assignment.objects.get(visitor=teacher).ended_at == now()


def test_a_companion_becomes_lead_and_a_lead_stays_lead(programme, head, teacher, student):
    assign(programme, [student], teacher, by=head, role="other", source="appointment")
    assign(programme, [student], teacher, by=head)
    assign(programme, [student], teacher, by=head, role="other", source="appointment")

    assert current() == [(student.pk, teacher.pk, "lead", None)]


@pytest.mark.parametrize("kind", ["another school", "nowhere any more", "switched off"])
def test_only_somebody_at_the_pupils_school_is_assigned(programme, head, teacher, student, kind):
    if kind == "another school":
        teacher = make_user(Role.TEACHER, school=make_school(student.authority))
    elif kind == "nowhere any more":
        teacher.posts.update(ends_on="2022-09-17")
    else:
        teacher.is_active = False

    with pytest.raises(WrongState, match="不在学生所在的学校"):
        assign(programme, [student], teacher, by=head)
    assert (current(), lines()) == ([], [])


def test_one_family_at_another_school_refuses_all(programme, head, teacher, student):
    stranger = make_student(make_class(make_school(student.authority)))

    with pytest.raises(WrongState):
        assign(programme, [student, stranger], teacher, by=head)
    assert current() == []


def test_unassign_ends_what_is_open(programme, head, teacher, colleague, student):
    assign(programme, [student], teacher, by=head)
    assign(programme, [student], colleague, by=head, role="other")

    assert unassign(programme, [student], by=head, visitor=teacher) == 1
    assert current() == [(student.pk, colleague.pk, "other", None)]
    assert (unassign(programme, [student], by=head), unassign(programme, [student], by=head)) == (1, 0)
    assert current() == []
    assert lines() == ["assignment.set", "assignment.set", "assignment.end", "assignment.end"]


def test_an_end_ahead_holds_until_then_and_a_lock_ends_it_now(programme, head, teacher, student, settings):
    assign(programme, [student], teacher, by=head)
    end_assignments(programme.pk, [student.pk], at=now() + timedelta(days=30))
    end_assignments(programme.pk, [student.pk], at=now() + timedelta(days=40))
    assert len(current()) == 1

    settings.HOMEVISIT_CLOCK = "2022-10-18T10:00+08:00"
    assert current() == []

    settings.HOMEVISIT_CLOCK = "2022-09-20T10:00+08:00"
    end_assignments(programme.pk, [student.pk], at=now())
    assert current() == []


def test_a_new_lead_leaves_the_last_visitor_the_days_for_the_record(programme, head, teacher, colleague, student):
    assign(programme, [student], teacher, by=head)
    end_assignments(programme.pk, [student.pk], at=now() + timedelta(days=30))
    assign(programme, [student], colleague, by=head)
    assert [row[1] for row in current()] == [teacher.pk, colleague.pk]

    assign(programme, [student], teacher, by=head)
    assert (Assignment.objects.get(visitor=teacher).ended_at, len(current())) == (None, 1)


def test_programmes_do_not_meet(programme, head, teacher, colleague, student):
    other = make_programme(code="binhe-2022-2")
    assign(programme, [student], teacher, by=head)
    assign(other, [student], colleague, by=head)
    assert len(current()) == 2

    end_assignments(other.pk, [student.pk], at=now())
    assert current() == [(student.pk, teacher.pk, "lead", None)]


def test_taken_back_everything_is_as_before(programme, head, teacher, colleague, student, settings):
    other = make_student(student.school_class)
    assign(programme, [student], teacher, by=head, visit_by=DAY)
    assign(programme, [student], colleague, by=head, role="other")
    before = snapshot(programme, [student.pk, other.pk])
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:05+08:00"
    rows = assign(programme, [student, other], colleague, by=head, visit_by=date(2022, 9, 29))
    made = [row.pk for row in rows if row.student_id == other.pk]

    assert take_back(made, before, since=now(), until=now(), by=head) == (1, 2)
    assert current() == [(student.pk, teacher.pk, "lead", DAY), (student.pk, colleague.pk, "other", None)]
    assert take_back(made, before, since=now(), until=now(), by=head) == (0, 0)
    assert lines()[-2:] == ["assignment.end", "assignment.restore"]


def test_what_somebody_else_has_taken_over_meanwhile_stays(programme, head, teacher, colleague, student):
    third = make_user(Role.TEACHER, school=student.school)
    assign(programme, [student], teacher, by=head)
    before = snapshot(programme, [student.pk])
    [made] = assign(programme, [student], colleague, by=head)
    assign(programme, [student], third, by=head)

    assert take_back([made.pk], before, since=now(), until=now(), by=head) == (0, 0)
    assert current() == [(student.pk, third.pk, "lead", None)]


def test_what_ended_by_a_visit_meanwhile_does_not_come_back(programme, head, teacher, colleague, student, settings):
    assign(programme, [student], teacher, by=head)
    before = snapshot(programme, [student.pk])
    [made] = assign(programme, [student], colleague, by=head)
    since = now()
    Assignment.objects.filter(visitor=teacher).update(ended_at=now() - timedelta(minutes=1))

    assert take_back([made.pk], before, since=since, until=since, by=head) == (1, 0)
    assert current() == []


@pytest.mark.parametrize("rows", [1, 3])
def test_assigning_takes_the_same_statements_for_any_number(
    programme, head, teacher, student, rows, django_assert_num_queries
):
    pupils = [student, *(make_student(student.school_class) for _ in range(rows - 1))]
    teacher.reach  # noqa: B018  the posts are read once a request
    with django_assert_num_queries(7):
        assign(programme, pupils, teacher, by=head)
