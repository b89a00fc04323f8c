"""A small school in September 2022: a class with its head, the school's administrator; time stands still."""

import pytest

from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_school, make_user
from students.tests.factories import make_student


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def programme(db, clock):
    return make_programme()


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


@pytest.fixture
def school_class(school):
    return make_class(school, grade=5, number=3)


@pytest.fixture
def admin(school):
    return make_user(Role.SCHOOL_ADMIN, school=school, name="周敏")


@pytest.fixture
def student(school_class):
    return make_student(school_class, name="许嘉树", guardian=("许建国", "19900001234"))
