"""A school whose classes go at different speeds, seen on 18 September 2022."""

from datetime import date, datetime

from django.utils import timezone

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_school
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Visit, VisitStudent
from visits.tests.rows import add_visit

SLOW = "近10个工作日没有新走到的，还有5人；每个工作日走1人能赶上"
RUSH = "最后3天要走6人，占85%，能提前的往前挪一挪"


def make_slow_school():
    """五（1） is slow, 五（2） has everybody on the last day and no head, 四（1） is done."""
    programme = make_programme()
    school = make_school(programme.authority)
    slow, rush, done = (make_class(school, grade=grade, number=n) for grade, n in ((5, 1), (5, 2), (4, 1)))
    head = make_class_head(slow)
    for school_class, pupils in ((slow, 6), (rush, 7), (done, 1)):
        students = [make_student(school_class) for _ in range(pupils)]
        add_visit(programme, students[:1], on=date(2022, 8, 2), lead=head)
        for student in students[1:] if school_class == rush else ():
            appoint(programme, student, head)
    open_register(programme)
    return school


def appoint(programme, student, lead):
    visit = Visit.objects.create(
        programme=programme, authority_id=student.authority_id, school=student.school, lead=lead, mode="in_person",
        state="planned", planned_at=timezone.make_aware(datetime(2022, 9, 30, 18)),
    )  # fmt: skip
    VisitStudent.objects.create(
        visit=visit, student=student, programme=programme, authority_id=student.authority_id, school=student.school,
        school_class=student.school_class, mode="in_person",
    )  # fmt: skip
