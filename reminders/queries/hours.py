"""When people are told: the hours and days of the open notices, and which dated lists fall due.

One round tells everybody once a day, so where open notices name different hours the strictest holds: the latest start,
the earliest end.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from core.clock import local_date
from programmes.config.schema import Reminders
from programmes.enums import ProgrammeState
from programmes.models import Programme
from reminders.enums import RunKind
from reminders.models import Run
from schools.calendar import is_workday, kept_days, workdays

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
            RunKind.DAY: max(_time(rule.day_at) for rule in rules),
            RunKind.EVENING: max(_time(rule.evening_at) for rule in rules),
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


def _time(text):
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Occasion:
    """What a round tells beside the daily lines. nearing: {programme id: [Nearing]}; weekly: the first of a week."""

    on: date
    weekly: bool
    nearing: dict


@dataclass(frozen=True)
class Nearing:
    """A deadline ahead. left: workdays after today through its last day."""

    kind: str
    title: str
    at: datetime
    last_day: date
    left: int


def occasion_of(programmes, on):
    """The dated lists of a round: those whose day has come since the last one, so that a missed day is made up for
    once. Two queries and one for the calendar."""
    last = Run.objects.filter(kind=RunKind.DAY, on__lt=on, finished_at__isnull=False).order_by("-on").first()
    since = last.on if last else on - timedelta(days=1)
    monday = on - timedelta(days=on.weekday())
    found = {one.pk: _nearing(one, on, since) for one in programmes}
    return Occasion(on, weekly=since < monday or last is None, nearing=found)


def every_occasion(programmes, on):
    """What the page shows: the weekly lists, and every deadline near enough to be told of at all."""
    return Occasion(on, True, {one.pk: _nearing(one, on, since=None) for one in programmes})


def _nearing(programme, on, since):
    """Deadlines ahead with a list due after `since`, up to today; with None all that are near enough."""
    days = programme.rules.reminders.missing_before
    rows = [row for row in programme.deadlines.all() if on <= row.last_day <= on + FAR]
    if not rows or not days:
        return []
    last = max(row.last_day for row in rows)
    kept = kept_days(on - FAR, last)
    found = []
    for row in rows:
        left = workdays(on + timedelta(days=1), row.last_day, kept)
        before = None if since is None else workdays(since + timedelta(days=1), row.last_day, kept)
        if any(left <= n and (before is None or n < before) for n in days):
            found.append(Nearing(row.kind, row.title, row.at, row.last_day, left))
    return found
