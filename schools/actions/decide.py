"""One move of something that goes up, by its state table: written, told, and for ten seconds undone.

Plans, reports and works decide through this one function, from pages, the administration and bulk acts alike.
"""

import json
import uuid
from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder

from core.audit import record
from core.clock import now
from core.states import WrongState, move
from schools.actions.message import tell
from schools.models import Decision, Message

UNDO = timedelta(seconds=10)
NOTICE = UNDO + timedelta(seconds=2)  # a slow line may still undo; then the notice leaves
TOO_LATE = "已经过了10秒，通知发出去了，不能再撤销。要改的话，重新处理一次。"
MOVED_ON = "之后又有变化，不能撤销。刷新页面看最新状态。"


def new_batch():
    return uuid.uuid4()


def decide(obj, moves, verb, *, by, level, reason="", batch=None, users=(), text="", url="", undoable=False, **changes):
    """Move the locked row `obj` and write `changes` to it → Decision. Raises WrongState.

    level: "author", "school" or "district". users get `text`; with undoable the notice waits until the undo is over.
    Call inside a transaction, with the row fetched for update. Sealed columns are written by the caller, not here.
    """
    was = obj.state
    before = {name: getattr(obj, _column(obj, name)) for name in changes}
    move(obj, moves, verb)
    for name, value in changes.items():
        setattr(obj, name, value)
    obj.save(update_fields=["state", *changes])
    label = obj._meta.label_lower
    record(obj, f"{obj._meta.model_name}.{verb}", by=by, fields=list(changes), reason=reason[:300])
    decision = Decision.objects.create(
        authority_id=obj.authority_id, school_id=obj.school_id, about_type=label, about_id=obj.pk, level=level, verb=verb,
        was=was, became=obj.state, reason=reason[:500], by=by, at=now(), batch=batch or new_batch(),
        before=json.loads(json.dumps(before, cls=DjangoJSONEncoder)),
    )  # fmt: skip
    if text:
        tell(users, text, url=url, about=obj, after=NOTICE if undoable else timedelta(0))
    return decision


def undo(obj, *, by, batch=None):
    """Take back the last decision on the locked row `obj`, if it is this person's and ten seconds have not passed.

    batch: the act that is meant; a later one on the row stays. → the Decision; WrongState says why not. The notice has not left and goes with it.
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
    record(obj, f"{obj._meta.model_name}.undo", by=by, verb=decision.verb)
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
