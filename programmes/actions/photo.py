"""Photos of a meeting: decoded in a process of their own, kept in private, removed with their files."""

import hashlib
import shutil
import uuid
from functools import partial

from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now, today
from core.files import delete_private, work_folder, write_private
from core.media import kinds
from core.media.convert import keep
from core.media.kinds import MediaKind
from core.states import WrongState
from programmes.actions.event import locked_event
from programmes.models import EventPhoto

MOST = 12  # of one meeting
AT_ONCE = 6  # files of one request: each takes up to a second or two to decode


class NotTaken(kinds.Refused):
    sentences = {
        "full": f"一场会最多{MOST}张照片。删掉一张再传。",
        "too_many": f"一次最多传{AT_ONCE}张，其余的没有收，再传一次。",
        "only_photos": "这里只收照片（JPEG、PNG、HEIC），这个文件不是。",
    }


def add_photos(event, files, *, by):
    """(how many were added, sentences about those that were not). The same picture again is the one that stands.

    Raises WrongState where the meeting is not to come by, over with or cancelled.
    """
    authorize(by, "programmes.change_event", event)
    _check_day(event)
    added, refusals = 0, [str(NotTaken("too_many"))] if len(files) > AT_ONCE else []
    for file in files[:AT_ONCE]:
        try:
            added += _add(event, file, by)
        except kinds.Refused as refused:
            refusals.append(str(refused))
    return added, list(dict.fromkeys(refusals))


def _add(event, file, by):
    """1 for a new photo, 0 for one that stands already. Decoded before anything is locked."""
    _check(file)
    with work_folder() as folder:
        source, out, thumb = (folder / name for name in ("source", "out", "thumb"))
        checksum = _copied(file, source)
        if event.photos.standing().filter(source_sha256=checksum).exists():
            return 0
        kept = keep(MediaKind.PHOTO, source, out, thumb)
        name = f"meetings/{uuid.uuid4().hex}"
        names = {"file": f"{name}.jpg", "thumb": f"{name}-s.jpg"}
        write_private(names["file"], partial(shutil.copyfile, out))
        write_private(names["thumb"], partial(shutil.copyfile, thumb))
    photo = None
    try:
        photo = _add_row(event, by, source_sha256=checksum, width=kept.width, height=kept.height, **names)
    finally:
        if photo is None:
            _delete(names.values())
    return int(photo is not None)


def _check(file):
    if not file.size:
        raise kinds.Refused("empty")
    try:
        kind, _ = kinds.kind_of(file.read(kinds.HEAD))
    except kinds.Refused:
        raise NotTaken("only_photos") from None
    file.seek(0)
    if kind != MediaKind.PHOTO:
        raise NotTaken("only_photos")
    kinds.check_size(kind, file.size)


def _copied(file, path):
    digest = hashlib.sha256()
    with open(path, "wb") as target:
        for chunk in file.chunks():
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


@transaction.atomic
def _add_row(event, by, **values):
    """The EventPhoto; None when the same one came meanwhile."""
    event = locked_event(event, by)
    _check_day(event)
    standing = event.photos.standing()
    if standing.filter(source_sha256=values["source_sha256"]).exists():
        return None
    if standing.count() >= MOST:
        raise NotTaken("full")
    photo = EventPhoto.objects.create(event=event, school_id=event.school_id, owner=by, created_at=now(), **values)
    record(photo, "event_photo.add", by=by, authority_id=event.authority_id, event=event.pk)
    return photo


@transaction.atomic
def remove_photo(photo, *, by):
    """The row stays, without files. Twice is once."""
    event = locked_event(photo.event, by)
    photo = EventPhoto.objects.select_for_update(of=("self",)).get(pk=photo.pk)
    if photo.removed_at is None:
        transaction.on_commit(partial(_delete, [photo.file, photo.thumb]), robust=True)
        photo.removed_at, photo.file, photo.thumb = now(), "", ""
        photo.save(update_fields=["removed_at", "file", "thumb"])
        record(photo, "event_photo.remove", by=by, authority_id=event.authority_id, event=event.pk)
    return photo


def _check_day(event):
    if event.cancelled_at:
        raise WrongState("这场会已经取消，不能再加照片。")
    if event.held_on > today():
        raise WrongState("还没到这一天，开过会再传照片。")


def _delete(names):
    for name in names:
        delete_private(name)
