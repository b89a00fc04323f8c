"""Addresses of photos: who gets what, for how long, with which headers, and what is written down."""

import hashlib
import json

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.tests import pictures
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_class_head, make_school, make_user
from students.actions.consent import withdraw_consent
from students.models import Consent
from students.tests.factories import make_mentor
from visits.actions.review import accept_visit
from visits.actions.upload import PIECE
from visits.enums import VisitorRole
from visits.media.refusals import SENTENCES
from visits.models import Media, Upload, VisitVisitor
from visits.queries.media import of_visit
from visits.tests.factories import make_visit
from visits.tests.photo_place import ASKED, FORM, agree, announce, keep_photo, on_record, small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def programme(db, clock):
    return make_programme(config=ASKED)


@pytest.fixture
def visit(head, programme, student):
    agree(student, head)
    return make_visit(student, by=head, programme=programme)


@pytest.fixture
def media(visit):
    return on_record(visit)


def photo(media, name="photo"):
    return reverse(f"visits:{name}", args=[media.token])


def fetch(client, address):
    """The picture, through one fresh link."""
    answer = client.get(address)
    assert answer.status_code == 302
    return client.get(answer["Location"])


# ── Looked at ──


@pytest.mark.parametrize("name", ["photo", "thumb"])
def test_SEC_U5_a_photo_is_private_and_does_nothing_in_a_browser(as_user, head, media, name):
    answer = fetch(as_user(head), photo(media, name))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Disposition"] == f'inline; filename="visit-{media.pk}.jpg"'
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_who_may_see_a_photo(as_user, programme, visit, media, head, teacher, leader, school, student):
    along = make_user(Role.TEACHER, school=school)
    VisitVisitor.objects.create(visit=visit, user=along, role=VisitorRole.OTHER)
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(student, mentor)
    elsewhere = make_class_head(make_class(make_school(programme.authority)))
    seen = {
        "author": head, "went along": along, "leader": leader, "mentor": mentor, "teacher": teacher,
        "administrator": make_user(Role.SCHOOL_ADMIN, school=school), "other school": elsewhere,
        "district": make_user(Role.DISTRICT_ADMIN, authority=programme.authority),
    }  # fmt: skip
    statuses = {who: as_user(user).get(photo(media)).status_code for who, user in seen.items()}
    assert statuses == {
        "author": 302, "went along": 302, "leader": 302, "mentor": 404, "teacher": 404, "administrator": 404,
        "other school": 404, "district": 404,
    }  # fmt: skip


def test_a_link_is_good_for_five_minutes_and_one_person(as_user, head, leader, teacher, media, settings):
    link = as_user(head).get(photo(media))["Location"]
    assert as_user(leader).get(link).status_code == 302  # a fresh one of the leader's own
    assert as_user(teacher).get(link).status_code == 404
    assert as_user(head).get(link.replace("sign=", "sign=x")).status_code == 302
    assert as_user(head).get(link.replace("photo", "thumb").replace("/?", "/thumb/?")).status_code == 302
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:04:59+08:00"
    assert as_user(head).get(link).status_code == 200
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:05:01+08:00"
    answer = as_user(head).get(link)
    assert (answer.status_code, answer["Location"] != link) == (302, True)


def test_a_teacher_who_left_the_school_no_longer_gets_the_own_photo_before_it_is_on_record(as_user, head, programme, student):
    agree(student, head)
    taken = keep_photo(by=head, programme=programme, student=student)
    assert as_user(head).get(photo(taken)).status_code == 302
    head.posts.update(ends_on="2022-09-17")
    add_post(head, Role.TEACHER, school=make_school(programme.authority))
    assert as_user(type(head).objects.get(pk=head.pk)).get(photo(taken)).status_code == 404


