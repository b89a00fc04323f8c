"""Figures as they stood at an instant, told from history: what had been recorded by then, and no later.

Two instants: what happened before `at`, as known before `known_at` (docs/decisions/0005-as-of-needs-two-times.md). known_at = at is
"recorded by", known_at = now is "visited by". The register (visits.queries.facts) says what holds now; this says the same for a past instant, and says it again
when asked a year later; a void counts for as long as it held, also one that was taken back. What has no history and
is read as of today: exemption, 婉拒, household, and day, form and pupils of a record that was corrected or amended.
Deadline figures are therefore frozen once, in reports.Snapshot.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass, field, fields
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q

from programmes.config.days import last_day_before
from programmes.enums import Mode
from schools.enums import Politics, Position
from schools.models import School
from students.models import Enrolment
from visits.models import Opinion, PastVoid, VisitVisitor
from visits.models.register import ALL

MODES = tuple(Mode.values)
LEADERS = (Position.PRINCIPAL, Position.SECRETARY, Position.VICE_PRINCIPAL)
PARTY = (Politics.CPC, Politics.CPC_PROBATIONARY)

# Known at the instant: written before it; an end or an answer written later had not happened yet.
HERE = """
    {e}.authority_id = %(authority)s AND {e}.created_at < %(known_at)s AND {e}.starts_on <= %(day)s
    AND ({e}.ends_on IS NULL OR {e}.ends_on >= %(day)s OR {e}.closed_at >= %(known_at)s)
"""
# One row a pupil. The class is that of the latest enrolment, as in the register.
PUPILS = """
WITH pupil AS (
    SELECT e.student_id, e.school_id, e.school_class_id FROM students_enrolment e
    WHERE e.school_id IN ({schools}) AND {here}
      AND NOT EXISTS (
          SELECT 1 FROM students_enrolment later
          WHERE later.student_id = e.student_id AND later.id > e.id AND {later_here}
      )
)
SELECT p.school_id, p.school_class_id, p.student_id, s.household_id,
       COALESCE(d.exempt_reason, ''), COALESCE(d.declined, {false}),
       COALESCE(m.mask, 0) | CASE WHEN c.student_id IS NULL THEN 0 ELSE %(change_bit)s END
FROM pupil p
JOIN students_student s ON s.id = p.student_id
LEFT JOIN visits_due d ON d.programme_id = %(programme)s AND d.student_id = p.student_id
LEFT JOIN (
    SELECT k.student_id, CAST(SUM(DISTINCT (1 << pc.position)) AS integer) AS mask
    FROM students_categorymark k
    JOIN programmes_programmecategory pc ON pc.category_id = k.category_id AND pc.programme_id = %(programme)s
    WHERE k.student_id IN (SELECT student_id FROM pupil)
      AND k.confirmed_by_id IS NOT NULL AND COALESCE(k.confirmed_at, k.created_at) < %(known_at)s AND k.starts_on <= %(day)s
      AND (k.ends_on IS NULL OR k.ends_on >= %(day)s OR k.closed_at >= %(known_at)s)
    GROUP BY k.student_id
) m ON m.student_id = p.student_id
LEFT JOIN (
    SELECT DISTINCT student_id FROM students_changeevent
    WHERE student_id IN (SELECT student_id FROM pupil) AND created_at < %(known_at)s AND occurred_on <= %(day)s
      AND (answered_on IS NULL OR answered_on >= %(starts_on)s OR answered_at >= %(known_at)s)
) c ON c.student_id = p.student_id
"""
# One row a pupil whom somebody called on in any form. MAX, not SUM(DISTINCT …): no sort of a million rows.
REACHED = """
SELECT vs.student_id, {mode_bits}
FROM visits_visitstudent vs JOIN visits_visit v ON v.id = vs.visit_id
WHERE vs.programme_id = %(programme)s AND vs.visited_on BETWEEN %(starts_on)s AND %(last_on)s
  AND v.recorded_at < %(known_at)s AND (v.voided_at IS NULL OR v.voided_at >= %(known_at)s)
  AND v.id NOT IN (SELECT visit_id FROM visits_pastvoid WHERE voided_at < %(known_at)s AND unvoided_at >= %(known_at)s)
  {and_students}
GROUP BY vs.student_id
"""
ENROLLED = "AND vs.student_id IN (SELECT student_id FROM students_enrolment WHERE school_id IN ({schools}))"


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
    class_rows: list = field(default_factory=list)

    def figures(self):
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("school_id", "class_rows")}


class Pupil(NamedTuple):
    """Somebody at school on the deciding day. categories: bits by ProgrammeCategory.position."""

    school_id: int
    school_class_id: int
    student_id: int
    household_id: int | None
    exempt_reason: str
    declined: bool
    categories: int

    @property
    def home(self):
        return ("household", self.household_id) if self.household_id else ("pupil", self.student_id)


def class_counts_as_of(programme, at, *, school_ids=None, known_at=None):
    """ClassRows by class and dimension, of all schools or the given ones."""
    schools = schools_as_of(programme, at, school_ids=school_ids, known_at=known_at)
    return [row for school in schools for row in school.class_rows]


def school_ids_as_of(programme):
    """Schools that stand in the district's table, by code: those in use, and others that still had pupils."""
    pupils = Enrolment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=programme.starts_on), school=OuterRef("pk"))
    schools = School.objects.filter(Q(is_active=True) | Exists(pupils), authority=programme.authority_id)
    return list(schools.order_by("code").values_list("pk", flat=True))


@dataclass(frozen=True)
class Calls:
    """What the visits say, read once for a run over many schools."""

    modes: dict  # {student id: bits of MODES} of pupils called on, in any form
    visitors: dict  # {school id: {column of SchoolRow: number}}
    opinions: dict  # {school id: number}


