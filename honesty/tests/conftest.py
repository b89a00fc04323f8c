"""A school in September 2022 under a notice that asks whether records are honest."""

import pytest

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
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
def school(programme):
    return make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")


@pytest.fixture
def other_school(programme):
    return make_school(programme.authority, name="示例柳堤小学", short_name="柳堤小学")


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
def school_admin(school):
    return make_user(Role.SCHOOL_ADMIN, school=school, name="何静")


@pytest.fixture
def officer(programme):
    return make_officer(programme.authority, name="周敏")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
