"""Addresses of photos: good for one person and five minutes (security.md U5). Scope is asked again each time."""

from django.core.signing import Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from core.clock import now

SECONDS = 300
SALT = "visits.media"


def link(name, media, user):
    """name: visits:photo or visits:thumb."""
    until = int(now().timestamp()) + SECONDS
    query = urlencode({"until": until, "sign": _sign(name, media.token, user.pk, until)})
    return f"{reverse(name, args=[media.token])}?{query}"


def is_fresh(name, media, user, query):
    """Whether this person's link (query: request.GET) still holds."""
    until, sign = query.get("until", ""), query.get("sign", "")
    if not (until.isdecimal() and len(until) <= 12) or int(until) < now().timestamp():
        return False
    return constant_time_compare(sign, _sign(name, media.token, user.pk, int(until)))


def _sign(name, token, user_id, until):
    return Signer(salt=SALT).signature(f"{name} {token} {user_id} {until}")
