"""Which role gets what from which address: the whole truth, row by row. A new URL without a row fails.

A cell gives the status for each place of homevisit/tests/world.py: own class / same school / other school /
other authority; one number where all are the same. "rest" is every other role. Out of scope is 404 like a missing
id, a wrong role 403, a form without its fields 422, a wrong state 409.
"""

import re
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from homevisit.tests.test_scope import ROLES
from homevisit.tests.world import World

pytestmark = pytest.mark.django_db
PLACES = "csox"


@dataclass(frozen=True)
class Row:
    name: str
    method: str
    label: str  # the model whose row stands in the address, "" for none
    cells: dict  # roles → statuses; "rest" for all others
    data: dict | None = None

    def expected(self, role):
        found = [status for roles, status in self.cells.items() if role in roles.split()] or [self.cells["rest"]]
        assert len(found) == 1, f"{self.name} {self.method}: {role} stands in {len(found)} cells"
        statuses = found[0].split("/")
        return statuses * (len(PLACES) // len(statuses)) if self.label else statuses


# fmt: off
TABLE = [
    Row("home", "get", "", {
        "reviewer inspector nobody": "200",
        "rest": "302",
    }),
    Row("healthz", "get", "", {"rest": "200"}),
    Row("readyz", "get", "", {"rest": "200"}),
    Row("account_login", "get", "", {"rest": "302"}),
    Row("account_logout", "get", "", {"rest": "200"}),
    Row("account_change_password", "get", "", {"rest": "200"}),
    Row("account_change_password", "post", "", {"rest": "200"}),
    Row("account_reauthenticate", "get", "", {"rest": "200"}),
    Row("account_reauthenticate", "post", "", {"rest": "200"}),
    Row("account_inactive", "get", "", {"rest": "200"}),
    Row("programmes:switch", "post", "", {
        "inspector nobody": "404",
        "rest": "302",
    }, {"programme": "here-2022"}),
    Row("programmes:overview", "get", "", {"rest": "200"}),
    Row("programmes:school_form", "get", "", {
        "school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("programmes:school_form", "post", "", {
        "school_leader named_leader school_admin": "422",
        "rest": "403",
    }),
    Row("programmes:school_form", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("programmes:school_form", "post", "schools.School", {
        "school_leader named_leader school_admin": "422/422/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("programmes:school_form_preview", "post", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("students:import", "get", "", {
        "school_admin": "200",
        "rest": "403",
    }),
    Row("students:import", "post", "", {
        "school_admin": "422",
        "rest": "403",
    }),
    Row("students:import_template", "get", "", {
        "school_admin": "200",
        "rest": "403",
    }),
    Row("students:import_preview", "get", "students.RosterUpload", {
        "school_admin": "200/200/404/404",
        "rest": "403",
    }),
    Row("students:import_confirm", "post", "students.RosterUpload", {
        "school_admin": "302/302/404/404",
        "rest": "403",
    }),
    Row("students:import_cancel", "post", "students.RosterUpload", {
        "school_admin": "302/302/404/404",
        "rest": "403",
    }),
    Row("students:import_held", "get", "students.RosterUpload", {
        "school_admin": "404",
        "rest": "403",
    }),
    Row("students:suggestions", "get", "schools.SchoolClass", {
        "class_head": "200/404/404/404",
        "rest": "403",
    }),
    Row("students:detail", "get", "students.Student", {
        "teacher": "404",
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "200/200/404/404",
        "rest": "403",
    }),
    Row("students:reveal", "post", "students.Student", {
        "teacher": "404",
        "mentor": "403/404/404/404",
        "class_head": "422/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader school_admin": "422/422/404/404",
        "rest": "403",
    }),
    Row("students:reveal_number", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "403/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "school_admin": "422/422/404/404",
        "rest": "403",
    }),
    Row("students:marks", "get", "students.Student", {
        "class_head": "200/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_set", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_confirm", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_dismiss", "post", "students.Student", {
        "class_head": "409/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_end", "post", "students.Student", {
        "class_head": "302/404/404/404",
        "rest": "403",
    }),
    Row("students:change_add", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("visits:home", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:mine", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:log", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:log", "post", "", {
        "teacher mentor class_head psych_teacher": "422",
        "rest": "403",
    }),
    Row("visits:log", "get", "students.Student", {
        "teacher": "404",
        "mentor class_head": "200/404/404/404",
        "psych_teacher": "200/200/404/404",
        "rest": "403",
    }),
    Row("visits:log", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "422/404/404/404",
        "psych_teacher": "422/422/404/404",
        "rest": "403",
    }),
    Row("visits:review", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:colleagues", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:records", "get", "", {
        "teacher mentor class_head psych_teacher school_leader named_leader": "200",
        "rest": "403",
    }),
    Row("visits:detail", "get", "visits.Visit", {
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "200/200/404/404",
        "rest": "404",
    }),
    Row("visits:correct", "get", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:correct", "post", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:review_correction", "post", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:return", "post", "visits.Visit", {
        "mentor class_head": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "rest": "404",
    }),
    Row("visits:void", "post", "visits.Visit", {
        "mentor class_head": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "rest": "404",
    }),
    Row("visits:board", "get", "", {
        "class_head": "302",
        "school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("visits:board", "get", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "200/403/404/404",
        "school_leader named_leader school_admin": "200/200/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:due", "get", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:exempt", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "422/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:unexempt", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:decline", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:undecline", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:school", "get", "", {
        "school_leader named_leader school_admin": "302",
        "rest": "403",
    }),
    Row("visits:school", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("visits:waiting", "get", "", {
        "class_head school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("desk:home", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("desk:school", "get", "schools.School", {
        "district_admin": "200/200/200/404",
        "rest": "403",
    }),
    Row("desk:compile", "post", "", {
        "district_admin": "302",
        "inspector nobody": "404",
        "rest": "403",
    }, {"programme": "here-2022"}),
    Row("desk:export", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("reports:files", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("reports:snapshot", "get", "reports.Compilation", {
        "district_admin": "200/200/200/404",
        "rest": "403",
    }),
    Row("reports:cancel", "post", "reports.Compilation", {
        "district_admin": "302/302/302/404",
        "rest": "404",
    }),
    Row("reports:retry", "post", "reports.Compilation", {
        "district_admin": "302/302/302/404",
        "rest": "404",
    }),
    Row("reports:download", "get", "reports.Compilation", {"rest": "404"}),
    Row("reports:job", "get", "core.Job", {
        "district_admin": "200/200/200/404",
        "rest": "404",
    }),
    Row("account_logout", "post", "", {"rest": "302"}),  # last: it ends the session
]
# fmt: on
OPEN = {"healthz", "readyz", "account_login", "account_logout", "account_inactive"}  # without sign-in


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
            value = {"token": getattr(obj, "token", None), "mark_pk": world.places[tag].rows["students.CategoryMark"].pk}
            path = path.replace(f"<{kind}:{hole}>", str(value.get(hole) or obj.pk))
        found.append(path)
    return found


def test_every_url_has_a_row():
    with_row = {(row.name, bool(row.label)) for row in TABLE}
    assert {(name, "<" in path) for name, path in URLS} == with_row


@pytest.fixture
def world(settings):
    settings.HOMEVISIT_CLOCK = World.CLOCK
    return World()


def answer(client, row, path):
    """The status, with everything the request wrote taken back."""
    point = transaction.savepoint()
    status = getattr(client, row.method)(path, row.data or {}).status_code
    transaction.savepoint_rollback(point)
    return str(status)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_just_what_the_table_says(world, role):
    client, wrong = Client(), []
    client.force_login(world.people[role], backend="schools.backends.StaffBackend")
    for row in TABLE:
        got = [answer(client, row, path) for path in paths(row, world)]
        if got != row.expected(role):
            wrong.append(f"{row.name} {row.method}: {'/'.join(got)}, the table says {'/'.join(row.expected(role))}")
    assert wrong == []


def test_without_sign_in_every_address_leads_to_the_sign_in_page(world, client):
    for row in TABLE:
        for path in paths(row, world):
            response = getattr(client, row.method)(path, row.data or {})
            if row.name in OPEN:
                assert response.status_code == 200 or response["Location"] == "/", path
            else:
                assert response["Location"].startswith("/accounts/login/"), path


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


