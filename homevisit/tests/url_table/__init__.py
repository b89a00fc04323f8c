"""URL × role: what every address answers to every role, part by part."""

from homevisit.tests.url_table import (
    reports,
    shell,
    students,
    visits_after,
    visits_appointment,
    visits_draft,
    visits_lists,
    visits_media,
    visits_papers,
    visits_plan,
    visits_prepare,
    visits_record,
)
from homevisit.tests.url_table.row import PLACES, Row

__all__ = ["PLACES", "TABLE", "Row"]

PARTS = [
    shell, students, visits_lists, visits_plan, visits_appointment, visits_prepare, visits_record,
    visits_draft, visits_media, visits_after, visits_papers, reports,
]  # fmt: skip
LAST = [Row("account_logout", "post", "", {"rest": "302"})]  # it ends the session
TABLE = [row for part in PARTS for row in part.ROWS] + LAST
