"""Photos of one meeting sent at the same instant: counted one by one, and nothing is left in storage."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.tests import pictures
from core.tests.at_once import at_once
from programmes.actions.event import create_event
from programmes.actions.photo import MOST, add_photos
from programmes.models import EventPhoto
from programmes.tests.upward import make_upward
from schools.tests.factories import make_leader, make_school

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("standing", "alike", "kept"), [(MOST - 1, False, MOST), (0, True, 1), (0, False, 2)])
def test_two_at_once(settings, tmp_path, standing, alike, kept):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = make_upward()
    school = make_school(programme.authority)
    leader = make_leader(school)
    event, _ = create_event(programme, school, by=leader, kind="training", title="培训", held_on=date(2022, 9, 16))
    for number in range(standing):
        EventPhoto.objects.create(event=event, school=school, owner=leader, file="", thumb="", source_sha256=str(number))

    def send(number):
        data = pictures.jpeg(pictures.drawn(60 if alike else 60 + number, 40))
        add_photos(event, [SimpleUploadedFile("a.jpg", data)], by=leader)

    at_once(lambda: send(0), lambda: send(1))
    assert event.photos.standing().count() == kept
    assert len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 2 * (kept - standing)
