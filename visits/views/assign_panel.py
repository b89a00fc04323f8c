"""一键分配 beside the tiles: the proposal for the ticked families, or for all that nobody is assigned to."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils.dateparse import parse_datetime

from core.clock import now, today
from students.models import Assignment
from visits.actions.assign import WHY
from visits.forms.assign import AssignForm, join
from visits.queries.forecast import coverage_day
from visits.queries.load import Proposal, choices, named, proposal

SPARE = timedelta(days=3)  # between the day we propose and the deadline
UNDO = "visits.assigned"
UNDO_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Panel:
    """ticked: ids; note: a sentence on top; refused: sentences on single families; taken: somebody is assigned."""

    proposal: Proposal
    form: AssignForm
    ticked: list
    is_hand: bool
    taken: bool
    note: str = ""
    refused: tuple = ()

    @property
    def count(self):
        return len(self.proposal.homes)

    @property
    def asked(self):
        return join(self.ticked)

    @property
    def plan(self):
        return " ".join(f"{pupil}:{visitor}" for pupil, visitor in self.proposal.pairs)

    @property
    def along(self):
        """Siblings of the class who come along unticked."""
        ticked = set(self.ticked)
        return [s.name for home in self.proposal.homes for s in home.students if ticked and s.pk not in ticked]


def make_panel(programme, school_class, tiles, *, user, ticked=(), data=None, mode="", check=False, note="", refused=()):
    """data: what was sent, kept as typed; check: bind it, so that it can be asked whether it is right."""
    offer = proposal(programme, school_class, ticked, user, tiles=tiles)
    is_hand = mode == AssignForm.HAND
    last_day = coverage_day(programme)
    visitors = _visitors(school_class, offer) if is_hand else ()
    kept = {name: data[name] for name in ("visitor", "visit_by") if name in data} if data else {}
    initial = {"visit_by": _by_when(last_day), **kept}
    form = AssignForm(data if check else None, last_day=last_day, visitors=visitors, initial=initial, auto_id="as_%s")
    taken = any(tile.lead and tile.can_assign and tile.student.pk in ticked for tile in tiles)
    return Panel(offer, form, list(ticked), is_hand, taken, note, tuple(refused))


def read_form(data, programme, school_class):
    """What was sent, to be checked; by hand any colleague may be chosen."""
    visitors = _visitors(school_class) if data.get("mode") == AssignForm.HAND else ()
    return AssignForm(data, last_day=coverage_day(programme), visitors=visitors)


def _by_when(last_day):
    """Some days before the deadline, so that a missed family can still be visited."""
    return max(last_day - SPARE, today()) if last_day >= today() else None


def _visitors(school_class, offer=None):
    return [
        (group, [(user.pk, _label(user, families)) for user, families in users])
        for group, users in choices(school_class, offer.pool if offer else [])
    ]


def _label(user, families):
    subject = f" {user.subject}" if user.subject else ""
    return f"{user.name}{subject}" + (f"，现有{families}家" if families is not None else "")


def sentences(refused, *, user):
    """许嘉树：已经走访过了。 for each pupil that was not assigned."""
    names = named(refused, user=user) if refused else {}
    return [f"{names.get(pk, '一名学生')}：{WHY[why]}。" for pk, why in refused.items()]


def remember(request, outcome):
    """For the board's next page: what was done, by numbers only; an act that changed nothing leaves the last one."""
    if outcome.undo:
        refused = [[pk, why] for pk, why in outcome.refused.items()]
        request.session[UNDO] = outcome.undo | {"refused": refused}


def last_act(request, school_class, programme):
    """What the class head did a moment ago in this class and programme, None when there is nothing to take back."""
    act = request.session.get(UNDO)
    if not act or (act["school_class"], act["programme"]) != (school_class.pk, programme.pk):
        return None
    return act if now() - parse_datetime(act["until"]) < UNDO_FOR else None


def done_note(act, *, user):
    """{"text": 分配了5家：丁宁2家、罗一鸣3家, "refused": [sentences]}"""
    rows = Assignment.objects.visible_to(user).filter(pk__in=act["given"]).order_by("visitor__name")
    rows = rows.select_related("visitor", "student")
    homes = {row.student.household_id or f"pupil {row.student_id}": row.visitor.name for row in rows}
    shares = "、".join(f"{name}{families}家" for name, families in Counter(homes.values()).items())
    return {"text": f"分配了{len(homes)}家：{shares}。", "refused": sentences(dict(act["refused"]), user=user)}
