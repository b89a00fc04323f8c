"""One move of something that goes up, by its state table: written, told, and for ten seconds undone.

Plans, reports and works decide through this one function, from pages, the administration and bulk acts alike.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder

from core.audit import record, record_each
from core.clock import now
from core.states import WrongState, can_move, move
from schools.actions.message import tell, tell_about
from schools.models import Decision, Message

UNDO = timedelta(seconds=10)
NOTICE = UNDO + timedelta(seconds=2)  # a slow line may still undo; then the notice leaves
TOO_LATE = "已经过了10秒，通知发出去了，不能再撤销。要改的话，重新处理一次。"
MOVED_ON = "之后又有变化，不能撤销。刷新页面看最新状态。"


@dataclass
class Settled:
    """What decide_each did. refused: {row: why}."""

    done: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)


def new_batch():
    return uuid.uuid4()


def decide(obj, moves, verb, *, by, level, reason="", batch=None, users=(), text="", url="", undoable=False, **changes):
    """Move the locked row `obj` and write `changes` to it → Decision. Raises WrongState.

    level: "author", "school" or "district". users get `text`; with undoable the notice waits until the undo is over.
    Call inside a transaction, with the row fetched for update. Sealed columns are written by the caller, not here.
    """
    decision = _moved(obj, moves, verb, by, level, reason, batch or new_batch(), changes)
    obj.save(update_fields=["state", *changes])
    record(obj, _action(obj, verb), by=by, fields=list(changes), reason=reason[:300])
    decision.save(force_insert=True)
    if text:
        tell(users, text, url=url, about=obj, after=NOTICE if undoable else timedelta(0))
    return decision


def decide_each(
    rows, moves, verb, *, by, level, reason="", batch=None, but=None, users=None, text="", url=None, undoable=False, **changes
):
    """decide() on every row of the queryset under one batch → Settled; a wrong state is named there, not raised.

    Locks the rows in the order of their keys; a handful of statements for any number. All get the same `changes`.
    but: row → why it may not be, "" when it may. users, url: row → whom `text` goes to, and where it leads.
    """
    settled, decisions, batch = Settled(), [], batch or new_batch()
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        try:
            _may(row, moves, verb, but)
            decisions.append(_moved(row, moves, verb, by, level, reason, batch, changes))
            settled.done.append(row)
        except WrongState as refused:
            settled.refused[row] = str(refused)
    if not settled.done:
        return settled
    kept = rows.model.objects.filter(pk__in=[row.pk for row in settled.done])
    kept.update(state=moves[verb][1], **changes)
    record_each(settled.done, _action(settled.done[0], verb), by=by, fields=list(changes), reason=reason[:300])
    Decision.objects.bulk_create(decisions)
    if text:
        things = [(users(row), url(row) if url else "", row) for row in settled.done]
        tell_about(things, text, after=NOTICE if undoable else timedelta(0))
    return settled


def _may(row, moves, verb, but):
    if but and can_move(row, moves, verb) and (why := but(row)):
        raise WrongState(why)


def _moved(obj, moves, verb, by, level, reason, batch, changes):
    """The row in memory as it becomes → the Decision about it. Neither is saved."""
    was = obj.state
    before = {name: getattr(obj, _column(obj, name)) for name in changes}
    move(obj, moves, verb)
    for name, value in changes.items():
        setattr(obj, name, value)
    return Decision(
        authority_id=obj.authority_id, school_id=obj.school_id, about_type=obj._meta.label_lower, about_id=obj.pk,
        level=level, verb=verb, was=was, became=obj.state, reason=reason[:500], by=by, at=now(), batch=batch,
        before=json.loads(json.dumps(before, cls=DjangoJSONEncoder)),
    )  # fmt: skip


def _action(obj, verb):
    return f"{obj._meta.model_name}.{verb}"


def undo(obj, *, by, batch=None):
    """Take back the last decision on the locked row `obj`, if it is this person's and ten seconds have not passed.

    batch: the act that is meant; a later one on the row stays. → the Decision; WrongState says why not. The notice has
    not left and goes with it.
    """
    decision = last_decision(obj)
    if decision is None or decision.by_id != by.pk or decision.became != obj.state:
        raise WrongState(MOVED_ON)
    if batch not in (None, decision.batch):
        raise WrongState(MOVED_ON)
    if now() >= decision.at + NOTICE:
        raise WrongState(TOO_LATE)
    obj.state = decision.was
    for name, value in decision.before.items():
        field = obj._meta.get_field(name)
        setattr(obj, field.attname, field.to_python(value) if not field.is_relation else value)
    obj.save(update_fields=["state", *decision.before])
    decision.undone_at = now()
    decision.save(update_fields=["undone_at"])
    waiting = Message.objects.filter(about_type=decision.about_type, about_id=obj.pk, created_at__gte=decision.at)
    waiting.filter(leaves_at__gt=now()).delete()
    record(obj, _action(obj, "undo"), by=by, verb=decision.verb)
    return decision


def last_decision(obj):
    """The newest one that stands, None before any. One query."""
    return Decision.objects.standing().filter(about_type=obj._meta.label_lower, about_id=obj.pk).order_by("-id").first()


def decisions_on(obj):
    """For a timeline, newest first, undone ones left out. The caller has fetched obj in scope."""
    rows = Decision.objects.standing().filter(about_type=obj._meta.label_lower, about_id=obj.pk)
    return rows.select_related("by").order_by("-id")


def _column(obj, name):
    return obj._meta.get_field(name).attname
