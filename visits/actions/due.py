"""What a class head may say about a family's place in the register: exempt with a reason, or declined.

An exempt pupil leaves the number due; a family that declines stays in it, in a column of its own, without fault
(domain.md §6, §7).
"""

from django.db import transaction

from core.audit import record
from core.states import WrongState
from programmes.enums import ProgrammeState
from visits.actions.register import set_due_facts
from visits.enums import Exempt
from visits.models import Due


@transaction.atomic
def set_exempt(due, *, by, reason):
    """Take a pupil out of the number due. reason: an Exempt code; ValueError for another."""
    reason = Exempt(reason)
    due = _locked(due)
    if not due.in_scope:
        raise WrongState("现在不在应访名单里，不用再登记免访。请刷新页面看最新状态。")
    if due.visits:
        raise WrongState("已经走访过，不用再登记免访。")
    return _set(due, "due.exempt", by=by, exempt_reason=reason)


@transaction.atomic
def clear_exempt(due, *, by):
    """Back into the register; whether the pupil is due again is told from the enrolment."""
    due = _locked(due)
    if not due.exempt_reason:
        raise WrongState("现在没有登记免访。请刷新页面看最新状态。")
    return _set(due, "due.unexempt", by=by, exempt_reason="")


@transaction.atomic
def set_declined(due, *, by):
    due = _locked(due)
    if not due.in_scope:
        raise WrongState("现在不在应访名单里，不用登记婉拒。请刷新页面看最新状态。")
    if due.visits:
        raise WrongState("已经走访过，不用登记婉拒。")
    if due.declined:
        raise WrongState("已经登记过婉拒了。")
    return _set(due, "due.decline", by=by, declined=True)


@transaction.atomic
def clear_declined(due, *, by):
    due = _locked(due)
    if not due.declined:
        raise WrongState("现在没有登记婉拒。请刷新页面看最新状态。")
    return _set(due, "due.undecline", by=by, declined=False)


def _locked(due):
    due = Due.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=due.pk)
    if due.programme.state != ProgrammeState.OPEN:
        raise WrongState("这项活动已经结束，应访名单不能再改。")
    return due


def _set(due, action, *, by, **values):
    row = set_due_facts(due, **values)
    # The reason may speak of an illness: the log names the field, not the value.
    record(row, action, by=by, fields=list(values), programme_id=due.programme_id, student_id=due.student_id)
    return row
