"""Who was missing at an instant, and whom somebody called on since: a difference to the frozen figures, never a part
of them. A visit after the programme's last day counts here and nowhere else (补访)."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Min

from core.clock import now
from programmes.enums import DeadlineKind
from programmes.queries.past import notice_as_of
from visits.enums import COUNTED_STATES
from visits.models import VisitStudent
from visits.queries.as_of.calls import reached_as_of
from visits.queries.as_of.instants import last_visit_day
from visits.queries.as_of.pupils import Pupil, pupil_rows
from visits.queries.as_of.schools import mode_bits

CHUNK = 5000


class Missing(NamedTuple):
    """A pupil due and not reached at the instant. first_on: the day of the first call that is known of now."""

    student_id: int
    school_id: int
    school_class_id: int
    first_on: date | None
    in_time: bool  # called on before the instant, recorded afterwards


@dataclass(slots=True)
class Since:
    """Of the pupils due and not reached at the instant: missing = written_later + called_later + still."""

    missing: int = 0
    written_later: int = 0  # called on in time, recorded afterwards (补录)
    called_later: int = 0  # called on afterwards (补访)

    @property
    def still(self):
        return self.missing - self.written_later - self.called_later

    @property
    def reached(self):
        return self.written_later + self.called_later

    def add(self, other):
        self.missing += other.missing
        self.written_later += other.written_later
        self.called_later += other.called_later

    def count(self, one):
        self.missing += 1
        if one.first_on:
            self.written_later += one.in_time
            self.called_later += not one.in_time


def since_as_of(programme, at, school_ids, *, known_at=None, by_class=False, calls=None, until=None):
    """{school id: Since}, or {class id: Since}: as they stand now; a place where nobody was missing is left out.

    Seven queries for any number of schools. calls: calls_as_of() of the same instants, where they have been read; until:
    what was recorded from then on is not told.
    """
    found = {}
    for one in missing_as_of(programme, at, school_ids, known_at=known_at, calls=calls, until=until):
        place = one.school_class_id if by_class else one.school_id
        found.setdefault(place, Since()).count(one)
    return found


def missing_as_of(programme, at, school_ids, *, known_at=None, calls=None, until=None):
    """[Missing] of the schools, as they were known at the instant."""
    school_ids = list(school_ids)
    programme = notice_as_of(programme, known_at or at)
    counted = mode_bits(programme.rules.counted_modes)
    modes = calls.modes if calls else reached_as_of(programme, at, school_ids, known_at)
    found = (Pupil(*row) for row in pupil_rows(programme, at, school_ids, known_at))
    missing = [one for one in found if not one.exempt_reason and not modes.get(one.student_id, 0) & counted]
    return called_since(programme, at, missing, until=until)


def called_since(programme, at, pupils, *, until=None):
    """[Missing] of Pupils who were due and not reached at the instant; what counts since is what the notice says since."""
    programme = notice_as_of(programme, until or now())
    first, last = _called(programme, [one.student_id for one in pupils], until), last_visit_day(programme, at)
    return [
        Missing(one.student_id, one.school_id, one.school_class_id, on, on is not None and on <= last)
        for one in sorted(pupils, key=lambda one: one.student_id)
        for on in (first.get(one.student_id),)
    ]


def whole_since(programme, at, school_ids, *, known_at=None):
    """Since of all these schools together."""
    whole = Since()
    for one in since_as_of(programme, at, school_ids, known_at=known_at).values():
        whole.add(one)
    return whole


def deadline_since(programme, school_ids):
    """(instant, Since of these schools) of the last deadline of visits that has passed; None before it."""
    passed = programme.deadlines.filter(kind=DeadlineKind.COVERAGE, at__lte=now()).order_by("-at").first()
    return (passed.at, whole_since(programme, passed.at, school_ids)) if passed else None


def _called(programme, student_ids, until=None):
    """{student id: day of the first call in a form that counts}, from the programme's first day until today."""
    found, ids = {}, sorted(student_ids)
    rows = VisitStudent.objects.filter(
        programme=programme, mode__in=sorted(programme.rules.counted_modes), visited_on__gte=programme.starts_on,
        visit__state__in=COUNTED_STATES,
    ).order_by()  # fmt: skip
    if until is not None:
        rows = rows.filter(visit__recorded_at__lt=until)
    for start in range(0, len(ids), CHUNK):
        chunk = rows.filter(student_id__in=ids[start : start + CHUNK])
        found |= dict(chunk.values_list("student_id").annotate(Min("visited_on")))
    return found
