"""A school's records of one notice, as the signs read them: three queries, and of each record once."""

from collections import defaultdict
from typing import NamedTuple

from honesty.signs.found import Call, Photo, Text
from programmes.enums import Mode
from visits.enums import COUNTED_STATES, MediaState
from visits.models import Media, Visit, VisitStudent
from visits.queries.versions import TEXTS

HOME = (Mode.IN_PERSON, Mode.NEARBY)
CHUNK = 500


class Records(NamedTuple):
    calls: list
    texts: list
    photos: list


def records_of(programme, school):
    """Of everybody who wrote there: what was copied from somebody who left is copied all the same."""
    hints = programme.rules.hints
    visits = Visit.objects.filter(programme=programme, school=school, state__in=COUNTED_STATES).order_by("pk")
    homes = _homes(visits)
    calls, texts = [], []
    columns = ("pk", "lead_id", "mode", "visited_on", "started_at", "ended_at", "recorded_at", *_texts(programme))
    for pk, lead, mode, day, start, end, at, *said in visits.values_list(*columns).iterator(CHUNK):
        if mode in HOME and day:
            calls.append(Call(pk, lead, day, start, end, homes[pk]))
        texts += [Text(pk, lead, field, text, at) for field, text in zip(columns[7:], said, strict=True) if text]
    return Records(calls, texts, _photos(visits, homes) if hints.reused_photo else [])


def _texts(programme):
    return TEXTS if programme.rules.hints.similar_text else ()


def _homes(visits):
    """{visit: its household, or each pupil without one}: a negative number is a pupil's."""
    homes = defaultdict(set)
    rows = VisitStudent.objects.filter(visit__in=visits.order_by())
    columns = ("visit_id", "student_id", "student__household_id")
    for visit, student, household in rows.values_list(*columns).iterator(CHUNK):
        homes[visit].add(household or -student)
    return defaultdict(frozenset, {visit: frozenset(found) for visit, found in homes.items()})


def _photos(visits, homes):
    rows = Media.objects.filter(visit__in=visits.order_by(), state=MediaState.READY).order_by("pk")
    columns = ("pk", "visit_id", "visit__lead_id", "source_sha256", "likeness", "created_at")
    return [
        Photo(media, visit, lead, homes[visit], sha, likeness, at)
        for media, visit, lead, sha, likeness, at in rows.values_list(*columns).iterator(CHUNK)
    ]
