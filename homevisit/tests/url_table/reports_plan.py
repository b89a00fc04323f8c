"""The plan of a school. The world's plans are filed."""

from homevisit.tests.url_table.row import Row

STAFF = "teacher mentor class_head psych_teacher"
LEADERS = "school_leader named_leader"
DESK = "reviewer district_admin"
READERS = {f"{STAFF} {LEADERS} school_admin": "200/200/404/404", DESK: "200/200/200/404", "rest": "403"}
NOT_THEIRS = {f"{STAFF}": "403/403/404/404", DESK: "403/403/403/404", "rest": "403"}

# fmt: off
ROWS = [
    Row("reports:plan", "get", "", {
        f"{STAFF} {LEADERS} school_admin {DESK}": "302",  # to what is filed, the desk to the list
        "rest": "403",
    }),
    Row("reports:plan", "post", "", {
        f"{LEADERS} school_admin": "422",
        "rest": "403",
    }),
    Row("reports:plan_view", "get", "reports.SchoolPlan", READERS),
    Row("reports:plan_versions", "get", "reports.SchoolPlan", READERS),
    Row("reports:plan_docx", "get", "reports.SchoolPlan", READERS),
    Row("reports:plan_pdf", "get", "reports.SchoolPlan", {  # no LibreOffice in the world
        f"{STAFF} {LEADERS} school_admin": "503/503/404/404", DESK: "503/503/503/404", "rest": "403",
    }),
    Row("reports:plan_approve", "post", "reports.SchoolPlan", {
        LEADERS: "409/409/404/404", "school_admin": "403/403/404/404", **NOT_THEIRS,
    }),
    Row("reports:plan_reopen", "post", "reports.SchoolPlan", {
        f"{LEADERS} school_admin": "409/409/404/404", **NOT_THEIRS,
    }),
    Row("reports:plan_file", "post", "reports.SchoolPlan", {  # filed already: twice is once
        f"{LEADERS} school_admin": "302/302/404/404", **NOT_THEIRS,
    }),
    Row("reports:plan_recall", "post", "reports.SchoolPlan", {
        f"{LEADERS} school_admin": "302/302/404/404", **NOT_THEIRS,
    }),
    Row("reports:plans", "get", "", {
        DESK: "200",
        "rest": "403",
    }),
]
