"""经过: who did what to a visit and when, from the log and, for rows older than it, from the visit's own columns."""

from dataclasses import dataclass
from datetime import datetime

from core import formats
from core.models import AuditEntry
from schools.models import User
from visits.enums import VisitState

SYSTEM = "系统"
ACTS = {
    "visit.plan": "约了时间",
    "visit.reschedule": "改了约好的时间",
    "visit.confirm": "记下家长答应了",
    "visit.arrive": "到了，开始走访",
    "visit.not_home": "记下没人在家",
    "visit.cancel": "取消了这次走访",
    "visit.decline": "记下家长婉拒",
    "visit.reopen": "恢复了这次约访",
    "visit.submit": "提交了记录",
    "visit.correct": "改好并重新提交",
    "visit.return": "退回修改",
    "visit.accept": "看过，通过",
    "visit.withdraw": "撤回了通过",
    "visit.lock": "到期归档",
    "visit.amend": "修订",
    "visit.void": "作废",
    "visit.unvoid": "取消作废，恢复计入",
}
# Acts that make a new version of the record.
WRITES = {"visit.correct", "visit.amend"}


@dataclass(frozen=True)
class Step:
    at: datetime
    who: str
    what: str
    reason: str = ""
    is_version: bool = False


def history(visit):
    """Oldest first, never empty for a record. The caller has fetched the visit in scope."""
    entries = list(
        AuditEntry.objects.filter(
            object_type=visit._meta.label_lower, object_id=str(visit.pk), action__in=ACTS
        ).order_by("id")
    )
    told = {entry.action for entry in entries}
    from_columns = [row for row in _columns(visit) if row[0] not in told and row[1]]
    ids = {entry.actor_id for entry in entries} | {row[2] for row in from_columns}
    names = dict(User.objects.filter(pk__in=ids - {None}).values_list("pk", "name"))
    steps = [
        Step(entry.at, names.get(entry.actor_id, SYSTEM), ACTS[entry.action],
             entry.facts.get("reason", "") or _times(entry), entry.action in WRITES)
        for entry in entries
    ] + [
        Step(at, names.get(actor, SYSTEM), ACTS[action], reason) for action, at, actor, reason in from_columns
    ]  # fmt: skip
    return sorted(steps, key=lambda step: step.at)


def _times(entry):
    """The time that was agreed, or from which to which it was moved."""
    at, before = entry.facts.get("at"), entry.facts.get("before")
    if entry.action == "visit.plan" and at:
        return _moment(at)
    if entry.action == "visit.reschedule" and at and before and at != before:
        return f"{_moment(before)}改到{_moment(at)}"
    return ""


def _moment(text):
    moment = datetime.fromisoformat(text)
    return f"{formats.day(moment)}{formats.clock(moment)}"


def _columns(visit):
    """(action, at, user id, reason) as the visit itself tells them; at None where it did not happen."""
    planned = visit.created_at if visit.planned_by_id else None
    if visit.state == VisitState.LOCKED or visit.locked_at:
        locked = ("visit.accept" if visit.accepted_by_id else "visit.lock", visit.locked_at, visit.accepted_by_id, "")
    else:
        locked = ("visit.lock", None, None, "")
    return [
        ("visit.plan", planned, visit.planned_by_id, ""),
        ("visit.submit", visit.recorded_at, visit.lead_id, ""),
        ("visit.return", visit.returned_at, visit.returned_by_id, visit.return_reason),
        locked,
        ("visit.void", visit.voided_at, visit.voided_by_id, visit.void_reason),
    ]