def test_each_full_look_is_written_down_small_ones_once_a_page_own_ones_never(as_user, head, leader, visit, media):
    on_record(visit, data=small(1))
    of_visit(head, visit)
    fetch(as_user(head), photo(media))
    assert not AuditEntry.objects.filter(action__in=["media.view", "media.thumbs"]).exists()
    as_user(leader).get(reverse("visits:detail", args=[visit.pk]))
    fetch(as_user(leader), photo(media, "thumb"))
    fetch(as_user(leader), photo(media))
    lines = AuditEntry.objects.filter(action__in=["media.view", "media.thumbs"]).order_by("id")
    assert [(line.action, line.actor_id, line.facts.get("count")) for line in lines] == [
        ("media.thumbs", leader.pk, 2), ("media.view", leader.pk, None),
    ]  # fmt: skip


def test_behind_a_proxy_the_proxy_sends_the_file(as_user, head, media, settings):
    settings.X_ACCEL_PREFIX = "/private/"
    answer = fetch(as_user(head), photo(media))
    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/private/{media.file}")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")


def test_from_s3_the_photo_comes_through_the_view(s3_storage, as_user, head, visit, settings):
    settings.X_ACCEL_PREFIX = "/private/"
    media = on_record(visit)
    answer = fetch(as_user(head), photo(media))
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == media.sha256


def test_a_file_that_is_gone_is_a_404(as_user, head, media, media_root):
    (media_root / media.file).unlink()
    assert fetch(as_user(head), photo(media)).status_code == 404


def test_after_the_family_took_its_yes_back_nobody_gets_the_photo(as_user, head, leader, student, visit, media):
    link = as_user(head).get(photo(media))["Location"]
    withdraw_consent(student, "photo", by=head)
    for user in (head, leader):
        for address in (link, photo(media), photo(media, "thumb"), photo(media, "media_tile")):
            assert as_user(user).get(address).status_code == 404
        assert "谁都看不到" in as_user(user).get(reverse("visits:detail", args=[visit.pk])).content.decode()
    assert as_user(head).post(reverse("visits:media_clear", args=[visit.pk])).status_code == 403
    assert as_user(leader).post(reverse("visits:media_clear", args=[visit.pk])).status_code == 302
    assert Media.objects.get().state == "removed"


def test_removing_after_the_record_is_archived_is_the_leaders(as_user, head, leader, visit, media):
    accept_visit(visit, by=leader)
    answer = as_user(head).post(photo(media, "media_remove"))
    assert (answer.status_code, "学校负责人" in answer.content.decode()) == (409, True)
    assert as_user(leader).post(photo(media, "media_remove"))["Location"] == reverse("visits:detail", args=[visit.pk])
    assert as_user(leader).get(photo(media)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_photos_asks_the_same_whatever_their_number(head, visit, number, django_assert_num_queries):
    for index in range(number):
        on_record(visit, data=small(index))
    user = type(head).objects.get(pk=head.pk)
    assert user.reach
    with django_assert_num_queries(2):  # photos, consents
        assert len(of_visit(user, visit).tiles) == number


# ── Sent ──


def ask(client, data, pupil, **changes):
    return client.post(reverse("visits:upload_start"), {
        "client_uuid": str(FORM), "programme": "binhe-2022", "student": pupil.pk, "kind": "photo", "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(), **changes,
    })  # fmt: skip


def piece(client, address, offset, data):
    return client.post(f"{address}?offset={offset}", data, content_type="application/octet-stream")


def test_a_photo_is_sent_and_soon_seen(as_user, head, programme, student, django_capture_on_commit_callbacks):
    agree(student, head)
    client, data = as_user(head), pictures.heic()
    begun = ask(client, data, student).json()
    assert (begun["received"], begun["piece"]) == (0, PIECE)
    with django_capture_on_commit_callbacks() as messages:
        done = piece(client, begun["upload"], 0, data).json()
    waiting = client.get(done["tile"]).content.decode()
    assert "正在处理" in waiting and 'hx-trigger="every 2s"' in waiting
    for message in messages:
        message()
    ready = client.get(done["tile"]).content.decode()
    assert "<img" in ready and "hx-trigger" not in ready
    assert client.get(begun["upload"]).json()["tile"] == done["tile"]
    assert ask(client, data, student).json() == {"tile": done["tile"], "received": 0}
    assert done["tile"] in client.get(reverse("visits:media_tiles"), {"form": FORM}).content.decode().replace("thumb", "tile")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_uuid": "x"}, {"programme": "elsewhere"}, {"kind": "song"}, {"size": "-1"}, {"size": "9" * 13},
        {"sha256": "x" * 64}, {"sha256": "ab"}, {"student": "x"}, {"student": ""},
    ],
    ids=str,
)  # fmt: skip
def test_an_announcement_that_says_too_little_is_a_422(as_user, head, programme, student, changes):
    answer = ask(as_user(head), small(), student, **changes)
    assert (answer.status_code, "重新选" in answer.json()["error"]) == (422, True)
    assert Upload.objects.count() == 0


