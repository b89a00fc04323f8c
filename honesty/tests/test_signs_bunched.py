"""A day with many calls, or several short ones."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from honesty.enums import HintKind
from honesty.signs import bunched
from honesty.signs.found import Call
from programmes.config.schema import Hints

DAY = date(2026, 9, 13)
EIGHT = datetime(2026, 9, 13, tzinfo=UTC)  # in Shanghai
HINTS = Hints(more_than_a_day=8, shorter_than_minutes=10, short_visits=3)


def call(visit, begins, lasts=30, *, teacher=1, homes=None, day=DAY):
    """begins, lasts: minutes; None is not known."""
    start = None if begins is None else EIGHT + timedelta(minutes=begins)
    end = None if lasts is None else (start or EIGHT) + timedelta(minutes=lasts)
    return Call(visit, teacher, day, start, end, frozenset({visit} if homes is None else homes))


def calls(count, every=34, **options):
    return [call(visit, visit * every, **options) for visit in range(1, count + 1)]


@pytest.mark.seed("S29")
def test_more_calls_a_day_than_the_notice_thinks_likely():
    assert bunched.find(calls(8), HINTS) == []
    [hint] = bunched.find(calls(11), HINTS)
    assert hint == (
        HintKind.BUNCHED, 1, "2026-09-13", dict.fromkeys(range(1, 12)), {"visits": 11, "gap": 4, "short": 0}
    )  # fmt: skip


def test_several_short_ones_are_asked_about_however_few_the_calls():
    assert bunched.find(calls(2, lasts=9) + [call(3, 300, 10)], HINTS) == []
    [hint] = bunched.find(calls(3, lasts=9), HINTS)
    assert hint.facts == {"visits": 3, "gap": 25, "short": 3}


def test_days_and_teachers_are_apart_and_come_in_order():
    tomorrow = [c._replace(visit=c.visit + 20, day=date(2026, 9, 14)) for c in calls(9)]
    other = [c._replace(visit=c.visit + 40, teacher=2) for c in calls(9)]
    spread = [c._replace(day=date(2026, 9, 1 + c.visit)) for c in calls(9, teacher=3)]
    found = bunched.find(other + tomorrow + calls(9) + spread, HINTS)
    assert [(hint.teacher, hint.key) for hint in found] == [(1, "2026-09-13"), (1, "2026-09-14"), (2, "2026-09-13")]


def test_two_records_of_one_household_at_one_time_are_one_call():
    twin = call(20, 34, homes={1, 99})  # with the first, at its time
    [hint] = bunched.find([*calls(9), twin], HINTS)
    assert hint.facts["visits"] == 9 and 20 in hint.visits
    assert bunched.find([*calls(8), twin], HINTS) == []


def test_two_households_at_one_time_are_two_calls_and_no_minute_between():
    found = bunched.find([*calls(8), call(20, 34)], HINTS)
    assert [hint.facts for hint in found] == [{"visits": 9, "gap": 0, "short": 0}]


def test_the_same_family_again_in_the_evening_is_another_call():
    assert bunched.find([*calls(8), call(20, 600, homes={1})], HINTS)[0].facts["visits"] == 9


@pytest.mark.parametrize(
    ("extra", "gap"),
    [
        (call(20, None, None), 4),  # nobody wrote when
        (call(20, 400, None), 4),  # nor how long
        (call(20, 400, -20), 4),  # an end before the beginning is a slip of the pen, no short visit
        (call(20, 1, 1000), 0),  # all day at one family, says the record
    ],
)
def test_what_the_times_do_not_tell_is_not_guessed(extra, gap):
    [hint] = bunched.find([*calls(8), extra], HINTS)
    assert hint.facts == {"visits": 9, "gap": gap, "short": 0}


def test_no_times_at_all():
    [hint] = bunched.find([call(visit, None, None) for visit in range(9)], HINTS)
    assert hint.facts == {"visits": 9, "gap": None, "short": 0}
    same_home = [call(visit, None, None, homes={7}) for visit in range(9)]
    assert bunched.find(same_home, HINTS) == []


def test_a_call_without_a_household_is_still_a_call():
    assert bunched.find([call(visit, 60, homes=()) for visit in range(9)], HINTS)[0].facts["visits"] == 9


def test_the_order_of_reading_changes_nothing():
    rows = [*calls(2, lasts=5), call(20, 34, 5), call(21, None, None)]
    found = [bunched.find(list(order), HINTS) for order in permutations(rows)]
    assert found[0] and all(other == found[0] for other in found)
    assert bunched.find([], HINTS) == []
