"""Where a pupil is: each stay in a class is an Enrolment row, a move is a new one. Rosters write the same in bulk."""

from datetime import timedelta

from django.db import transaction

from core.audit import record
from core.clock import now
from core.states import WrongState
from students.enums import Status
from students.models import Enrolment, Student
from students.signals import students_changed

PLACE = ["authority", "school", "school_class", "status", "arrived_on"]


@transaction.atomic
def enrol(student, school_class, on, *, by):
    """A new pupil, or one who comes back, is in this class from that day. An unsaved pupil is saved."""
    if student.pk is None:
        _put(student, school_class)
        student.arrived_on = on
        student.save()
    else:
        student = _locked(student)
        if _open(student):
            raise WrongState("这位学生已经在班里。换班请用“换班”。")
        if student.school_id != school_class.school_id or student.arrived_on is None:
            student.arrived_on = on
        _put(student, school_class)
        student.save(update_fields=PLACE)
    _begin(student, school_class, on)
    return _tell(student, "student.enrol", by, school_class=school_class.pk)


@transaction.atomic
def move_student(student, school_class, on, *, by):
    """Another class from that day on; into the class the pupil is in changes nothing."""
    student = _locked(student)
    if student.status != Status.ACTIVE:
        raise WrongState(f"这位学生现在是“{student.get_status_display()}”，不能换班。")
    if student.school_class_id == school_class.pk:
        return student
    if student.school_id != school_class.school_id:
        student.arrived_on = on
    left = student.school_id
    _end(student, on)
    _put(student, school_class)
    student.save(update_fields=PLACE)
    _begin(student, school_class, on)
    return _tell(student, "student.move", by, school_class=school_class.pk, from_school=left)


@transaction.atomic
def leave_student(student, status, on, *, by):
    """Left, graduated or suspended: from that day on in no class, so no longer due. The history stays."""
    if status == Status.ACTIVE:
        raise ValueError("to come back is enrol()")
    student = _locked(student)
    if student.status == status:
        return student
    student.status = status
    student.save(update_fields=["status"])
    _end(student, on)
    return _tell(student, "student.leave", by, status=status)


def _locked(student):
    return Student.objects.select_for_update(of=("self",)).get(pk=student.pk)


def _open(student):
    return Enrolment.objects.filter(student=student, ends_on=None).exists()


def _put(student, school_class):
    student.authority_id = school_class.school.authority_id
    student.school, student.school_class = school_class.school, school_class
    student.status = Status.ACTIVE


def _begin(student, school_class, on):
    Enrolment.objects.create(
        student=student, authority_id=student.authority_id, school_id=student.school_id, school_class=school_class,
        starts_on=on, created_at=now(),
    )  # fmt: skip


def _end(student, on):
    Enrolment.objects.filter(student=student, ends_on=None).update(ends_on=on - timedelta(days=1), closed_at=now())


def _tell(student, action, by, **facts):
    record(student, action, by=by, **{name: str(value) for name, value in facts.items()})
    students_changed.send(sender=Student, student_ids=[student.pk])
    return student
