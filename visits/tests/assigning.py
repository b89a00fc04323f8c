"""A class with five waiting families, and the class head's panel as a browser would use it."""

import re
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from students.models import Assignment
from students.tests.factories import make_mentor, make_student
from visits.actions.register import open_register
from visits.models import Visit

NAMES = ["蒋若溪", "唐屿", "马思齐", "潘可心", "罗一川"]


def five_families(programme, school_class, wu, ding):
    """{name: pupil}: 吴 mentors the first two, 丁 the third, nobody the others."""
    rows = [make_student(school_class, name=name, class_serial=str(n)) for n, name in enumerate(NAMES, 1)]
    for row, teacher in zip(rows, (wu, wu, ding), strict=False):
        make_mentor(row, teacher)
    open_register(programme)
    return dict(zip(NAMES, rows, strict=True))


def plan_row(programme, student, lead, at="2022-09-21 18:30", state="planned"):
    """An appointment as bare rows."""
    place = {"authority_id": student.authority_id, "school": student.school}
    visit = Visit.objects.create(
        programme=programme, lead=lead, state=state, planned_at=timezone.make_aware(datetime.fromisoformat(at)), **place
    )
    visit.visitors.create(user=lead, role="lead")
    visit.visit_students.create(
        student=student, programme=programme, school_class=student.school_class, mode=visit.mode, **place
    )
    return visit


def address(school_class, name="board"):
    return reverse(f"visits:{name}", args=[school_class.pk])


def panel_fields(text):
    """What the form of the panel would send."""
    found = dict(re.findall(r'<input type="hidden" name="(asked|plan|mode)" value="([^"]*)"', text))
    day = re.search(r'name="visit_by" value="([^"]*)"', text)
    return found | {"visit_by": day[1] if day else ""}


def press(client, school_class, *ticked, **changes):
    """Tick, look at the proposal, press the button."""
    ids = [row.pk for row in ticked]
    mode = {"mode": changes["mode"]} if "mode" in changes else {}
    shown = client.post(address(school_class, "assign_preview"), {"students": ids, **mode}).text
    return client.post(address(school_class, "assign"), {"students": ids, **panel_fields(shown), **changes})


def leads():
    """{pupil: visitor} by name."""
    rows = Assignment.objects.filter(role="lead", ended_at=None).select_related("student", "visitor")
    return {row.student.name: row.visitor.name for row in rows}
