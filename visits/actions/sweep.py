"""What work on photos leaves over when a worker dies, a connection never comes back or nobody submits."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from core import jobs
from core.clock import now
from visits import tasks
from visits.actions.media import PATIENCE, finish, remove
from visits.actions.upload import forget
from visits.enums import MediaState
from visits.media.refusals import SENTENCES
from visits.models import Media, Upload, Visit, VisitDraft

ABANDONED = timedelta(hours=24)
TRIES = 3


def sweep_media():
    """Each minute: lost work is sent again, what nobody came back for within a day goes. Returns (sent, removed)."""
    return _send_again(), _remove_abandoned()


def _send_again():
    late = Q(claimed_at=None, created_at__lt=now() - PATIENCE) | Q(claimed_at__lt=now() - PATIENCE)
    sent = 0
    for media in Media.objects.filter(late, state=MediaState.WAITING).order_by("pk"):
        if media.tries >= TRIES:
            finish(media, "refuse", refusal=SENTENCES["gave_up"])
        else:
            jobs.send(tasks.process_media, media.pk)
            sent += 1
    return sent


def _remove_abandoned():
    yesterday = now() - ABANDONED
    for upload in Upload.objects.filter(updated_at__lt=yesterday).order_by("pk"):
        forget(upload)
    draft = VisitDraft.objects.filter(client_uuid=OuterRef("client_uuid"), user=OuterRef("owner"))
    planned = Visit.objects.filter(client_uuid=OuterRef("client_uuid"))
    left = Media.objects.filter(~Exists(draft), ~Exists(planned), visit=None, created_at__lt=yesterday)
    rows = list(left.exclude(state=MediaState.REMOVED).order_by("pk"))
    for row in rows:
        with transaction.atomic():
            media = Media.objects.select_for_update(of=("self",)).get(pk=row.pk)
            if media.visit_id is None and media.state != MediaState.REMOVED:
                remove(media, None, "abandoned")
    return len(rows)
