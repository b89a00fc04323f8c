"""Category marks: a class head sets, confirms and ends them. A roster only suggests."""

from datetime import timedelta

from django.db import transaction

from core.audit import record
from core.clock import now, today
from core.states import WrongState
from students.enums import MarkSource
from students.models import CategoryMark, Student
from students.signals import students_changed


@transaction.atomic
def set_mark(student, category, *, by, level):
    """The pupil's mark of this category at this level, from today. Confirms a suggestion; the same again changes
    nothing; another level ends the old row, so that what held on an earlier day can still be told."""
    if category.authority_id != student.authority_id:
        raise ValueError("a category of another authority")
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    mark = CategoryMark.objects.filter(student=student, category=category, ends_on=None).first()
    if mark and not mark.confirmed_by_id:
        return _confirm(mark, student, by, level)
    if mark and mark.level == level:
        return mark
    if mark:
        _close(mark, today() - timedelta(days=1))
    mark = CategoryMark.objects.create(
        student=student, category=category, level=level, starts_on=today(), source=MarkSource.CLASS_HEAD,
        confirmed_by=by, confirmed_at=now(),
    )  # fmt: skip
    return _tell(mark, student, "mark.set", by)


@transaction.atomic
def confirm_mark(mark, *, by, level=None):
    """What a roster suggested holds from today on."""
    mark, student = _locked(mark)
    if mark.ends_on or mark.confirmed_by_id:
        raise WrongState("这条建议已经处理过了。")
    return _confirm(mark, student, by, level or mark.level)


@transaction.atomic
def dismiss_mark(mark, *, by):
    """The suggestion does not fit; later rosters do not bring it back."""
    mark, student = _locked(mark)
    if mark.ends_on or mark.confirmed_by_id:
        raise WrongState("这条建议已经处理过了。")
    _close(mark, today())
    return _tell(mark, student, "mark.dismiss", by)


@transaction.atomic
def end_mark(mark, *, by):
    """From today on the mark no longer counts: yesterday was its last day."""
    mark, student = _locked(mark)
    if mark.ends_on or not mark.confirmed_by_id:
        raise WrongState("这条标记已经结束了，或者还没有认定。")
    _close(mark, today() - timedelta(days=1))
    return _tell(mark, student, "mark.end", by)


def _locked(mark):
    student = Student.objects.select_for_update(of=("self",)).get(pk=mark.student_id)
    return CategoryMark.objects.get(pk=mark.pk), student


def _confirm(mark, student, by, level):
    mark.level, mark.confirmed_by, mark.confirmed_at, mark.starts_on = level, by, now(), today()
    mark.save(update_fields=["level", "confirmed_by", "confirmed_at", "starts_on"])
    return _tell(mark, student, "mark.confirm", by)


def _close(mark, last_day):
    mark.ends_on, mark.closed_at = last_day, now()
    mark.save(update_fields=["ends_on", "closed_at"])


def _tell(mark, student, action, by):
    """The category by its id: its name beside a pupil's number would say too much in a log."""
    record(
        mark, action, by=by, authority_id=student.authority_id, school_id=student.school_id, student=student.pk,
        category=mark.category_id, level=mark.level,
    )  # fmt: skip
    students_changed.send(sender=CategoryMark, student_ids=[student.pk])
    return mark
