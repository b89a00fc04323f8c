"""The school's report. The world's reports are filed, their notice asks for no sections, and no figures were taken."""

from homevisit.tests.url_table.row import Row

OFFICE = "school_leader named_leader school_admin"
STAFF = "mentor class_head teacher psych_teacher"
DESK = "district_admin reviewer"
READS = {f"{OFFICE} {STAFF}": "200/200/404/404", DESK: "200/200/200/404", "rest": "404"}
NOT_THEIRS = {STAFF: "403/403/404/404", DESK: "403/403/403/404", "rest": "404"}
SETTLED = {OFFICE: "409/409/404/404", **NOT_THEIRS}
REPORT = "reports.SchoolReport"

# fmt: off
ROWS = [
    Row("reports:report", "get", "", {f"{OFFICE} {STAFF} {DESK}": "200", "rest": "403"}),
    Row("reports:report_start", "post", "", {OFFICE: "404", "rest": "403"}),
    Row("reports:report_view", "get", REPORT, READS),
    Row("reports:report_versions", "get", REPORT, READS),
    Row("reports:report_docx", "get", REPORT, READS),
    Row("reports:report_pdf", "get", REPORT, {
        f"{OFFICE} {STAFF}": "503/503/404/404", DESK: "503/503/503/404", "rest": "404",
    }),
    Row("reports:report_meaning", "get", REPORT, READS),
    Row("reports:report_rows", "get", REPORT, READS),
    Row("reports:report_save", "post", REPORT, SETTLED),
    Row("reports:report_check", "get", REPORT, {OFFICE: "200/200/404/404", **NOT_THEIRS}),
    Row("reports:report_ask", "post", REPORT, SETTLED),
    Row("reports:report_figures", "post", REPORT, SETTLED),
    Row("reports:report_import", "get", REPORT, SETTLED),
    Row("reports:report_import", "post", REPORT, SETTLED),
    Row("reports:report_fill", "post", REPORT, SETTLED),
    Row("reports:report_approve", "post", REPORT, {
        "school_leader named_leader": "409/409/404/404", "school_admin": "403/403/404/404", **NOT_THEIRS,
    }),
    Row("reports:report_reopen", "post", REPORT, SETTLED),
    Row("reports:report_file", "post", REPORT, {OFFICE: "302/302/404/404", **NOT_THEIRS}),
    Row("reports:report_recall", "post", REPORT, {OFFICE: "302/302/404/404", **NOT_THEIRS}),
]
