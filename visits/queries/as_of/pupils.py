"""Who was at school, as known at an instant."""

from typing import NamedTuple

from django.db import connection

from programmes.queries.past import notice_as_of
from visits.queries.as_of.instants import listed, params, rows

# Known at the instant: written before it; an end or an answer written later had not happened yet.
HERE = """
    {e}.authority_id = %(authority)s AND {e}.created_at < %(known_at)s AND {e}.starts_on <= %(day)s
    AND ({e}.ends_on IS NULL OR {e}.ends_on >= %(day)s OR {e}.closed_at >= %(known_at)s)
"""
# A row of what was true before holds from–to: students.models.past, visits.PastDue.
HELD = "({p}.since IS NULL OR {p}.since < %(known_at)s) AND {p}.until >= %(known_at)s"
# One row a pupil. The class is that of the latest enrolment, as in the register.
SQL = """
WITH pupil AS (
    SELECT e.student_id, e.school_id, e.school_class_id FROM students_enrolment e
    WHERE e.school_id IN ({schools}) AND {here}
      AND NOT EXISTS (
          SELECT 1 FROM students_enrolment later
          WHERE later.student_id = e.student_id AND later.id > e.id AND {later_here}
      )
)
SELECT p.school_id, p.school_class_id, p.student_id,
       CASE WHEN ph.id IS NULL THEN s.household_id ELSE ph.household_id END,
       CASE WHEN pd.id IS NULL THEN COALESCE(d.exempt_reason, '') ELSE pd.exempt_reason END,
       CASE WHEN pd.id IS NULL THEN COALESCE(d.declined, {false}) ELSE pd.declined END,
       COALESCE(m.mask, 0) | CASE WHEN c.student_id IS NULL THEN 0 ELSE %(change_bit)s END
FROM pupil p
JOIN students_student s ON s.id = p.student_id
LEFT JOIN students_pasthousehold ph ON ph.student_id = p.student_id AND {home_held}
LEFT JOIN visits_due d ON d.programme_id = %(programme)s AND d.student_id = p.student_id
LEFT JOIN visits_pastdue pd ON pd.due_id = d.id AND {due_held}
LEFT JOIN (
    SELECT k.student_id, CAST(SUM(DISTINCT CASE k.category_id {bits} ELSE 0 END) AS integer) AS mask
    FROM students_categorymark k
    WHERE k.student_id IN (SELECT student_id FROM pupil)
      AND k.confirmed_by_id IS NOT NULL AND COALESCE(k.confirmed_at, k.created_at) < %(known_at)s
      AND k.starts_on <= %(day)s
      AND (k.ends_on IS NULL OR k.ends_on >= %(day)s OR k.closed_at >= %(known_at)s)
    GROUP BY k.student_id
) m ON m.student_id = p.student_id
LEFT JOIN (
    SELECT DISTINCT student_id FROM students_changeevent
    WHERE student_id IN (SELECT student_id FROM pupil) AND created_at < %(known_at)s AND occurred_on <= %(day)s
      AND (answered_on IS NULL OR answered_on >= %(starts_on)s OR answered_at >= %(known_at)s)
      AND id NOT IN (
          SELECT change_id FROM students_pastanswer
          WHERE answered_on < %(starts_on)s AND answered_at < %(known_at)s AND reopened_at >= %(known_at)s
      )
) c ON c.student_id = p.student_id
"""


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


def pupils_as_of(programme, at, school_ids, known_at=None):
    """Pupils of the schools as known at the instant, the exempt ones too. Two queries and the programme's categories."""
    return [Pupil(*row) for row in pupil_rows(programme, at, school_ids, known_at)]


def pupil_rows(programme, at, school_ids, known_at=None):
    """The same as bare tuples, one after the other: a long run over a district keeps none of them."""
    if not school_ids:
        return iter(())
    programme = notice_as_of(programme, known_at or at)
    uses = list(programme.categories.all())
    sql = SQL.format(
        schools=listed(school_ids),
        here=HERE.format(e="e"),
        later_here=HERE.format(e="later"),
        home_held=HELD.format(p="ph"),
        due_held=HELD.format(p="pd"),
        bits=" ".join(f"WHEN {use.category_id} THEN {use.bit}" for use in uses) or "WHEN 0 THEN 0",
        false="FALSE" if connection.vendor == "postgresql" else "0",
    )
    change_bit = sum(use.bit for use in uses if use.from_changes)
    return rows(sql, {**params(programme, at, known_at), "change_bit": change_bit})
