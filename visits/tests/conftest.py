"""A small school in September 2022: a class with its head, a mentor, a leader; time stands still."""

import pytest

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class
from students.tests.factories import make_student


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"


@pytest.fixture
def programme(db, clock):
    return make_programme()


@pytest.fixture
def school_class(programme):
    return make_class()


@pytest.fixture
def school(school_class):
    return school_class.school


@pytest.fixture
def student(school_class):
    return make_student(school_class, name="顾梓涵")
