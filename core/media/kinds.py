"""What may be sent: by content, never by name (security.md §3)."""

from django.db import models


class MediaKind(models.TextChoices):
    PHOTO = "photo", "照片"
    VIDEO = "video", "视频"


MB = 1024 * 1024
LIMITS = {MediaKind.PHOTO: 10 * MB, MediaKind.VIDEO: 100 * MB}
HEAD = 4096  # bytes that tell the kind
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MOVIE_BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso8", b"mp41", b"mp42", b"mp71", b"avc1", b"qt  ",
    b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"dash", b"hvc1",
}  # fmt: skip
OLD_MOVIE_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}  # QuickTime before it had brands

SENTENCES = {
    "empty": "这个文件是空的，再选一次。",
    "unknown": "只收照片（JPEG、PNG、HEIC）和视频（MP4、MOV），这个文件不是。",
    "not_photo": "这是视频，不是照片。",
    "not_video": "这不是 MP4 或 MOV 视频。",
    "photo_too_large": "照片超过10 MB了。在手机上缩小后再传，或者重新拍一张。",
    "video_too_large": "视频超过100 MB了。剪短一些再传。",
    "too_many_pixels": "照片的像素太多（超过4000万），缩小后再传。",
    "too_long": "视频超过3分钟了，剪短后再传。",
    "unreadable": "照片打不开，可能没有传完整或者已经损坏。换一张，或者重新拍。",
    "unreadable_video": "视频打不开，可能没有传完整或者已经损坏。换一段，或者重新拍。",
}


class Refused(Exception):
    """The message tells the sender what to do. A room with limits of its own derives from it."""

    sentences = SENTENCES

    def __init__(self, code):
        super().__init__(self.sentences[code])
        self.code = code


def kind_of(head):
    """(MediaKind, format) by the first bytes of a file. Raises Refused."""
    if not head:
        raise Refused("empty")
    if head.startswith(b"\xff\xd8\xff"):
        return MediaKind.PHOTO, "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaKind.PHOTO, "PNG"
    box, brand = head[4:8], head[8:12]
    if box == b"ftyp":
        size = min(int.from_bytes(head[:4]), len(head))
        brands = {brand, *(head[at : at + 4] for at in range(16, size, 4))}
        if brand in HEIC_BRANDS or not brand.strip(b"\0") and brands & HEIC_BRANDS:
            return MediaKind.PHOTO, "HEIF"
        if brands & MOVIE_BRANDS:
            return MediaKind.VIDEO, "MOV"
    if box in OLD_MOVIE_BOXES:
        return MediaKind.VIDEO, "MOV"
    raise Refused("unknown")


def check_size(kind, size):
    if not size:
        raise Refused("empty")
    if size > LIMITS[kind]:
        raise Refused(f"{kind}_too_large")
