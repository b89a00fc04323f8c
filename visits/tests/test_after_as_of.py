"""Figures as of an instant around a void that was taken back."""

from datetime import date

import pytest

from schools.tests.factories import make_leader
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.actions.review import accept_visit, unvoid_visit, void_visit
from visits.models import Opinion
from visits.queries.as_of import class_counts_as_of, schools_as_of
from visits.tests.factories import at
from visits.tests.rows import add_visit


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-01T08:00+08:00"


@pytest.fixture
def visit(programme, school_class):
    visit = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 2))
    Opinion.objects.create(
        visit=visit, authority=programme.authority, school=visit.school, category="作业", text="多一点。",
        created_at=visit.recorded_at,
    )  # fmt: skip
    open_register(programme)
    return visit


def figures(programme, instant):
    (row,) = class_counts_as_of(programme, at(instant))
    (school,) = schools_as_of(programme, at(instant))
    return row.visited, school.visited_households, school.teachers, school.opinions


def test_before_the_void_it_counts_in_between_not_afterwards_again(programme, visit, school, settings):
    leader = make_leader(school)
    settings.HOMEVISIT_CLOCK = "2022-09-10T12:00+08:00"
    void_visit(visit, by=leader, reason="重复")
    settings.HOMEVISIT_CLOCK = "2022-09-20T12:00+08:00"
    unvoid_visit(visit, by=leader, reason="不是重复")

    told = {day: figures(programme, f"{day} 13:00") for day in ("2022-09-09", "2022-09-10", "2022-09-19", "2022-09-20")}
    assert told == {
        "2022-09-09": (1, 1, 1, 1), "2022-09-10": (0, 0, 0, 0), "2022-09-19": (0, 0, 0, 0), "2022-09-20": (1, 1, 1, 1),
    }  # fmt: skip


def test_two_voids_each_hold_for_their_own_time(programme, visit, school, settings):
    leader = make_leader(school)
    for day, act, reason in ((5, void_visit, "重复"), (7, unvoid_visit, "不是"), (9, void_visit, "还是")):
        settings.HOMEVISIT_CLOCK = f"2022-09-{day:02}T12:00+08:00"
        act(visit, by=leader, reason=reason)

    told = [figures(programme, f"2022-09-{day:02} 13:00")[0] for day in (4, 5, 6, 7, 8, 9, 10)]
    assert told == [1, 0, 0, 1, 1, 0, 0]


def test_accepting_changes_no_figure_of_any_instant(programme, visit, school, settings):
    before = [figures(programme, f"2022-09-{day:02} 13:00") for day in (2, 10, 25)]
    settings.HOMEVISIT_CLOCK = "2022-09-10T12:00+08:00"
    accept_visit(visit, by=make_leader(school))

    assert [figures(programme, f"2022-09-{day:02} 13:00") for day in (2, 10, 25)] == before
