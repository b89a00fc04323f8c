"""A morning's round: everybody of 300 schools told what is due, against the same digests and notices as bare rows; the
page of one person against an empty page."""

from contextlib import contextmanager
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.judging import page
from benchmarks.output import line, say
from benchmarks.pages import gunicorn
from programmes.enums import ProgrammeState
from programmes.models import Programme
from reminders.actions.round import start_due_rounds
from reminders.models import Digest, Run
from reminders.queries.people import batches
from schools.models import Message

MORNING = "2023-12-25T09:00+08:00"  # the last day of the district's notice, a Monday
MOST_QUERIES = 45  # a batch of five hundred people, on a day with a deadline


def told(districts):
    with _only(districts.small), _morning():
        with CaptureQueriesContext(connection) as captured:
            start_due_rounds()
        run, parts = Run.objects.get(), len(batches([districts.small]))
        if run.finished_at is None or run.told != Digest.objects.count():
            raise SystemExit(f"the round told {run.told} and stands at {run.finished_at}")
        line("reminders_queries_a_batch", len(captured) / parts, "queries", baseline=MOST_QUERIES)
        rows = list(Digest.objects.values("user_id", "lines", "message__text"))
        say(f"  {len(rows)} people told in {parts} batches")
        _forget()
        begun = perf_counter()
        start_due_rounds()
        whole = perf_counter() - begun
        user = Digest.objects.select_related("user").order_by("pk")[len(rows) // 2].user
        _forget()
        line("reminders_round", whole, "s", baseline=_bare(rows))
        _forget()
        with gunicorn() as port:
            page("reminders_page", port, user, reverse("reminders:mine"))


def _bare(rows):
    begun = perf_counter()
    messages = Message.objects.bulk_create(
        [Message(user_id=row["user_id"], text=row["message__text"]) for row in rows], batch_size=500
    )
    Digest.objects.bulk_create(
        [
            Digest(user_id=row["user_id"], on=MORNING[:10], lines=row["lines"], message=message)
            for row, message in zip(rows, messages, strict=True)
        ],
        batch_size=500,
    )
    return perf_counter() - begun


def _forget():
    Message.objects.filter(pk__in=list(Digest.objects.values_list("message_id", flat=True))).delete()
    Digest.objects.all().delete()
    Run.objects.all().delete()


@contextmanager
def _only(programme):
    """One district is told."""
    others = Programme.objects.filter(state=ProgrammeState.OPEN).exclude(pk=programme.pk)
    ids = list(others.values_list("pk", flat=True))
    others.update(state=ProgrammeState.CLOSED)
    try:
        yield
    finally:
        Programme.objects.filter(pk__in=ids).update(state=ProgrammeState.OPEN)


@contextmanager
def _morning():
    evening, settings.HOMEVISIT_CLOCK = settings.HOMEVISIT_CLOCK, MORNING
    try:
        yield
    finally:
        settings.HOMEVISIT_CLOCK = evening
