"""Dated changes in a family: they raise a pupil to the first rank until a visit answers them."""

from django.db import transaction

from core.audit import record
from core.clock import now, today
from core.states import WrongState
from students.models import ChangeEvent, PastAnswer, Student
from students.signals import students_changed


@transaction.atomic
def record_change(student, kind, occurred_on, *, by):
    """A dated major change. The same kind on the same day is one event; a day to come is refused."""
    if occurred_on > today():
        raise WrongState("这是将来的日期，变化发生后再登记。")
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    change, new = ChangeEvent.objects.get_or_create(
        student=student, kind=kind, occurred_on=occurred_on, defaults={"recorded_by": by, "created_at": now()}
    )
    if new:
        _tell([change], "change.record", by)
    return change


@transaction.atomic
def answer_changes(student_ids, visited_on, *, by):
    """A visit on that day answers the open changes dated on or before it. Returns the ids of the changes."""
    changes = _locked(ChangeEvent.objects.open().filter(student_id__in=student_ids, occurred_on__lte=visited_on))
    if changes:
        _write(changes, answered_on=visited_on, answered_at=now())
        _tell(changes, "change.answer", by)
    return [change.pk for change in changes]


@transaction.atomic
def reopen_changes(student_ids, answered_on, *, by):
    """The visit of that day no longer stands: what it answered is open again. Returns the ids of the changes."""
    changes = _locked(ChangeEvent.objects.filter(student_id__in=student_ids, answered_on=answered_on))
    if changes:
        _remember(changes)
        _write(changes, answered_on=None, answered_at=None)
        _tell(changes, "change.reopen", by)
    return [change.pk for change in changes]


def _locked(changes):
    return list(changes.select_for_update(of=("self",)).select_related("student").order_by("pk"))


def _remember(changes):
    """That they counted as answered until now: what was told meanwhile can be told again."""
    PastAnswer.objects.bulk_create(
        [
            PastAnswer(change=row, answered_on=row.answered_on, answered_at=row.answered_at, reopened_at=now())
            for row in changes
        ]
    )


def _write(changes, **values):
    ChangeEvent.objects.filter(pk__in=[change.pk for change in changes]).update(**values)


def _tell(changes, action, by):
    for change in changes:
        pupil = change.student
        record(change, action, by=by, authority_id=pupil.authority_id, school_id=pupil.school_id, student=pupil.pk)
    students_changed.send(sender=ChangeEvent, student_ids=sorted({change.student_id for change in changes}))
