"""Classes of the demonstration that have given part of their families to visitors."""

from datetime import date

import pytest

from homevisit.demo.assignments import give
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import Assignment
from students.tests.factories import make_mentor, make_student
from visits.actions.register import open_register

TODAY = date(2022, 9, 18)


@pytest.fixture
def programme(db, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    return make_programme()


@pytest.fixture
def classes(programme):
    """Four classes of a school with seven, two, one and six waiting families."""
    school = make_school(programme.authority)
    mentor = make_user(Role.TEACHER, school=school)
    found = []
    for number, families in enumerate((7, 2, 1, 6), 1):
        found.append(make_class(school, number=number))
        make_class_head(found[-1])
        for _ in range(families):
            make_mentor(make_student(found[-1]), mentor)
    open_register(programme)
    return found


def given(classes):
    return [Assignment.objects.filter(student__school_class=row, ended_at=None).count() for row in classes]


def test_two_thirds_are_given_and_some_families_left(programme, classes):
    give(programme, {classes[0].school_id: None}, today=TODAY, running=True)

    assert given(classes) == [4, 1, 0, 4]
    days = set(Assignment.objects.values_list("visit_by", flat=True))
    assert days == {date(2022, 9, 15), date(2022, 9, 27)}


def test_what_is_over_has_none(programme, classes):
    give(programme, {classes[0].school_id: None}, today=TODAY, running=False)
    assert given(classes) == [0, 0, 0, 0]
