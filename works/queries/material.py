"""亮点 offered to the school's report (S43): what was marked on visits, without a name."""

from dataclasses import dataclass
from datetime import date

from visits.enums import COUNTED_STATES
from works.models import Highlight
from works.queries.alias import names_of, unnamed


@dataclass(frozen=True)
class Marked:
    """kind: 亮点, 典型 or 特色; text: why, pupils and parents by alias; "" where nobody wrote why."""

    kind: str
    text: str
    on: date
    visit_id: int


def highlights(programme, school):
    """What stands marked on recorded visits of the school, newest first. Four queries; a voided visit offers nothing."""
    rows = list(
        Highlight.objects.filter(visit__programme=programme, school=school, visit__state__in=COUNTED_STATES)
        .select_related("visit").order_by("-visit__visited_on", "-pk")
    )  # fmt: skip
    aliases = {}
    if noted := "\n".join(row.note for row in rows):
        aliases = names_of(school.pk, [row.visit_id for row in rows if row.note], noted)
    return [
        Marked(row.get_kind_display(), unnamed(row.note, aliases), row.visit.visited_on, row.visit_id) for row in rows
    ]
