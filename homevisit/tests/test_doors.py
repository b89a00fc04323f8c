"""Closed by default: sign-in, content policy, private files, refusals written down, health without sign-in."""

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import make_authority, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/accounts/login/", "/nothing-here/", "/healthz"])
def test_every_answer_carries_the_strict_policy(client, path):
    response = client.get(path)
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_of_signed_in_people_are_never_stored(client):
    client.force_login(make_officer(make_authority()))
    for path in ("/admin/", reverse("account_change_password")):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_health_pages_answer_without_sign_in(client):
    assert client.get("/healthz").content == b"ok"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "problems": []})


def test_ready_says_what_is_missing(client, settings, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    settings.MEDIA_ROOT = blocker / "media"  # below a file: cannot be made
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "problems": ["files"]})


def test_stored_files_have_no_address(client):
    (django_settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    (django_settings.MEDIA_ROOT / "secret.txt").write_text("x")
    client.force_login(make_officer(make_authority()))
    assert django_settings.MEDIA_URL in ("", "/")
    for path in ("/media/secret.txt", "/secret.txt", "/static/../data/media/secret.txt"):
        assert client.get(path).status_code == 404


def test_a_refusal_is_written_down_with_ids_only(client):
    teacher = make_user(Role.TEACHER, school=make_school())
    client.force_login(teacher)
    assert client.get(reverse("desk:home")).status_code == 403
    entry = AuditEntry.objects.get(action="access.refused")
    assert (entry.actor_id, entry.result, entry.facts) == (
        teacher.pk, "refused", {"status": 403, "view": "desk:home", "ids": {}},
    )  # fmt: skip
    assert entry.address == "127.0.0.1"


def test_the_page_of_a_refusal_names_nobody_and_gives_a_number(client):
    client.force_login(make_user(Role.TEACHER, school=make_school()))
    response = client.get(reverse("desk:home"))
    assert response["X-Request-ID"] in response.content.decode()


def test_a_form_without_its_token_is_refused_in_chinese(make_client_with_csrf):
    response = make_client_with_csrf.post(reverse("account_login"), {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "页面" in response.content.decode()


@pytest.fixture
def make_client_with_csrf():
    from django.test import Client

    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("role", "place", "home"),
    [
        (Role.TEACHER, "school", "visits:home"),
        (Role.SCHOOL_LEADER, "school", "visits:school"),
        (Role.SCHOOL_ADMIN, "school", "students:import"),
        (Role.DISTRICT_ADMIN, "authority", "desk:home"),
        (Role.AUDITOR, "authority", "admin:index"),
    ],
)
def test_everybody_lands_on_the_page_of_the_own_role(client, role, place, home):
    school = make_school()
    client.force_login(make_user(role, **{place: school if place == "school" else school.authority}))
    assert client.get("/")["Location"] == reverse(home)


def test_somebody_without_a_post_is_told_whom_to_ask(client):
    client.force_login(make_user())
    response = client.get("/")
    assert response.status_code == 200
    assert "学校管理员" in response.content.decode()
