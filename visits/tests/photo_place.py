"""A class whose notice asks for photos: its people, and a file sent the way photos.js sends it."""

import hashlib
import uuid

from django.db import transaction

from core.media.kinds import MediaKind
from core.tests import pictures
from programmes.tests.factories import CONFIG
from students.actions.consent import give_consent
from visits.actions.media import process_media, source_name, take
from visits.actions.upload import PIECE, add_piece, start

FORM = uuid.UUID("22222222-2222-4333-8444-555555555555")
ASKED = {**CONFIG, "visit": {**CONFIG["visit"], "photos": "asked", "photo_hint": "老师、学生和家长同框"}}
WITH_VIDEO = {**ASKED, "visit": {**ASKED["visit"], "video": True}}
OFF = {**CONFIG, "visit": {**CONFIG["visit"], "photos": "off"}}


def small(number=0):
    """A small photo, another one for every number."""
    return pictures.jpeg(pictures.drawn(60 + number, 40))


def agree(student, by, relation="mother"):
    return give_consent(student, "photo", by=by, relation=relation)


def announce(data, *, by, programme, student, kind=MediaKind.PHOTO, form=FORM, known=True):
    return start(
        by=by, programme=programme, student=student, client_uuid=form, kind=kind, size=len(data),
        sha256=hashlib.sha256(data).hexdigest() if known else "",
    )  # fmt: skip


def send(data, **where):
    """All of it, piece by piece → the Media, not yet processed."""
    upload, media = announce(data, **where)
    if media:
        return media
    for offset in range(0, len(data), PIECE):
        upload = add_piece(upload, offset, data[offset : offset + PIECE])
    return upload.media


def keep_photo(data=None, **where):
    """Sent and processed."""
    media = send(data or small(), **where)
    process_media(media.pk)
    media.refresh_from_db()
    return media


def on_record(visit, *, data=None, kind=MediaKind.PHOTO):
    """A photo of a record that stands."""
    from core.files import write_bytes

    source = source_name()
    write_bytes(source, data or small())
    with transaction.atomic():
        media = take(
            by=visit.lead, programme=visit.programme, school=visit.school, client_uuid=visit.client_uuid, kind=kind,
            source=source, sha256=uuid.uuid4().hex,
        )  # fmt: skip
    process_media(media.pk)
    media.refresh_from_db()
    return media
