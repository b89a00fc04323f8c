"""What the district knows of hints: at how many schools and of which kinds, where its notice says so. Never whose."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Min

from core.clock import now
from honesty.enums import HintKind, HintState
from honesty.models import Hint


class SchoolHints(NamedTuple):
    """kinds: of what the school has not yet looked into, in the order of HintKind; none when all is concluded.
    overdue: one of them lies with the school for longer than the notice's follow_up_days."""

    kinds: tuple = ()
    overdue: bool = False

    @property
    def concluded(self):
        return not self.kinds


def counts_hints(programme, user):
    """Whether the user's desk may count hints: the programme's own authority, where its notice says so."""
    return programme.rules.hints.authority_sees_counts and programme.authority_id in user.reach.authorities


def schools_hints(programme, user, school=None):
    """{school id: SchoolHints} of schools with anything to tell, or of the one given; {} where the district has no counts.

    Only what the school's leader sees already. What a school's only leader said of the own records ends the matter. Rows are
    grouped by the database, so that the desk never holds a hint.
    """
    if not counts_hints(programme, user):
        return {}
    moment = now()
    rows = Hint.objects.standing().filter(programme=programme, leader_from__lte=moment)
    rows = rows.filter(school=school) if school else rows
    late = moment - timedelta(days=programme.rules.hints.follow_up_days)
    groups = rows.order_by().with_nobody_to_conclude().values_list("school_id", "kind", "state", "nobody_to_conclude")
    found = {}
    for school_id, kind, state, nobody, since in groups.annotate(Min("leader_from")):
        kinds, overdue = found.get(school_id, (set(), False))
        if state == HintState.TOLD or (state == HintState.ANSWERED and not nobody):
            kinds, overdue = kinds | {kind}, overdue or since < late
        found[school_id] = kinds, overdue
    return {pk: SchoolHints(tuple(kind for kind in HintKind if kind in kinds), overdue) for pk, (kinds, overdue) in found.items()}
