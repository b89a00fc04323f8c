import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from core.access import allowed, authorize
from schools.tests.factories import make_authority, make_officer

pytestmark = pytest.mark.django_db


def test_a_permission_nobody_defined_is_an_error_and_not_a_no():
    with pytest.raises(LookupError):
        allowed(make_officer(make_authority()), "schools.fly_to_the_moon")


def test_anonymous_and_disabled_users_may_nothing():
    authority = make_authority()
    officer = make_officer(authority)
    assert allowed(officer, "schools.change_authority", authority)
    officer.is_active = False
    assert not allowed(officer, "schools.change_authority", authority)
    assert not allowed(AnonymousUser(), "schools.change_authority", authority)


def test_authorize_raises_forbidden():
    with pytest.raises(PermissionDenied):
        authorize(make_officer(make_authority("here")), "schools.change_authority", make_authority("there"))
