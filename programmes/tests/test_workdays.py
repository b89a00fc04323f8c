"""How long still: to the second around the deadlines of a notice, in workdays, wherever the server stands."""

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.formats import instant
from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.days import midnight_after
from programmes.config.notice import read_notice
from programmes.models import Deadline
from programmes.queries.overview import deadline_lines, phase_lines
from programmes.queries.workdays import left_words, workdays_left
from programmes.tests.factories import make_programme
from schools.models import Workday

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
COVERAGE, PAPERS = (2022, 9, 30), (2022, 10, 8)


@pytest.fixture
def notice():
    return open_programme(load_programme(read_notice(DATA / "baoshan-2022.toml")).programme, by=None)


def told(programme):
    """{last day: (countdown, workdays, tone)}"""
    return {
        (line.last_day.year, line.last_day.month, line.last_day.day): (line.countdown, line.left, line.tone)
        for line in deadline_lines(programme)
    }


AROUND = [
    # one second before and after each deadline, and the days of the holiday between them
    ("2022-09-29T23:59:59+08:00", ("还有1天", "是工作日", "warm"), ("还有9天", "其中2个工作日", "")),
    ("2022-09-30T00:00:00+08:00", ("今天截止", "", "warm"), ("还有8天", "其中1个工作日", "")),
    ("2022-09-30T23:59:59+08:00", ("今天截止", "", "warm"), ("还有8天", "其中1个工作日", "")),
    ("2022-10-01T00:00:00+08:00", ("过1天", "", "sec"), ("还有7天", "其中1个工作日", "warm")),
    ("2022-10-04T12:00:00+08:00", ("过4天", "", "sec"), ("还有4天", "其中1个工作日", "warm")),
    ("2022-10-07T23:59:59+08:00", ("过7天", "", "sec"), ("还有1天", "是工作日", "warm")),
    ("2022-10-08T00:00:00+08:00", ("过8天", "", "sec"), ("今天截止", "", "warm")),
    ("2022-10-08T23:59:59.999999+08:00", ("过8天", "", "sec"), ("今天截止", "", "warm")),
    ("2022-10-09T00:00:00+08:00", ("过9天", "", "sec"), ("过1天", "", "sec")),
]


@pytest.mark.parametrize(("moment", "coverage", "papers"), AROUND)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati"])
def test_both_deadlines_to_the_second_on_any_server(notice, settings, server_in, moment, coverage, papers, zone):
    server_in(zone)
    settings.HOMEVISIT_CLOCK = moment
    assert told(notice) == {COVERAGE: coverage, PAPERS: papers}


@pytest.fixture
def server_in(monkeypatch):
    """Puts the machine into another time zone."""

    def move(zone):
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def test_the_instant_is_the_same_when_the_clock_is_told_in_another_zone(notice, settings):
    for moment in ("2022-09-30T15:59:59+00:00", "2022-09-30T11:59:59-04:00", "2022-10-01T05:59:59+14:00"):
        settings.HOMEVISIT_CLOCK = moment
        assert told(notice)[COVERAGE] == ("今天截止", "", "warm")
    for moment in ("2022-09-30T16:00:00+00:00", "2022-09-30T12:00:00-04:00"):
        settings.HOMEVISIT_CLOCK = moment
        assert told(notice)[COVERAGE] == ("过1天", "", "sec")


@pytest.mark.parametrize(
    ("last", "moment", "words"),
    [
        # over the change of year: 12-31 to 1-2 is free, and the year is named when it is another one
        (date(2023, 1, 3), "2022-12-30T10:00+08:00", ("还有4天", "其中1个工作日")),
        (date(2022, 12, 31), "2022-12-31T23:59:59+08:00", ("今天截止", "")),
        (date(2022, 12, 31), "2023-01-01T00:00:00+08:00", ("过1天", "")),
        (date(2023, 1, 17), "2022-12-31T23:59:59+08:00", ("还有17天", "其中11个工作日")),
        # a weekend before the deadline, and one that only a free day is left to
        (date(2023, 1, 2), "2022-12-31T10:00+08:00", ("还有2天", "没有工作日了")),
        # the night a server in New York turns its clock back
        (date(2022, 11, 6), "2022-11-06T23:59:59+08:00", ("今天截止", "")),
        (date(2022, 11, 6), "2022-11-07T00:00:00+08:00", ("过1天", "")),
    ],
)
def test_the_change_of_year_and_a_servers_summer_time(settings, server_in, last, moment, words):
    server_in("America/New_York")
    settings.HOMEVISIT_CLOCK = moment
    programme = make_programme()
    programme.deadlines.update(at=midnight_after(last))
    (line,) = deadline_lines(programme)
    assert (line.countdown, line.left) == words
    assert instant(programme.deadlines.get().at).endswith("日24:00")


def test_a_phase_says_the_workdays_of_its_own_days(notice, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-02T10:00+08:00"
    assert [(one.state, one.countdown, one.left) for one in phase_lines(notice)] == [
        ("past", "", ""), ("now", "还有6天", "其中1个工作日"),
    ]  # fmt: skip


def test_the_administrations_table_counts(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-27T10:00+08:00"
    Workday.objects.create(day=date(2022, 9, 29), is_workday=False, name="停课")
    assert workdays_left(make_programme(), date(2022, 9, 30)) == 2


@pytest.mark.parametrize(
    ("days", "working", "words"),
    [
        (12, 10, "其中10个工作日"), (5, 5, "都是工作日"), (1, 1, "是工作日"), (1, 0, "不是工作日"), (2, 0, "没有工作日了"),
        (0, 0, ""), (-3, 0, ""),
    ],
)  # fmt: skip
def test_words(days, working, words):
    assert left_words(days, working) == words


def test_the_table_is_read_once_for_all_deadlines(settings, django_assert_num_queries):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    programme = make_programme()
    for number, kind in enumerate(("plan", "submissions", "report")):
        at = midnight_after(date(2022, 10, 8) + timedelta(days=number))
        Deadline.objects.create(programme=programme, kind=kind, title=kind, at=at)
    with django_assert_num_queries(2):  # deadlines, workdays
        deadline_lines(programme)
