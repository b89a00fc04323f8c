"""A notice nobody has read yet says what is still to do, and goes away when everything is done."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core.clock import now, today
from core.models import AuditEntry
from reminders.models import Digest
from reminders.queries.hours import every_occasion, open_programmes
from reminders.queries.line import summary
from reminders.queries.lines import due_lines
from reminders.queries.people import BATCH, people
from schools.models import Message

OFTEN = timedelta(minutes=3)  # whoever did something in the last minutes is looked at with every tick
EVERYBODY = 15  # minutes; what others did for somebody is seen then


def settle_some():
    """Called every minute."""
    rows = unread()
    if timezone.localtime(now()).minute % EVERYBODY:
        active = AuditEntry.objects.filter(at__gte=now() - OFTEN, actor_id__isnull=False).values_list("actor_id", flat=True)
        rows = rows.filter(user_id__in=set(active))
    return settle(rows)


def unread():
    """Today's digests, and older ones, whose notice has not been opened."""
    return Digest.objects.filter(message__isnull=False, message__read_at__isnull=True, on__gte=today() - timedelta(days=14))


def settle(rows):
    """Bring the notices of these digests up to date; how many were withdrawn."""
    ids = sorted(set(rows.values_list("user_id", flat=True)))
    programmes = open_programmes() if ids else []
    gone = 0
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        gone += _settle(list(rows.filter(user_id__in=part).select_related("message")), people(part, programmes), programmes)
    return gone


def _settle(digests, persons, programmes):
    due = due_lines(persons, every_occasion(today()))
    newest = {}
    for digest in digests:
        key = (digest.user_id, digest.slot)
        newest[key] = max(newest.get(key, digest.on), digest.on)
    changed, done = [], []
    for digest in digests:
        current = digest.on == newest[digest.user_id, digest.slot]
        left = standing(digest, due.get(digest.user_id, [])) if current else []
        if not left:
            done.append(digest.message_id)
        elif (text := summary(left)) != digest.message.text:
            digest.message.text = text
            changed.append(digest.message)
    with transaction.atomic():
        Message.objects.bulk_update(changed, ["text"])
        return Message.objects.filter(pk__in=done, read_at__isnull=True).update(read_at=now())


def standing(digest, lines):
    """Of the lines due now, those the digest told of."""
    told = {(line["kind"], line.get("code", ""), line.get("programme", 0)) for line in digest.lines}
    return [line for line in lines if line.key in told]


def withdraw_older(persons, slot, on):
    """What is told anew takes the place of what was told on earlier days. In the transaction of the new digests."""
    older = Digest.objects.filter(user_id__in=persons, slot=slot, on__lt=on, message__read_at__isnull=True)
    ids = list(older.values_list("message_id", flat=True))
    Message.objects.filter(pk__in=ids, read_at__isnull=True).update(read_at=now())
