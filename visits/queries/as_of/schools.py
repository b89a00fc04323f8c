"""Figures by school, class and dimension, as known at an instant."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from programmes.enums import Mode
from programmes.queries.past import notice_as_of
from schools.models import School
from students.models import Enrolment
from visits.models.register import ALL
from visits.queries.as_of.calls import MODES, calls_as_of
from visits.queries.as_of.pupils import pupil_rows


@dataclass(slots=True)
class ClassRow:
    """Distinct pupils of one class in one dimension. Modes overlap and do not sum to visited."""

    school_id: int
    school_class_id: int
    dimension: int
    due: int = 0
    visited: int = 0
    declined: int = 0
    in_person: int = 0
    nearby: int = 0
    at_school: int = 0
    video: int = 0
    phone: int = 0


@dataclass(slots=True)
class SchoolRow:
    """What no class carries. Households of pupils due; person-times and teachers of counted visits."""

    school_id: int
    classes: int = 0
    pupils: int = 0
    due_households: int = 0
    visited_households: int = 0
    in_person_households: int = 0
    other_households: int = 0
    teachers: int = 0
    person_times: int = 0
    leader_times: int = 0
    middle_times: int = 0
    party_times: int = 0
    opinions: int = 0
    answered: int = 0
    class_rows: list = field(default_factory=list)

    def figures(self):
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("school_id", "class_rows")}


def class_counts_as_of(programme, at, *, school_ids=None, known_at=None):
    """ClassRows by class and dimension, of all schools or the given ones."""
    schools = schools_as_of(programme, at, school_ids=school_ids, known_at=known_at)
    return [row for school in schools for row in school.class_rows]


def school_ids_as_of(programme):
    """Schools that stand in the district's table, by code: those in use, and others that had pupils since the first day,
    also where a register entered later says that they had left before."""
    first = timezone.make_aware(datetime.combine(programme.starts_on, time.min))
    there = Q(ends_on__isnull=True) | Q(ends_on__gte=programme.starts_on) | Q(closed_at__gte=first)
    pupils = Enrolment.objects.filter(there, school=OuterRef("pk"))
    schools = School.objects.filter(Q(is_active=True) | Exists(pupils), authority=programme.authority_id)
    return list(schools.order_by("code").values_list("pk", flat=True))


def schools_as_of(programme, at, *, school_ids=None, calls=None, known_at=None):
    """SchoolRows with their ClassRows: seven queries for any number of schools.

    known_at: what was recorded before it counts; by default at ("recorded by"), later for "visited by".
    A long run asks for a few schools at a time and hands in calls_as_of(programme, at, known_at=…), read once.
    """
    programme = notice_as_of(programme, known_at or at)
    ids = school_ids_as_of(programme) if school_ids is None else list(school_ids)
    schools = {pk: SchoolRow(pk) for pk in ids}
    if not ids:
        return []
    calls = calls or calls_as_of(programme, at, school_ids=school_ids, known_at=known_at)
    _count_pupils(programme, at, schools, calls.modes, known_at)
    for pk, school in schools.items():
        school.opinions, school.answered = calls.opinions.get(pk, (0, 0))
        for name, number in calls.visitors.get(pk, {}).items():
            setattr(school, name, number)
    return list(schools.values())


def _count_pupils(programme, at, schools, reached, known_at):
    counted = mode_bits(programme.rules.counted_modes)
    in_person, others = mode_bits([Mode.IN_PERSON]), mode_bits(set(MODES) - {Mode.IN_PERSON})
    rows, classes, households = {}, defaultdict(set), defaultdict(lambda: defaultdict(int))
    for school_id, class_id, student_id, household_id, exempt, declined, categories in pupil_rows(
        programme, at, schools, known_at
    ):
        modes = reached.get(student_id, 0)
        schools[school_id].pupils += 1
        classes[school_id].add(class_id)
        if exempt:
            continue
        home = ("household", household_id) if household_id else ("pupil", student_id)
        households[school_id][home] |= modes
        for dimension in _dimensions(categories):
            row = rows.get((class_id, dimension))
            if row is None:
                row = rows[class_id, dimension] = ClassRow(school_id, class_id, dimension)
                schools[school_id].class_rows.append(row)
            _add(row, modes, visited=bool(modes & counted), declined=declined)
    for pk, school in schools.items():
        school.classes = len(classes[pk])
        school.due_households = len(households[pk])
        reached = households[pk].values()
        school.visited_households = sum(1 for modes in reached if modes & counted)
        school.in_person_households = sum(1 for modes in reached if modes & in_person)
        school.other_households = sum(1 for modes in reached if modes & others)
        school.class_rows.sort(key=lambda row: (row.school_class_id, row.dimension))


def _add(row, modes, *, visited, declined):
    row.due += 1
    if visited:
        row.visited += 1
    elif declined:
        row.declined += 1
    for bit, mode in enumerate(MODES):
        if modes >> bit & 1:
            setattr(row, mode, getattr(row, mode) + 1)


def _dimensions(categories):
    return [ALL] if not categories else [ALL, *(bit + 1 for bit in range(31) if categories >> bit & 1)]


def mode_bits(modes):
    return sum(1 << MODES.index(mode) for mode in modes)


def class_figures(row):
    """A ClassRow's numbers by name, as the columns of reports.Snapshot."""
    values = asdict(row)
    return {name: values[name] for name in ("dimension", "due", "visited", "declined", *MODES)}
