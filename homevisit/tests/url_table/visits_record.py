"""The record form."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("visits:log", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:log", "post", "", {
        "teacher mentor class_head psych_teacher": "422",
        "rest": "403",
    }),
    Row("visits:log", "get", "students.Student", {
        "teacher": "404",
        "mentor class_head": "200/404/404/404",
        "psych_teacher": "200/200/404/404",
        "rest": "403",
    }),
    Row("visits:log", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "422/404/404/404",
        "psych_teacher": "422/422/404/404",
        "rest": "403",
    }),
    Row("visits:review", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:colleagues", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:log_planned", "get", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:log_planned", "post", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:correct", "get", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:correct", "post", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:review_correction", "post", "visits.Visit", {
        "mentor": "403/404/404/404",
        "class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "rest": "404",
    }),
]
