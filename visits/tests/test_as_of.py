"""Figures of a past instant: what had been recorded by then, whatever was done later."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import CategoryMark, Enrolment, Household, Student
from students.tests.factories import make_change, make_mark, make_student
from visits.actions.register import open_register, set_due_facts
from visits.models import ClassCount, Due, Opinion, Visit, VisitVisitor
from visits.queries.as_of import class_counts_as_of, school_ids_as_of, schools_as_of
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db
DEADLINE = timezone.make_aware(datetime(2022, 10, 1))


def at(text):
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-01T08:00+08:00"


@pytest.fixture
def programme():
    return make_programme()


@pytest.fixture
def school_class(programme):
    return make_class(make_school(programme.authority))


def counts(programme, instant=DEADLINE):
    """[(dimension, due, visited, declined)] of every class."""
    return [(r.dimension, r.due, r.visited, r.declined) for r in class_counts_as_of(programme, instant)]


def recorded(visit, text):
    Visit.objects.filter(pk=visit.pk).update(recorded_at=at(text))
    return visit


def voided(visit, text):
    Visit.objects.filter(pk=visit.pk).update(state="voided", voided_at=at(text), void_reason="重复")
    visit.visit_students.update(counted=False)


@pytest.mark.seed("S23")
@pytest.mark.parametrize(
    ("recorded_at", "visited"), [("2022-09-30T23:59:59", 1), ("2022-10-01T00:00:00", 0), ("2022-10-01T00:00:01", 0)]
)
def test_a_visit_recorded_before_24_00_of_the_last_day_is_in_and_a_later_one_is_not(
    programme, school_class, recorded_at, visited
):
    recorded(add_visit(programme, [make_student(school_class)], on=date(2022, 9, 30)), recorded_at)
    assert counts(programme) == [(0, 1, visited, 0)]


def test_a_void_counts_from_its_own_instant_on(programme, school_class):
    voided(add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10)), "2022-09-20T12:00")
    assert counts(programme, at("2022-09-20T11:59")) == [(0, 1, 1, 0)]
    assert counts(programme, at("2022-09-20T12:00")) == [(0, 1, 1, 0)]
    assert counts(programme, at("2022-09-20T12:01")) == [(0, 1, 0, 0)]


def test_a_visit_outside_the_window_or_in_a_form_that_does_not_count_reaches_nobody(programme, school_class):
    early, phoned = make_student(school_class), make_student(school_class)
    add_visit(programme, [early], on=date(2022, 7, 31))
    add_visit(programme, [phoned], on=date(2022, 9, 2), mode="phone")
    (row,) = class_counts_as_of(programme, DEADLINE)
    assert (row.due, row.visited, row.in_person, row.phone) == (2, 0, 0, 1)


def test_modes_overlap_and_a_pupil_counts_once_in_each(programme, school_class):
    student = make_student(school_class)
    for day, mode in ((2, "in_person"), (3, "in_person"), (4, "phone"), (5, "video")):
        add_visit(programme, [student], on=date(2022, 9, day), mode=mode)
    (row,) = class_counts_as_of(programme, DEADLINE)
    assert (row.visited, row.in_person, row.nearby, row.at_school, row.video, row.phone) == (1, 1, 0, 0, 1, 1)


def test_who_is_due_is_fixed_on_due_on_and_follows_the_day_before(programme, school_class):
    make_student(school_class)
    make_student(school_class, starts_on=date(2022, 9, 20))
    make_student(school_class, starts_on=date(2022, 10, 5))
    assert counts(programme, at("2022-09-19T12:00")) == [(0, 1, 0, 0)]
    assert counts(programme, at("2022-09-20T12:00")) == [(0, 2, 0, 0)]
    assert counts(programme, at("2022-11-01T12:00")) == [(0, 2, 0, 0)]


def test_a_move_counts_in_the_class_known_at_the_instant(programme, school_class):
    other = make_class(school_class.school, number=9)
    student = make_student(school_class)
    moved_on = at("2022-10-03T09:00")  # told after the deadline, back-dated before it
    Enrolment.objects.update(ends_on=date(2022, 9, 19), closed_at=moved_on)
    Enrolment.objects.create(
        student=student, authority=programme.authority, school=other.school, school_class=other,
        starts_on=date(2022, 9, 20), created_at=moved_on,
    )  # fmt: skip
    assert [r.school_class_id for r in class_counts_as_of(programme, DEADLINE)] == [school_class.pk]
    assert [r.school_class_id for r in class_counts_as_of(programme, at("2022-10-04T00:00"))] == [other.pk]


def test_a_pupil_enrolled_twice_on_the_same_day_is_due_once_in_the_later_class(programme, school_class):
    other = make_class(make_school(programme.authority))
    student = make_student(school_class)
    Enrolment.objects.update(ends_on=date(2022, 9, 30))
    Enrolment.objects.create(
        student=student, authority=programme.authority, school=other.school, school_class=other,
        starts_on=date(2022, 9, 30),
    )  # fmt: skip
    assert [(r.school_id, r.due) for r in class_counts_as_of(programme, DEADLINE)] == [(other.school_id, 1)]
    schools = (school_class.school_id, other.school_id)
    one_by_one = [row for pk in schools for row in class_counts_as_of(programme, DEADLINE, school_ids=[pk])]
    assert one_by_one == class_counts_as_of(programme, DEADLINE)


def test_marks_and_their_ends_count_when_they_were_known(programme, school_class):
    head = make_class_head(school_class)
    mark = make_mark(make_student(school_class), by=head)
    CategoryMark.objects.update(confirmed_at=at("2022-09-05T10:00"), created_at=at("2022-09-03T10:00"))
    make_mark(make_student(school_class), "STUDY", by=None)
    assert counts(programme, at("2022-09-05T10:00")) == [(0, 2, 0, 0)]
    assert counts(programme, at("2022-09-05T10:01")) == [(0, 2, 0, 0), (1, 1, 0, 0)]
    CategoryMark.objects.filter(pk=mark.pk).update(ends_on=date(2022, 9, 9), closed_at=at("2022-10-02T10:00"))
    assert counts(programme) == [(0, 2, 0, 0), (1, 1, 0, 0)]
    assert counts(programme, at("2022-10-03T00:00")) == [(0, 2, 0, 0)]


@pytest.mark.seed("S18")
def test_a_change_that_a_visit_answered_still_counts_in_its_category(programme, school_class):
    programme.categories.filter(label="STUDY").update(from_changes=True)
    student = make_student(school_class)
    change = make_change(student, by=make_class_head(school_class), created_at=at("2022-09-04T10:00"))
    change.answered_on, change.answered_at = date(2022, 9, 8), at("2022-09-08T20:00")
    change.save()
    recorded(add_visit(programme, [student], on=date(2022, 9, 8)), "2022-09-08T20:00")
    assert counts(programme, at("2022-09-04T10:00")) == [(0, 1, 0, 0)]
    assert counts(programme, at("2022-09-05T00:00")) == [(0, 1, 0, 0), (2, 1, 0, 0)]
    assert counts(programme) == [(0, 1, 1, 0), (2, 1, 1, 0)]


def test_exempt_pupils_are_at_school_and_not_due(programme, school_class):
    exempt, declined = make_student(school_class), make_student(school_class)
    open_register(programme)
    set_due_facts(Due.objects.get(student=exempt), exempt_reason="abroad")
    set_due_facts(Due.objects.get(student=declined), declined=True)
    assert counts(programme) == [(0, 1, 0, 1)]
    (school,) = schools_as_of(programme, DEADLINE)
    assert (school.classes, school.pupils, school.due_households) == (1, 2, 1)


def test_siblings_are_one_household_and_a_pupil_without_one_is_another(programme, school_class):
    elder, younger, only = (make_student(school_class) for _ in range(3))
    Student.objects.filter(pk__in=[elder.pk, younger.pk]).update(household=Household.objects.create())
    add_visit(programme, [elder], on=date(2022, 9, 2))
    add_visit(programme, [only], on=date(2022, 9, 2), mode="phone")
    (school,) = schools_as_of(programme, DEADLINE)
    assert (school.due_households, school.visited_households, school.in_person_households, school.other_households) == (
        2, 1, 1, 1,
    )  # fmt: skip


def test_person_times_are_the_visitors_of_counted_visits(programme, school_class):
    head = make_class_head(school_class, position="class_head")
    principal = make_user(position="principal", politics="01")
    middle = make_user(position="middle_manager", politics="02")
    student = make_student(school_class)
    for others in ((principal, middle), (principal,)):
        visit = add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
        for user in others:
            VisitVisitor.objects.create(visit=visit, user=user)
    phoned = add_visit(programme, [student], on=date(2022, 9, 2), lead=head, mode="phone")
    for position, heard_on in enumerate((visit, phoned), start=1):
        Opinion.objects.create(
            visit=heard_on, authority=programme.authority, school=school_class.school, category="教学", text="…",
            position=position, created_at=heard_on.recorded_at, answerer="answered",
        )  # fmt: skip
    (school,) = schools_as_of(programme, DEADLINE)
    assert school.figures() == {
        "classes": 1, "pupils": 1, "due_households": 1, "visited_households": 1, "in_person_households": 1,
        "other_households": 1, "teachers": 3, "person_times": 5, "leader_times": 2, "middle_times": 1,
        "party_times": 3, "opinions": 1, "answered": 1,
    }  # fmt: skip


def test_schools_of_the_table_are_those_in_use_and_others_with_pupils(programme, school_class):
    empty = make_school(programme.authority)
    merged = make_class(make_school(programme.authority, is_active=False))
    make_student(merged)
    make_school(programme.authority, is_active=False)
    make_school(make_programme(code="other-2022", authority=None).authority)
    ids = school_ids_as_of(programme)
    assert {school_class.school_id, empty.pk, merged.school_id} <= set(ids)
    rows = {row.school_id: (row.pupils, row.class_rows) for row in schools_as_of(programme, DEADLINE)}
    assert (rows[empty.pk], rows[merged.school_id][0]) == ((0, []), 1)


@pytest.mark.parametrize("schools", (1, 3))
def test_the_same_queries_for_any_number_of_schools(programme, schools, django_assert_num_queries):
    for _ in range(schools):
        student = make_student(make_class(make_school(programme.authority)))
        add_visit(programme, [student], on=date(2022, 9, 2))
    ids = school_ids_as_of(programme)
    programme.rules  # noqa: B018 (validated once)
    with django_assert_num_queries(7):  # notice, records since corrected, pupils reached, visitors, opinions, categories, pupils
        assert len(schools_as_of(programme, DEADLINE, school_ids=ids)) == schools


def test_as_of_now_is_what_the_register_says(programme, school_class, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    head = make_class_head(school_class)
    other = make_class(make_school(programme.authority))
    pupils = [make_student(place) for place in (school_class, school_class, school_class, other, other)]
    Enrolment.objects.update(created_at=at("2022-08-20T10:00"))
    for student, code in ((pupils[0], "HARDSHIP"), (pupils[0], "STUDY"), (pupils[3], "STUDY")):
        make_mark(student, code, by=head)
    CategoryMark.objects.update(confirmed_at=at("2022-09-02T10:00"), created_at=at("2022-09-02T10:00"))
    add_visit(programme, pupils[:2], on=date(2022, 9, 2))
    voided(add_visit(programme, [pupils[3]], on=date(2022, 9, 3)), "2022-09-04T10:00")
    add_visit(programme, [pupils[4]], on=date(2022, 9, 3), mode="phone")
    open_register(programme)
    set_due_facts(Due.objects.get(student=pupils[2]), declined=True)
    register = [
        (c.school_class_id, c.dimension, c.due, c.visited, c.declined)
        for c in ClassCount.objects.filter(programme=programme).order_by("school_class_id", "dimension")
    ]
    told = [
        (r.school_class_id, r.dimension, r.due, r.visited, r.declined)
        for r in class_counts_as_of(programme, at("2022-09-18T10:01"))
    ]
    assert sorted(told) == register
    assert len(register) == 5
