"""Photos from phone to record: state × verb, limits, consent, resuming, work that is lost, nothing left over."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core.clock import now
from core.files import open_private, private_path
from core.media.kinds import SENTENCES, MediaKind, Refused
from core.models import AuditEntry
from core.states import WrongState
from core.tests import pictures
from programmes.tests.factories import make_programme
from students.actions.consent import give_consent, withdraw_consent
from students.models import Consent
from students.queries.consent import photo_consent, photos_agreed
from students.tests.factories import make_student
from visits.actions.draft import save_draft
from visits.actions.media import clear_media, finish, join, process_media, remove_media, take_files
from visits.actions.review import accept_visit, void_visit
from visits.actions.sweep import sweep_media
from visits.actions.upload import PIECE, Elsewhere, add_piece, forget, start
from visits.enums import MEDIA_MOVES, MediaState
from visits.media.refusals import SENTENCES as VISIT_SENTENCES
from visits.models import Media, Upload, VisitStudent
from visits.queries.media import is_withheld, of_form, of_visit
from visits.tests.factories import make_visit
from visits.tests.photo_place import (
    ASKED,
    FORM,
    OFF,
    WITH_VIDEO,
    agree,
    announce,
    keep_photo,
    on_record,
    send,
    small,
)

pytestmark = pytest.mark.django_db
DRAFT = {"values": {"text_process": ["聊了作息。"]}, "labels": {}, "from": ["a", 1]}


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def programme(db, clock):
    return make_programme(config=ASKED)


@pytest.fixture
def where(head, programme, student):
    agree(student, head)
    return {"by": head, "programme": programme, "student": student}


@pytest.fixture
def settled(django_capture_on_commit_callbacks):
    """with settled(): what follows a commit happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def noticed(programme, config):
    """The same notice with other rules."""
    programme.config = config
    programme.save()
    return type(programme).objects.get(pk=programme.pk)


def later(settings, **delta):
    settings.HOMEVISIT_CLOCK = (now() + timedelta(**delta)).isoformat()


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# ── From phone to file ──


@pytest.mark.seed("W41", "W43")
def test_a_photo_is_kept_without_what_the_phone_wrote_into_it(any_storage, where):
    media = keep_photo(pictures.heic(orientation=6), **where)

    assert (media.state, media.width, media.height, media.content_type) == ("ready", 900, 1200, "image/jpeg")
    with open_private(media.file) as file:
        data = file.read()
    assert len(data) == media.size and b"Exif" not in data and b"Testphone" not in data
    with open_private(media.thumb) as file, Image.open(io.BytesIO(file.read())) as small_one:
        assert small_one.size == (360, 480)
    assert media.source == ""
    kinds = list(AuditEntry.objects.filter(object_type="visits.media").order_by("id").values_list("action", flat=True))
    assert kinds == ["media.add", "media.keep"]


def test_names_of_files_are_random_and_the_file_as_sent_is_gone(where, media_root, settled):
    with settled():
        media = keep_photo(**where)
    assert files(media_root) == sorted([media.file, media.thumb])
    assert private_path(media.file).stat().st_mode & 0o077 == 0
    assert str(where["student"].pk) not in media.file.split("/")
    assert media.token.hex not in media.file


@pytest.mark.seed("W43")
def test_a_film_is_kept_where_the_notice_takes_films(head, student, programme, tmp_path):
    programme = noticed(programme, WITH_VIDEO)
    agree(student, head)
    data = pictures.film(tmp_path / "f.mp4", turned=True).read_bytes()
    media = keep_photo(data, by=head, programme=programme, student=student, kind=MediaKind.VIDEO)
    assert (media.state, media.seconds, media.content_type) == ("ready", 2, "video/mp4")
    with open_private(media.file) as file:
        assert b"loci" not in file.read()


def test_a_file_that_only_looks_like_a_photo_is_refused_by_the_job_with_a_sentence(where, media_root, settled):
    with settled():
        media = send(b"\xff\xd8\xff\xe0 no picture", **where)
    media.refresh_from_db()
    assert (media.state, media.refusal) == ("refused", SENTENCES["unreadable"])
    assert files(media_root) == []
    process_media(media.pk)  # a second message finds nothing to do
    assert Media.objects.get().state == "refused"


