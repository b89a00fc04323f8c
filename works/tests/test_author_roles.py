"""Every kind goes one way, and its verbs are the author's alone: role × verb × kind, before and after handing in."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from schools.enums import Role
from schools.tests.factories import make_user
from works.enums import WorkKind
from works.models import Work
from works.tests.factories import TEXT, make_work

pytestmark = pytest.mark.django_db
KINDS = [kind.value for kind in WorkKind]
POST = {"revision": 0, "title": "题目", "body": TEXT, "confirmed": "on"}
#                    detail versions edit save submit withdraw reopen
TABLE = {
    "draft": {
        "author": "200 200 200 302 302 302 302",
        "colleague leader school_admin officer reviewer other_leader": "404 404 404 404 404 404 404",
    },
    "submitted": {
        "author": "200 200 302 409 409 302 409",
        "leader school_admin": "200 200 403 403 403 403 403",
        "colleague officer reviewer other_leader": "404 404 404 404 404 404 404",
    },
    "filed": {
        "author": "200 200 302 409 409 409 409",
        "leader school_admin officer reviewer": "200 200 403 403 403 403 403",
        "colleague other_leader": "404 404 404 404 404 404 404",
    },
}
VERBS = ("detail", "versions", "edit", "save", "submit", "withdraw", "reopen")
LONG = [pytest.mark.prove, pytest.mark.walk]


@pytest.fixture
def people(head, teacher, leader, school_admin, officer, reviewer, other_school):
    return {
        "author": head, "colleague": teacher, "leader": leader, "school_admin": school_admin, "officer": officer,
        "reviewer": reviewer, "other_leader": make_user(Role.SCHOOL_LEADER, school=other_school),
    }  # fmt: skip


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.seed("W89", "W17", "W44", "S7", "W62")
@pytest.mark.parametrize("kind", ["story", "deeds", *(pytest.param(k, marks=LONG) for k in KINDS if k not in ("story", "deeds"))])
@pytest.mark.parametrize("state", TABLE)
def test_each_role_meets_each_verb_as_the_table_says(client, programme, school, visit, people, kind, state):
    wrong = []
    work = make_work(people["author"], programme, school, visit=visit, kind=kind, state=state, leader=people["leader"])
    for roles, statuses in TABLE[state].items():
        for role in roles.split():
            client.force_login(people[role], backend="schools.backends.StaffBackend")
            for verb, expected in zip(VERBS, statuses.split(), strict=True):
                method = client.get if verb in ("detail", "versions", "edit") else client.post
                point = transaction.savepoint()
                got = method(reverse(f"works:{verb}", args=[work.pk]), POST).status_code
                transaction.savepoint_rollback(point)
                if str(got) != expected:
                    wrong.append((role, verb, got, expected))
    assert wrong == []


@pytest.mark.seed("W89", "W17", "W44", "W62")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_begun_saved_and_handed_in_by_the_same_pages(client, programme, head, leader, visit, kind):
    client.force_login(head, backend="schools.backends.StaffBackend")
    page = client.get(reverse("works:new"), {"kind": kind})
    label = page.context["rule"].label
    fields = {"kind": kind, "visit": visit.pk, "client_uuid": page.context["form"]["client_uuid"].value()}
    places = {client.post(reverse("works:new"), fields)["Location"] for _ in range(2)}
    work = Work.objects.get()
    assert places == {reverse("works:edit", args=[work.pk])}

    assert label in client.get(places.pop()).content.decode()
    client.post(reverse("works:save", args=[work.pk]), POST)
    client.post(reverse("works:submit", args=[work.pk]), POST | {"revision": 1})
    work.refresh_from_db()
    assert (work.kind, work.state, work.version, work.visit_id) == (kind, "submitted", 1, visit.pk)
    assert client.get(reverse("works:detail", args=[work.pk])).status_code == 200


@pytest.mark.seed("W44", "W89")
def test_the_prompts_of_the_notice_stand_beside_the_text(client, programme, school, head):
    work = make_work(head, programme, school, kind="essay")
    client.force_login(head, backend="schools.backends.StaffBackend")
    html = client.get(reverse("works:edit", args=[work.pk])).content.decode()
    for prompt in ("经历", "体会", "转变", "设想"):
        assert f"<li>{prompt}</li>" in html


def test_a_work_of_a_school_one_has_left_is_gone(client, programme, school, head):
    work = make_work(head, programme, school)
    head.posts.update(ends_on=date(2022, 9, 1))
    client.force_login(head, backend="schools.backends.StaffBackend")
    assert client.get(reverse("works:detail", args=[work.pk])).status_code == 404
    assert client.post(reverse("works:save", args=[work.pk]), POST).status_code == 404
