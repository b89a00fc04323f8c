"""Board and assignment."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("visits:board", "get", "", {
        "class_head": "302",
        "school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("visits:board", "get", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "200/403/404/404",
        "school_leader named_leader school_admin": "200/200/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:assign_preview", "post", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "200/403/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:assign", "post", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "422/403/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:assign_undo", "post", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "302/403/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:unassign", "post", "schools.SchoolClass", {
        "teacher mentor psych_teacher": "403/403/404/404",
        "class_head": "302/403/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:due", "get", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:exempt", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "422/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:unexempt", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:decline", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:undecline", "post", "visits.Due", {
        "mentor": "403/404/404/404",
        "class_head": "409/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
]
