"""A photo that was sent on is known again; another one is another one; what shows nothing looks like nothing."""

import io
from random import Random

import pytest
from PIL import Image

from core.media.child import likeness
from core.media.convert import keep
from core.media.kinds import MediaKind
from core.tests import pictures

SAME, OTHER = 4, 17  # bits of 128


@pytest.fixture(scope="module")
def room():
    return pictures.room(Random(1))


def written(picture, quality):
    """As a messenger sends it on."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def apart(one, other):
    return (int(one, 16) ^ int(other, 16)).bit_count()


@pytest.mark.seed("S15")
@pytest.mark.parametrize("quality", [60, 85])
@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_photo_sent_on_by_a_messenger_looks_the_same(room, quality, part):
    smaller = room.resize((room.width // part, room.height // part))
    assert apart(likeness(room), likeness(written(smaller, quality))) <= SAME


@pytest.mark.seed("S15")
def test_it_is_taken_of_the_photo_as_it_is_kept(room, tmp_path):
    """Upright, however the phone was held."""
    source, out, thumb = (tmp_path / name for name in ("source", "out", "thumb"))
    turned = room.transpose(Image.Transpose.ROTATE_90)
    source.write_bytes(pictures.jpeg(turned, orientation=pictures.TURNED))
    kept = keep(MediaKind.PHOTO, source, out, thumb)
    with Image.open(out) as picture:
        assert apart(kept.likeness, likeness(picture)) <= SAME
    assert apart(kept.likeness, likeness(room)) <= SAME


def test_different_rooms_look_different():
    looks = [likeness(pictures.room(Random(seed))) for seed in range(16)]
    assert min(apart(one, other) for at, one in enumerate(looks) for other in looks[:at]) >= OTHER


@pytest.mark.parametrize(
    "make",
    [
        lambda: Image.new("RGB", (1200, 900), "black"),
        lambda: Image.new("RGB", (900, 1200), "white"),
        lambda: Image.linear_gradient("L").resize((1200, 900)),
        lambda: Image.effect_noise((1200, 900), 40),
        lambda: Image.new("RGB", (1, 1)),
        pictures.drawn,
    ],
    ids=["black", "page", "wall", "noise", "dot", "two_colours"],
)
def test_a_picture_with_nothing_in_it_has_no_look(make):
    assert likeness(written(make(), 85)) == ""


def test_a_film_has_none(tmp_path):
    source, out, thumb = (tmp_path / name for name in ("source", "out", "thumb"))
    pictures.film(source, extra=False)
    assert keep(MediaKind.VIDEO, source, out, thumb).likeness == ""
