"""Early warning: which classes cannot make it at the present pace, and where visits bunch at the end (严禁突击式)."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone

from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.appointment import arrive, cancel, reopen
from visits.actions.due import set_declined
from visits.actions.register import open_register
from visits.models import Due, Visit, VisitStudent
from visits.queries.coverage import Count, Figure
from visits.queries.forecast import (
    Schools,
    _planned_by_class,
    ahead_of,
    coming_workdays,
    lately,
    look_ahead,
    outlook,
    reach_day,
    schools_outlook,
)
from visits.tests.factories import make_plan
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db, pytest.mark.seed("S22")]

MORNING = "2022-09-08T08:00+08:00"  # a Thursday, before the three days of mid-autumn


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = MORNING


@pytest.fixture
def programme():
    return make_programme()


def september(day):
    return date(2022, 9, day)


def seen(programme, *, due=40, visited=10, declined=0, target=None, made=None, planned=None):
    count = Count(due, visited, declined)
    made = {september(6): visited} if made is None else made
    return look_ahead(ahead_of(programme), figure=Figure(1, count, target or due), made=made, planned=planned or {})


# ── From a pace to a day ──


def test_a_stretch_is_some_whole_workdays_with_the_free_days_between(programme):
    kept, start = {}, programme.starts_on
    assert lately(kept, start=start, now=september(18), wanted=5).since == september(9)
    holiday = lately(kept, start=start, now=date(2022, 10, 8), wanted=5)
    assert (holiday.since, holiday.until, holiday.workdays) == (september(26), date(2022, 10, 7), 5)
    first = lately(kept, start=start, now=date(2022, 8, 3), wanted=5)
    assert (first.since, first.until, first.workdays) == (start, date(2022, 8, 2), 2)
    assert lately(kept, start=start, now=start, wanted=5).workdays == 1


@pytest.mark.parametrize(
    ("left", "now", "day"),
    [
        (1, date(2022, 9, 30), date(2022, 9, 30)),
        (2, date(2022, 9, 30), date(2022, 10, 8)),  # seven days of holiday, then a working Saturday
        (3, date(2022, 10, 1), date(2022, 10, 10)),
        (3, date(2022, 12, 30), date(2023, 1, 4)),  # new year
        (0, date(2022, 9, 30), date(2022, 9, 30)),
    ],
)
def test_one_a_workday_steps_over_holidays_and_works_on_make_up_days(left, now, day):
    assert reach_day(left, speed=Fraction(1), now=now, coming=coming_workdays(now, {})) == day


def test_nobody_reached_is_no_day():
    assert reach_day(1, speed=Fraction(0), now=september(1), coming=coming_workdays(september(1), {})) is None
    assert reach_day(9999, speed=Fraction(1), now=september(1), coming=coming_workdays(september(1), {})) is None


# ── What a class is told ──


def test_a_class_that_cannot_make_it_is_told_three_weeks_ahead(programme):
    found = seen(programme)  # ten in ten workdays: one a workday
    assert (found.left, found.finish_on, found.late, found.bunched) == (30, date(2022, 10, 25), True, False)
    assert found.warning == "照现在的速度要到10月25日走完，还有30人；每个工作日走2人能赶上"


def test_a_class_in_time_is_told_nothing(programme):
    found = seen(programme, visited=25)  # 15 left and 16 workdays at 2.5
    assert (found.finish_on, found.late, found.warning) == (september(16), False, "")


def test_appointments_may_bring_it_further_than_the_pace(programme):
    found = seen(programme, planned={september(20): 15, september(22): 15})
    assert (found.finish_on, found.late, found.warning) == (september(22), False, "")


def test_appointments_after_the_last_day_do_not(programme):
    assert seen(programme, planned={date(2022, 10, 5): 30}).late


def test_without_anybody_reached_lately_the_number_a_day_is_said(programme):
    found = seen(programme, made={})
    assert (found.finish_on, found.late) == (None, True)
    assert found.warning == "近10个工作日没有新走到的，还有30人；每个工作日走2人能赶上"


@pytest.mark.parametrize(("moment", "late"), [("2022-08-05T20:00+08:00", False), ("2022-08-08T08:00+08:00", True)])
def test_nothing_is_said_before_a_week_has_told_something(programme, settings, moment, late):
    settings.HOMEVISIT_CLOCK = moment
    assert seen(programme, visited=0, made={}).late is late


def test_who_said_no_is_not_counted_against_the_class(programme):
    assert seen(programme, due=12, visited=10, declined=2) == look_ahead(
        ahead_of(programme), figure=Figure(1, Count(10, 10), 10), made={}, planned={}
    )


def test_a_share_of_the_pupils_is_enough_where_the_notice_says_so(programme):
    assert seen(programme, due=40, visited=30, target=30).left == 0


def test_on_the_last_free_day_the_number_is_a_days(programme, settings):
    programme.deadlines.update(at=timezone.make_aware(datetime(2022, 10, 3)))
    settings.HOMEVISIT_CLOCK = "2022-10-01T08:00+08:00"
    assert seen(programme, made={september(29): 10}).warning.endswith("每天走15人能赶上")


# ── Bunching ──


@pytest.mark.seed("S29")
def test_too_many_appointments_in_the_last_days_are_said_in_time_to_move_them(programme):
    found = seen(programme, planned={september(20): 12, september(28): 10, september(30): 8})
    assert (found.late, found.bunched) == (False, True)
    assert found.warning == "最后3天要走18人，占45%，能提前的往前挪一挪"


def test_two_fifths_and_fewer_are_no_rush(programme):
    assert not seen(programme, planned={september(20): 14, september(28): 16}).bunched


def test_four_pupils_are_no_rush(programme):
    assert not seen(programme, due=5, visited=1, planned={september(29): 4}).bunched


def test_a_rush_that_was_is_said_as_it_was(programme, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-03T08:00+08:00"
    found = seen(programme, visited=30, made={september(20): 10, september(29): 20, date(2022, 10, 2): 9})
    assert (found.late, found.bunched, found.warning) == (False, True, "最后3天走了20人，占50%")


def test_a_notice_may_set_the_days_or_none(programme):
    programme.config = {**programme.config, "hints": {"last_days": 10, "last_days_share": 0.5}}
    programme.save()
    planned = {september(21): 25, september(12): 5}
    assert seen(programme, planned=planned).warning == "最后10天要走25人，占62%，能提前的往前挪一挪"
    programme.config = {**programme.config, "hints": {"last_days": 0}}
    programme.save()
    assert not seen(programme, planned=planned).bunched


# ── From the register ──


def plan(programme, students, day, *, lead, mode="in_person"):
    """An appointment as a bare row."""
    one = students[0]
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 18))
    visit = Visit.objects.create(
        programme=programme, authority_id=one.authority_id, school=one.school, lead=lead, mode=mode, state="planned",
        planned_at=moment,
    )  # fmt: skip
    for student in students:
        VisitStudent.objects.create(
            visit=visit, student=student, programme=programme, authority_id=student.authority_id,
            school=student.school, school_class=student.school_class, mode=mode,
        )  # fmt: skip


def fill(programme, school_class, head, *, pupils, visited, on=None):
    students = [make_student(school_class) for _ in range(pupils)]
    for student in students[:visited]:
        add_visit(programme, [student], on=on or september(5), lead=head)
    return students


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


def test_each_class_of_a_school_has_its_outlook(programme, school):
    slow, planned, done = (make_class(school, grade=5, number=number) for number in (1, 2, 3))
    make_class(school, grade=5, number=4)  # nobody is due
    head = make_class_head(slow)
    fill(programme, slow, head, pupils=6, visited=1)
    waiting = fill(programme, planned, head, pupils=6, visited=0)
    fill(programme, done, head, pupils=2, visited=2)
    plan(programme, waiting[:3], september(20), lead=head)
    plan(programme, waiting[:1], september(7), lead=head)  # gone by: the one after it counts
    plan(programme, waiting[3:], september(23), lead=head)
    plan(programme, waiting[5:], september(29), lead=head)  # a second one of the same pupil
    plan(programme, waiting[:5], september(30), lead=head, mode="phone")  # would not count
    open_register(programme)

    found = outlook(programme, make_leader(school), school)
    assert [(one.label, one.left, one.finish_on, one.late, one.bunched) for one in found] == [
        ("五（1）班", 5, date(2022, 11, 22), True, False),
        ("五（2）班", 6, september(23), False, False),
        ("五（3）班", 0, None, False, False),
    ]
    assert [one.school_class for one in found] == [slow, planned, done]


def test_a_head_sees_the_own_class_and_a_teacher_none(programme, school):
    mine, other = (make_class(school, grade=5, number=number) for number in (1, 2))
    head = make_class_head(mine)
    for school_class in (mine, other):
        fill(programme, school_class, head, pupils=6, visited=1)
    open_register(programme)
    assert [one.label for one in outlook(programme, head, school)] == ["五（1）班"]
    assert outlook(programme, make_user(Role.TEACHER, school=school), school) == []
    assert outlook(programme, make_leader(make_school(programme.authority)), school) == []


@pytest.mark.parametrize("classes", (1, 3))
def test_the_outlook_takes_the_same_queries_for_any_number_of_classes(
    programme, school, django_assert_num_queries, classes
):
    for number in range(1, classes + 1):
        school_class = make_class(school, grade=5, number=number)
        head = make_class_head(school_class)
        students = fill(programme, school_class, head, pupils=3, visited=1)
        plan(programme, students[1:], september(20), lead=head)
    open_register(programme)
    leader = make_leader(school)
    leader.reach  # noqa: B018  posts are read once a request
    with django_assert_num_queries(6):  # classes, figures, deadlines, workdays, rows, appointments
        outlook(programme, leader, school)


def numbers(found):
    return found.late, found.bunched


def test_the_district_is_told_which_schools(programme, django_assert_num_queries):
    ways = (
        lambda students, head: None,  # nobody since, five waiting: too slow
        lambda students, head: plan(programme, students[1:], september(29), lead=head),  # all on one of the last days
        lambda students, head: plan(programme, students[1:], september(15), lead=head),
    )
    schools = []
    for way in ways:
        school_class = make_class(make_school(programme.authority))
        schools.append(school_class.school_id)
        head = make_class_head(school_class)
        way(fill(programme, school_class, head, pupils=7, visited=1), head)
    open_register(programme)
    officer = make_officer(programme.authority)
    officer.reach  # noqa: B018
    programme.deadlines.all()
    with django_assert_num_queries(5):  # figures, deadlines, workdays, reached, appointments
        found = schools_outlook(programme, user=officer)
    assert (numbers(found), found.late_ids, found.bunched_ids) == ((1, 1), {schools[0]}, {schools[1]})
    assert schools_outlook(programme, user=make_leader(make_school())) == Schools()


@pytest.mark.parametrize(("days", "late"), [((30, 30, 30), 0), ((30, 30, 31), 1), ((12, 30, 30), 0)])
def test_a_school_is_brought_through_by_appointments_up_to_the_last_evening(programme, days, late):
    school_class = make_class(make_school(programme.authority))
    head = make_class_head(school_class)
    students = fill(programme, school_class, head, pupils=6, visited=3, on=date(2022, 8, 5))  # nobody since
    for student, day in zip(students[3:], days, strict=True):
        plan(programme, [student], september(1) + timedelta(days=day - 1), lead=head)
        plan(programme, [student], date(2022, 10, 5), lead=head)  # the sooner one counts
    plan(programme, students[:1], september(29), lead=head)  # has been called on
    open_register(programme)
    assert numbers(schools_outlook(programme, user=make_officer(programme.authority))) == (late, 0)


@pytest.mark.parametrize(("moment", "late", "queries"), [("2022-09-30T23:59+08:00", 1, 5), ("2022-10-01T00:00+08:00", 0, 4)])
def test_after_the_last_day_nobody_asks_for_appointments(
    programme, school, settings, django_assert_num_queries, moment, late, queries
):
    school_class = make_class(school)
    head = make_class_head(school_class)
    plan(programme, fill(programme, school_class, head, pupils=6, visited=1)[1:], date(2022, 10, 8), lead=head)
    open_register(programme)
    settings.HOMEVISIT_CLOCK = moment
    officer = make_officer(programme.authority)
    officer.reach  # noqa: B018
    with django_assert_num_queries(queries):  # figures, deadlines, workdays, reached, appointments
        assert numbers(schools_outlook(programme, user=officer)) == (late, 0)


def test_a_pupil_who_says_no_leaves_the_outlook(programme, school):
    school_class = make_class(school, grade=5, number=1)
    head = make_class_head(school_class)
    student = fill(programme, school_class, head, pupils=2, visited=1)[1]
    open_register(programme)
    leader = make_leader(school)
    assert [one.left for one in outlook(programme, leader, school)] == [1]
    set_declined(Due.objects.get(student=student), by=head)
    assert [(one.left, one.warning) for one in outlook(programme, leader, school)] == [(0, "")]


def test_a_warning_names_nobody_and_blames_nobody(programme):
    every = [seen(programme), seen(programme, made={}), seen(programme, planned={september(29): 30})]
    words = "".join(one.warning for one in every)
    assert not any(word in words for word in ("落后", "不合格", "老师", "最差", "突击", "！", "请您"))
    assert timedelta(days=21) < date(2022, 9, 30) - september(8)  # said three weeks before the day


def test_an_appointment_that_was_taken_up_again_is_still_to_come(settings):
    """A visit that is planned has no day yet, whatever happened before: the outlook looks its pupils up by that."""
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme, school_class = make_programme(), make_class()
    head, student = make_class_head(school_class), make_student(school_class)
    open_register(programme)
    visit = make_plan(student, by=head, programme=programme)
    for act in (arrive, lambda visit, *, by: cancel(visit, by=by, cancelled_by="teacher")):
        act(visit, by=head)
        reopen(visit, by=head)
        rows = list(Due.objects.filter(programme=programme))
        assert _planned_by_class(programme, rows, ahead_of(programme)) == {school_class.pk: {september(20): 1}}
