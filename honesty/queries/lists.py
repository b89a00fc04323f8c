"""Hints as pages list them: a teacher's own, a school's, and what was concluded a moment ago."""

from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Value, When

from core.clock import now
from honesty.enums import OPEN_STATES, HintState
from honesty.models import Hint
from schools.actions.decide import UNDO
from schools.models import Decision, School

H = HintState
# code → (label, states); the code stands in the address.
TABS = {
    "open": ("待核实", OPEN_STATES),
    "done": ("已核实", (H.CONCLUDED,)),
    "all": ("全部", (*OPEN_STATES, H.CONCLUDED)),
}
OPEN_FIRST = Case(
    When(state=H.TOLD, then=Value(0)), When(state=H.ANSWERED, then=Value(1)), default=Value(2), output_field=IntegerField()
)  # fmt: skip
# A leader works on what the teacher has answered.
ANSWERED_FIRST = Case(
    When(state=H.ANSWERED, then=Value(0)), When(state=H.TOLD, then=Value(1)), default=Value(2), output_field=IntegerField()
)  # fmt: skip


def own_hints(user, programme):
    """The user's, as the teacher they speak of: what waits for a word first."""
    rows = Hint.objects.visible_to(user).standing().filter(programme=programme, teacher=user)
    return rows.select_related("programme").order_by(OPEN_FIRST, "-found_at", "-pk")


def unanswered(user, programme):
    """How many wait for the user's own word."""
    return Hint.objects.visible_to(user).filter(programme=programme, teacher=user, state=H.TOLD).count()


def school_hints(user, programme, school):
    """The school's, as its leader sees them: none that is still the teacher's alone, not even the leader's own."""
    rows = Hint.objects.visible_to(user).standing()
    return rows.filter(programme=programme, school=school, school_id__in=user.reach.leader_schools, leader_from__lte=now())


def counted(rows):
    """{(kind, state): how many}. One query."""
    found = rows.order_by().values_list("kind", "state").annotate(number=Count("pk"))
    return {(kind, state): number for kind, state, number in found}


def filtered(rows, *, kind="", tab="all"):
    """In the order they are worked on: answered ones first, the longest waiting first; what is concluded, the last first."""
    rows = rows.filter(state__in=TABS[tab][1]).select_related("programme", "teacher", "concluded_by")
    if kind:
        rows = rows.filter(kind=kind)
    if tab == "open":
        return rows.order_by(ANSWERED_FIRST, "leader_from", "pk")
    if tab == "done":
        return rows.order_by("-concluded_at", "-pk")
    return rows.order_by(ANSWERED_FIRST, "-found_at", "-pk")


def leads_alone(hint):
    """Whether nobody else leads the school of whose records it is."""
    return Hint.objects.with_nobody_to_conclude().filter(pk=hint.pk, nobody_to_conclude=True).exists()


def led_schools(user):
    return list(School.objects.visible_to(user).filter(pk__in=user.reach.leader_schools).order_by("code"))


@dataclass(frozen=True)
class Fresh:
    """A conclusion that may still be undone. batch names it."""

    hint: Hint
    batch: str


def just_concluded(user):
    """What this person concluded in the last ten seconds; None otherwise. Two queries at most."""
    rows = Decision.objects.standing().filter(
        by=user, level="school", about_type=Hint._meta.label_lower, at__gt=now() - UNDO, verb="conclude"
    )
    decision = rows.order_by("-id").first()
    hint = decision and Hint.objects.visible_to(user).filter(pk=decision.about_id, state=H.CONCLUDED).first()
    return Fresh(hint, str(decision.batch)) if hint else None
