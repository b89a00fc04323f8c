"""Homes and lists."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("visits:home", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:mine", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:school", "get", "", {
        "school_leader named_leader school_admin": "302",
        "rest": "403",
    }),
    Row("visits:school", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("visits:school_told", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("visits:school_remind", "post", "schools.School", {
        "school_leader named_leader school_admin": "302/302/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("visits:waiting", "get", "", {
        "class_head school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
]
