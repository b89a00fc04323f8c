"""Who was missing at an instant, and whom somebody called on since: a difference to the frozen figures, never a part
of them. A visit after the programme's last day counts here and nowhere else (补访)."""

from dataclasses import dataclass

from django.db.models import Min

from core.clock import now
from visits.enums import COUNTED_STATES
from visits.models import VisitStudent
from visits.queries.as_of.calls import calls_as_of
from visits.queries.as_of.instants import last_visit_day
from visits.queries.as_of.pupils import pupil_rows
from visits.queries.as_of.schools import mode_bits

CHUNK = 5000


@dataclass(slots=True)
class Since:
    """Pupils due and not reached at the instant: missing = written_later + called_later + still."""

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


def since_as_of(programme, at, school_ids, *, known_at=None, by_class=False):
    """{school id: Since}, or {class id: Since}: as they stand now. Six queries for any number of schools."""
    found, missing = {}, {}
    counted = mode_bits(programme.rules.counted_modes)
    modes = calls_as_of(programme, at, school_ids=list(school_ids), known_at=known_at).modes
    for school_id, class_id, student_id, _, exempt, _, _ in pupil_rows(programme, at, school_ids, known_at):
        place = class_id if by_class else school_id
        told = found.setdefault(place, Since())
        if not exempt and not modes.get(student_id, 0) & counted:
            missing[student_id] = place
            told.missing += 1
    in_time = last_visit_day(programme, at)
    for student_id, first_on in _called(programme, missing).items():
        told = found[missing[student_id]]
        if first_on <= in_time:
            told.written_later += 1
        else:
            told.called_later += 1
    return found


def _called(programme, student_ids):
    """{student id: day of the first call in a form that counts}, from the programme's first day until today."""
    found, ids = {}, sorted(student_ids)
    rows = VisitStudent.objects.filter(
        programme=programme, mode__in=sorted(programme.rules.counted_modes), visited_on__gte=programme.starts_on,
        visit__state__in=COUNTED_STATES, visit__recorded_at__lt=now(),
    ).order_by()  # fmt: skip
    for start in range(0, len(ids), CHUNK):
        chunk = rows.filter(student_id__in=ids[start : start + CHUNK])
        found |= dict(chunk.values_list("student_id").annotate(Min("visited_on")))
    return found
