"""What the register must say, told from enrolments, marks, change events and counted visits.

One SELECT, the same on SQLite and PostgreSQL, is the only definition: opening, recomputing, rebuilding and
checking the register all read it. SUM(DISTINCT bit) is a bitwise OR, since each bit is a power of two.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from core.clock import today

COLUMNS = (
    "programme_id", "student_id", "authority_id", "school_id", "school_class_id", "categories", "priority",
    "in_scope", "exempt_reason", "declined", "visits", "first_on", "last_on",
)  # fmt: skip

SQL = """
SELECT CAST(%(programme)s AS bigint), s.id,
       COALESCE(e.authority_id, d.authority_id, CAST(%(authority)s AS bigint)),
       COALESCE(e.school_id, d.school_id, s.school_id),
       COALESCE(e.school_class_id, d.school_class_id, s.school_class_id),
       (COALESCE(m.mask, 0) | CASE WHEN c.student_id IS NULL THEN 0 ELSE bits.changes END),
       CASE WHEN c.still_open = 1 OR m.top = 1 THEN 1
            WHEN ((COALESCE(m.mask, 0) | CASE WHEN c.student_id IS NULL THEN 0 ELSE bits.changes END)
                  & bits.priority) <> 0 THEN 2
            WHEN s.arrived_on >= %(newly_since)s THEN 3
            ELSE 9 END,
       CASE WHEN e.id IS NOT NULL AND COALESCE(d.exempt_reason, '') = '' THEN {true} ELSE {false} END,
       COALESCE(d.exempt_reason, ''), COALESCE(d.declined, {false}),
       COALESCE(v.visits, 0), v.first_on, v.last_on
FROM students_student s
CROSS JOIN (
    SELECT CAST(COALESCE(SUM(CASE WHEN from_changes THEN 1 << position ELSE 0 END), 0) AS integer) AS changes,
           CAST(COALESCE(SUM(CASE WHEN priority THEN 1 << position ELSE 0 END), 0) AS integer) AS priority
    FROM programmes_programmecategory WHERE programme_id = %(programme)s
) bits
LEFT JOIN visits_due d ON d.programme_id = %(programme)s AND d.student_id = s.id
LEFT JOIN (
    SELECT MAX(id) AS id, student_id FROM students_enrolment
    WHERE authority_id = %(authority)s AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
          {and_students}
    GROUP BY student_id
) last ON last.student_id = s.id
LEFT JOIN students_enrolment e ON e.id = last.id
LEFT JOIN (
    SELECT k.student_id, CAST(SUM(DISTINCT (1 << pc.position)) AS integer) AS mask,
           MAX(CASE WHEN k.level = 1 AND pc.priority THEN 1 ELSE 0 END) AS top
    FROM students_categorymark k
    JOIN programmes_programmecategory pc ON pc.category_id = k.category_id AND pc.programme_id = %(programme)s
    WHERE k.confirmed_by_id IS NOT NULL AND k.starts_on <= %(day)s AND (k.ends_on IS NULL OR k.ends_on >= %(day)s)
          {and_students}
    GROUP BY k.student_id
) m ON m.student_id = s.id
LEFT JOIN (
    SELECT student_id, MAX(CASE WHEN answered_at IS NULL THEN 1 ELSE 0 END) AS still_open
    FROM students_changeevent
    WHERE occurred_on <= %(day)s AND (answered_on IS NULL OR answered_on >= %(starts_on)s) {and_students}
    GROUP BY student_id
) c ON c.student_id = s.id
LEFT JOIN (
    SELECT student_id, COUNT(*) AS visits, MIN(visited_on) AS first_on, MAX(visited_on) AS last_on
    FROM visits_visitstudent
    WHERE programme_id = %(programme)s AND counted {and_students}
    GROUP BY student_id
) v ON v.student_id = s.id
WHERE {which}
"""


@dataclass(frozen=True)
class Fact:
    """One row of the register as it must be. Fields as visits.models.Due."""

    programme_id: int
    student_id: int
    authority_id: int
    school_id: int
    school_class_id: int | None
    categories: int
    priority: int
    in_scope: bool
    exempt_reason: str
    declined: bool
    visits: int
    first_on: date | None
    last_on: date | None


def deciding_day(programme):
    """Who is due is fixed as of due_on; until then, as of today."""
    return min(programme.due_on, today())


def select_facts(programme, student_ids=None):
    """(sql, params) for the given pupils, else for everybody the programme concerns."""
    day = deciding_day(programme)
    params = {
        "programme": programme.pk,
        "authority": programme.authority_id,
        "day": day,
        "starts_on": programme.starts_on,
        "newly_since": day - timedelta(days=programme.rules.visit.newly_arrived_days),
    }
    pg = connection.vendor == "postgresql"
    ids = None if student_ids is None else ",".join(str(int(pk)) for pk in student_ids)
    sql = SQL.format(
        true="TRUE" if pg else "1",
        false="FALSE" if pg else "0",
        and_students="" if ids is None else f"AND student_id IN ({ids})",
        which="e.id IS NOT NULL OR v.visits > 0 OR d.id IS NOT NULL" if ids is None else f"s.id IN ({ids})",
    )
    return sql, params


def read_facts(programme, student_ids=None):
    """Facts by student id."""
    sql, params = select_facts(programme, student_ids)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[1]: _fact(row) for row in cursor.fetchall()}


def _fact(row):
    values = dict(zip(COLUMNS, row, strict=True))
    for name in ("in_scope", "declined"):
        values[name] = bool(values[name])
    for name in ("first_on", "last_on"):
        if isinstance(values[name], str):
            values[name] = date.fromisoformat(values[name])
    return Fact(**values)
