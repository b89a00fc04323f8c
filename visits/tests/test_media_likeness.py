"""What a photo looks like is remembered with it, so that the same one is known again (decision 0018)."""

from random import Random

import pytest

from core.tests import pictures
from programmes.tests.factories import make_programme
from visits.actions.media import remove_media
from visits.tests.photo_place import ASKED, agree, keep_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(clock):
    return make_programme(config=ASKED)


@pytest.fixture
def where(settings, tmp_path, head, programme, student):
    settings.MEDIA_ROOT = tmp_path / "media"
    agree(student, head)
    return {"by": head, "programme": programme, "student": student}


@pytest.mark.seed("S15")
def test_what_a_photo_looks_like_is_remembered(where):
    room = pictures.room(Random(1))
    first = keep_photo(pictures.jpeg(room, quality=92), **where)
    again = keep_photo(pictures.jpeg(room, quality=60), **where)
    assert first.source_sha256 != again.source_sha256
    assert len(first.likeness) == 32
    assert (int(first.likeness, 16) ^ int(again.likeness, 16)).bit_count() <= 4


def test_of_a_removed_photo_nothing_of_what_it_showed_stays(where):
    media = keep_photo(pictures.jpeg(pictures.room(Random(1))), **where)
    remove_media(media, by=where["by"])
    media.refresh_from_db()
    assert (media.file, media.thumb, media.likeness) == ("", "", "")
