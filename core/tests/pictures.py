"""Pictures and films as phones send them, and as nobody should: made here, no person in them."""

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import pillow_heif
from PIL import Image, ImageCms, ImageDraw, ImageFilter, PngImagePlugin

RED, BLUE = (200, 40, 40), (40, 60, 200)
GPS = {1: "N", 2: (31.0, 24.0, 36.0), 3: "E", 4: (121.0, 29.0, 24.0)}  # Baoshan
TURNED = 6  # EXIF: held upright, stored on its side
WHERE = "+31.4100+121.4900/"


def drawn(width=1200, height=900, mode="RGB"):
    """Red on the left, blue on the right: which way up it is can be told."""
    picture = Image.new("RGB", (width, height), RED)
    ImageDraw.Draw(picture).rectangle([width // 2, 0, width, height], fill=BLUE)
    return picture.convert(mode)


def room(rng, width=1200, height=900):
    """Things and colours of a room as a lens sees them, a little soft and grainy; another one for another rng."""

    def colour():
        return tuple(rng.randrange(30, 250) for _ in range(3))

    picture = Image.new("RGB", (width, height), colour())
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, height * 2 // 3, width, height], fill=colour())
    for _ in range(12):
        x, y = rng.randrange(width), rng.randrange(height)
        shape = pen.rectangle if rng.random() < 0.6 else pen.ellipse
        shape([x, y, x + rng.randrange(60, 400), y + rng.randrange(60, 400)], fill=colour())
    grain = Image.merge("RGB", [Image.effect_noise((width, height), 40)] * 3)
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(3)), grain, 0.06)


def exif(orientation=1):
    data = Image.Exif()
    data[0x010F], data[0x0112], data[0x8298] = "Testphone", orientation, "owner: somebody"
    data.get_ifd(0x8825).update(GPS)
    return data.tobytes()


def jpeg(picture=None, *, orientation=1, tail=b"", **options):
    file = io.BytesIO()
    (picture or drawn()).save(file, "JPEG", exif=exif(orientation), comment=b"a comment", **options)
    return file.getvalue() + tail


def heic(picture=None, *, orientation=1):
    file = io.BytesIO()
    pillow_heif.from_pillow(picture or drawn()).save(file, format="HEIF", exif=exif(orientation), quality=60)
    return file.getvalue()


def png(picture=None, **options):
    file = io.BytesIO()
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "taken at home")
    (picture or drawn()).save(file, "PNG", pnginfo=notes, exif=exif(), **options)
    return file.getvalue()


def wide_gamut():
    """The bytes of an ICC profile that is not sRGB."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def text_bomb():
    """Chunks of a small PNG with a text that inflates to 200 MB."""
    text = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    return chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"zTXt", text) + chunk(b"IEND", b"")


def png_of(width, height):
    """A PNG that says it is so large; all zeros, so that it is small to send."""
    row = b"\0" * (width * 3 + 1)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(min(height, 3000))) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def film(path, *, seconds=2, size=(320, 240), codec="libx264", turned=False, rate=10, extra=True):
    """An MP4 with sound, a place, a title, a chapter and a subtitle track in it."""
    with av.open(str(path), "w", format="mp4") as out:
        if extra:
            out.metadata.update({"location": WHERE, "title": "at home", "comment": "somebody"})
        video = out.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        if extra:
            video.metadata["handler_name"] = "somebody's camera"
        sounds = [out.add_stream("aac", rate=16000) for _ in range(2 if extra else 1)]
        if extra:
            chapter = {"id": 1, "start": 0, "end": 1000, "time_base": Fraction(1, 1000), "metadata": {"title": "kitchen"}}
            out.set_chapters([chapter])
        picture = av.VideoFrame.from_image(drawn(*size))
        for number in range(seconds * rate):
            picture.pts = number
            for packet in video.encode(picture):
                out.mux(packet)
        for sound in sounds:
            for number in range(seconds * 16000 // 1024):
                frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
                frame.sample_rate, frame.pts = 16000, number * 1024
                for plane in frame.planes:
                    plane.update(bytes(plane.buffer_size))
                for packet in sound.encode(frame):
                    out.mux(packet)
        for stream in (video, *sounds):
            for packet in stream.encode(None):
                out.mux(packet)
    data = Path(path).read_bytes()
    if turned:
        Path(path).write_bytes(turn(data))
    return path


def turn(data):
    """The same film, its first track marked as held upright: the matrix in its header turns it by 90 degrees."""
    at = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 8 + 8
    one, whole = 0x10000, 0x40000000
    return data[:at] + struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, whole) + data[at + 36 :]
