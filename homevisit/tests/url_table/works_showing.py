"""Display, consents to it, honours. The world's showings are of the schools; its works are filed and not awarded yet,
and no family has agreed."""

from homevisit.tests.url_table.row import Row

LEADERS = "school_leader named_leader"
STAFF = "teacher mentor psych_teacher school_admin"
DESK = {"reviewer": "403/403/403/404"}

# fmt: off
ROWS = [
    Row("works:showings", "get", "", {"nobody": "403", "rest": "200"}),
    Row("works:showing", "get", "works.Showing", {
        f"{STAFF} class_head {LEADERS}": "200/200/404/404",
        "nobody": "403",
        "rest": "404",
    }),
    Row("works:take_down", "post", "works.Showing", {
        LEADERS: "422/422/404/404",
        f"{STAFF} class_head": "403/403/404/404",
        "rest": "404",
    }),
    Row("works:publish", "get", "works.Work", {
        "district_admin": "409/409/409/404",
        "class_head": "403/404/404/404",
        f"{LEADERS} school_admin": "403/403/404/404",
        **DESK, "rest": "404",
    }),
    Row("works:publish", "post", "works.Work", {
        "district_admin": "409/409/409/404",
        "class_head": "403/404/404/404",
        f"{LEADERS} school_admin": "403/403/404/404",
        **DESK, "rest": "404",
    }),
    Row("works:show_school", "get", "works.Work", {
        LEADERS: "200/200/404/404",
        "class_head": "403/404/404/404",
        "school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        **DESK, "rest": "404",
    }),
    Row("works:show_school", "post", "works.Work", {
        LEADERS: "422/422/404/404",
        "class_head": "403/404/404/404",
        "school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        **DESK, "rest": "404",
    }),
    Row("works:consents", "get", "works.Work", {
        LEADERS: "200/200/404/404",
        "class_head": "200/404/404/404",
        "school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        **DESK, "rest": "404",
    }),
    Row("works:consents", "post", "works.Work", {  # no pupil named
        "class_head": "404/404/404/404",
        "school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        **DESK, "rest": "404",
    }),
    Row("works:pupil_consent", "get", "students.Student", {
        LEADERS: "200/200/404/404",
        "class_head mentor": "200/404/404/404",
        "psych_teacher": "200/200/404/404",
        "school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("works:pupil_consent", "post", "students.Student", {
        LEADERS: "302/302/404/404",
        "class_head mentor": "302/404/404/404",
        "psych_teacher": "302/302/404/404",
        "school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("works:honours", "get", "", {"security_admin auditor nobody inspector": "403", "rest": "200"}),
    Row("works:honours_xlsx", "get", "", {"security_admin auditor nobody inspector": "403", "rest": "200"}),
]