# ── State × verb ──


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("state", MediaState.values)
@pytest.mark.parametrize("verb", MEDIA_MOVES)
def test_every_verb_from_every_state(where, programme, verb, state):
    media = send(small(), **where)
    ready = {"file": "media/aa/a.jpg", "sha256": "0", "size": 1}
    Media.objects.filter(pk=media.pk).update(state=state, **(ready if state == "ready" else {}))
    media.refresh_from_db()
    if verb == "remove":
        remove_media(media, by=where["by"])
    else:
        finish(media, verb, **(ready if verb == "keep" else {"refusal": "不是照片"}))
    media.refresh_from_db()
    sources, target = MEDIA_MOVES[verb]
    assert media.state == (target if state in sources else state)


# ── May it be taken ──


def test_a_notice_without_photos_takes_none(head, student, programme):
    agree(student, head)
    programme = noticed(programme, OFF)
    with pytest.raises(Refused, match="不收照片和视频"):
        announce(small(), by=head, programme=programme, student=student)


def test_a_notice_without_films_takes_photos_only(where):
    with pytest.raises(Refused, match="不收视频"):
        announce(small(), **where, kind=MediaKind.VIDEO)


def test_six_photos_a_visit_also_counting_those_on_their_way(where):
    for number in range(5):
        send(small(number), **where)
    announce(small(5), **where)
    with pytest.raises(Refused, match="最多6张"):
        announce(small(6), **where)
    remove_media(Media.objects.first(), by=where["by"])
    announce(small(6), **where)


def test_without_consent_nothing_is_taken_and_refusing_costs_nothing(head, programme, student):
    with pytest.raises(Refused, match="没有照片也能完成记录"):
        announce(small(), by=head, programme=programme, student=student)
    assert make_visit(student, by=head, programme=programme).state == "recorded"


def test_a_form_of_another_author_or_an_archived_record_takes_none(where, teacher, leader, programme, student):
    visit = make_visit(student, by=where["by"], programme=programme, client_uuid=FORM)
    with pytest.raises(Refused, match="不是你记的"):
        announce(small(), **{**where, "by": teacher})
    announce(small(), **where)  # until it is archived
    accept_visit(visit, by=leader)
    with pytest.raises(Refused, match="归档"):
        announce(small(1), **where)


@pytest.mark.parametrize(
    ("size", "words"), [(0, "空的"), (10 * 1024 * 1024 + 1, "超过10 MB")], ids=["empty", "too large"]
)
def test_a_wrong_size_is_told_before_anything_is_sent(where, size, words):
    with pytest.raises(Refused, match=words):
        start(**where, client_uuid=FORM, kind="photo", size=size)


# ── Piece by piece ──


@pytest.fixture
def long_photo():
    data = pictures.jpeg(tail=bytes(2 * PIECE))
    assert 2 * PIECE < len(data) < 3 * PIECE
    return data


def test_a_broken_connection_goes_on_where_it_stopped(any_storage, where, long_photo):
    upload, _ = announce(long_photo, **where)
    upload = add_piece(upload, 0, long_photo[:PIECE])
    assert upload.received == PIECE

    again, media = announce(long_photo, **where)  # the page was loaded anew, the same file picked again
    assert (again.pk, again.received, media) == (upload.pk, PIECE, None)
    for offset in (PIECE, 2 * PIECE):
        again = add_piece(again, offset, long_photo[offset : offset + PIECE])
    process_media(again.media_id)
    assert Media.objects.get().state == "ready"


def test_the_same_piece_again_changes_nothing_also_the_last(where, long_photo, media_root):
    upload, _ = announce(long_photo, **where)
    for offset in (0, 0, PIECE, 0, PIECE, 2 * PIECE, 2 * PIECE):
        upload = add_piece(upload, offset, long_photo[offset : offset + PIECE])
    assert Media.objects.count() == 1
    assert files(media_root) == [Media.objects.get().source]
    assert announce(long_photo, **where) == (None, Media.objects.get())


