"""When people are told: the hours and days of the open notices, and which dated lists fall due.

One round tells everybody once a day, so where open notices name different hours the strictest holds: the latest start,
the earliest end.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.utils import timezone

from core.clock import local_date
from programmes.config.schema import Reminders
from programmes.enums import ProgrammeState
from programmes.models import Programme
from reminders.enums import RunKind
from reminders.models import Run
from schools.calendar import is_workday, kept_days, workdays

A_DAY = timedelta(days=1)
FAR = timedelta(days=100)  # no list goes out longer before a deadline


def open_programmes():
    """Programmes people are told about. Two queries: with their deadlines."""
    rows = Programme.objects.filter(state=ProgrammeState.OPEN).defer("source")
    return list(rows.prefetch_related("deadlines").order_by("pk"))


@dataclass(frozen=True)
class Hours:
    """start: when the round of a kind begins; quiet outside opens…closes."""

    start: dict
    opens: time
    closes: time

    @classmethod
    def of(cls, programmes):
        rules = [one.rules.reminders for one in programmes] or [Reminders()]
        opens = max(_time(rule.quiet_to) for rule in rules)
        closes = min(_time(rule.quiet_from) for rule in rules)
        if opens >= closes:  # notices that leave no common hour: the product's own
            rules = [Reminders()]
            opens, closes = _time(rules[0].quiet_to), _time(rules[0].quiet_from)
        start = {
            RunKind.DAY: _start("day_at", rules, opens, closes),
            RunKind.EVENING: _start("evening_at", rules, opens, closes),
        }
        return cls(start, opens, closes)

    def are_open(self, moment):
        """May anything leave now?"""
        return self.opens <= timezone.localtime(moment).time() < self.closes

    def has_come(self, kind, moment):
        """The hour of a round, on a day it is held: the day's on workdays, the evening's always."""
        if not self.are_open(moment) or timezone.localtime(moment).time() < self.start[kind]:
            return False
        return kind == RunKind.EVENING or is_workday(local_date(moment))


def _start(name, rules, opens, closes):
    """The latest hour of the notices that lies in the open ones; where none does the product's own, else the first."""
    for asked in (rules, [Reminders()]):
        hours = [hour for rule in asked if opens <= (hour := _time(getattr(rule, name))) < closes]
        if hours:
            return max(hours)
    return opens


def _time(text):
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Nearing:
    """A deadline ahead. left: workdays after today through its last day."""

    kind: str
    title: str
    last_day: date
    left: int


@dataclass(frozen=True)
class Occasion:
    """What is told beside the daily lines. weekly: the first round of a week. since: the last round before; lists whose
    day has come after it are due. None, as the page asks: every deadline near enough to be told of at all."""

    on: date
    weekly: bool
    since: date | None
    kept: dict  # the calendar's table

    def left(self, programme, last_day):
        """Workdays left when a list is due before this deadline, else None."""
        if not self.on <= last_day <= self.on + FAR:
            return None
        left = workdays(self.on + A_DAY, last_day, self.kept)
        before = None if self.since is None else workdays(self.since + A_DAY, last_day, self.kept)
        due = any(left <= n and (before is None or n < before) for n in programme.rules.reminders.missing_before)
        return left if due else None

    def nearing(self, programme):
        """[Nearing] of the programme's deadlines with a list due. No query."""
        found = ((row, self.left(programme, row.last_day)) for row in programme.deadlines.all())
        return [Nearing(row.kind, row.title, row.last_day, left) for row, left in found if left is not None]


def occasion_of(on):
    """The dated lists of a round: those whose day has come since the last one, so that a missed day is made up for
    once. Two queries."""
    last = Run.objects.filter(kind=RunKind.DAY, on__lt=on, finished_at__isnull=False).order_by("-on").first()
    since = last.on if last else on - A_DAY
    monday = on - timedelta(days=on.weekday())
    return Occasion(on, last is None or since < monday, since, kept_days(min(since, on), on + FAR))


def every_occasion(on):
    """What the page shows: the weekly lists, and every deadline near enough. One query."""
    return Occasion(on, True, None, kept_days(on, on + FAR))
