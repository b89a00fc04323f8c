"""The file to keep, made from the file as sent."""

from dataclasses import dataclass
from pathlib import Path

from core.child import ChildFailed, ask_child
from core.media.kinds import HEAD, SENTENCES, MediaKind, Refused, check_size, kind_of

CHILD = Path(__file__).with_name("child.py")
SECONDS = 25  # wall clock; the child's own limit is 7 seconds of CPU time


@dataclass(frozen=True)
class Kept:
    width: int
    height: int
    seconds: int = 0
    content_type: str = "image/jpeg"
    likeness: str = ""


def keep(kind, source, out, thumb):
    """Write the kept file and its thumbnail from the file at `source` → Kept. kind: what it was taken for.

    Raises Refused with a sentence for the sender.
    """
    source = Path(source)
    check_size(kind, source.stat().st_size)
    with source.open("rb") as file:
        found, form = kind_of(file.read(HEAD))
    if found != kind:
        raise Refused("not_photo" if kind == MediaKind.PHOTO else "not_video")
    broken = "unreadable" if kind == MediaKind.PHOTO else "unreadable_video"
    try:
        answer = ask_child(CHILD, form, source, out, thumb, seconds=SECONDS)
    except ChildFailed as error:
        raise Refused(broken) from error
    if why := answer.get("refused"):
        raise Refused(why if why in SENTENCES else broken)
    content_type = "image/jpeg" if kind == MediaKind.PHOTO else "video/mp4"
    seconds, likeness = answer.get("seconds", 0), answer.get("likeness", "")
    return Kept(answer["width"], answer["height"], seconds, content_type, likeness)
