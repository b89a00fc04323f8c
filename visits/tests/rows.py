"""Visits as bare rows, for tests of the register that must not go through the actions it is checked against."""

from datetime import datetime

from django.utils import timezone

from schools.tests.factories import make_class_head
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Visit, VisitStudent, VisitVisitor


def add_visit(programme, students, *, on, mode="in_person", state=VisitState.RECORDED, lead=None, recorded_at=None):
    school = students[0].school
    lead = lead or make_class_head(students[0].school_class)
    moment = timezone.make_aware(datetime(on.year, on.month, on.day, 18))
    visit = Visit.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, lead=lead, mode=mode, state=state,
        started_at=moment, ended_at=moment, visited_on=on, recorded_at=recorded_at or moment,
    )  # fmt: skip
    VisitVisitor.objects.create(visit=visit, user=lead, role="lead")
    counted = state in COUNTED_STATES and mode in programme.rules.counted_modes and programme.counts_on(on)
    for student in students:
        VisitStudent.objects.create(
            visit=visit, student=student, programme=programme, authority_id=student.authority_id,
            school=student.school, school_class=student.school_class, mode=mode, visited_on=on, counted=counted,
        )  # fmt: skip
    return visit
