"""A school and the people in it, for tests of every room: conftest.py offers them all, a room or a file makes its own
where it needs others. Whose notice it is says the fixture `programme`."""

import pytest
from django.test import Client

from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)


def client_of(user):
    """A browser of its own, signed in as this user."""
    client = Client()
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client


@pytest.fixture
def school(programme):
    return make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")


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
def officer(programme):
    return make_officer(programme.authority, name="周敏")


@pytest.fixture
def as_user(client):
    """as_user(user): the client, signed in as this user."""

    def sign_in(user):
        client.force_login(user, backend="schools.backends.StaffBackend")
        return client

    return sign_in


@pytest.fixture
def media(settings, tmp_path):
    """Where private files go."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT
