"""Records that nobody accepted lock after the programme's days (domain.md §7)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from core.audit import record_each
from core.clock import now
from programmes.models import Programme
from visits.actions.review import lock_rows
from visits.enums import VisitState
from visits.models import Visit, VisitVersion

CHUNK = 200


def lock_due(moment=None):
    """Lock what is due → how many. A second run finds nothing; a missed night is made up by the next.

    Due: recorded, without an open return, and the days have passed since the record was last submitted. A corrected
    record has them anew, so that whoever sent it back can look again; a returned one waits for its author.
    """
    moment = moment or now()
    found = Visit.objects.filter(state=VisitState.RECORDED).order_by().values("programme_id")
    return sum(_lock_programme(programme, moment) for programme in Programme.objects.filter(pk__in=found).order_by("pk"))


def _lock_programme(programme, moment):
    since = moment - timedelta(days=programme.rules.visit.lock_after_days)
    corrected = VisitVersion.objects.filter(visit=OuterRef("pk"), superseded_at__gt=since)
    due = Visit.objects.filter(
        ~Exists(corrected), programme=programme, state=VisitState.RECORDED, returned_at__isnull=True,
        recorded_at__lte=since,
    ).order_by("pk")  # fmt: skip
    last, number = 0, 0
    while chunk := _lock_chunk(due.filter(pk__gt=last), moment):
        last, number = chunk[-1].pk, number + len(chunk)
    return number


@transaction.atomic
def _lock_chunk(due, moment):
    """Rows somebody works on at this instant are left to the next night."""
    rows = due.select_for_update(of=("self",), skip_locked=True).prefetch_related("visit_students")[:CHUNK]
    rows = list(rows)
    if rows:
        lock_rows(rows, by=None, moment=moment)
        record_each(rows, "visit.lock", by=None)
    return rows
