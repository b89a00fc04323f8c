"""学生画像: what somebody saw, one fact at a time, with day and source. No score and no label."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now, today
from core.private import holds_id_number
from core.states import WrongState
from students.enums import NoteSource
from students.models import PortraitNote, Student


@transaction.atomic
def add_note(student, *, by, aspect, text, source=NoteSource.SCHOOL, observed_on=None):
    """The same note of the same person again is the one there is."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    authorize(by, "students.note", student)
    text, observed_on = " ".join(text.split()), observed_on or today()
    _check(text, observed_on)
    same = {"student": student, "aspect": aspect, "text": text, "source": source, "observed_on": observed_on}
    note = PortraitNote.objects.standing().filter(written_by=by, **same).first()
    if note:
        return note
    note = PortraitNote.objects.create(written_by=by, created_at=now(), **same)
    _tell(note, "portrait.add", by, student)
    return note


@transaction.atomic
def remove_note(note, *, by):
    """Out of sight from now on; the row stays for the log's sake. Twice is once."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=note.student_id)
    note = PortraitNote.objects.select_related("student").get(pk=note.pk)
    authorize(by, "students.remove_note", note)
    if note.removed_at is None:
        note.removed_at = now()
        note.save(update_fields=["removed_at"])
        _tell(note, "portrait.remove", by, student)
    return note


def _check(text, observed_on):
    longest = PortraitNote._meta.get_field("text").max_length
    if not text:
        raise ValidationError({"text": "写一句看到的事。"})
    if len(text) > longest:
        raise ValidationError({"text": f"最多{longest}字，现在{len(text)}字。"})
    if holds_id_number(text):
        raise ValidationError({"text": "里面像是有身份证号，请删去。系统不存证件号。"})
    if observed_on > today():
        raise WrongState("这是将来的日期，改成看到的那一天。")


def _tell(note, action, by, student):
    record(
        note, action, by=by, authority_id=student.authority_id, school_id=student.school_id, student=student.pk,
        aspect=note.aspect,
    )  # fmt: skip
