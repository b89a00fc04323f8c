"""A school in September 2022 under a notice that asks whether records are honest."""

import pytest

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_school,
    make_user,
)


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-19T04:00+08:00"  # the night to Monday


@pytest.fixture
def programme(db, clock):
    return make_programme(config={**CONFIG, "hints": {"authority_sees_counts": True}})


@pytest.fixture
def other_school(programme):
    return make_school(programme.authority, name="示例柳堤小学", short_name="柳堤小学")


@pytest.fixture
def school_admin(school):
    return make_user(Role.SCHOOL_ADMIN, school=school, name="何静")
