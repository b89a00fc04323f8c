"""What was told stays a term, then goes: it says how busy somebody was, and nobody needs that."""

from datetime import timedelta

from django.db import transaction

from core.clock import today
from reminders.models import Delivery, Digest, Run
from schools.models import Message

KEPT = timedelta(days=180)
AT_ONCE = 5000


def purge_old():
    """Digests with their notices and mails, the robots' lines, the rounds. Twice changes nothing."""
    since = today() - KEPT
    old = Digest.objects.filter(on__lt=since).order_by("pk")
    while rows := list(old.values_list("pk", "message_id")[:AT_ONCE]):
        with transaction.atomic():
            Digest.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
            Message.objects.filter(pk__in=[message for _, message in rows if message]).delete()
    Delivery.objects.filter(on__lt=since).delete()
    Run.objects.filter(on__lt=since).delete()
