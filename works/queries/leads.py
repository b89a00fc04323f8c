"""亮点 and 好老师线索: of one visit, and of a school."""

from visits.enums import COUNTED_STATES
from works.enums import HighlightKind
from works.models import Highlight, Praise


def marks_of(visit):
    """[(HighlightKind, Highlight or None)] of a visit. One query."""
    marked = {row.kind: row for row in Highlight.objects.filter(visit=visit).select_related("marked_by")}
    return [(kind, marked.get(kind)) for kind in HighlightKind]


def praises_of(visit):
    """One query. The caller has fetched the visit in scope."""
    rows = Praise.objects.filter(visit=visit, removed_at__isnull=True)
    return rows.select_related("teacher", "noted_by").order_by("pk")


def school_praises(user, programme):
    """Of visits that stand at the schools the user leads, newest first."""
    return (
        Praise.objects.visible_to(user)
        .filter(
            school_id__in=user.reach.leader_schools, visit__programme=programme, removed_at__isnull=True,
            visit__state__in=COUNTED_STATES,
        )
        .select_related("teacher", "visit", "noted_by")
    )  # fmt: skip


def school_highlights(user, programme):
    return (
        Highlight.objects.visible_to(user)
        .filter(
            school_id__in=user.reach.leader_schools, visit__programme=programme, visit__state__in=COUNTED_STATES
        )
        .select_related("visit__lead", "marked_by")
    )  # fmt: skip
