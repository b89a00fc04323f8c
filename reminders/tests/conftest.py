"""A school in September 2022: Monday 19 September, nine in the morning."""

import pytest

from programmes.tests.upward import make_upward
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register


@pytest.fixture
def at(settings):
    """at("2022-09-19 09:00"): what time it is."""

    def turn(text):
        settings.HOMEVISIT_CLOCK = f"{text.replace(' ', 'T')}+08:00"

    turn("2022-09-19 09:00")
    return turn


@pytest.fixture
def programme(db, at):
    return make_upward()


@pytest.fixture
def authority(programme):
    return programme.authority


@pytest.fixture
def school(authority):
    return make_school(authority, name="示例晨曦小学", short_name="晨曦小学")


@pytest.fixture
def school_class(school):
    return make_class(school)


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
def officer(authority):
    return make_officer(authority, name="周敏")


@pytest.fixture
def pupils(programme, school_class, head):
    """Three pupils of three families, none reached."""
    found = [make_student(school_class, name=name) for name in ("顾嘉树", "林知夏", "许星河")]
    open_register(programme)
    return found
