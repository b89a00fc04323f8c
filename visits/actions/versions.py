"""A record's versions are kept when the record is written again, never on the first save (decision 0008)."""

from core.clock import now
from visits.models import VisitVersion
from visits.queries.versions import content


def keep_version(visit, *, by, reason=""):
    """Keep what the record says now; it becomes the next version. Returns the VisitVersion.

    The caller has locked the visit, has not changed it yet, and is inside its transaction.
    """
    before = visit.versions.first()
    kept = VisitVersion.objects.create(
        visit=visit, number=visit.version, data=content(visit),
        written_by_id=before.superseded_by_id if before else visit.lead_id,
        written_at=before.superseded_at if before else visit.recorded_at,
        superseded_by=by, superseded_at=now(), reason=reason,
    )  # fmt: skip
    visit.version += 1
    visit.save(update_fields=["version"])
    return kept
