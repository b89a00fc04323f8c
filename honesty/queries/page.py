"""What the page of one hint lays side by side: the teacher's own records, as far as the reader may read them."""

from dataclasses import dataclass, field

from django.db.models import Q

from core.access import allowed
from core.difference import Run, own_words
from honesty.enums import HintKind
from honesty.models import HintVisit
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Media, Visit
from visits.queries.board import label_year
from visits.queries.media import of_records
from visits.queries.records import duration, people, shown_name

MINUTE = 60
OTHERS = 20
OLDEST_FIRST = ("visited_on", "started_at", "pk")


@dataclass
class Shown:
    """One record of a hint. fix: "correct" or "amend" where this reader may write it anew, "" otherwise. off: it counts no
    more. is_short, together, gap, overlaps: of BUNCHED; together: on the same family at the same time as the one before; gap:
    minutes since the call before. runs: its text, of ALIKE; same: word for word as the first. tile: its photo, of PHOTO,
    None when it cannot be shown."""

    visit: Visit
    names: str
    label: str
    time: str
    teacher: str = ""
    off: bool = False
    fix: str = ""
    is_short: bool = False
    together: bool = False
    gap: int | None = None
    overlaps: bool = False
    runs: list = field(default_factory=list)
    same: bool = False
    tile: object = None


def visits_of(hint, user):
    """The hint's records the user may read, oldest first."""
    rows = Visit.objects.visible_to(user).filter(pk__in=HintVisit.objects.filter(hint=hint).values("visit_id"))
    return rows.order_by(*OLDEST_FIRST)


def shown(hint, visits, user):
    """[Shown] of a page of visits_of(). Its queries do not grow with the page."""
    rows = _rows(hint, visits, user)
    MORE[hint.kind](hint, rows, user)
    return rows


def _rows(hint, visits, user):
    year, visits = label_year(hint.programme), list(visits)
    for visit in visits:
        visit.programme = hint.programme
    return [_plain(visit, year, user) for visit in visits]


def with_people(rows):
    return rows.prefetch_related(*people())


def _plain(visit, year, user):
    pupils = visit.visit_students.all()
    return Shown(
        visit,
        names="、".join(shown_name(row.student, visit.school_id) for row in pupils),
        label="、".join(dict.fromkeys(row.school_class.label(year) for row in pupils if row.school_class)),
        time=duration(visit),
        off=visit.state not in COUNTED_STATES,
        fix=_fix(visit, user) if visit.lead_id == user.pk else "",
    )


def _fix(visit, user):
    if visit.state == VisitState.RECORDED and visit.is_returned and allowed(user, "visits.correct_visit", visit):
        return "correct"
    return "amend" if visit.state == VisitState.LOCKED and allowed(user, "visits.amend_visit", visit) else ""


def _times(hint, rows, user):
    """How long each call was and how long after the one before, as signs.bunched counts them; what counts no more is left
    out."""
    shortest, before = hint.programme.rules.hints.shorter_than_minutes * MINUTE, None
    for row in rows:
        start, end = row.visit.started_at, row.visit.ended_at
        if row.off or start is None:
            continue
        row.is_short = end is not None and 0 <= (end - start).total_seconds() < shortest
        if before and before.visit.started_at == start and _homes(before) & _homes(row):
            row.together = True
            continue
        if before and before.visit.ended_at:
            between = (start - before.visit.ended_at).total_seconds()
            row.gap, row.overlaps = int(max(between, 0) // MINUTE), between < 0
        before = row


def with_others_photo(hint, user):
    """[Shown] of other teachers' records that hold the same file, or a picture that looks the same to the bit: whoever
    compares needs both. They may be no hint of theirs (signs.photos)."""
    if hint.kind != HintKind.PHOTO:
        return []
    own = HintVisit.objects.filter(hint=hint, media__isnull=False)
    looks = own.values_list("media__source_sha256", "media__likeness")
    shas, likenesses = ({value for value in values if value} for values in zip(*looks, strict=True)) if looks else ((), ())
    same = Media.objects.visible_to(user).filter(
        Q(source_sha256__in=shas) | Q(likeness__in=likenesses), programme=hint.programme_id, school=hint.school_id,
        visit__state__in=COUNTED_STATES,
    ).exclude(visit__lead=hint.teacher_id)  # fmt: skip
    pairs = dict(same.order_by("-pk").values_list("visit_id", "pk")[:OTHERS])
    visits = Visit.objects.visible_to(user).filter(pk__in=pairs).select_related("lead").order_by(*OLDEST_FIRST)
    rows = _rows(hint, with_people(visits), user)
    tiles = of_records(user, [row.visit for row in rows], pairs.values(), about=hint)
    for row in rows:
        row.teacher, row.tile = row.visit.lead.name, tiles.get(pairs[row.visit.pk])
    return rows


def _homes(row):
    pupils = [one.student for one in row.visit.visit_students.all()]
    return {pupil.household_id or -pupil.pk for pupil in pupils}


def _texts(hint, rows, user):
    """Each text in full; in all but the first is marked what only it says."""
    code = hint.facts.get("field", "")
    first = visits_of(hint, user).first()
    base = _text(first, code) if first else ""
    for row in rows:
        text = _text(row.visit, code)
        row.same = row.visit != first and bool(text) and text.strip() == base.strip()
        if row.visit == first or row.same or not base:
            row.runs = [Run("", text)] if text else []
        else:
            row.runs = own_words(base, text)


def _text(visit, code):
    return getattr(visit, code, "") or ""


def _photos(hint, rows, user):
    pairs = dict(HintVisit.objects.filter(hint=hint, media__isnull=False).values_list("visit_id", "media_id"))
    visits = [row.visit for row in rows]
    tiles = of_records(user, visits, [pairs[visit.pk] for visit in visits if visit.pk in pairs], about=hint)
    for row in rows:
        row.tile = tiles.get(pairs.get(row.visit.pk))


MORE = {HintKind.BUNCHED: _times, HintKind.ALIKE: _texts, HintKind.PHOTO: _photos}
