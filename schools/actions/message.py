"""Telling people: one line in their inbox each."""

from datetime import timedelta

from core.clock import now
from schools.models import Message


def tell(users, text, *, url="", about=None, after=timedelta(0)):
    """A notice to each of the users (objects or ids, None among them is nobody). after: when it leaves.

    text: no pupil's name, no category. Inside the transaction of what it tells.
    """
    ids = dict.fromkeys(getattr(user, "pk", user) for user in users)
    moment = now()
    Message.objects.bulk_create(
        Message(
            user_id=pk, text=text[:300], url=url, created_at=moment, leaves_at=moment + after,
            about_type=about._meta.label_lower if about is not None else "", about_id=getattr(about, "pk", None),
        )
        for pk in ids
        if pk is not None
    )  # fmt: skip


def mark_read(user, ids=None):
    """Notices of this person that have arrived, all or some; how many were unread."""
    rows = Message.objects.visible_to(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=now())
