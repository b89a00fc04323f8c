"""Rounds whose time is over (closes_at). One in which every work has been read by as many as asked for closes by itself;
of one that lacks sheets whoever runs it is told once, and it closes when they are in. Called every minute: what one tick
missed, the next one does.
"""

from django.db import transaction
from django.urls import reverse

from core.audit import record
from core.clock import now
from core.models import AuditEntry
from schools.actions.message import tell
from works.actions.judging import close_round, locked_round
from works.enums import RoundState
from works.models import Round
from works.queries.judging import runners, unread_numbers

BY_ITSELF = "到时自动结束"
MOST_NAMED = 5


def close_due_rounds():
    """→ how many were closed. One that fails does not keep the others from their turn."""
    due = Round.objects.filter(state=RoundState.OPEN, closes_at__lte=now()).order_by("pk").values_list("pk", flat=True)
    closed, errors = 0, []
    for pk in list(due):
        try:
            closed += _close_or_tell(pk)
        except Exception as error:  # noqa: BLE001 (raised below)
            errors.append(error)
    if errors:
        raise ExceptionGroup("close_due_rounds", errors)
    return closed


@transaction.atomic
def _close_or_tell(pk):
    """→ whether it was closed now. Looks again with the round locked: a person or another tick may have been quicker."""
    round_ = locked_round(pk)
    if round_.state != RoundState.OPEN or round_.closes_at is None:
        return False
    if unread := unread_numbers(round_):
        _tell_once(round_, unread)
        return False
    close_round(round_, by=None, reason=BY_ITSELF)
    text = f"“{round_.title}”到时间了，作品都评够了，已经自动结束。去看名次，定等级。"
    tell(runners(round_), text, url=reverse("works:results", args=[pk]), about=round_)
    return True


def _tell_once(round_, unread):
    """The log knows whether it was told. While nobody runs the round today, nobody is told and it is tried again."""
    told = AuditEntry.objects.filter(action="round.overdue", object_type=round_._meta.label_lower, object_id=str(round_.pk))
    people = runners(round_)
    if not people or told.exists():
        return
    numbers = "、".join(f"{number:03d}" for number in unread[:MOST_NAMED])
    more = "等" if len(unread) > MOST_NAMED else ""
    text = (
        f"“{round_.title}”到时间了，第{numbers}号{more}一共{len(unread)}件还没评够{round_.judges_each}位，没有结束。"
        "催一催评委，或者加评委，评够了会自动结束。不等了，就由你来结束。"
    )
    tell(people, text, url=reverse("works:round", args=[round_.pk]), about=round_)
    record(round_, "round.overdue", by=None, unread=len(unread))
