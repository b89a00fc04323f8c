"""Coverage counted anew from visits, pupils and enrolments, sharing nothing with the register."""

from django.db import connection

SQL = """
SELECT e.school_id, COUNT(*), SUM(CASE WHEN seen.student_id IS NULL THEN 0 ELSE 1 END)
FROM students_enrolment e
LEFT JOIN (
    SELECT DISTINCT vs.student_id
    FROM visits_visit v JOIN visits_visitstudent vs ON vs.visit_id = v.id
    WHERE v.programme_id = %(programme)s AND v.state IN ('recorded', 'locked') AND v.mode IN %(modes)s
          AND v.visited_on BETWEEN %(first)s AND %(last)s
) seen ON seen.student_id = e.student_id
WHERE e.authority_id = %(authority)s AND e.starts_on <= %(day)s AND (e.ends_on IS NULL OR e.ends_on >= %(day)s)
GROUP BY e.school_id
"""


def recount(programme, day):
    """{school id: (due, visited)} on a day."""
    modes = tuple(mode.code.value for mode in programme.rules.visit.modes if mode.counts)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "programme": programme.pk, "authority": programme.authority_id, "modes": modes, "day": day,
                "first": programme.starts_on, "last": programme.ends_on,
            },
        )  # fmt: skip
        return {school: (due, int(visited)) for school, due, visited in cursor.fetchall()}
