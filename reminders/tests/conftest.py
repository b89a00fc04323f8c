"""A school in September 2022: Monday 19 September, nine in the morning."""

import pytest

from programmes.tests.upward import make_upward
from schools.tests.factories import (
    make_officer,
    make_school,
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
def officer(authority):
    return make_officer(authority, name="周敏")


@pytest.fixture
def pupils(programme, school_class, head):
    """Three pupils of three families, none reached."""
    found = [make_student(school_class, name=name) for name in ("顾嘉树", "林知夏", "许星河")]
    open_register(programme)
    return found
