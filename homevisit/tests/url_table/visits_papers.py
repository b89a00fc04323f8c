"""Printed records, files, archives. Without LibreOffice a PDF is 503 for whoever may have it."""

from homevisit.tests.url_table.row import Row


def readers(status):
    """Whoever reads the visit at the place; a pupil's file is open to the same people."""
    return {
        "mentor class_head": f"{status}/404/404/404",
        "psych_teacher school_leader named_leader": f"{status}/{status}/404/404",
    }


FILE = {"teacher": "404", "rest": "403"}

# fmt: off
ROWS = [
    Row("visits:record_docx", "get", "visits.Visit", {**readers("200"), "rest": "404"}),
    Row("visits:record_pdf", "get", "visits.Visit", {**readers("503"), "rest": "404"}),
    Row("visits:record_full", "post", "visits.Visit", {
        "class_head": "422/404/404/404",
        "mentor": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "rest": "404",
    }),
    Row("visits:pupil_file", "get", "students.Student", {**readers("200"), **FILE}),
    Row("visits:pupil_file_docx", "get", "students.Student", {**readers("200"), **FILE}),
    Row("visits:pupil_file_pdf", "get", "students.Student", {**readers("503"), **FILE}),
    Row("visits:archive", "get", "schools.SchoolClass", {
        "class_head": "200/403/404/404",
        "school_leader named_leader": "200/200/404/404",
        "teacher mentor psych_teacher school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:archive_start", "post", "schools.SchoolClass", {
        "class_head": "302/403/404/404",
        "school_leader named_leader": "302/302/404/404",
        "teacher mentor psych_teacher school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    # Somebody else's job is nobody's.
    Row("visits:archive_job", "get", "core.Job", {"rest": "404"}),
    Row("visits:archive_cancel", "post", "core.Job", {"rest": "404"}),
    Row("visits:archive_retry", "post", "core.Job", {"rest": "404"}),
    Row("visits:archive_password", "post", "core.Job", {"rest": "404"}),
    Row("visits:archive_download", "get", "core.Job", {"rest": "404"}),
]
