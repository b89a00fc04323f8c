from datetime import timedelta

from core.clock import now
from core.enums import JobState
from programmes.enums import DeadlineKind
from reports.models import Compilation

RECENT = timedelta(hours=24)


def compilations_for(user):
    """Newest first, with everything a list shows of them."""
    rows = Compilation.objects.visible_to(user).select_related("programme", "job", "started_by")
    return rows.order_by("-created_at", "-revision")


def on_desk(programme, *, user):
    """(what the job row shows, the deadline's ready package), either may be None. One query.

    The row shows what is in the making, what stopped, what was finished within a day, else the deadline's package.
    """
    rows = Compilation.objects.visible_to(user).filter(programme=programme, kind=DeadlineKind.COVERAGE)
    rows = list(rows.select_related("job").order_by("-created_at", "-revision")[:20])
    final = next((row for row in rows if row.is_ready and row.as_of == row.deadline_at), None)
    latest = next(iter(rows), None)
    if latest is None or latest.job.state != JobState.DONE or latest.ready_at > now() - RECENT:
        return latest, final
    return final, final
