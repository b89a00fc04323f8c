from datetime import date

from core.clock import now
from programmes.models import Category
from schools.tests.factories import make_class, serial
from students.models import CategoryMark, ChangeEvent, Enrolment, Guardian, MentorLink, Student


def make_student(school_class=None, *, starts_on=date(2021, 8, 1), guardian=None, **fields):
    """A pupil with an open enrolment; guardian=(name, phone) adds a mother."""
    school_class = school_class or make_class()
    school = school_class.school
    student = Student.objects.create(
        authority_id=school.authority_id,
        school=school,
        school_class=school_class,
        arrived_on=starts_on,
        **{"name": f"学生{next(serial)}", **fields},
    )
    Enrolment.objects.create(
        student=student,
        authority_id=school.authority_id,
        school=school,
        school_class=school_class,
        starts_on=starts_on,
        created_at=now(),
    )
    if guardian:
        name, phone = guardian
        Guardian.objects.create(student=student, name=name, phone=phone, relation="mother")
    return student


def make_mark(student, code="HARDSHIP", *, by, level=2, starts_on=date(2022, 8, 1), **fields):
    category = Category.objects.get(authority_id=student.authority_id, code=code)
    return CategoryMark.objects.create(
        student=student, category=category, level=level, starts_on=starts_on, confirmed_by=by, confirmed_at=now(), **fields
    )


def make_change(student, *, by, kind="study", occurred_on=date(2022, 9, 1), **fields):
    return ChangeEvent.objects.create(student=student, kind=kind, occurred_on=occurred_on, recorded_by=by, **fields)


def make_mentor(student, teacher, *, starts_on=date(2022, 8, 1), **fields):
    return MentorLink.objects.create(student=student, teacher=teacher, starts_on=starts_on, **fields)