def schools_as_of(programme, at, *, school_ids=None, calls=None, known_at=None):
    """SchoolRows with their ClassRows: four queries for any number of schools.

    known_at: what was recorded before it counts; by default at ("recorded by"), later for "visited by".
    A long run asks for a few schools at a time and hands in calls_as_of(programme, at, known_at=…), read once.
    """
    ids = school_ids_as_of(programme) if school_ids is None else list(school_ids)
    schools = {pk: SchoolRow(pk) for pk in ids}
    if not ids:
        return []
    calls = calls or calls_as_of(programme, at, school_ids=school_ids, known_at=known_at)
    _count_pupils(programme, at, schools, calls.modes, known_at)
    for pk, school in schools.items():
        school.opinions = calls.opinions.get(pk, 0)
        for name, number in calls.visitors.get(pk, {}).items():
            setattr(school, name, number)
    return list(schools.values())


def pupils_as_of(programme, at, school_ids, known_at=None):
    """Pupils of the schools as known at the instant, the exempt ones too. One query and the programme's categories."""
    return [Pupil(*row) for row in _pupils(programme, at, school_ids, known_at)]


def calls_as_of(programme, at, *, school_ids=None, alive=lambda: None, known_at=None):
    """Calls of all schools; school_ids keeps to these and to pupils ever enrolled there. Three queries.

    alive() is called between them: each takes seconds over a million visits.
    """
    enrolled, at_school = "", Q()
    if school_ids is not None:
        enrolled = ENROLLED.format(schools=_listed(school_ids))
        at_school = Q(visit__school_id__in=list(school_ids))
    known_at = known_at or at
    known = known_as_of(programme, at, known_at) & at_school
    modes = _reached(programme, at, enrolled, known_at)
    alive()
    visitors = {row.pop("school_id"): row for row in _visitors(known)}
    alive()
    opinions = Opinion.objects.filter(known, created_at__lt=known_at).order_by().values_list("visit__school_id")
    return Calls(modes, visitors, dict(opinions.annotate(Count("pk"))))


def modes_as_of(programme, at, school_id, known_at=None):
    """{student id: bits of MODES} of pupils ever enrolled at the school who were called on. One query."""
    return _reached(programme, at, ENROLLED.format(schools=_listed([school_id])), known_at)


def _reached(programme, at, and_students, known_at):
    bits = (f"{1 << bit} * MAX(CASE WHEN vs.mode = '{mode}' THEN 1 ELSE 0 END)" for bit, mode in enumerate(MODES))
    sql = REACHED.format(mode_bits=" + ".join(bits), and_students=and_students)
    return dict(_rows(sql, _params(programme, at, known_at)))


def deciding_day_as_of(programme, at):
    """Who is due is fixed as of due_on; before that, as of the day of the instant."""
    return min(programme.due_on, last_day_before(at))


def _count_pupils(programme, at, schools, reached, known_at):
    counted = _bits(programme.rules.counted_modes)
    in_person, others = _bits([Mode.IN_PERSON]), _bits(set(MODES) - {Mode.IN_PERSON})
    rows, classes, households = {}, defaultdict(set), defaultdict(lambda: defaultdict(int))
    for school_id, class_id, student_id, household_id, exempt, declined, categories in _pupils(
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


def _bits(modes):
    return sum(1 << MODES.index(mode) for mode in modes)


def _pupils(programme, at, school_ids, known_at):
    sql = PUPILS.format(
        schools=_listed(school_ids),
        here=HERE.format(e="e"),
        later_here=HERE.format(e="later"),
        false="FALSE" if connection.vendor == "postgresql" else "0",
    )
    return _rows(sql, _params(programme, at, known_at))


def _params(programme, at, known_at):
    return {
        "programme": programme.pk,
        "authority": programme.authority_id,
        "known_at": connection.ops.adapt_datetimefield_value(known_at or at),
        "day": deciding_day_as_of(programme, at),
        "starts_on": programme.starts_on,
        "last_on": last_visit_day(programme, at),
        "change_bit": sum(use.bit for use in programme.categories.all() if use.from_changes),
    }


def _listed(ids):
    return ",".join(str(int(pk)) for pk in ids)


def _rows(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(2000):
            yield from rows


def last_visit_day(programme, at):
    """Visits count through this day: the programme's last, or the last before the instant."""
    return min(programme.ends_on, last_day_before(at))


def known_as_of(programme, at, known_at=None):
    """Counted visits made by one instant and known at the other, as a condition on rows that hang on a visit."""
    known_at = known_at or at
    void_then = PastVoid.objects.filter(voided_at__lt=known_at, unvoided_at__gte=known_at).values("visit_id")
    return ~Q(visit_id__in=void_then) & Q(
        Q(visit__voided_at__isnull=True) | Q(visit__voided_at__gte=known_at),
        visit__programme=programme,
        visit__recorded_at__lt=known_at,
        visit__mode__in=sorted(programme.rules.counted_modes),
        visit__visited_on__range=(programme.starts_on, last_visit_day(programme, at)),
    )


def _visitors(known):
    rows = VisitVisitor.objects.filter(known).order_by().values(school_id=F("visit__school_id"))
    return rows.annotate(
        teachers=Count("user", distinct=True),
        person_times=Count("pk"),
        leader_times=Count("pk", filter=Q(user__position__in=LEADERS)),
        middle_times=Count("pk", filter=Q(user__position=Position.MIDDLE_MANAGER)),
        party_times=Count("pk", filter=Q(user__politics__in=PARTY)),
    )


def class_figures(row):
    """A ClassRow's numbers by name, as the columns of reports.Snapshot."""
    values = asdict(row)
    return {name: values[name] for name in ("dimension", "due", "visited", "declined", *MODES)}
