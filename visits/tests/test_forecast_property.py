"""The pace for any days of any year: told by arithmetic, checked against walking day by day."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from schools.calendar import is_workday, workdays_between
from visits.queries.coverage import Count, Figure
from visits.queries.forecast import (
    HORIZON,
    Ahead,
    Window,
    _by_then,
    _lately_of,
    _look,
    coming_workdays,
    lately,
    look_ahead,
    reach_day,
)

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


numbers = st.integers(0, 20)


@given(
    now=days,
    left=st.integers(-5, 40),
    last_days=st.integers(0, 12),
    share=st.sampled_from([0.0, 0.25, 0.5]),
    made=st.dictionaries(st.integers(-30, 0), numbers, max_size=6),
    planned=st.dictionaries(st.integers(0, 45), numbers, max_size=6),
    waiting=st.integers(0, 60),
)
@settings(max_examples=300, deadline=None)
def test_a_school_needs_no_more_than_the_sums_of_its_days(now, left, last_days, share, made, planned, waiting):
    """What the district is told of a school from sums comes out as what days one by one would tell."""
    last = now + timedelta(days=left)
    coming = coming_workdays(now, {})
    stretch = lately({}, start=now - timedelta(days=60), now=now, wanted=10)
    rush_from = last - timedelta(days=last_days - 1)
    ahead = Ahead(now, last, coming, sum(d <= last for d in coming), stretch, True, rush_from, last_days, share)
    figure = Figure(1, Count(sum(made.values()) + waiting, sum(made.values())), sum(made.values()) + waiting)
    made, planned = ({now + timedelta(days=n): number for n, number in of.items()} for of in (made, planned))
    by_last = {day: number for day, number in planned.items() if day <= last} if now <= last else {}
    before = sum(number for day, number in by_last.items() if day < rush_from)
    sums = _by_then(ahead, before, sum(by_last.values()) - before) if by_last else {}
    told = _look(ahead, figure, _lately_of(ahead, made), sums)
    one_by_one = look_ahead(ahead, figure=figure, made=made, planned=planned if now <= last else {})
    assert (told.late, told.bunched) == (one_by_one.late, one_by_one.bunched)
