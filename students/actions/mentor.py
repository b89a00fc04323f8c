"""全员导师制: a teacher beside the class head, linked to single pupils (S4)."""

from datetime import timedelta

from django.db import transaction

from core.audit import record
from core.clock import now, today
from core.states import WrongState
from students.models import MentorLink, Student


@transaction.atomic
def set_mentor(student, teacher, *, by):
    """From today; the same teacher again changes nothing. Only somebody who works at the pupil's school."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=student.pk)
    if student.school_id not in teacher.reach.staff_schools:
        raise WrongState("这位老师不在学生所在的学校，不能当导师。")
    link, new = MentorLink.objects.get_or_create(
        student=student, teacher=teacher, ends_on=None, defaults={"starts_on": today(), "created_at": now()}
    )
    if new:
        _tell(link, "mentor.set", by, student)
    return link


@transaction.atomic
def end_mentor(link, *, by):
    """Yesterday was the last day: from now on the pupil is out of the teacher's sight."""
    student = Student.objects.select_for_update(of=("self",)).get(pk=link.student_id)
    link = MentorLink.objects.get(pk=link.pk)
    if link.ends_on:
        raise WrongState("这段导师关系已经结束了。")
    link.ends_on = today() - timedelta(days=1)
    link.save(update_fields=["ends_on"])
    _tell(link, "mentor.end", by, student)
    return link


def _tell(link, action, by, student):
    record(
        link, action, by=by, authority_id=student.authority_id, school_id=student.school_id, student=student.pk,
        teacher=link.teacher_id,
    )  # fmt: skip
