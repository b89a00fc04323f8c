"""The pages: who may open them, what they say, what they cost."""

from pathlib import Path

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import read_notice
from programmes.models import Deadline, SchoolForm
from programmes.queries.form import record_form
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    add_post,
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
HARBOUR = Path(__file__).parent / "data" / "harbour-2024.toml"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00:00+08:00"


def opened(path):
    return open_programme(load_programme(read_notice(path)).programme, by=None)


@pytest.fixture
def baoshan():
    return opened(DATA / "baoshan-2022.toml")


@pytest.fixture
def school(baoshan):
    return make_school(baoshan.authority, short_name="青禾路小学")


@pytest.fixture
def leader(school):
    return make_leader(school)


def get(client, user, url):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client.get(url)


def text_of(response):
    """What is read on the page, without markup."""
    import re

    body = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
