"""Masked values shown on request: each time with a reason, each time in the log (security.md §2, A9)."""

from django.db import transaction
from django.utils import timezone

from core.audit import record
from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from students.enums import RevealReason

A_DAY = 30


@transaction.atomic
def reveal_contact(student, *, by, reason):
    """Telephones and address of the family, in clear: {"phone", "address", "guardians": {id: phone}}."""
    _take(by)
    contact, fields = _contact(student)
    record(student, "student.reveal", by=by, fields=fields, reason=RevealReason(reason).value)
    return contact


@transaction.atomic
def read_contact_assigned(student, *, by):
    """The same for who is assigned to visit the family: no reason asked, each look written down."""
    contact, fields = _contact(student)
    if fields:
        record(student, "contact.read_assigned", by=by, fields=fields)
    return contact


def _contact(student):
    """(values in clear, names of those that are there)"""
    guardians = {guardian.pk: guardian.phone for guardian in student.guardians.all() if guardian.phone}
    fields = [name for name in ("phone", "address") if getattr(student, name)] + ["guardian.phone"] * bool(guardians)
    return {"phone": student.phone, "address": student.address, "guardians": guardians}, fields


@transaction.atomic
def reveal_number(student, *, by, reason):
    """The pupil number in clear, for the school's administrator."""
    _take(by)
    record(student, "student.reveal", by=by, fields=["national_no"], reason=RevealReason(reason).value)
    return {"national_no": student.national_no, "aux_no": student.aux_no}


def _take(by):
    midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    used = AuditEntry.objects.filter(actor_id=by.pk, action="student.reveal", at__gte=midnight).count()
    if used >= A_DAY:
        raise WrongState(f"今天已经查看了{A_DAY}次，明天再看。急用请找学校管理员。")
