"""A few photos on the running copy of a notice that asks for them: drawn here, a house and a table, nobody in them."""

import hashlib
import uuid
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from core.audit import record
from core.files import write_bytes
from core.media.kinds import MediaKind
from students.enums import ConsentPurpose, Relation
from students.models import Consent
from visits.enums import COUNTED_STATES, MediaState
from visits.models import Media, Visit

SIZE, THUMB = (1200, 900), (480, 360)
VISITS, EACH = 4, 2
LETTERS = str.maketrans("0123456789", "ghijklmnop")  # no row of digits that could be taken for somebody's number
WALLS = ["#f3e3c3", "#dfe9e4", "#e9dfd2", "#d9e4ee"]
THINGS = ["#0e6b62", "#c9761a", "#8d4382", "#3d6fb4"]


def take(programme, schools):
    """Photos with consent for the latest visits of some schools; nothing where the notice has none."""
    if programme.rules.visit.photos == "off":
        return
    rng = Random(f"{programme.code} photos")
    rows = []
    for visit in [visit for school in schools for visit in _latest(programme, school)]:
        consent(visit)
        rows += [photo(rng, visit) for _ in range(EACH)]
    Media.objects.bulk_create(rows)
    record(programme, "demo.photos", by=None, photos=len(rows))


def consent(visit):
    for row in visit.visit_students.all():
        Consent.objects.get_or_create(
            student_id=row.student_id, purpose=ConsentPurpose.PHOTO, withdrawn_at=None,
            defaults={
                "relation": Relation.MOTHER, "given_on": visit.visited_on, "recorded_by": visit.lead,
                "recorded_at": visit.recorded_at,
            },
        )  # fmt: skip


def _latest(programme, school):
    rows = Visit.objects.filter(programme=programme, school=school, state__in=COUNTED_STATES).select_related("lead")
    return rows.prefetch_related("visit_students").order_by("-visited_on", "pk")[:VISITS]


def photo(rng, visit):
    picture = room(rng)
    data = jpeg(picture)
    name = uuid.uuid4().hex.translate(LETTERS)
    file, thumb = (f"media/{name[:2]}/{name}{end}.jpg" for end in ("", "-s"))
    checksum = write_bytes(file, data)
    write_bytes(thumb, jpeg(picture.resize(THUMB)))
    return Media(
        client_uuid=visit.client_uuid, visit=visit, programme_id=visit.programme_id, authority_id=visit.authority_id,
        school_id=visit.school_id, owner=visit.lead, kind=MediaKind.PHOTO, state=MediaState.READY, file=file, thumb=thumb,
        content_type="image/jpeg", sha256=checksum, size=len(data), width=SIZE[0], height=SIZE[1],
        created_at=visit.recorded_at, ready_at=visit.recorded_at,
    )  # fmt: skip


def file_name(*parts):
    """The same name for the same thing, without a row of digits in it."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32].translate(LETTERS)


def jpeg(picture):
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def room(rng):
    """A wall with a window, a table with books and a lamp."""
    picture = Image.new("RGB", SIZE, rng.choice(WALLS))
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, 700, 1200, 900], fill="#b98a5e")
    left = rng.randrange(80, 300)
    pen.rectangle([left, 90, left + 300, 390], fill="#bcd8ea", outline="#ffffff", width=16)
    pen.line([left + 150, 90, left + 150, 390], fill="#ffffff", width=12)
    pen.line([left, 240, left + 300, 240], fill="#ffffff", width=12)
    pen.rectangle([460, 560, 1120, 600], fill="#8a5f3c")
    for leg in (500, 1060):
        pen.rectangle([leg, 600, leg + 24, 820], fill="#8a5f3c")
    for book in range(rng.randrange(3, 6)):
        height = rng.randrange(90, 150)
        pen.rectangle([520 + book * 48, 560 - height, 560 + book * 48, 560], fill=rng.choice(THINGS))
    pen.polygon([(900, 330), (1040, 330), (1080, 430), (860, 430)], fill="#f3b95f")
    pen.rectangle([962, 430, 978, 560], fill="#586562")
    return picture
