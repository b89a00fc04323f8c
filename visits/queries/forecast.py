"""Where the visiting leads: what working days ask for by a day, and what the present pace makes of the rest."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from core.clock import local_date
from programmes.enums import DeadlineKind
from programmes.queries.workdays import calendar
from schools.calendar import is_workday, workdays, workdays_between

__all__ = ["Window", "coverage_day", "expected_share", "lately", "reach_day", "visiting_window", "workdays"]

HORIZON = 400  # days: what lies further off is told as never


def coverage_day(programme):
    """The last day before the coverage deadline; without one, the last day visits count."""
    for deadline in programme.deadlines.all():
        if deadline.kind == DeadlineKind.COVERAGE:
            return local_date(deadline.at - timedelta(microseconds=1))
    return programme.ends_on


# ── What is expected ──


@dataclass(frozen=True)
class Window:
    """The days of visiting, both ends in. working: those of them that are workdays, or all where none is."""

    first: date
    last: date
    working: tuple

    def share(self, day):
        """The part of the working days that has gone by at the end of a day, as an exact Fraction of 1."""
        return Fraction(sum(one <= day for one in self.working), len(self.working))

    def shares(self, days):
        """[share] of days one after the other, counted once through."""
        working, found = set(self.working), []
        gone = sum(one < days[0] for one in self.working) if days else 0
        for day in days:
            gone += day in working
            found.append(Fraction(gone, len(self.working)))
        return found


def visiting_window(programme):
    """The days of visiting up to the coverage deadline. programme.deadlines should be prefetched."""
    first = programme.starts_on
    last = max(coverage_day(programme), first)
    working = workdays_between(first, last, calendar(programme))
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return Window(first, last, tuple(working or every))


def expected_share(programme, day):
    """应达: the share of the working days of the visiting window that has gone by at the end of a day.

    programme.deadlines should be prefetched.
    """
    return visiting_window(programme).share(day)


# ── What the present pace makes of it ──


@dataclass(frozen=True)
class Stretch:
    """The days a pace is taken from: some workdays, with the free days between and after them."""

    since: date
    until: date
    workdays: int  # 1 at least: visits of a first weekend are a pace too

    def holds(self, day):
        return self.since <= day <= self.until

    def speed(self, done):
        """Pupils a workday, exactly."""
        return Fraction(done, self.workdays)


def lately(kept, *, start, now, wanted):
    """The last `wanted` whole workdays before a day, fewer at the start; a first day stands for itself."""
    until = max(now - timedelta(days=1), start)
    since, found, day = until, 0, until
    while day >= start and found < wanted:
        since, found, day = day, found + is_workday(day, kept), day - timedelta(days=1)
    return Stretch(since, until, max(found, 1))


def reach_day(left, *, speed, now, kept, today=0, planned=None):
    """The day the rest is done at a speed a workday, today in; None when not within a year.

    left: as of this morning. today: done since. planned: {day: appointments}, which may bring it further than the speed.
    """
    if left <= today:
        return now
    planned = planned or {}
    if not speed and today + sum(planned.values()) < left:
        return None
    pace, sure = Fraction(0), today
    for day in (now + timedelta(days=n) for n in range(HORIZON)):
        pace += speed if is_workday(day, kept) else 0
        sure += planned.get(day, 0)
        if max(pace, sure, today) >= left:
            return day
    return None
