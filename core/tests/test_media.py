"""What is kept of a photo or film, and what is not taken (security.md §3: U1, U2)."""

import io
import os
import time
import zipfile

import av
import pytest
from PIL import Image

from core.media.convert import CHILD, keep
from core.media.kinds import LIMITS, SENTENCES, MediaKind, Refused, check_size, kind_of
from core.tests import pictures
from core.tests.pictures import BLUE, RED, TURNED, WHERE

PHOTO, VIDEO = MediaKind.PHOTO, MediaKind.VIDEO


@pytest.fixture
def kept(tmp_path):
    """kept(kind, data) → (Kept, path of the file, path of its thumbnail)"""

    def make(kind, data):
        source, out, thumb = (tmp_path / name for name in ("source", "out", "thumb"))
        source.write_bytes(data)
        return keep(kind, source, out, thumb), out, thumb

    return make


def colour(picture, x, y):
    """red or blue at a place given in parts of the picture"""
    found = picture.convert("RGB").getpixel((int(picture.width * x), int(picture.height * y)))
    return min((RED, BLUE), key=lambda c: sum(abs(a - b) for a, b in zip(c, found, strict=True)))


def clean(path):
    """No metadata of any kind, and nothing after the picture's end."""
    data = path.read_bytes()
    with Image.open(path) as picture:
        assert picture.format == "JPEG" and picture.mode == "RGB"
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert dict(picture.getexif()) == {}
    assert data.endswith(b"\xff\xd9")
    for word in (b"Exif", b"Testphone", b"somebody", b"ICC_PROFILE", b"a comment", b"taken at home", b"http://ns.adobe"):
        assert word not in data
    return True


@pytest.mark.seed("W43")
@pytest.mark.parametrize("form", ["jpeg", "heic"])
def test_SEC_U2_a_photo_is_upright_and_says_nothing_but_the_picture(kept, form):
    data = getattr(pictures, form)(orientation=TURNED)
    assert b"Testphone" in data
    answer, out, thumb = kept(PHOTO, data)

    assert (answer.width, answer.height, answer.content_type) == (900, 1200, "image/jpeg")
    for path, size in ((out, (900, 1200)), (thumb, (360, 480))):
        assert clean(path)
        with Image.open(path) as picture:
            assert picture.size == size
            assert [colour(picture, 0.5, y) for y in (0.2, 0.8)] == [RED, BLUE]


@pytest.mark.parametrize("turned", range(1, 9))
def test_every_way_of_holding_a_phone_is_turned_as_pillow_turns_it(kept, turned):
    from PIL import ImageOps

    data = pictures.jpeg(orientation=turned)
    _, out, _ = kept(PHOTO, data)
    with Image.open(io.BytesIO(data)) as given, Image.open(out) as picture:
        expected = ImageOps.exif_transpose(given)
        assert picture.size == expected.size
        spots = [(x, y) for x in (0.2, 0.8) for y in (0.2, 0.8)]
        assert [colour(picture, *spot) for spot in spots] == [colour(expected, *spot) for spot in spots]


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "I;16", "LA"])
def test_every_kind_of_png_is_kept(kept, mode):
    picture = pictures.drawn(mode="RGB" if mode == "RGB" else "L").convert(mode) if mode != "P" else pictures.drawn(mode="P")
    answer, out, _ = kept(PHOTO, pictures.png(picture))
    assert clean(out)
    assert (answer.width, answer.height) == (1200, 900)


def test_what_shows_through_is_white(kept):
    _, out, _ = kept(PHOTO, pictures.png(Image.new("RGBA", (40, 30), (0, 0, 0, 0))))
    with Image.open(out) as picture:
        assert picture.getpixel((20, 15)) == (255, 255, 255)


def test_cmyk_and_a_foreign_or_broken_colour_profile_are_kept_as_srgb(kept):
    for options in ({"icc_profile": pictures.wide_gamut()}, {"icc_profile": b"broken" * 40}):
        assert clean(kept(PHOTO, pictures.jpeg(**options))[1])
    assert clean(kept(PHOTO, pictures.jpeg(pictures.drawn(mode="CMYK")))[1])


def test_a_large_photo_is_shrunk_to_2048(kept):
    answer, out, thumb = kept(PHOTO, pictures.jpeg(pictures.drawn(4032, 3024)))
    assert (answer.width, answer.height) == (2048, 1536)
    with Image.open(thumb) as small:
        assert small.size == (480, 360)


def test_of_an_animation_the_first_picture_is_kept(kept):
    file = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), RED), Image.new("RGB", (60, 40), BLUE)]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], default_image=False)
    _, out, _ = kept(PHOTO, file.getvalue())
    with Image.open(out) as picture:
        assert colour(picture, 0.5, 0.5) == RED


def test_SEC_U2_a_motion_photo_loses_its_film_and_a_polyglot_its_archive(kept):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as book:
        book.writestr("evil.html", "<script>alert(1)</script>")
    _, out, _ = kept(PHOTO, pictures.jpeg(tail=archive.getvalue()))
    assert clean(out)
    assert not zipfile.is_zipfile(out)
    assert b"evil" not in out.read_bytes()


def test_a_heic_named_or_taken_for_something_else_is_still_a_heic(kept):
    assert kind_of(pictures.heic()) == (PHOTO, "HEIF")  # no name is asked: content decides


