"""A roster through the browser: received and planned, then confirmed once or thrown away. The file lives an hour."""

import hashlib
import uuid

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import now, today
from core.files import local_copy
from core.formats import clock
from core.states import WrongState, move
from students.enums import UPLOAD_MOVES, UploadState
from students.models import RosterUpload
from students.roster.apply import apply_plan, lock_schools
from students.roster.plan import plan_roster
from students.roster.problems import Refused
from students.roster.reader import read_sheets
from students.roster.report import counts, preview


class PlanChanged(Exception):
    """The pupils changed since the preview: look again before confirming."""


def receive(file, *, school, scope, by):
    """A RosterUpload with its preview. Raises Refused for a file that can't be imported, and WrongState while a
    colleague's roster of the same school waits. One's own earlier one gives way."""
    remove_overdue()
    _refuse_while_another_waits(school, by)
    name = default_storage.save(f"rosters/{uuid.uuid4().hex}.xlsx", file)
    try:
        with local_copy(name) as path:
            sheets = read_sheets(path)
        plan = plan_roster(sheets, [school], as_of=today(), scope=scope)
        if plan.refused:
            raise Refused(plan.refused.kind, plan.refused.message, plan.refused.field)
        with transaction.atomic():
            for earlier in RosterUpload.objects.filter(school=school, uploaded_by=by, state=UploadState.WAITING):
                cancel(earlier, by=by)
            upload = RosterUpload.objects.create(
                school=school, uploaded_by=by, file=name, checksum=_checksum(name), scope=plan.scope,
                report=preview(plan), created_at=now(),
            )  # fmt: skip
            record(upload, "roster.upload", by=by, authority_id=school.authority_id, **counts(plan))
    except IntegrityError as error:  # a colleague was a moment quicker
        default_storage.delete(name)
        raise WrongState("同事刚刚上传了本校的名册，请等那一份确认或取消后再传。") from error
    except BaseException:
        default_storage.delete(name)
        raise
    return upload


def confirm(upload, *, by):
    """Apply what the preview showed. Raises WrongState when it is not waiting any more, PlanChanged (with a fresh
    preview saved) when the pupils changed meanwhile."""
    remove_overdue()
    upload = RosterUpload.objects.get(pk=upload.pk)
    if upload.state != UploadState.WAITING:
        move(upload, UPLOAD_MOVES, "apply")
    with local_copy(upload.file.name) as path:
        sheets = read_sheets(path)
    try:
        return _apply_as_shown(upload, sheets, by)
    except (PlanChanged, IntegrityError) as error:  # another school took in the same pupil a moment earlier
        plan = plan_roster(sheets, [upload.school], as_of=today(), scope=upload.scope)
        RosterUpload.objects.filter(pk=upload.pk, state=UploadState.WAITING).update(report=preview(plan))
        raise PlanChanged from error


@transaction.atomic
def _apply_as_shown(upload, sheets, by):
    row = RosterUpload.objects.select_for_update(of=("self",)).select_related("school").get(pk=upload.pk)
    move(row, UPLOAD_MOVES, "apply")
    lock_schools([row.school])
    plan = plan_roster(sheets, [row.school], as_of=today(), scope=row.scope)
    if preview(plan) != row.report:
        raise PlanChanged
    apply_plan(plan, by=by)
    row.applied_at = now()
    row.save(update_fields=["state", "applied_at"])
    return row


@transaction.atomic
def cancel(upload, *, by):
    row = RosterUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    move(row, UPLOAD_MOVES, "cancel")
    _forget(row)
    record(row, "roster.cancel", by=by, authority_id=row.school.authority_id)
    return row


def remove_overdue():
    """Files and names of uploads older than an hour; counts stay. Returns how many."""
    overdue = list(RosterUpload.objects.overdue())
    for upload in overdue:
        with transaction.atomic():
            row = RosterUpload.objects.select_for_update().get(pk=upload.pk)
            if row.state == UploadState.WAITING:
                move(row, UPLOAD_MOVES, "expire")
            _forget(row)
    return len(overdue)


def _forget(row):
    if row.file:
        transaction.on_commit(lambda name=row.file.name: default_storage.delete(name))
    row.file = ""
    row.report = {"counts": row.report.get("counts", {})}
    row.save(update_fields=["state", "file", "report"])


def _refuse_while_another_waits(school, by):
    other = RosterUpload.objects.filter(school=school, state=UploadState.WAITING).exclude(uploaded_by=by).first()
    if other:
        raise WrongState(
            f"{other.uploaded_by.name}{clock(other.created_at)}上传的名册还没有确认。请等确认或取消后再传，最多等一小时。"
        )


def _checksum(name):
    with default_storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
