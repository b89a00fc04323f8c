"""A teacher's secret calendar address: made, renewed, ended. Only its hash is kept, so it is shown once."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from core.audit import record
from core.clock import now
from schools.models import User
from visits.models import CalendarLink

NOTED = timedelta(hours=1)  # a phone asks every few minutes; when it last asked is kept by the hour


@transaction.atomic
def make_link(user):
    """A new address → its token. The one before ends with it."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    ended = CalendarLink.objects.filter(user=user, revoked_at=None).update(revoked_at=now())
    token = secrets.token_urlsafe(32)
    link = CalendarLink.objects.create(user=user, token_hash=hashed(token), created_at=now())
    record(link, "calendar.make", by=user, authority_id=user.home_authority_id, renewed=bool(ended))
    return token


@transaction.atomic
def revoke_link(user):
    """Twice is once. True when there was one to end."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    link = CalendarLink.objects.filter(user=user, revoked_at=None).first()
    if link is None:
        return False
    link.revoked_at = now()
    link.save(update_fields=["revoked_at"])
    record(link, "calendar.revoke", by=user, authority_id=user.home_authority_id)
    return True


def hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()


def reader(token):
    """Whose calendar an address opens; None for one that is unknown or ended, or whose owner works nowhere now.

    Found by its hash: how long a look-up takes says nothing about a token.
    """
    link = CalendarLink.objects.filter(token_hash=hashed(token), revoked_at=None).select_related("user").first()
    if link is None or not link.user.is_active or not link.user.reach.roles:
        return None
    moment = now()
    if link.last_read_at is None or link.last_read_at <= moment - NOTED:
        CalendarLink.objects.filter(pk=link.pk).update(last_read_at=moment)
    return link.user
