"""Where the visiting leads: the pace working days ask for, and what the present one makes of the rest."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from django.utils import timezone

from programmes.tests.factories import make_programme
from schools.models import Workday
from visits.queries.forecast import Window, coverage_day, expected_share, visiting_window, workdays

pytestmark = pytest.mark.django_db


def test_the_share_grows_on_working_days_only_and_is_whole_with_the_last_of_them():
    programme = make_programme(starts_on=date(2022, 9, 26))
    programme.deadlines.update(at=timezone.make_aware(datetime(2022, 10, 9)))
    # 26–30 September and the working Saturday: six workdays, seven days of holiday between them
    days = [date(2022, 9, 25), date(2022, 9, 26), date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 7)]
    days += [date(2022, 10, 8), date(2022, 10, 9)]
    whole = [Fraction(n, 6) for n in (0, 1, 5, 5, 5, 6, 6)]
    assert [expected_share(programme, day) for day in days] == whole
    assert visiting_window(programme).shares(days[-2:]) == whole[-2:]
    assert workdays(programme.starts_on, coverage_day(programme)) == 6


def test_a_day_of_the_admins_table_is_no_working_day():
    programme = make_programme(starts_on=date(2022, 9, 29))
    Workday.objects.create(day=date(2022, 9, 29), is_workday=False, name="停课")
    assert [expected_share(programme, date(2022, 9, day)) for day in (29, 30)] == [0, 1]


def test_a_window_without_a_working_day_counts_every_day():
    programme = make_programme(starts_on=date(2022, 10, 1), ends_on=date(2022, 10, 4))
    programme.deadlines.all().delete()
    assert visiting_window(programme).working == tuple(date(2022, 10, day) for day in (1, 2, 3, 4))
    assert expected_share(programme, date(2022, 10, 2)) == Fraction(1, 2)


def test_a_deadline_before_the_first_day_of_visits_leaves_one_day():
    programme = make_programme(starts_on=date(2022, 10, 10), ends_on=date(2022, 10, 20))
    assert visiting_window(programme) == Window(date(2022, 10, 10), date(2022, 10, 10), (date(2022, 10, 10),))


def test_the_share_takes_the_calendars_table_in_one_query(django_assert_num_queries):
    programme = make_programme()
    with django_assert_num_queries(2):  # deadlines, workdays
        expected_share(programme, date(2022, 9, 18))


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_the_last_day_is_the_one_in_shanghai_wherever_the_server_stands(monkeypatch, zone):
    import time

    programme = make_programme()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert coverage_day(programme) == date(2022, 9, 30)
    finally:
        monkeypatch.undo()
        time.tzset()
