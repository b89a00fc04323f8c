"""Sign-in: 工号 or phone, lock by account and address, one answer for known and unknown names."""

import pytest
from django.urls import reverse

from schools.enums import Role
from schools.models import User
from schools.tests.factories import make_school, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-test-password"


@pytest.fixture
def teacher():
    return make_user(Role.TEACHER, school=make_school(), username="t20220001", phone="19900002046")


def sign_in(client, login, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password}, **extra)


@pytest.mark.parametrize("login", ["t20220001", "T20220001", " t20220001 ", "19900002046"])
def test_staff_number_or_phone_signs_in(client, teacher, login):
    response = sign_in(client, login)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(teacher.pk)


def test_a_phone_that_two_accounts_share_signs_nobody_in(client, teacher):
    make_user(phone="19900002046")
    assert sign_in(client, "19900002046").status_code == 200


@pytest.mark.parametrize("login", ["t20220001", "nobody-here"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, teacher, login):
    page = sign_in(client, login, "wrong-password-here").content.decode()
    assert "用户名和/或密码不正确" in page or "不正确" in page
    assert "不存在" not in page


def test_a_disabled_account_does_not_sign_in_and_loses_its_session(client, teacher):
    sign_in(client, teacher.username)
    User.objects.update(is_active=False)
    assert client.get("/").status_code == 302
    assert sign_in(client, teacher.username).status_code == 200


def test_five_failures_lock_this_account_at_this_address_only(client, teacher):
    other = make_user(Role.TEACHER, school=make_school(), username="t20220002")
    for _ in range(5):
        response = sign_in(client, teacher.username, "wrong-password-here")
    assert response.status_code == 429
    assert sign_in(client, teacher.username).status_code == 429  # the right password does not help now
    assert sign_in(client, other.username).status_code == 302  # a colleague at the same address may
    client.logout()
    assert sign_in(client, teacher.username, REMOTE_ADDR="10.0.0.9").status_code == 302  # and the owner elsewhere


def test_an_unknown_name_is_locked_with_the_same_words(client):
    for _ in range(5):
        response = sign_in(client, "nobody-here", "wrong-password-here")
    assert response.status_code == 429
    assert "15分钟" in response.content.decode()


def test_next_leads_only_within_the_site(client, teacher):
    response = client.post(
        reverse("account_login") + "?next=https://example.com/",
        {"login": teacher.username, "password": PASSWORD, "next": "https://example.com/"},
    )
    assert "example.com" not in response.get("Location", "")


def test_nobody_signs_up_and_no_reset_by_mail():
    with pytest.raises(Exception, match="account_signup"):
        reverse("account_signup")
    with pytest.raises(Exception, match="account_reset_password"):
        reverse("account_reset_password")


def test_signing_out_needs_a_post(client, teacher):
    sign_in(client, teacher.username)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_session_gets_a_new_id_at_sign_in(client, teacher):
    client.get(reverse("account_login"))
    before = client.session.session_key
    sign_in(client, teacher.username)
    assert client.session.session_key != before
