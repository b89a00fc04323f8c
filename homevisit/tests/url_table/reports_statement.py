"""教师走访情况表. The world's statements are the class head's at each place, shown and not answered yet."""

from homevisit.tests.url_table.row import Row

LEADERS = "school_leader named_leader"
RUN = {LEADERS: "200", "rest": "403"}
READ = {LEADERS: "200/200/404/404", "class_head": "200/404/404/404", "rest": "404"}


def by_leader(status):
    return {LEADERS: f"{status}/{status}/404/404", "class_head": "403/404/404/404", "rest": "404"}


def by_teacher(status):
    return {LEADERS: "403/403/404/404", "class_head": f"{status}/404/404/404", "rest": "404"}


# fmt: off
ROWS = [
    Row("reports:statements", "get", "", RUN),
    Row("reports:statements_count", "post", "", {LEADERS: "302", "rest": "403"}),
    Row("reports:statements_show", "post", "", {LEADERS: "302", "rest": "403"}),
    Row("reports:statements_finish", "post", "", {LEADERS: "302", "rest": "403"}),
    Row("reports:statements_xlsx", "get", "", RUN),
    Row("reports:statements_school", "get", "", RUN),
    Row("reports:my_statement", "get", "", {
        "class_head": "302",
        "teacher mentor psych_teacher school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("reports:statement", "get", "reports.Statement", READ),
    Row("reports:statement_docx", "get", "reports.Statement", READ),
    Row("reports:statement_pdf", "get", "reports.Statement", {  # no LibreOffice in the world
        LEADERS: "503/503/404/404", "class_head": "503/404/404/404", "rest": "404",
    }),
    Row("reports:statement_agree", "post", "reports.Statement", by_teacher("302")),
    Row("reports:statement_object", "post", "reports.Statement", by_teacher("422")),
    Row("reports:statement_answer", "post", "reports.Statement", by_leader("422")),
    Row("reports:statement_recount", "post", "reports.Statement", by_leader("302")),
    Row("reports:statement_show", "post", "reports.Statement", by_leader("302")),
    Row("reports:statement_finish", "post", "reports.Statement", by_leader("409")),  # the teacher has not agreed
    Row("reports:statement_revise", "post", "reports.Statement", by_leader("422")),
]
