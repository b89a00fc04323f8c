"""The administration, model by model: who opens its list, and who may add. The rest follows from the same rules.

A model registered without a row fails. 302: not staff, led to the sign-in; 403: staff of another kind.
"""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from homevisit.tests.test_scope import ROLES
from homevisit.tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]  # the same table on either database: once is enough
STAFF = ["school_admin", "district_admin", "reviewer", "security_admin", "auditor"]
# model: (who sees the list, who may add)
TABLE = {
    "schools.authority": ("district_admin security_admin", ""),
    "schools.school": ("district_admin school_admin", "district_admin"),
    "schools.schoolclass": ("district_admin school_admin", "district_admin school_admin"),
    "schools.user": ("district_admin school_admin security_admin", "district_admin school_admin security_admin"),
    "schools.post": ("district_admin school_admin security_admin", "district_admin school_admin security_admin"),
    "schools.workday": ("district_admin", "district_admin"),
    "programmes.programme": ("district_admin", ""),
    "programmes.category": ("district_admin", "district_admin"),
    "programmes.documenttemplate": ("district_admin", "district_admin"),
    "programmes.latepass": ("district_admin reviewer", ""),
    "works.work": ("district_admin reviewer", ""),
    "reports.schoolreport": ("district_admin reviewer", ""),
    "reports.schoolplan": ("district_admin reviewer", ""),
    "core.auditentry": ("auditor", ""),
}


@pytest.fixture
def world(settings):
    settings.HOMEVISIT_CLOCK = World.CLOCK
    return World()


def expected(role, roles):
    if role in roles.split():
        return 200
    return 403 if role in STAFF else 302


def test_every_registered_model_has_a_row():
    assert {model._meta.label_lower for model in admin.site._registry} == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_just_its_lists(world, role):
    client, wrong = Client(), []
    client.force_login(world.people[role], backend="schools.backends.StaffBackend")
    assert client.get(reverse("admin:index")).status_code == (200 if role in STAFF else 302)
    for model, (viewers, adders) in TABLE.items():
        name = model.replace(".", "_")
        for page, roles in (("changelist", viewers), ("add", adders)):
            status = client.get(reverse(f"admin:{name}_{page}")).status_code
            if status != expected(role, roles):
                wrong.append(f"{model} {page}: {status}, the table says {expected(role, roles)}")
    assert wrong == []


@pytest.mark.parametrize("role", STAFF)
def test_a_row_out_of_scope_cannot_be_opened_changed_or_deleted(world, role):
    """The foreign authority's rows: the administration answers as for a missing id, or refuses the page."""
    client = Client()
    client.force_login(world.people[role], backend="schools.backends.StaffBackend")
    foreign = {label.lower(): row for label, row in world.places["x"].rows.items()}
    for model in TABLE.keys() - {"schools.workday"}:  # the state's calendar belongs to no authority
        row = foreign[model]
        for page in ("change", "delete", "history"):
            address = reverse(f"admin:{model.replace('.', '_')}_{page}", args=[row.pk])
            assert client.get(address).status_code in (302, 403), (model, page)
            assert client.post(address, {"post": "yes"}).status_code in (302, 403, 405), (model, page)
            assert type(row).objects.filter(pk=row.pk).exists()
