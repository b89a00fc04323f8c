"""Telling people: one line in their inbox each."""

from datetime import timedelta

from core.clock import now
from schools.models import Message


def tell(users, text, *, url="", about=None, after=timedelta(0)):
    """A notice to each of the users (objects or ids, None among them is nobody). after: when it leaves.

    text: no pupil's name, no category. Inside the transaction of what it tells.
    """
    tell_about([(users, url, about)], text, after=after)


def tell_about(things, text, *, after=timedelta(0)):
    """The same words about many things, in one statement. things: [(users, url, about)]."""
    moment = now()
    Message.objects.bulk_create(
        _notice(pk, text, url, about, moment, after)
        for users, url, about in things
        for pk in dict.fromkeys(getattr(user, "pk", user) for user in users)
        if pk is not None
    )


def tell_each(texts, *, url=""):
    """Each person the own words, in one statement. texts: {user id: text} → {user id: Message}."""
    moment = now()
    rows = Message.objects.bulk_create(_notice(pk, text, url, None, moment, timedelta(0)) for pk, text in texts.items())
    return {row.user_id: row for row in rows}


def _notice(user_id, text, url, about, moment, after):
    return Message(
        user_id=user_id, text=text[:300], url=url, created_at=moment, leaves_at=moment + after,
        about_type=about._meta.label_lower if about is not None else "", about_id=getattr(about, "pk", None),
    )  # fmt: skip


def mark_read(user, ids=None):
    """Notices of this person that have arrived, all or some; how many were unread."""
    rows = Message.objects.visible_to(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=now())
