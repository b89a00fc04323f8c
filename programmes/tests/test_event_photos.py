"""Photos of a meeting: several, decoded anew, private, removed with their files."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.files import private_path
from core.models import AuditEntry
from core.tests import pictures
from programmes.actions.event import cancel_event, create_event
from programmes.actions.photo import AT_ONCE, MOST, add_photos
from programmes.actions.state import close_programme
from programmes.models import EventPhoto
from programmes.tests.upward import make_upward
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def programme():
    return make_upward()


@pytest.fixture
def event(programme, school, leader):
    return make_event(programme, school, leader)


def make_event(programme, school, by, on=date(2022, 9, 16)):
    return create_event(programme, school, by=by, kind="training", title="走访培训", held_on=on)[0]


def sent(number=0, data=None, name="a.jpg"):
    return SimpleUploadedFile(name, data or pictures.jpeg(pictures.drawn(60 + number, 40)), "image/jpeg")


def add(event, by, number=0):
    add_photos(event, [sent(number)], by=by)
    return event.photos.latest("pk")


def stored(settings):
    return sorted(path.name for path in settings.MEDIA_ROOT.rglob("*.jpg"))


def address(name, photo):
    return reverse(f"programmes:{name}", args=[photo.token])


@pytest.mark.seed("W29")
def test_several_at_once_of_every_kind_upright_and_bare(as_user, event, leader, settings):
    files = [
        sent(data=pictures.jpeg(orientation=pictures.TURNED)), sent(data=pictures.heic(orientation=pictures.TURNED)),
        sent(data=pictures.png(pictures.drawn(80, 40))),
    ]  # fmt: skip
    answer = as_user(leader).post(reverse("programmes:event_photo_add", args=[event.pk]), {"photos": files}, follow=True)
    assert "加了3张照片。" in answer.content.decode()
    photos = list(event.photos.all())
    assert len(photos) == 3 and len(stored(settings)) == 6
    for photo in photos[:2]:
        with Image.open(private_path(photo.file)) as picture:
            assert picture.height > picture.width and dict(picture.getexif()) == {}
            assert picture.size == (photo.width, photo.height)
    page = as_user(leader).get(reverse("programmes:event", args=[event.pk])).content.decode()
    assert page.count("走访培训的照片") == 3


def test_the_same_picture_twice_is_one(event, leader, settings):
    assert add_photos(event, [sent(), sent(name="b.jpg")], by=leader) == (1, [])
    assert add_photos(event, [sent()], by=leader) == (0, [])
    assert EventPhoto.objects.count() == 1 and len(stored(settings)) == 2


def test_what_is_no_photo_is_refused_in_plain_words_and_the_rest_is_kept(as_user, event, leader):
    film = b"\0\0\0\x18ftypisom" + b"\0" * 40
    files = [sent(), *(SimpleUploadedFile("x", data) for data in (b"", b"%PDF-1.7 a paper", film, pictures.jpeg()[:3000]))]
    added, refusals = add_photos(event, files, by=leader)
    assert added == 1
    assert refusals == [
        "这个文件是空的，再选一次。",
        "这里只收照片（JPEG、PNG、HEIC），这个文件不是。",
        "照片打不开，可能没有传完整或者已经损坏。换一张，或者重新拍。",
    ]
    answer = as_user(leader).post(reverse("programmes:event_photo_add", args=[event.pk]), follow=True)
    assert "先选照片。" in answer.content.decode()


def test_no_more_than_twelve_and_not_too_many_at_once(event, leader, settings):
    added, refusals = add_photos(event, [sent(number) for number in range(AT_ONCE + 1)], by=leader)
    assert (added, refusals) == (AT_ONCE, ["一次最多传6张，其余的没有收，再传一次。"])
    add_photos(event, [sent(number) for number in range(AT_ONCE, MOST)], by=leader)
    assert add_photos(event, [sent(99)], by=leader) == (0, ["一场会最多12张照片。删掉一张再传。"])
    assert event.photos.count() == MOST and len(stored(settings)) == 2 * MOST


def test_it_is_sent_to_the_office_alone_and_never_kept_by_the_browser(as_user, event, leader, school, programme):
    photo = add(event, leader)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    for name in ("event_photo", "event_thumb"):
        answer = as_user(admin).get(address(name, photo))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store, private")
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    assert AuditEntry.objects.filter(action="event_photo.view", actor_id=admin.pk).count() == 1
    others = [
        make_user(Role.TEACHER, school=school), make_officer(programme.authority),
        make_user(Role.REVIEWER, authority=programme.authority), make_leader(make_school(programme.authority)),
    ]  # fmt: skip
    for other in others:
        for name in ("event_photo", "event_thumb"):
            assert as_user(other).get(address(name, photo)).status_code == 404
    page = as_user(others[0]).get(reverse("programmes:event", args=[event.pk])).content.decode()
    assert str(photo.token) not in page and "照片" not in page


def test_removed_with_its_files_twice_is_once(as_user, event, leader, settings, django_capture_on_commit_callbacks):
    photo = add(event, leader)
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(leader).post(address("event_photo_remove", photo)).status_code == 302
    assert as_user(leader).post(address("event_photo_remove", photo)).status_code == 302
    photo.refresh_from_db()
    assert photo.removed_at and (photo.file, photo.thumb, stored(settings)) == ("", "", [])
    assert as_user(leader).get(address("event_photo", photo)).status_code == 404
    assert AuditEntry.objects.filter(action="event_photo.remove").count() == 1
    assert add_photos(event, [sent()], by=leader) == (1, [])  # and may come back


def test_who_may_not(as_user, event, leader, school, programme):
    photo, url = add(event, leader), reverse("programmes:event_photo_add", args=[event.pk])
    for user, status in (
        (make_user(Role.TEACHER, school=school), 403), (make_officer(programme.authority), 403),
        (make_leader(make_school(programme.authority)), 404),
    ):  # fmt: skip
        assert as_user(user).post(url, {"photos": [sent(5)]}).status_code == status
        assert as_user(user).post(address("event_photo_remove", photo)).status_code == 404
    assert event.photos.standing().count() == 1


def test_wrong_state(as_user, event, leader, school, programme, settings):
    photo, url = add(event, leader), reverse("programmes:event_photo_add", args=[event.pk])
    coming = make_event(programme, school, leader, on=date(2022, 9, 25))
    assert as_user(leader).post(reverse("programmes:event_photo_add", args=[coming.pk]), {"photos": [sent(5)]}).status_code == 409
    cancel_event(event, by=leader)
    assert as_user(leader).post(url, {"photos": [sent(5)]}).status_code == 409
    close_programme(programme, by=None)
    assert as_user(leader).post(address("event_photo_remove", photo)).status_code == 409
    assert len(stored(settings)) == 2


def test_a_storage_in_the_cloud_keeps_them_too(any_storage, event, leader, as_user):
    photo = add(event, leader)
    answer = as_user(leader).get(address("event_thumb", photo))
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
