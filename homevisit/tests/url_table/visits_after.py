"""What comes after a record."""

from homevisit.tests.url_table.row import Row

LEADERS = {"mentor class_head": "403/404/404/404", "psych_teacher": "403/403/404/404", "rest": "404"}

# fmt: off
ROWS = [
    Row("visits:records", "get", "", {
        "teacher mentor class_head psych_teacher school_leader named_leader": "200",
        "rest": "403",
    }),
    Row("visits:to_review", "get", "", {
        "class_head school_leader named_leader": "200",
        "rest": "403",
    }),
    Row("visits:to_review", "post", "", {
        "class_head school_leader named_leader": "422",
        "rest": "403",
    }),
    Row("visits:withdraw", "post", "", {
        "class_head school_leader named_leader": "302",
        "rest": "403",
    }),
    Row("visits:review_class", "get", "schools.SchoolClass", {
        "class_head": "200/403/404/404",
        "school_leader named_leader": "200/200/404/404",
        "teacher mentor psych_teacher school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:review_class", "post", "schools.SchoolClass", {
        "class_head": "422/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "teacher mentor psych_teacher school_admin": "403/403/404/404",
        "district_admin": "403/403/403/404",
        "rest": "404",
    }),
    Row("visits:detail", "get", "visits.Visit", {
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "200/200/404/404",
        "rest": "404",
    }),
    Row("visits:versions", "get", "visits.Visit", {
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "200/200/404/404",
        "rest": "404",
    }),
    Row("visits:accept", "post", "visits.Visit", {
        "school_leader named_leader": "302/302/404/404",
        **LEADERS,
    }),
    Row("visits:return", "post", "visits.Visit", {
        "school_leader named_leader": "422/422/404/404",
        **LEADERS,
    }),
    Row("visits:void", "post", "visits.Visit", {
        "school_leader named_leader": "422/422/404/404",
        **LEADERS,
    }),
    Row("visits:unvoid", "post", "visits.Visit", {
        "school_leader named_leader": "422/422/404/404",
        **LEADERS,
    }),
    Row("visits:amend", "get", "visits.Visit", {  # the world's records are not archived yet
        "class_head": "409/404/404/404",
        "mentor": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "409/409/404/404",
        "rest": "404",
    }),
    Row("visits:amend", "post", "visits.Visit", {
        "class_head": "409/404/404/404",
        "mentor": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "409/409/404/404",
        "rest": "404",
    }),
]
