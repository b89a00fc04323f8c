"""What had no history: exemption, 婉拒, household, posts, corrected records; and the two instants of a figure."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from programmes.tests.factories import make_programme
from schools.models import User
from schools.tests.factories import make_class, make_class_head, make_leader, make_school
from students.actions.change import record_change
from students.actions.enrol import move_student
from students.actions.household import put_in_households
from students.models import Household, PastAnswer, PastHousehold, Student
from students.tests.factories import make_student
from visits.actions.amend import amend_visit
from visits.actions.due import clear_declined, clear_exempt, set_declined, set_exempt
from visits.actions.register import open_register, set_due_facts
from visits.actions.review import accept_visit, return_visit, void_visit
from visits.actions.visit import correct_visit
from visits.models import Due, PastDue
from visits.queries.as_of import (
    class_counts_as_of,
    deadline_since,
    missing_as_of,
    school_ids_as_of,
    schools_as_of,
    since_as_of,
)
from visits.tests.factories import entry, make_visit

pytestmark = pytest.mark.django_db
DEADLINE = timezone.make_aware(datetime(2022, 10, 1))


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture(autouse=True)
def turn(settings):
    def to(text):
        settings.HOMEVISIT_CLOCK = at(text).isoformat()

    to("2022-09-01T08:00")
    return to


@pytest.fixture
def programme():
    return make_programme()


@pytest.fixture
def school_class(programme):
    return make_class(make_school(programme.authority))


@pytest.fixture
def head(school_class):
    return make_class_head(school_class)


@pytest.fixture
def pupils(programme, school_class):
    pupils = [make_student(school_class) for _ in range(3)]
    open_register(programme)
    return pupils


def told(programme, instant, known_at=None):
    (row,) = class_counts_as_of(programme, at(instant), known_at=known_at and at(known_at))
    return row.due, row.visited, row.declined


def test_an_exemption_and_its_end_count_from_their_own_instants(programme, pupils, head, turn):
    due = Due.objects.get(student=pupils[0])
    turn("2022-09-10T12:00")
    set_exempt(due, by=head, reason="abroad")
    turn("2022-09-20T12:00")
    clear_exempt(due, by=head)
    days = {day: told(programme, f"2022-09-{day}T13:00") for day in ("09", "10", "19", "20", "25")}
    assert days == {"09": (3, 0, 0), "10": (2, 0, 0), "19": (2, 0, 0), "20": (3, 0, 0), "25": (3, 0, 0)}


def test_a_family_that_declined_stays_declined_in_the_figure_told_then(programme, pupils, head, turn):
    due = Due.objects.get(student=pupils[0])
    turn("2022-09-10T12:00")
    set_declined(due, by=head)
    turn("2022-10-03T12:00")
    clear_declined(due, by=head)
    assert told(programme, "2022-09-10T12:00") == (3, 0, 0)  # exclusive: at that very moment not yet
    assert told(programme, "2022-10-01T00:00") == (3, 0, 1)
    assert told(programme, "2022-10-01T00:00", known_at="2022-10-04T00:00") == (3, 0, 0)


def test_the_same_fact_twice_is_no_history(pupils):
    due = Due.objects.get(student=pupils[0])
    for _ in range(2):
        set_due_facts(due, exempt_reason="abroad")
    assert PastDue.objects.count() == 1


def test_households_joined_later_were_two_before(programme, pupils, school_class, head, turn):
    make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-01T07:00"), minutes=30)
    turn("2022-10-05T12:00")
    home = Household.objects.create()
    put_in_households({pupils[0].pk: home.pk, pupils[1].pk: home.pk}, at=at("2022-10-05T12:00"))
    turn("2022-11-05T12:00")
    put_in_households({pupils[1].pk: Household.objects.create().pk}, at=at("2022-11-05T12:00"))

    def homes(instant):
        (school,) = schools_as_of(programme, at(instant))
        return school.due_households, school.visited_households

    assert [homes(day) for day in ("2022-10-01T00:00", "2022-10-06T00:00", "2022-11-06T00:00")] == [(3, 1), (2, 1), (3, 1)]
    assert PastHousehold.objects.filter(student=pupils[1]).values_list("household_id", flat=True).get(since=None) is None


def test_a_pupil_made_with_the_household_has_no_history(pupils, turn):
    turn("2022-09-10T12:00")
    student = make_student(pupils[0].school_class, created_at=at("2022-09-10T12:00"))
    put_in_households({student.pk: Household.objects.create().pk}, at=at("2022-09-10T12:00"))
    assert Student.objects.get(pk=student.pk).household_id and not PastHousehold.objects.exists()


def test_household_outside_a_transaction_is_refused(pupils, monkeypatch):
    monkeypatch.setattr("students.actions.household.connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError):
        put_in_households({pupils[0].pk: None}, at=at("2022-09-10T12:00"))


def test_a_correction_about_somebody_else_moves_only_what_is_told_afterwards(programme, pupils, school_class, head, turn):
    turn("2022-09-05T20:00")
    colleague = make_leader(school_class.school, position="principal")
    visit = make_visit(
        pupils[0], by=head, programme=programme, started_at=at("2022-09-05T18:00"), others=[colleague],
        opinions=[{"category": "作业", "text": "少一点。", "answerer": "school"}],
    )  # fmt: skip
    turn("2022-10-02T12:00")
    return_visit(visit, by=colleague, reason="写错了孩子")
    visit.refresh_from_db()
    correct_visit(visit, by=head, students=[pupils[1]], **entry(started_at=at("2022-09-06T18:00"), mode="phone"))

    (then,), (later,) = schools_as_of(programme, DEADLINE), schools_as_of(programme, at("2022-10-03T00:00"))
    assert (then.class_rows[0].visited, then.class_rows[0].in_person, then.class_rows[0].phone) == (1, 1, 0)
    assert (then.teachers, then.leader_times, then.opinions) == (2, 1, 1)
    assert (later.class_rows[0].visited, later.class_rows[0].in_person, later.class_rows[0].phone) == (0, 0, 1)
    assert (later.teachers, later.leader_times, later.opinions) == (0, 0, 0)


def test_an_amended_day_counts_from_the_amendment_on(programme, pupils, school_class, head, turn):
    leader = make_leader(school_class.school)
    turn("2022-09-05T20:00")
    visit = make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-05T18:00"))
    accept_visit(visit, by=leader)
    turn("2022-10-02T12:00")
    amend_visit(
        visit, by=leader, reason="记错了日子", started_at=at("2022-10-01T18:00"), ended_at=at("2022-10-01T19:00")
    )
    assert told(programme, "2022-10-01T00:00") == (3, 1, 0)
    assert told(programme, "2022-10-03T00:00") == (3, 0, 0)  # after the last day: kept, not counted


def test_posts_are_those_of_the_visit(programme, pupils, school_class, head, turn):
    turn("2022-09-05T20:00")
    User.objects.filter(pk=head.pk).update(position="principal", politics="01")
    head.refresh_from_db()
    make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-05T18:00"))
    User.objects.filter(pk=head.pk).update(position="", politics="13")
    (school,) = schools_as_of(programme, DEADLINE)
    assert (school.leader_times, school.party_times) == (1, 1)


def test_a_change_that_was_answered_before_the_first_day_stays_so(programme, pupils, head, turn):
    """A visit of July answers it; the visit is voided in October: until then it was no open change."""
    programme.categories.filter(label="STUDY").update(from_changes=True)
    turn("2022-07-20T08:00")
    record_change(pupils[0], "study", date(2022, 7, 10), by=head)
    turn("2022-07-20T20:00")
    visit = make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-07-20T18:00"))
    turn("2022-10-05T12:00")
    void_visit(visit, by=head, reason="记错了")
    assert PastAnswer.objects.count() == 1
    assert [row.dimension for row in class_counts_as_of(programme, DEADLINE)] == [0]
    assert [row.dimension for row in class_counts_as_of(programme, DEADLINE, known_at=at("2022-10-06T00:00"))] == [0, 2]


@pytest.mark.seed("S23")
def test_recorded_by_and_visited_by_are_two_figures(programme, pupils, head, turn):
    turn("2022-10-02T12:00")
    make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-30T18:00"))
    assert told(programme, "2022-10-01T00:00") == (3, 0, 0)
    assert told(programme, "2022-10-01T00:00", known_at="2022-10-03T00:00") == (3, 1, 0)
    assert told(programme, "2022-09-30T00:00", known_at="2022-10-03T00:00") == (3, 0, 0)  # through the 29th: not yet made


def test_visited_by_asks_who_was_due_as_it_is_known_now(programme, pupils, school_class, head, turn):
    other = make_class(school_class.school, number=9)
    turn("2022-10-04T12:00")
    move_student(pupils[0], other, date(2022, 9, 15), by=head)
    assert [r.due for r in class_counts_as_of(programme, DEADLINE)] == [3]
    assert [r.due for r in class_counts_as_of(programme, DEADLINE, known_at=at("2022-10-05T00:00"))] == [2, 1]


def test_midnight_belongs_to_the_day_that_ends(programme, school_class, turn):
    programme.due_on = date(2022, 12, 31)
    programme.save()
    make_student(school_class, starts_on=date(2022, 9, 20))
    assert class_counts_as_of(programme, at("2022-09-20T00:00")) == []
    assert told(programme, "2022-09-20T00:01") == (1, 0, 0)


def test_a_school_stays_in_the_table_though_its_pupils_were_moved_back_before_the_first_day(
    programme, pupils, school_class, head, turn
):
    before = class_counts_as_of(programme, at("2022-09-02T00:00"))
    elsewhere = make_class(make_school(programme.authority))
    turn("2022-10-04T12:00")
    for pupil in pupils:
        move_student(pupil, elsewhere, date(2022, 7, 1), by=head)
    school_class.school.is_active = False
    school_class.school.save()
    assert school_class.school_id in school_ids_as_of(programme)
    assert class_counts_as_of(programme, at("2022-09-02T00:00")) == before


# ── 补录, 补访 ──


@pytest.fixture
def october(programme, pupils, head, turn):
    """Of three: one written late, one called on after the last day, one still missing."""
    turn("2022-10-02T12:00")
    make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-30T18:00"))
    turn("2022-10-05T12:00")
    make_visit(pupils[1], by=head, programme=programme, started_at=at("2022-10-04T18:00"))
    make_visit(pupils[2], by=head, programme=programme, started_at=at("2022-10-04T19:00"), mode="phone")


def test_who_was_missing_and_is_reached_since_is_a_difference(programme, pupils, school_class, october):
    for by_class, place in ((False, school_class.school_id), (True, school_class.pk)):
        since = since_as_of(programme, DEADLINE, [school_class.school_id], by_class=by_class)[place]
        assert (since.missing, since.written_later, since.called_later, since.still, since.reached) == (3, 1, 1, 1, 2)
    ways = {one.student_id: (one.first_on, one.in_time) for one in missing_as_of(programme, DEADLINE, [school_class.school_id])}
    assert ways == {
        pupils[0].pk: (date(2022, 9, 30), True), pupils[1].pk: (date(2022, 10, 4), False), pupils[2].pk: (None, False),
    }  # fmt: skip


def test_what_came_after_moves_no_figure_of_the_deadline(programme, pupils, october):
    assert told(programme, "2022-10-01T00:00") == (3, 0, 0)
    assert told(programme, "2022-10-06T00:00") == (3, 1, 0)  # the last day is the 30th


def test_the_last_deadline_that_has_passed_is_told_and_none_before_it(programme, pupils, school_class, october, turn):
    instant, since = deadline_since(programme, [school_class.school_id])
    assert (instant, since.missing, since.reached) == (DEADLINE, 3, 2)
    turn("2022-09-30T23:59")
    assert deadline_since(programme, [school_class.school_id]) is None


def test_a_void_after_the_deadline_adds_nobody_to_the_missing(programme, pupils, school_class, head, turn):
    turn("2022-09-05T20:00")
    visit = make_visit(pupils[0], by=head, programme=programme, started_at=at("2022-09-05T18:00"))
    turn("2022-10-05T12:00")
    void_visit(visit, by=head, reason="重复")
    assert since_as_of(programme, DEADLINE, [school_class.school_id])[school_class.school_id].missing == 2


@pytest.mark.parametrize("schools", (1, 3))
def test_since_costs_the_same_for_any_number_of_schools(programme, schools, django_assert_num_queries):
    ids = [make_student(make_class(make_school(programme.authority))).school_id for _ in range(schools)]
    programme.rules  # noqa: B018 (validated once)
    with django_assert_num_queries(7):  # the notice then and now, records since corrected, reached, categories, pupils, calls
        assert len(since_as_of(programme, DEADLINE, ids)) == schools
