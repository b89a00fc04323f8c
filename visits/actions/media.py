"""Photos and films of a visit: taken in, written anew by a job, joined to the record, removed."""

import shutil
import uuid
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q

from core import jobs
from core.audit import record
from core.clock import now
from core.files import delete_private, local_copy, work_folder, write_private
from core.media.convert import keep
from core.media.kinds import HEAD, MediaKind, Refused, check_size, kind_of
from core.states import WrongState, can_move, move
from schools.models import User
from students.actions.consent import give_consent
from students.enums import ConsentPurpose
from students.queries.consent import photos_agreed
from visits import tasks
from visits.enums import COUNTED_STATES, MEDIA_MOVES, MediaState, VisitState
from visits.media.refusals import MOST, SENTENCES, NotTaken
from visits.models import Media, Upload, Visit

PATIENCE = timedelta(minutes=2)  # without a sign of life: sent to the queue again
CLOSED = (VisitState.LOCKED, VisitState.VOIDED)

# ── May it be taken ──


def check_allowed(programme, kind):
    rules = programme.rules.visit
    if rules.photos == "off":
        raise NotTaken("off")
    if kind == MediaKind.VIDEO and not rules.video:
        raise NotTaken("no_video")


def standing_visit(client_uuid, by):
    """The visit this form already belongs to, None before it is submitted. Raises NotTaken when it is not open."""
    visit = Visit.objects.filter(client_uuid=client_uuid).select_related("programme").first()
    if visit and visit.lead_id != by.pk:
        raise NotTaken("not_yours")
    if visit and visit.state in CLOSED:
        raise NotTaken("archived")
    return visit


def check_room(by, client_uuid, kind, besides=None):
    """At most six photos and one film. The author's row is locked, so that two at once are counted one by one.

    besides: the upload that is being counted in."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    media = Media.objects.filter(client_uuid=client_uuid, owner=by, kind=kind).standing().count()
    coming = Upload.objects.filter(client_uuid=client_uuid, owner=by, kind=kind, media=None)
    if media + coming.exclude(pk=getattr(besides, "pk", None)).count() >= MOST[kind]:
        raise NotTaken(f"full_{kind}")


def check_consent(students, visit=None):
    """students: the pupil of the form; of a record that stands, its pupils."""
    ids = [student.pk for student in students if student]
    if visit is not None and visit.state in COUNTED_STATES:
        ids = list(visit.visit_students.values_list("student_id", flat=True))
    if not photos_agreed(ids):
        raise NotTaken("no_consent")


# ── Taken in ──


def take_files(files, *, by, programme, school, client_uuid, student=None, consent=None):
    """Files of a plain form, without script → sentences about those that were not taken.

    student: the pupil of the form. consent: the relation of who agreed ("" if not told), None where nobody was asked.
    """
    refusals, files = [], [file for file in files if file]
    if files and consent is not None and student is not None:
        give_consent(student, ConsentPurpose.PHOTO, by=by, relation=consent)
    for file in files:
        try:
            _take_file(file, by, programme, school, client_uuid, student)
        except Refused as refused:
            refusals.append(str(refused))
    return list(dict.fromkeys(refusals))


def _take_file(file, by, programme, school, client_uuid, student):
    kind, _ = kind_of(file.read(HEAD))
    file.seek(0)
    check_allowed(programme, kind)
    check_size(kind, file.size)
    visit = standing_visit(client_uuid, by)
    check_consent([student], visit)
    source = source_name()

    def copy(path):
        with open(path, "wb") as target:
            for chunk in file.chunks():
                target.write(chunk)

    checksum = write_private(source, copy)
    take(by=by, programme=programme, school=school, client_uuid=client_uuid, kind=kind, source=source, sha256=checksum)


def source_name():
    return f"media/incoming/{uuid.uuid4().hex}"


def take(*, by, programme, school, client_uuid, kind, source, sha256, upload=None):
    """The Media of a file that has arrived whole; the same file again is the one that stands. Raises Refused."""
    try:
        with transaction.atomic():
            visit = standing_visit(client_uuid, by)
            check_room_for = partial(check_room, by, client_uuid, kind, besides=upload)
            same = Media.objects.filter(client_uuid=client_uuid, owner=by, source_sha256=sha256)
            media = same.exclude(state=MediaState.REMOVED).first()
            if media is None:
                check_room_for()
                media = Media.objects.create(
                    client_uuid=client_uuid, visit=visit if visit and visit.state in COUNTED_STATES else None,
                    programme=programme, authority_id=school.authority_id, school=school, owner=by, kind=kind,
                    source=source, source_sha256=sha256, file=_kept_name(kind), thumb=_kept_name(MediaKind.PHOTO),
                    created_at=now(),
                )  # fmt: skip
                record(media, "media.add", by=by, kind=kind)
                transaction.on_commit(partial(jobs.send, tasks.process_media, media.pk))
            if upload is not None:
                Upload.objects.filter(pk=upload.pk).update(media=media, updated_at=now())
    except BaseException:
        delete_private(source)
        raise
    if media.source != source:
        delete_private(source)
    return media


def _kept_name(kind):
    """Random, and known before the work begins: a second try writes the same file, so none is left over."""
    name = uuid.uuid4().hex
    return f"media/{name[:2]}/{name}.{'jpg' if kind == MediaKind.PHOTO else 'mp4'}"


# ── Written anew, by a job ──


def process_media(media_id):
    """Decode, turn, strip and keep; the file as sent is deleted after. Twice is once; a lost try is tried again."""
    media = _claim(media_id)
    if media is None:
        return
    try:
        with local_copy(media.source) as source, work_folder() as folder:
            out, thumb = folder / "kept", folder / "thumb"
            kept = keep(media.kind, source, out, thumb)
            size, checksum = out.stat().st_size, write_private(media.file, partial(shutil.copyfile, out))
            write_private(media.thumb, partial(shutil.copyfile, thumb))
    except Refused as refused:
        finish(media, "refuse", refusal=str(refused))
    except FileNotFoundError:
        finish(media, "refuse", refusal=SENTENCES["gave_up"])
    else:
        finish(
            media, "keep", sha256=checksum, size=size, width=kept.width, height=kept.height, seconds=kept.seconds,
            content_type=kept.content_type, likeness=kept.likeness, ready_at=now(),
        )  # fmt: skip


def _claim(media_id):
    """This worker's, unless it is done or another one has it."""
    late = Q(claimed_at=None) | Q(claimed_at__lt=now() - PATIENCE)
    waiting = Media.objects.filter(late, pk=media_id, state=MediaState.WAITING)
    if not waiting.update(claimed_at=now(), tries=F("tries") + 1):
        return None
    return Media.objects.get(pk=media_id)


