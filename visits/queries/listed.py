"""The register of a school or some classes, read once: what a page adds up from it, it adds up from the same rows."""

from datetime import date
from typing import NamedTuple

from visits.models import Due

DONE, WAITING, DECLINED, EXEMPT, OUTSIDE = "visited", "waiting", "declined", "exempt", "outside"


class Listed(NamedTuple):
    """Columns of a Due row that figures are made of."""

    student_id: int
    school_class_id: int | None
    in_scope: bool
    exempt_reason: str
    declined: bool
    priority: int
    visits: int
    first_on: date | None


def listed(programme, school, *, user):
    """[Listed] of a school, as far as the user may know its pupils. One query."""
    rows = Due.objects.visible_to(user).filter(programme=programme, school=school).order_by()
    return [Listed(*row) for row in rows.values_list(*Listed._fields)]


def state_of(due):
    """What visits.queries.waiting.STATES says in rows, of one: a Due or a Listed."""
    if not due.in_scope:
        return EXEMPT if due.exempt_reason else OUTSIDE
    if due.visits:
        return DONE
    return DECLINED if due.declined else WAITING