@pytest.mark.parametrize("offset", [PIECE * 2, 7, PIECE // 2])
def test_a_piece_that_does_not_fit_on_is_told_where_to_go_on(where, long_photo, offset):
    upload, _ = announce(long_photo, **where)
    upload = add_piece(upload, 0, long_photo[:PIECE])
    with pytest.raises(Elsewhere) as found:
        add_piece(upload, offset, long_photo[offset : offset + PIECE])
    assert found.value.upload.received == PIECE


def test_a_piece_of_a_wrong_length_does_not_fit(where, long_photo):
    upload, _ = announce(long_photo, **where)
    for data in (long_photo[:100], long_photo[: PIECE + 1]):
        with pytest.raises(Elsewhere):
            add_piece(upload, 0, data)


def test_what_is_no_photo_is_refused_at_its_first_piece_and_leaves_nothing(where, media_root):
    for data in (b"<html>" * 50, b"\0\0\0\x20ftypisom" + bytes(80)):
        upload, _ = announce(data, **where)
        with pytest.raises(Refused):
            add_piece(upload, 0, data)
    assert (Upload.objects.count(), Media.objects.count(), files(media_root)) == (0, 0, [])


def test_content_that_differs_from_what_was_announced_is_refused(where, media_root):
    data = small()
    upload, _ = announce(data, **where)
    with pytest.raises(Refused, match="不一样"):
        add_piece(upload, 0, data[:-1] + b"x")
    assert (Upload.objects.count(), files(media_root)) == (0, [])


def test_a_browser_that_cannot_count_hashes_sends_all_the_same(where):
    assert send(small(), **where, known=False).state == "waiting"


def test_pieces_that_are_lost_are_sent_anew(where, media_root):
    upload, _ = announce(small(), **where)
    Upload.objects.filter(pk=upload.pk).update(received=upload.size)  # as told, but the disk lost it
    with pytest.raises(Refused):
        add_piece(upload, 0, small())
    assert send(small(), **where).state == "waiting"


def test_a_photo_removed_may_be_sent_again(where):
    media = send(small(), **where)
    remove_media(media, by=where["by"])
    assert send(small(), **where).pk != media.pk


# ── Without script ──


def test_plain_files_are_taken_with_the_consent_that_comes_along(head, programme, student):
    sent = [SimpleUploadedFile(f"{n}.jpg", small(n)) for n in range(2)]
    where = {"by": head, "programme": programme, "school": student.school, "client_uuid": FORM, "student": student}
    assert take_files(sent, **where) == [VISIT_SENTENCES["no_consent"]]
    more = [SimpleUploadedFile("页.html", b"<html>"), SimpleUploadedFile("空.jpg", b""), *sent, sent[0]]
    assert take_files(more, **where, consent="father") == [SENTENCES["unknown"], SENTENCES["empty"]]
    assert Media.objects.count() == 2
    assert photo_consent(student).relation == "father"


# ── With the record ──


@pytest.mark.seed("W41")
def test_submitting_joins_the_photos_to_the_record(where, programme, student):
    media = keep_photo(**where)
    visit = make_visit(student, by=where["by"], programme=programme, client_uuid=FORM)
    assert [tile.media.pk for tile in of_visit(where["by"], visit).tiles] == [media.pk]
    join(FORM, visit)  # twice is once
    late = keep_photo(small(3), **where)  # was still on its way
    assert {one.visit_id for one in Media.objects.all()} == {visit.pk}
    assert late.state == "ready"


def test_consent_taken_back_before_submitting_keeps_no_photo(where, programme, student, media_root, settled):
    with settled():
        keep_photo(**where)
    withdraw_consent(student, "photo", by=where["by"])
    with settled():
        visit = make_visit(student, by=where["by"], programme=programme, client_uuid=FORM)
    assert visit.state == "recorded"
    assert Media.objects.get().state == "removed"
    assert files(media_root) == []


def test_the_author_removes_until_the_record_is_archived_the_leader_at_any_time(
    where, programme, student, leader, media_root, settled
):
    visit = make_visit(student, by=where["by"], programme=programme)
    with settled():
        first, second = on_record(visit), on_record(visit, data=small(2))
    with settled():
        remove_media(first, by=where["by"])
        remove_media(first, by=where["by"])  # twice is once
    assert files(media_root) == sorted([second.file, second.thumb])
    assert AuditEntry.objects.filter(action="media.remove").count() == 1
    accept_visit(visit, by=leader)
    with pytest.raises(WrongState, match="归档"):
        remove_media(second, by=where["by"])
    with settled():
        remove_media(second, by=leader)
    assert files(media_root) == []


def test_a_voided_record_keeps_its_photos_for_the_leader(where, programme, student, leader):
    visit = make_visit(student, by=where["by"], programme=programme)
    media = on_record(visit)
    void_visit(visit, by=leader, reason="记错了")
    with pytest.raises(WrongState):
        remove_media(media, by=where["by"])
    assert remove_media(media, by=leader).state == "removed"


# ── Consent ──


def test_consent_is_kept_per_pupil_across_visits_and_given_once(head, student):
    first = give_consent(student, "photo", by=head)
    assert give_consent(student, "photo", by=head) == first
    assert give_consent(student, "photo", by=head, relation="mother").relation == "mother"
    assert give_consent(student, "photo", by=head).relation == "mother"
    withdraw_consent(student, "photo", by=head)
    assert withdraw_consent(student, "photo", by=head) is None
    assert photo_consent(student).withdrawn_by == head
    again = give_consent(student, "photo", by=head)
    assert (again.pk != first.pk, photo_consent(student), Consent.objects.count()) == (True, again, 2)
    actions = AuditEntry.objects.filter(action__startswith="consent.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["consent.give", "consent.correct", "consent.withdraw", "consent.give"]


def test_one_yes_covers_a_visit_and_one_taken_back_closes_it(head, student, school_class, programme):
    sister = make_student(school_class)
    visit = make_visit(student, by=head, programme=programme)
    VisitStudent.objects.create(
        visit=visit, student=sister, programme=programme, authority=sister.authority, school=sister.school,
        school_class=school_class, mode=visit.mode,
    )  # fmt: skip
    ids = [student.pk, sister.pk]
    assert not photos_agreed(ids)
    agree(student, head)
    assert photos_agreed(ids) and not is_withheld(visit.pk)
    agree(sister, head)
    withdraw_consent(sister, "photo", by=head)
    assert not photos_agreed(ids) and is_withheld(visit.pk)
    agree(sister, head)
    assert photos_agreed(ids) and not is_withheld(visit.pk)


def test_photos_of_a_family_that_took_its_yes_back_are_told_of_but_not_shown(where, programme, student, leader, teacher):
    visit = make_visit(student, by=where["by"], programme=programme)
    on_record(visit)
    withdraw_consent(student, "photo", by=leader)
    told = {user: of_visit(user, visit) for user in (where["by"], leader, teacher)}
    assert {user: (found.tiles, found.withheld, found.may_clear) for user, found in told.items()} == {
        where["by"]: ([], 1, False), leader: ([], 1, True), teacher: ([], 0, False),
    }  # fmt: skip
    assert (clear_media(visit, by=leader), clear_media(visit, by=leader)) == (1, 0)
    assert not of_visit(leader, visit).withheld


# ── What is left over ──


def test_lost_work_is_sent_again_and_given_up_after_three_tries(where, settings, media_root, settled):
    media = send(small(), **where)
    assert sweep_media() == (0, 0)  # just sent
    for tries in (1, 2, 3):
        later(settings, minutes=3)
        Media.objects.filter(pk=media.pk).update(claimed_at=now(), tries=tries)  # its worker died
        assert process_media(media.pk) is None
        assert Media.objects.get().state == "waiting"  # that worker may be alive
    later(settings, minutes=3)
    with settled():
        assert sweep_media() == (0, 0)
    media.refresh_from_db()
    assert (media.state, media.refusal, files(media_root)) == ("refused", VISIT_SENTENCES["gave_up"], [])


def test_a_lost_message_is_sent_again_by_the_tick(where, settings):
    send(small(), **where)
    later(settings, minutes=3)
    assert sweep_media() == (1, 0)
    assert Media.objects.get().state == "ready"


def test_after_a_day_without_draft_or_visit_photos_and_half_files_go(
    where, settings, media_root, programme, student, settled
):
    with settled():
        media = keep_photo(**where)
    half = pictures.jpeg(tail=bytes(PIECE))
    add_piece(announce(half, **where)[0], 0, half[:PIECE])
    save_draft(where["by"], programme=programme, client_uuid=FORM, student=student, base="", data=DRAFT)
    later(settings, hours=25)
    with settled():
        sweep_media()
    assert (Upload.objects.count(), Media.objects.get().state) == (0, "ready")  # the draft keeps it
    Media.objects.update(client_uuid="33333333-2222-4333-8444-555555555555")
    with settled():
        assert sweep_media() == (0, 1)
    assert (Media.objects.get(pk=media.pk).state, files(media_root)) == ("removed", [])


def test_an_upload_given_up_leaves_no_piece(where, media_root, long_photo):
    upload, _ = announce(long_photo, **where)
    forget(add_piece(upload, 0, long_photo[:PIECE]))
    assert (files(media_root), Upload.objects.count()) == ([], 0)


def test_tiles_of_a_form_are_the_authors_own(where, teacher):
    keep_photo(**where)
    assert len(of_form(where["by"], str(FORM))) == 1
    assert of_form(teacher, FORM) == of_form(where["by"], "no uuid") == of_form(where["by"], None) == []
