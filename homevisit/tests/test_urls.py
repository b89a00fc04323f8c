"""URL × role: every address answers every role as the table says (homevisit/tests/url_table)."""

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from homevisit.tests.test_scope import ROLES
from homevisit.tests.url_table import PLACES, TABLE, Row
from homevisit.tests.world import World

pytestmark = pytest.mark.django_db
SHORT = {"school_leader"}  # the other roles: make prove
LONG = [pytest.mark.prove, pytest.mark.walk]
OPEN = {"healthz", "readyz", "account_login", "account_logout", "account_inactive", "visits:calendar_feed"}  # without sign-in


def patterns(found, prefix="", namespace=""):
    """(name, path) of every URL except the administration's, which has a table of its own below."""
    for part in found:
        if not isinstance(part, URLResolver):
            yield f"{namespace}{part.name}", prefix + str(part.pattern)
        elif part.namespace != "admin":
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from patterns(part.url_patterns, prefix + str(part.pattern), inner)


URLS = [(name, path) for name, path in patterns(get_resolver().url_patterns)]


def paths(row, world):
    """The row's addresses, one per place; a name may have a second pattern with an id."""
    pattern = next(path for name, path in URLS if name == row.name and ("<" in path) == bool(row.label))
    if not row.label:
        return ["/" + pattern]
    found = []
    for tag in PLACES:
        obj, path = world.places[tag].rows[row.label], "/" + pattern
        for kind, hole in re.findall(r"<(\w+):(\w+)>", pattern):
            value = {name: getattr(obj, name, None) for name in ("token", "client_uuid")}
            value["mark_pk"] = world.places[tag].rows["students.CategoryMark"].pk
            path = path.replace(f"<{kind}:{hole}>", str(value.get(hole) or obj.pk))
        found.append(path)
    return found


def test_every_url_has_a_row():
    with_row = {(row.name, bool(row.label)) for row in TABLE}
    assert {(name, "<" in path) for name, path in URLS} == with_row


@pytest.fixture
def world(settings):
    settings.HOMEVISIT_CLOCK = World.CLOCK
    settings.SOFFICE = ""  # a server without LibreOffice: a PDF is 503 for whoever may have it
    return World()


def answer(client, row, path):
    """The status, with everything the request wrote taken back."""
    point = transaction.savepoint()
    status = getattr(client, row.method)(path, row.data or {}).status_code
    transaction.savepoint_rollback(point)
    return str(status)


@pytest.mark.postgres  # the same table on either database: once is enough for thousands of answers
@pytest.mark.parametrize("role", [r if r in SHORT else pytest.param(r, marks=LONG) for r in ROLES])
def test_each_role_gets_just_what_the_table_says(world, role):
    client, wrong = Client(), []
    client.force_login(world.people[role], backend="schools.backends.StaffBackend")
    for row in TABLE:
        got = [answer(client, row, path) for path in paths(row, world)]
        if got != row.expected(role):
            wrong.append(f"{row.name} {row.method}: {'/'.join(got)}, the table says {'/'.join(row.expected(role))}")
    assert wrong == []


@pytest.mark.sqlite  # a table of rules: once is enough
def test_without_sign_in_every_address_leads_to_the_sign_in_page(world, client):
    for row in TABLE:
        for path in paths(row, world):
            response = getattr(client, row.method)(path, row.data or {})
            if row.name in OPEN:
                assert response.status_code == 200 or response["Location"] == "/", path
            else:
                assert response["Location"].startswith("/accounts/login/"), path


@pytest.mark.sqlite  # a table of rules: once is enough
def test_a_verb_cannot_be_read_and_a_page_cannot_be_posted(world):
    """405 for the method a row does not name, so no link and no picture can act."""
    client = Client()
    client.force_login(world.people["district_admin"], backend="schools.backends.StaffBackend")
    methods = {}
    for row in TABLE:
        methods.setdefault((row.name, row.label), set()).add(row.method)
    for (name, label), known in methods.items():
        if known == {"get", "post"} or name.startswith("account_"):
            continue
        other = ({"get", "post"} - known).pop()
        for path in paths(Row(name, other, label, {}), world):
            assert getattr(client, other)(path).status_code == 405, (name, path)


