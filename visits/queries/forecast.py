"""Where the visiting leads: what working days ask for by a day, and what the present pace makes of the rest."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from core.clock import local_date
from programmes.enums import DeadlineKind
from programmes.queries.workdays import calendar
from schools.calendar import workdays, workdays_between

__all__ = ["Window", "coverage_day", "expected_share", "visiting_window", "workdays"]


def coverage_day(programme):
    """The last day before the coverage deadline; without one, the last day visits count."""
    for deadline in programme.deadlines.all():
        if deadline.kind == DeadlineKind.COVERAGE:
            return local_date(deadline.at - timedelta(microseconds=1))
    return programme.ends_on


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
