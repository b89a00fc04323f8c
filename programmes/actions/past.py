"""What a notice said before a change is kept, for figures of an instant before it."""

from core.clock import now
from programmes.models import PastNotice, Programme
from programmes.queries.rows import rows_in

KEPT = ("programme", "deadlines", "categories", "config")  # phases and their steps move no figure


def keep_notice(programme_id, stood):
    """After a change, in its transaction; the programme's row is locked since before `stood` (rows_in) was read."""
    stands = rows_in(Programme.objects.get(pk=programme_id))
    if any(stood[part] != stands[part] for part in KEPT):
        PastNotice.objects.create(programme_id=programme_id, data={part: stood[part] for part in KEPT}, until=now())


def lock_notice(programme_id):
    """Rows as they stand, for keep_notice after the change."""
    return rows_in(Programme.objects.select_for_update(of=("self",)).get(pk=programme_id))
