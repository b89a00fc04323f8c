"""Nothing but a recorded or archived visit counts: not a plan, not a walk without a record, not one that came to
nothing. Every figure and list that reads visits stays as it was."""

import pytest
from django.urls import reverse

from core.clock import now
from students.tests.factories import make_change, make_mark, make_student
from visits.actions.register import check, open_register, recompute
from visits.enums import VisitState
from visits.models import ClassCount, Due, Visit, VisitStudent, VisitVisitor
from visits.queries.as_of import schools_as_of
from visits.queries.board import class_tiles
from visits.queries.coverage import coverage
from visits.queries.listed import listed
from visits.queries.records import before_visit, companions, my_recent
from visits.queries.school import school_classes, school_page, teachers_taking_part
from visits.queries.trend import trend
from visits.tests.factories import at, make_visit

STATES = {
    VisitState.PLANNED: {},
    VisitState.DONE: {"started_at": at("2022-09-17 18:30"), "visited_on": "2022-09-17"},
    VisitState.DECLINED: {"closed_at": at("2022-09-16 10:00")},
    VisitState.NO_ONE_HOME: {"closed_at": at("2022-09-17 18:30"), "started_at": at("2022-09-17 18:30")},
    VisitState.CANCELLED: {"closed_at": at("2022-09-16 10:00"), "cancelled_by": "family"},
}


@pytest.fixture
def pupils(programme, school_class, head):
    """The first was visited, the second not; both have an open change and a mark."""
    pupils = [make_student(school_class, name=name) for name in ("沈一诺", "唐屿")]
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-02")
    for pupil in pupils:
        make_mark(pupil, by=head)
        make_change(pupil, occurred_on="2022-09-10", by=head)
    open_register(programme)
    return pupils


def add(programme, pupil, head, teacher, state):
    """A visit of the pupil that came no further than the state, by the head with a colleague."""
    values = STATES[state]
    visit = Visit.objects.create(
        programme=programme, authority_id=programme.authority_id, school=pupil.school, lead=head, state=state,
        planned_at=at("2022-09-17 18:30"), planned_by=head, **values,
    )  # fmt: skip
    VisitStudent.objects.create(
        visit=visit, student=pupil, programme=programme, authority_id=pupil.authority_id, school=pupil.school,
        school_class=pupil.school_class, mode=visit.mode, visited_on=visit.visited_on,
    )  # fmt: skip
    VisitVisitor.objects.create(visit=visit, user=head, role="lead")
    VisitVisitor.objects.create(visit=visit, user=teacher)
    recompute([(programme.pk, pupil.pk)])
    return visit


def told(programme, school, school_class, head, leader, pupils):
    """Everything that is counted or shown as done."""
    due = Due.objects.filter(programme=programme).order_by("student")
    counts = ClassCount.objects.filter(programme=programme).order_by("school_class", "dimension")
    rows = listed(programme, school, user=leader)
    return {
        "due": list(due.values("student", "visits", "first_on", "last_on", "priority", "in_scope", "declined")),
        "counts": list(counts.values_list("dimension", "due", "visited", "declined")),
        "coverage": coverage(programme, user=leader, by="school_class"),
        "trend": trend(programme, rows, target=1).visited,
        "as of": schools_as_of(programme, now()),
        "tiles": [tile.state for tile in class_tiles(programme, school_class, user=head)],
        "teachers": teachers_taking_part(programme, school),
        "page": school_page(
            programme, school, user=leader, classes=school_classes(programme, school, user=leader), rows=rows
        ),
        "recent": [visit.pk for visit in my_recent(head, programme)],
        "before": before_visit(head, pupils).visit.pk,
        "along": companions(head),
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_visit_that_is_no_record_leaves_every_figure(
    programme, school, school_class, head, leader, teacher, pupils, state, which
):
    before = told(programme, school, school_class, head, leader, pupils)
    add(programme, pupils[which], head, teacher, state)

    after = told(programme, school, school_class, head, leader, pupils)
    assert {name: after[name] for name in before if name != "tiles"} == {
        name: value for name, value in before.items() if name != "tiles"
    }
    assert [one in ("done",) for one in after["tiles"]] == [one in ("done",) for one in before["tiles"]]
    assert check(programme) == []


@pytest.mark.parametrize("state", STATES)
def test_lists_and_pages_show_such_a_visit_without_its_day(client, programme, head, teacher, pupils, state):
    visit = add(programme, pupils[1], head, teacher, state)
    client.force_login(head)

    assert client.get(reverse("visits:detail", args=[visit.pk]), follow=True).status_code == 200
    for state in ("", "mine", "uncounted", "unrecorded", "failed", "unread"):
        assert client.get(reverse("visits:records"), {"state": state}).status_code == 200
    assert client.get(reverse("visits:records"), {"since": "2022-09-01"}).status_code == 200
    for name in ("visits:home", "visits:mine", "visits:board"):
        assert client.get(reverse(name), follow=True).status_code == 200
