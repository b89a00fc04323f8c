"""URL × role: what every address answers to every role, part by part."""

from homevisit.tests.url_table import (
    honesty,
    programmes_upward,
    reminders,
    reports,
    reports_as_of,
    reports_jobs,
    reports_outlook,
    reports_package,
    reports_plan,
    reports_report,
    reports_review,
    reports_statement,
    reports_upper,
    schools_messages,
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
    works_author,
    works_judging,
    works_papers,
    works_school,
    works_showing,
)
from homevisit.tests.url_table.row import PLACES, Row

__all__ = ["PLACES", "TABLE", "Row"]

PARTS = [
    shell, students, visits_lists, visits_plan, visits_appointment, visits_prepare, visits_record,
    visits_draft, visits_media, visits_after, visits_papers, reports,
    schools_messages, programmes_upward, works_author, works_school, works_judging, works_papers, works_showing,
    reports_plan, reports_report, reports_review, reports_statement, reports_upper,
    reports_package, reports_as_of, reports_jobs, reports_outlook, reminders, honesty,
]  # fmt: skip
LAST = [Row("account_logout", "post", "", {"rest": "302"})]  # it ends the session
TABLE = [row for part in PARTS for row in part.ROWS] + LAST
