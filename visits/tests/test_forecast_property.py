"""The pace for any days of any year: told by arithmetic, checked against walking day by day."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from schools.calendar import is_workday, workdays_between
from visits.queries.forecast import HORIZON, Window, coming_workdays, lately, reach_day

days = st.dates(date(2004, 1, 1), date(2028, 12, 31))
lengths = st.integers(1, 250)


@st.composite
def windows(draw):
    first = draw(days)
    last = first + timedelta(days=draw(lengths) - 1)
    every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return Window(first, last, tuple(workdays_between(first, last, {}) or every)), every


@given(windows())
@settings(max_examples=150, deadline=None)
def test_what_is_expected_never_falls_and_is_whole_at_the_end(given_window):
    window, every = given_window
    shares = window.shares(every)
    assert shares == [window.share(day) for day in every] == sorted(shares)
    assert (window.share(window.first - timedelta(days=1)), shares[-1], window.share(date.max)) == (0, 1, 1)
    steps = {after - before for before, after in zip([Fraction(0), *shares], shares, strict=False)}
    assert steps <= {Fraction(0), Fraction(1, len(window.working))}


def walked(left, speed, now, today, planned):
    """Day by day, as a person would count."""
    pace, sure = Fraction(0), today
    for day in (now + timedelta(days=n) for n in range(HORIZON + 1)):
        pace += speed if is_workday(day, {}) else 0
        sure += planned.get(day, 0)
        if max(pace, sure) >= left:
            return day
    return None


@given(
    now=days,
    left=st.integers(1, 300),
    speed=st.fractions(0, 30, max_denominator=10),
    today=st.integers(0, 40),
    planned=st.dictionaries(st.integers(0, 60), st.integers(1, 40), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_the_day_it_is_done_is_the_one_found_by_counting(now, left, speed, today, planned):
    by_day = {now + timedelta(days=n): number for n, number in planned.items()}
    found = reach_day(left, speed=speed, now=now, coming=coming_workdays(now, {}), today=today, planned=by_day)
    assert found == walked(left, speed, now, today, by_day)


@given(start=days, gone=st.integers(0, 120), wanted=st.integers(1, 15))
@settings(max_examples=150, deadline=None)
def test_a_stretch_holds_the_workdays_it_says_and_no_more(start, gone, wanted):
    now = start + timedelta(days=gone)
    stretch = lately({}, start=start, now=now, wanted=wanted)
    held = [day for day in workdays_between(stretch.since, stretch.until, {})]
    assert start <= stretch.since <= stretch.until and (stretch.until < now or now == start)
    assert stretch.workdays == max(len(held), 1) <= max(wanted, 1)
    assert stretch.since == start or is_workday(stretch.since, {})
