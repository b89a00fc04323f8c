"""Decodes one file in a process of its own: python -I child.py FORMAT SOURCE OUT THUMB → JSON on stdout.

FORMAT: JPEG, PNG, HEIF or MOV, as the first bytes say. OUT is the file to keep, THUMB a small upright JPEG. A hostile
file may eat memory or abort the process: here that is just an exit code. Nothing of the project is imported, no
environment is passed in. Limits: security.md §3.
"""

import contextlib
import io
import json
import resource
import sys
from itertools import pairwise

MEMORY = 1 << 30
CPU_SECONDS = 7
PIXELS = 40_000_000
EDGE, THUMB_EDGE = 2048, 480
QUALITY = 85
SHADE = 2  # of 255: differences up to this are the compressor's, not the picture's
TURNS = 24  # of 112: a picture with fewer has too little in it to be told from another
SECONDS = 180
VIDEO_EDGE = 4096
VIDEO_CODECS = {"h264", "hevc", "mpeg4"}
AUDIO_CODECS = {"aac", "mp3", "ac3", "eac3", "alac"}  # others a phone can't play from MP4: the picture stays, silent
# Free texts inside the stream itself (cameras put places there): the units that may hold them are dropped.
UNITS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}


class Refused(Exception):
    pass


# ── Photos ──


def keep_photo(kind, source, out, thumb):
    picture = upright(decoded(kind, source), EDGE)
    save(picture, out)
    looks = likeness(picture)
    picture.thumbnail((THUMB_EDGE, THUMB_EDGE))
    width, height = size_of(out)
    save(picture, thumb)
    return {"width": width, "height": height, "likeness": looks}


def decoded(kind, source):
    """The first picture of the file, opened and not yet decoded where that can wait; bounds are checked before."""
    from PIL import Image

    if kind == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    picture = Image.open(source, formats=[kind])
    width, height = picture.size
    if width * height > PIXELS:
        raise Refused("too_many_pixels")
    if width < 1 or height < 1:
        raise Refused("unreadable")
    if getattr(picture, "n_frames", 1) > 1:
        picture.seek(0)
    if kind == "JPEG":
        picture.draft("RGB", (EDGE, EDGE))  # decodes all of it, at the smallest scale that is large enough
    picture.load()
    return picture


def upright(picture, edge):
    """RGB in sRGB, at most edge long, turned as the camera was held; no metadata comes along."""
    from PIL import Image, ImageOps

    profile = picture.info.get("icc_profile")
    turn = orientation(picture)
    picture = plain(picture)
    picture.thumbnail((edge, edge), reducing_gap=2.0)
    picture = in_srgb(flat(picture), profile)
    if turn != 1:
        marker = Image.Exif()
        marker[0x0112] = turn
        picture.info = {"exif": marker.tobytes()}
        picture = ImageOps.exif_transpose(picture)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    return clean


def orientation(picture):
    """1–8 as EXIF counts; anything unreadable is upright."""
    try:
        value = picture.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001 (broken EXIF raises whatever it likes, and says nothing)
        return 1
    return value if value in range(1, 9) else 1


def plain(picture):
    """Without a palette; 16 bits become 8-bit grey."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 257).convert("L")
    if picture.mode == "RGB" and "transparency" in picture.info or picture.mode in ("P", "PA", "LA", "La", "RGBa"):
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def flat(picture):
    """What shows through is white."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def in_srgb(picture, profile):
    from PIL import ImageCms

    if profile:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    return picture.convert("RGB")


def save(picture, path):
    picture.info = {}
    picture.save(path, "JPEG", quality=QUALITY, optimize=True)


