"""Two visits of one visitor at the same time: worth a second look, never a block."""

from core import formats
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Visit, VisitVisitor
from visits.queries.records import shown_name

SHOWN = 3


def overlaps(user, visitor_ids, started_at, ended_at, *, client_uuid):
    """Sentences on other visits of these people that overlap in time. The family is named where the user may read
    the visit; everything else is “另一次走访”."""
    if not started_at or not ended_at:
        return []
    rows = list(
        VisitVisitor.objects.filter(
            user_id__in=visitor_ids, denied_at=None, visit__state__in=(VisitState.DONE, *COUNTED_STATES),
            visit__started_at__lt=ended_at, visit__ended_at__gt=started_at,
        ).exclude(visit__client_uuid=client_uuid).select_related("visit", "user").order_by("visit__started_at", "pk")
    )[:SHOWN]  # fmt: skip
    if not rows:
        return []
    readable = Visit.objects.visible_to(user).filter(pk__in=[row.visit_id for row in rows])
    families = {
        visit.pk: "、".join(shown_name(row.student, visit.school_id) for row in visit.visit_students.all())
        for visit in readable.prefetch_related("visit_students__student")
    }
    found = []
    for row in rows:
        span = formats.span(row.visit.started_at, row.visit.ended_at)
        who = "你" if row.user_id == user.pk else f"{row.user.name}老师"
        where = f"在{families[row.visit_id]}家" if row.visit_id in families else "有另一次走访"
        found.append(f"{span}{who}{where}，和这次的时间重叠，看看有没有填错。")
    return found
