"""A file on its way, piece by piece, so that a broken connection goes on where it stopped (decision 0009).

Pieces are files of their own in private storage until the last one has come: S3 knows no appending, and the next
piece may meet another machine.
"""

import shutil

from django.db import transaction

from core.clock import now
from core.files import BLOCK, delete_private, open_private, write_bytes, write_private
from core.media.kinds import HEAD, Refused, check_size, kind_of
from visits.actions.media import (
    check_allowed,
    check_consent,
    check_room,
    source_name,
    standing_visit,
    take,
)
from visits.enums import MediaState
from visits.media.refusals import NotTaken
from visits.models import Media, Upload

PIECE = 512 * 1024  # bytes; each piece but the last is as long


class Elsewhere(Exception):
    """The piece does not fit on to what has come: go on at upload.received."""

    def __init__(self, upload):
        super().__init__("这一段接不上，从断开的地方继续。")
        self.upload = upload


@transaction.atomic
def start(*, by, programme, student, client_uuid, kind, size, sha256=""):
    """(upload, media): the upload to go on with, or the Media that this very file has become. Raises Refused.

    sha256: of the whole file, as the browser counts it, "" where it cannot.
    """
    check_allowed(programme, kind)
    check_size(kind, size)
    visit = standing_visit(client_uuid, by)
    check_consent([student], visit)
    if sha256:
        same = Media.objects.filter(client_uuid=client_uuid, owner=by, source_sha256=sha256)
        if media := same.exclude(state=MediaState.REMOVED).first():
            return None, media
        check_owner = Upload.objects.filter(client_uuid=client_uuid, owner=by, sha256=sha256)
        if upload := check_owner.filter(size=size, kind=kind, media=None).first():
            return upload, None
        for stale in check_owner:
            forget(stale)
    check_room(by, client_uuid, kind)
    upload = Upload.objects.create(
        client_uuid=client_uuid, programme=programme, school=student.school, owner=by, kind=kind, size=size,
        sha256=sha256, created_at=now(), updated_at=now(),
    )  # fmt: skip
    return upload, None


def add_piece(upload, offset, data):
    """Keep a piece; the last one makes the Media. The same piece again changes nothing. Returns the fresh row.

    Raises Elsewhere when it does not fit on, Refused when the file is none we take: then the upload is gone.
    """
    upload = Upload.objects.get(pk=upload.pk)
    if upload.media_id or offset + len(data) <= upload.received:
        return upload if upload.media_id else _finished(upload)
    if offset != upload.received or len(data) != min(PIECE, upload.size - offset):
        raise Elsewhere(upload)
    if offset == 0:
        _check_head(upload, data)
    write_bytes(_name(upload, offset), data)
    Upload.objects.filter(pk=upload.pk, received=offset).update(received=offset + len(data), updated_at=now())
    upload.refresh_from_db()
    return _finished(upload)


def _check_head(upload, data):
    try:
        kind, _ = kind_of(data[:HEAD])
        if kind != upload.kind:
            raise Refused(f"not_{upload.kind}")
    except Refused:
        forget(upload)
        raise


def _finished(upload):
    """All pieces are there: one file, checked against what the browser said, then the job."""
    if upload.media_id or upload.received < upload.size:
        return upload
    source = source_name()
    try:
        checksum = write_private(source, lambda path: _put_together(upload, path))
    except FileNotFoundError:  # the same last piece twice at once: the other one was first
        upload.refresh_from_db()
        if upload.media_id:
            return upload
        forget(upload)
        raise NotTaken("changed") from None
    if upload.sha256 and checksum != upload.sha256:
        delete_private(source)
        forget(upload)
        raise NotTaken("changed")
    try:
        take(
            by=upload.owner, programme=upload.programme, school=upload.school, client_uuid=upload.client_uuid,
            kind=upload.kind, source=source, sha256=checksum, upload=upload,
        )  # fmt: skip
    except Refused:
        forget(upload)
        raise
    _delete_pieces(upload)
    upload.refresh_from_db()
    return upload


def _put_together(upload, path):
    with open(path, "wb") as whole:
        for offset in range(0, upload.size, PIECE):
            with open_private(_name(upload, offset)) as piece:
                shutil.copyfileobj(piece, whole, BLOCK)


def forget(upload):
    """The row and what had come of it."""
    _delete_pieces(upload)
    Upload.objects.filter(pk=upload.pk).delete()


def _delete_pieces(upload):
    for offset in range(0, upload.received + 1, PIECE):
        delete_private(_name(upload, offset))


def _name(upload, offset):
    return f"media/coming/{upload.token.hex}-{offset:09d}"

