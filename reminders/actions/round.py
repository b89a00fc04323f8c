"""Telling people: one round a kind and day, batch by batch, so that a worker that dies is followed by another one which
tells the rest and nobody twice."""

from datetime import timedelta

import structlog
from django.db import OperationalError, transaction
from django.db.models import F
from django.urls import reverse

from core.clock import now, today
from core.jobs import JobStopped
from reminders.actions.deliver import prepare_mails, prepare_robots
from reminders.actions.settle import withdraw_older
from reminders.enums import RunKind, Slot
from reminders.models import Digest, Run
from reminders.queries.hours import Hours, occasion_of, open_programmes
from reminders.queries.line import summary
from reminders.queries.lines import due_lines, evening_lines
from reminders.queries.people import batches, people
from schools.actions.message import tell_each
from schools.calendar import is_workday

log = structlog.get_logger("homevisit.reminders")

STALE = timedelta(minutes=5)  # a round without a sign of life for so long is taken over
SLOTS = {RunKind.DAY: Slot.DAY, RunKind.EVENING: Slot.EVENING}


def start_due_rounds():
    """Rounds whose hour has come today and that nobody has held yet. Called every minute: a day that was missed is
    over, what is still to do stands in the next round. Only an evening that was missed before a day without one, when
    nobody would hear of the day's appointments, is made up for in the morning."""
    programmes = open_programmes()
    if not programmes:
        return
    hours = Hours.of(programmes)
    for kind, on in _due(hours):
        run = claim(kind, on)
        if run is not None:
            hold(run, programmes, hours)


def _due(hours):
    """(kind, day) of the rounds to be held; the clock is asked anew for each, since one takes its time."""
    for kind in RunKind:
        if hours.has_come(kind, now()):
            yield kind, today()
    if hours.are_open(now()) and not is_workday(today()):
        yield RunKind.EVENING, today() - timedelta(days=1)


def claim(kind, on):
    """The round for this worker, or None where it is held already or another one is at it."""
    run, created = Run.objects.get_or_create(kind=kind, on=on)
    if created:
        return run
    if run.finished_at is not None or run.heartbeat_at > now() - STALE:
        return None
    mine = Run.objects.filter(pk=run.pk, finished_at=None, heartbeat_at=run.heartbeat_at)
    if not mine.update(heartbeat_at=now()):
        return None
    log.warning("round_taken_over", kind=kind, on=str(on))
    run.refresh_from_db()
    return run


def hold(run, programmes, hours):
    """Tell everybody. What the quiet hours cut off is left to the next round."""
    occasion = occasion_of(run.on)
    try:
        for ids in batches(programmes):
            if not hours.are_open(now()):
                return
            _tell(run, ids, programmes, occasion)
        if run.kind == RunKind.DAY:
            _prepare_robots(run)
        with transaction.atomic():
            _beat(run, finished_at=now())
    except JobStopped:
        log.info("round_lost", kind=run.kind, on=str(run.on))


def _prepare_robots(run):
    """What goes wrong with a school's text keeps no round open: the robots are silent for a day."""
    try:
        with transaction.atomic():
            _beat(run)
            prepare_robots(run.on)
    except (JobStopped, OperationalError):
        raise
    except Exception:
        log.exception("robots_not_prepared", on=str(run.on))


def _tell(run, ids, programmes, occasion):
    """A batch; one that fails is told in halves, so that odd rows of one person keep nobody else from being told."""
    try:
        tell_batch(run, people(ids, programmes), occasion)
        return
    except (JobStopped, OperationalError):
        raise
    except Exception:
        if len(ids) == 1:
            log.exception("person_not_told", user=ids[0], kind=run.kind)
            return
    middle = len(ids) // 2  # outside the except, so that a log entry holds one trace and not those of all halvings
    for part in (ids[:middle], ids[middle:]):
        _tell(run, part, programmes, occasion)


def tell_batch(run, persons, occasion):
    """Digests, notices and mails to be sent, all or none. Whoever has been told in this round already is left out."""
    lines = due_lines(persons, occasion) if run.kind == RunKind.DAY else evening_lines(persons, run.on)
    with transaction.atomic():
        _beat(run)
        slot = SLOTS[run.kind]
        told = Digest.objects.filter(user_id__in=list(lines), slot=slot, on=run.on)
        for person in told.values_list("user_id", flat=True):
            del lines[person]
        messages = tell_each({person: summary(own) for person, own in lines.items()}, url=reverse("reminders:mine"))
        digests = Digest.objects.bulk_create(
            Digest(
                user_id=person, slot=slot, on=run.on, lines=[line.as_json() for line in own],
                message=messages[person], created_at=now(),
            )
            for person, own in lines.items()
        )  # fmt: skip
        withdraw_older(list(lines), slot, run.on)
        prepare_mails(digests)
        Run.objects.filter(pk=run.pk).update(told=F("told") + len(digests))


def _beat(run, **values):
    """A sign of life, and the row locked until the end of the transaction. Raises JobStopped when the round has become
    somebody else's."""
    moment = now()
    mine = Run.objects.filter(pk=run.pk, finished_at=None, heartbeat_at=run.heartbeat_at)
    if not mine.update(heartbeat_at=moment, **values):
        raise JobStopped
    run.heartbeat_at = moment