def truncated(data):
    return data[: len(data) // 2]


def half(form):
    noise = Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3))
    return truncated(getattr(pictures, form)(noise))


HOSTILE = {  # a function where making the file takes long
    "empty": (b"", "empty"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unknown"),
    "html": (b"<!doctype html><script>alert(1)</script>", "unknown"),
    "gif": (b"GIF89a" + b"\0" * 80, "unknown"),
    "zip": (b"PK\x03\x04" + b"\0" * 80, "unknown"),
    "script behind a JPEG head": (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "unreadable"),
    "half a JPEG": (lambda: half("jpeg"), "unreadable"),
    "half a PNG": (lambda: half("png"), "unreadable"),
    "half a HEIC": (lambda: half("heic"), "unreadable"),
    "20000×20000": (lambda: pictures.png_of(20000, 20000), "too_many_pixels"),
    "7000×7000": (lambda: pictures.png_of(7000, 7000), "too_many_pixels"),
    "a film": (b"\0\0\0\x20ftypisom" + b"\0" * 40, "not_photo"),
    "an AVIF": (b"\0\0\0\x20ftypavif" + b"\0" * 40, "unknown"),
    "a bomb in a text": (lambda: b"\x89PNG\r\n\x1a\n" + pictures.text_bomb(), "unreadable"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_SEC_U1_a_hostile_photo_is_refused_with_a_sentence_in_time(kept, name):
    file, code = HOSTILE[name]
    data = file() if callable(file) else file
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        kept(PHOTO, data)
    assert time.monotonic() - begun < 8
    assert (refused.value.code, str(refused.value)) == (code, SENTENCES[code])


@pytest.mark.parametrize("kind", [PHOTO, VIDEO])
def test_a_file_over_the_limit_is_refused_before_it_is_read(kind):
    check_size(kind, LIMITS[kind])
    with pytest.raises(Refused, match="超过"):
        check_size(kind, LIMITS[kind] + 1)


def test_sentences_are_plain():
    for sentence in SENTENCES.values():
        assert sentence.endswith("。") and "！" not in sentence and "请您" not in sentence


# ── Film ──


def streams_of(path):
    with av.open(str(path)) as found:
        return [stream.type for stream in found.streams], found.metadata, found.chapters()


@pytest.mark.seed("W43")
def test_SEC_U2_a_film_keeps_picture_and_sound_and_loses_place_and_names(kept, tmp_path):
    data = pictures.film(tmp_path / "f.mov", turned=True).read_bytes()
    needles = (b"loci", b"somebody", b"kitchen", b"at home", b"x264", b"Lavf")
    assert all(word in data for word in needles)
    assert streams_of(tmp_path / "f.mov")[1]["location"] == WHERE
    answer, out, thumb = kept(VIDEO, data)

    kinds, metadata, chapters = streams_of(out)
    assert (kinds, chapters) == (["video", "audio"], [])
    assert set(metadata) <= {"major_brand", "minor_version", "compatible_brands"}
    assert [word for word in needles if word in out.read_bytes()] == []
    assert (answer.width, answer.height, answer.seconds, answer.content_type) == (240, 320, 2, "video/mp4")
    with Image.open(thumb) as poster:
        assert poster.size == (240, 320)
        assert [colour(poster, 0.5, y) for y in (0.2, 0.8)] == [RED, BLUE]
    with av.open(str(out)) as film:
        frames = list(film.decode(video=0))
        assert (len(frames), frames[0].rotation % 360) == (20, 270)


def test_a_hevc_film_is_kept_without_encoding_anew(kept, tmp_path):
    data = pictures.film(tmp_path / "f.mp4", codec="libx265", extra=False).read_bytes()
    _, out, _ = kept(VIDEO, data)
    with av.open(str(out)) as film:
        assert film.streams.video[0].codec_context.name == "hevc"
        assert len(list(film.decode(video=0))) == 20


def test_a_long_film_is_refused_by_its_own_times(kept, tmp_path):
    data = pictures.film(tmp_path / "f.mp4", seconds=190, rate=1, extra=False).read_bytes()
    with pytest.raises(Refused, match="超过3分钟"):
        kept(VIDEO, data)


@pytest.mark.parametrize("name", ["half", "no picture", "a photo", "garbage"])
def test_SEC_U1_a_hostile_film_is_refused(kept, tmp_path, name):
    whole = pictures.film(tmp_path / "f.mp4", extra=False).read_bytes()
    data = {
        "half": truncated(whole),
        "no picture": b"\0\0\0\x18ftypisom" + b"\0" * 12 + b"\0\0\0\x08mdat",
        "a photo": pictures.jpeg(),
        "garbage": whole[:40] + os.urandom(20_000),
    }[name]
    begun = time.monotonic()
    with pytest.raises(Refused):
        kept(VIDEO, data)
    assert time.monotonic() - begun < 8


def test_decoding_takes_little_memory_and_time(tmp_path):
    """12 megapixels as a phone sends them; the bound is security.md §9's."""
    from core.child import ask_child

    for form, data in (("JPEG", pictures.jpeg(pictures.drawn(4032, 3024))), ("HEIF", pictures.heic(pictures.drawn(4032, 3024)))):
        source = tmp_path / form
        source.write_bytes(data)
        begun = time.monotonic()
        answer = ask_child(CHILD, form, source, tmp_path / "out", tmp_path / "thumb", seconds=25)
        assert answer["peak"] < 400 * 1024
        assert time.monotonic() - begun < 8
