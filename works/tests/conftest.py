"""A school in September 2022 under a notice that asks for works; a class head with one recorded visit."""

from datetime import date

import pytest

from programmes.tests.upward import make_upward
from schools.enums import Role
from schools.tests.factories import (
    make_class_head,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"


@pytest.fixture
def programme(db, clock):
    return make_upward()


@pytest.fixture
def authority(programme):
    return programme.authority


@pytest.fixture
def school(authority):
    return make_school(authority, name="示例晨曦小学", short_name="晨曦小学")


@pytest.fixture
def other_school(authority):
    return make_school(authority, name="示例柳堤小学", short_name="柳堤小学")


@pytest.fixture
def head(school_class):
    return make_class_head(school_class, name="陈晓", gender="2", birth_month="1991-04", politics="01", phone="19900005518")


@pytest.fixture
def school_admin(school):
    return make_user(Role.SCHOOL_ADMIN, school=school, name="何静")


@pytest.fixture
def officer(authority):
    return make_officer(authority, name="周敏")


@pytest.fixture
def reviewer(authority):
    return make_user(Role.REVIEWER, authority=authority, name="丁宁")


@pytest.fixture
def student(school_class):
    return make_student(school_class, name="顾嘉树", guardian=("林秋", "19900001234"))


@pytest.fixture
def visit(programme, student, head):
    visit = add_visit(programme, [student], on=date(2022, 9, 16), lead=head)
    open_register(programme)
    return visit
