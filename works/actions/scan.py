"""The scan of the sealed paper copy: taken in, kept in private, removed. A PDF as it came, pictures written anew."""

import hashlib
import shutil
import uuid
from functools import partial
from pathlib import Path

from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.files import delete_private, work_folder, write_bytes, write_private
from core.media import kinds
from core.media.convert import keep
from core.media.kinds import HEAD, MB, MediaKind, kind_of
from core.states import WrongState
from works.actions import pdf
from works.enums import RECOMMENDED_STATES
from works.models import Scan, Work

LIMIT = 10 * MB
MOST = 5  # of one work, at a time
PDF, JPEG = "application/pdf", "image/jpeg"
NOT_YET = "学校推荐之后才有盖章件，先写推荐意见。"


class NotTaken(kinds.Refused):
    sentences = pdf.SENTENCES | {
        "empty": "这个文件是空的，再选一次。",
        "unknown": "盖章件收 PDF、JPEG、PNG，这个文件不是。",
        "too_large": "文件超过10 MB了。扫描时选低一些的清晰度，或者拍照上传。",
        "full": f"一件作品最多{MOST}份盖章件。删掉一份再传。",
    }


def add_scan(work, file, *, by):
    """Keep an uploaded file beside the version it was sealed for → Scan. The same file again is the one that stands.

    Raises Refused with a sentence, WrongState before the school has recommended the work.
    """
    authorize(by, "works.file", work)
    _check_state(work)
    if not file.size:
        raise NotTaken("empty")
    if file.size > LIMIT:
        raise NotTaken("too_large")
    data = file.read()
    checksum = hashlib.sha256(data).hexdigest()
    if same := _same(work, checksum):
        return same
    content_type = _type_of(data)
    name = f"scans/{uuid.uuid4().hex}.{'pdf' if content_type == PDF else 'jpg'}"
    size = _write(name, data, content_type)
    scan = None
    try:
        scan = _add_row(
            work, by, file=name, original_name=Path(file.name or "").name[:120] or "盖章件", content_type=content_type,
            size=size, sha256=checksum,
        )  # fmt: skip
    finally:
        if scan is None or scan.file != name:
            delete_private(name)
    return scan


@transaction.atomic
def _add_row(work, by, **values):
    work = Work.objects.select_for_update(of=("self",)).get(pk=work.pk)
    _check_state(work)
    if same := _same(work, values["sha256"]):  # the same file twice at once
        return same
    if work.scans.standing().count() >= MOST:
        raise NotTaken("full")
    scan = Scan.objects.create(work=work, version=work.version, uploaded_by=by, **values)
    record(
        scan, "scan.add", by=by, authority_id=work.authority_id, school_id=work.school_id, work=work.pk,
        version=scan.version, sha256=scan.sha256,
    )  # fmt: skip
    return scan


@transaction.atomic
def remove_scan(scan, *, by):
    """The row stays without its file. Twice is once."""
    scan = Scan.objects.select_for_update(of=("self",)).select_related("work").get(pk=scan.pk)
    work = scan.work
    authorize(by, "works.file", work)
    if scan.removed_at is None:
        transaction.on_commit(partial(delete_private, scan.file), robust=True)
        scan.removed_at, scan.removed_by, scan.file = now(), by, ""
        scan.save(update_fields=["removed_at", "removed_by", "file"])
        record(scan, "scan.remove", by=by, authority_id=work.authority_id, school_id=work.school_id, work=work.pk)
    return scan


def _check_state(work):
    if work.state not in RECOMMENDED_STATES:
        raise WrongState(NOT_YET)


def _same(work, checksum):
    return Scan.objects.standing().filter(work=work, sha256=checksum).first()


def _type_of(data):
    """By content, never by name. Raises Refused."""
    if data.startswith(b"%PDF-"):
        if code := pdf.refusal(data):
            raise NotTaken(code)
        return PDF
    try:
        kind, form = kind_of(data[:HEAD])
    except kinds.Refused:
        raise NotTaken("unknown") from None
    if kind != MediaKind.PHOTO or form not in ("JPEG", "PNG"):
        raise NotTaken("unknown")
    return JPEG


def _write(name, data, content_type):
    """The file to keep; a picture by way of the child process that decodes it. Returns its size."""
    if content_type == PDF:
        write_bytes(name, data)
        return len(data)
    with work_folder() as folder:
        source, out, thumb = (folder / part for part in ("source", "out", "thumb"))
        source.write_bytes(data)
        keep(MediaKind.PHOTO, source, out, thumb)
        write_private(name, partial(shutil.copyfile, out))
        return out.stat().st_size