def test_a_refusal_is_a_sentence(as_user, head, programme, student):
    answer = ask(as_user(head), small(), student)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_consent")
    agree(student, head)
    begun = ask(as_user(head), b"<html>", student).json()
    assert piece(as_user(head), begun["upload"], 0, b"<html>").json()["error"].startswith("只收照片")
    assert as_user(head).get(begun["upload"]).status_code == 404


def test_another_teachers_pupil_is_a_404_and_a_pupil_one_does_not_visit_a_403(as_user, head, leader, teacher, programme, student):
    agree(student, head)
    assert ask(as_user(teacher), small(), student).status_code == 404
    add_post(leader, Role.TEACHER, school=student.school)
    assert ask(as_user(type(leader).objects.get(pk=leader.pk)), small(), student).status_code == 403


def test_a_piece_out_of_place_is_a_409_that_says_where_to_go_on(as_user, head, programme, student):
    agree(student, head)
    data = pictures.jpeg(tail=bytes(2 * PIECE))
    client, begun = as_user(head), None
    begun = ask(client, data, student).json()
    answer = piece(client, begun["upload"], PIECE, data[PIECE : 2 * PIECE])
    assert (answer.status_code, answer.json()["received"]) == (409, 0)
    for offset, body in (("x", data[:PIECE]), (0, b""), (0, data[: PIECE + 1])):
        assert piece(client, begun["upload"], offset, body).status_code == 422


def test_nobody_elses_upload_can_be_gone_on_with_or_dropped(as_user, head, teacher, programme, student):
    agree(student, head)
    upload, _ = announce(small(), by=head, programme=programme, student=student)
    address = reverse("visits:upload", args=[upload.token])
    colleague = as_user(teacher)
    for answer in (colleague.get(address), piece(colleague, address, 0, small()), colleague.post(address + "drop/")):
        assert answer.status_code == 404
    assert as_user(head).post(address + "drop/").status_code == 200
    assert Upload.objects.count() == 0


# ── Consent ──


def test_the_switch_is_kept_with_who_agreed_guessed_from_who_was_at_home(as_user, head, student):
    address = reverse("visits:consent", args=[student.pk])
    answer = as_user(head).post(address, {"photo_consent": "1", "at_home": ["student", "mother"]}, headers={"HX-Request": "true"})
    assert "妈妈9月18日同意" in answer.content.decode()
    as_user(head).post(address, {"photo_consent": "1", "at_home": ["mother", "father"]})
    assert Consent.objects.get().relation == "mother"
    answer = as_user(head).post(address, headers={"HX-Request": "true"})
    assert "撤回了同意" in answer.content.decode()
    assert Consent.objects.get().withdrawn_by == head


def test_a_leader_takes_a_consent_back_but_does_not_give_it(as_user, leader, head, student):
    agree(student, head)
    address = reverse("visits:consent", args=[student.pk])
    assert as_user(leader).post(address, {"photo_consent": "1"}).status_code == 403
    assert as_user(leader).post(address)["Location"] == reverse("students:detail", args=[student.pk])
    assert Consent.objects.get().withdrawn_at is not None


def test_nothing_of_a_pupil_stands_in_the_addresses(media, student, head):
    tiles = of_visit(head, media.visit).tiles
    assert student.name not in json.dumps([tile.full for tile in tiles])
    assert media.file not in tiles[0].full


def test_refusals_are_plain():
    for sentence in SENTENCES.values():
        assert sentence.endswith("。") and "！" not in sentence and "请您" not in sentence
