"""A small school in September 2022: a class with its head, a mentor, a leader; time stands still."""

import pytest

from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_user
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
def head(school_class):
    return make_class_head(school_class, name="陈晓")


@pytest.fixture
def teacher(school):
    return make_user(Role.TEACHER, school=school, name="罗一鸣")


@pytest.fixture
def leader(school):
    return make_leader(school, name="沈文清")


@pytest.fixture
def student(school_class):
    return make_student(school_class, name="顾梓涵")