def finish(media, verb, **values):
    """Close the work and delete what it leaves over. verb: keep, refuse."""
    names = [media.source, media.file, media.thumb]
    with transaction.atomic():
        row = Media.objects.select_for_update(of=("self",)).get(pk=media.pk)
        if not can_move(row, MEDIA_MOVES, verb):  # removed meanwhile, or another worker was first
            gone = row.state in (MediaState.REMOVED, MediaState.REFUSED)
            transaction.on_commit(partial(_delete, names if gone else names[:1]), robust=True)
            return
        move(row, MEDIA_MOVES, verb)
        row.source = ""
        if verb == "refuse":
            row.file = row.thumb = ""
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        record(row, f"media.{verb}", by=row.owner, kind=row.kind)
        transaction.on_commit(partial(_delete, names if verb == "refuse" else names[:1]), robust=True)


def _delete(names):
    for name in names:
        delete_private(name)


# ── With the record ──


def join(client_uuid, visit):
    """What was taken for this form belongs to the visit, inside the caller's transaction. Without a family's consent
    nothing is kept."""
    if visit.programme.rules.visit.photos == "off":
        return
    mine = Media.objects.filter(client_uuid=client_uuid, owner_id=visit.lead_id).exclude(state=MediaState.REMOVED)
    if not mine.filter(visit=None).update(visit=visit, school_id=visit.school_id, authority_id=visit.authority_id):
        return
    if not photos_agreed(list(visit.visit_students.values_list("student_id", flat=True))):
        for media in mine.select_for_update(of=("self",)):
            remove(media, None, "no_consent")


@transaction.atomic
def remove_media(media, *, by):
    """The author's until the record is archived, the school leader's at any time. Twice is once."""
    media = Media.objects.select_for_update(of=("self",)).select_related("visit").get(pk=media.pk)
    if media.state == MediaState.REMOVED:
        return media
    if media.visit and media.visit.state in CLOSED and media.school_id not in by.reach.leader_schools:
        raise WrongState("记录已经归档，照片由学校负责人来删。")
    return remove(media, by)


@transaction.atomic
def clear_media(visit, *, by):
    """Everything of a visit, after a family took its consent back. Returns how many."""
    rows = list(visit.media.select_for_update(of=("self",)).exclude(state=MediaState.REMOVED))
    for media in rows:
        remove(media, by, "withdrawn")
    return len(rows)


def remove(media, by, reason=""):
    """The row stays, without files and what they looked like. Inside the caller's transaction, the row locked."""
    move(media, MEDIA_MOVES, "remove")
    names = [media.source, media.file, media.thumb]
    media.source = media.file = media.thumb = media.likeness = ""
    media.removed_at, media.removed_by = now(), by
    media.save(update_fields=["state", "source", "file", "thumb", "likeness", "removed_at", "removed_by"])
    record(media, "media.remove", by=by, kind=media.kind, reason=reason)
    transaction.on_commit(partial(_delete, names), robust=True)
    return media
