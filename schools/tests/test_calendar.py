from datetime import date, datetime, timedelta

import chinese_calendar
import pytest

from schools.calendar import (
    LIBRARY_YEARS,
    is_workday,
    next_workday,
    school_year,
    unknown_year_notice,
    workdays,
    workdays_after,
    workdays_between,
    year_is_known,
)
from schools.models import Workday

pytestmark = pytest.mark.django_db


def test_the_kept_library_covers_2004_to_2026():
    assert (LIBRARY_YEARS.start, LIBRARY_YEARS.stop) == (2004, 2027)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2022, 9, 30), True),
        (date(2022, 10, 3), False),  # a Monday of the holiday week
        (date(2022, 10, 8), True),  # a make-up Saturday: the day Baoshan's papers are due
        (date(2022, 10, 9), True),
        (date(2022, 10, 15), False),
        (date(2024, 2, 12), False),  # Spring Festival
    ],
)
def test_holidays_and_make_up_days_of_the_state(day, works):
    assert is_workday(day) is works


def test_every_day_is_as_the_library_says():
    first, last = date(LIBRARY_YEARS.start, 1, 1), date(LIBRARY_YEARS.stop, 1, 1)
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    assert [is_workday(day, {}) for day in days] == [chinese_calendar.is_workday(day) for day in days]


def test_an_unknown_year_goes_by_weekdays_and_says_so():
    assert is_workday(date(2027, 10, 1))  # a Friday: surely a holiday, but nobody has told us yet
    assert not year_is_known(2027)
    assert unknown_year_notice(date(2027, 10, 1), date(2026, 10, 1)) == (
        "2027年的放假安排还没有录入，暂按周一至周五算工作日。请管理员在“后台管理—工作日”里补上。"
    )
    assert unknown_year_notice(date(2026, 10, 1)) == ""


def test_the_admins_table_wins_and_makes_the_year_known():
    Workday.objects.create(day=date(2027, 10, 1), is_workday=False, name="国庆节")
    Workday.objects.create(day=date(2027, 10, 9), is_workday=True, name="调休上班")
    assert not is_workday(date(2027, 10, 1))
    assert is_workday(date(2027, 10, 9))
    assert unknown_year_notice(date(2027, 10, 1)) == ""


def test_next_workday_steps_over_the_holiday():
    assert next_workday(date(2022, 10, 1)) == date(2022, 10, 8)
    assert next_workday(date(2022, 9, 30)) == date(2022, 9, 30)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2022, 9, 30), date(2022, 10, 8), 2),  # seven days of holiday between a Friday and a working Saturday
        (date(2022, 10, 1), date(2022, 10, 7), 0),
        (date(2022, 10, 8), date(2022, 10, 9), 2),  # the whole weekend works
        (date(2022, 10, 9), date(2022, 10, 8), 0),
        (date(2022, 12, 30), date(2023, 1, 3), 2),  # 12-31 to 1-2 free across the change of year
        (date(2024, 1, 21), date(2024, 2, 12), 16),  # Spring Festival, with a working Sunday on 2-4
    ],
)
def test_workdays_are_counted_with_both_ends(first, last, count):
    assert workdays(first, last) == count


def test_workdays_go_by_the_admins_table_in_one_query(django_assert_num_queries):
    Workday.objects.create(day=date(2022, 9, 29), is_workday=False, name="停课")
    with django_assert_num_queries(1):
        assert workdays_between(date(2022, 9, 28), date(2022, 10, 1)) == [date(2022, 9, 28), date(2022, 9, 30)]


def test_a_school_year_begins_on_the_first_of_august():
    assert [school_year(d) for d in (date(2022, 7, 31), date(2022, 8, 1), date(2023, 1, 1))] == [2021, 2022, 2022]


@pytest.mark.parametrize(
    ("moment", "number", "after"),
    [
        ("2022-09-19T04:00+08:00", 2, "2022-09-21T04:00+08:00"),  # a Monday
        ("2022-09-23T04:00+08:00", 2, "2022-09-27T04:00+08:00"),  # a Friday
        ("2022-09-24T04:00+08:00", 2, "2022-09-28T00:00+08:00"),  # a Saturday: as on Monday morning
        ("2022-09-30T20:00+08:00", 2, "2022-10-09T20:00+08:00"),  # seven days of holiday, then a make-up weekend
        ("2022-09-24T04:00+08:00", 0, "2022-09-24T04:00+08:00"),
        ("2022-09-18T20:30+00:00", 1, "2022-09-20T04:30+08:00"),  # the day is that of Shanghai
    ],
)
def test_so_many_workdays_later(moment, number, after):
    assert workdays_after(datetime.fromisoformat(moment), number) == datetime.fromisoformat(after)