def likeness(picture):
    """What the picture looks like, in 128 bits as hex: where it darkens from left to right and from top to bottom, at 64
    places each (dHash). "" for a wall, a blank page, a black picture: those all look alike (decision 0018)."""
    from PIL import Image

    grey = picture.convert("L")
    across = grey.resize((9, 8), Image.Resampling.BOX)
    down = grey.resize((8, 9), Image.Resampling.BOX).transpose(Image.Transpose.TRANSPOSE)
    lines = [part.tobytes()[at : at + 9] for part in (across, down) for at in range(0, 72, 9)]
    darker = [[one > other + SHADE for one, other in pairwise(line)] for line in lines]
    turns = sum(one != other for line in darker for one, other in pairwise(line))
    bits = "".join(str(int(bit)) for line in darker for bit in line)
    return f"{int(bits, 2):032x}" if turns >= TURNS else ""


def size_of(path):
    from PIL import Image

    with Image.open(path, formats=["JPEG"]) as written:
        return written.size


# ── Video ──


def keep_video(source, out, thumb):
    """The first picture track and the first sound track, packet by packet; nothing else of the file goes over."""
    import av

    av.logging.set_level(None)
    options = {"protocol_whitelist": "file", "enable_drefs": "0", "export_xmp": "0"}
    with av.open(source, format="mov", options=options, metadata_errors="ignore") as given:
        picture = next((s for s in given.streams.video if not is_cover(s)), None)
        if picture is None or picture.codec_context.name not in VIDEO_CODECS:
            raise Refused("unreadable_video")
        width, height = picture.codec_context.width, picture.codec_context.height
        if not (0 < width <= VIDEO_EDGE and 0 < height <= VIDEO_EDGE):
            raise Refused("unreadable_video")
        if given.duration and given.duration / av.time_base > SECONDS + 1:
            raise Refused("too_long")
        sound = next((s for s in given.streams.audio if s.codec_context.name in AUDIO_CODECS), None)
        seconds = remux(given, [picture, sound] if sound else [picture], out)
    turned = poster(out, thumb)
    return {"width": width, "height": height, "seconds": round(seconds)} | turned


def is_cover(stream):
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def remux(given, streams, out):
    """Writes the packets of these streams; returns how many seconds they last, by their own times."""
    import av

    longest = 0
    with av.open(out, "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as kept:
        made, filters = {}, {}
        for stream in streams:
            made[stream.index] = target = kept.add_stream_from_template(stream)
            target.metadata.clear()
            if units := UNITS.get(stream.codec_context.name):
                filters[stream.index] = av.BitStreamFilterContext(units, stream, target)
        kept.metadata.clear()
        first = {}
        for packet in given.demux(streams):
            if packet.dts is None:
                continue
            start = first.setdefault(packet.stream_index, packet.dts)
            longest = max(longest, float((packet.dts - start + (packet.duration or 0)) * packet.time_base))
            if longest > SECONDS + 1:
                raise Refused("too_long")
            index = packet.stream_index
            for clean in filters[index].filter(packet) if index in filters else [packet]:
                clean.stream = made[index]
                kept.mux(clean)
    return longest


def poster(path, thumb):
    """The first picture of the kept file, upright; decoding it proves that it can be shown."""
    import av

    with av.open(path, format="mov") as kept:
        frame = next(kept.decode(kept.streams.video[0]), None)
        if frame is None:
            raise Refused("unreadable_video")
        picture = frame.to_image()
        if frame.rotation:
            picture = picture.rotate(frame.rotation, expand=True)
    sideways = frame.rotation % 180 != 0
    picture.thumbnail((THUMB_EDGE, THUMB_EDGE))
    save(picture, thumb)
    return {"width": frame.height, "height": frame.width} if sideways else {}


# ── The process ──


def main(kind, source, out, thumb):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = keep_video(source, out, thumb) if kind == "MOV" else keep_photo(kind, source, out, thumb)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception as error:  # noqa: BLE001 (a library's word on a broken file is "broken")
        bomb = type(error).__name__ == "DecompressionBombError"
        plain = "unreadable_video" if kind == "MOV" else "unreadable"
        answer = {"refused": "too_many_pixels" if bomb else plain}
    json.dump(answer | {"peak": peak()}, sys.stdout)


def peak():
    """The most memory this program held, in KiB (ru_maxrss would count the process that started it)."""
    with open("/proc/self/status") as status:
        return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
