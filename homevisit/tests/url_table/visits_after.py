"""What comes after a record."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("visits:records", "get", "", {
        "teacher mentor class_head psych_teacher school_leader named_leader": "200",
        "rest": "403",
    }),
    Row("visits:detail", "get", "visits.Visit", {
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "200/200/404/404",
        "rest": "404",
    }),
    Row("visits:return", "post", "visits.Visit", {
        "mentor class_head": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "rest": "404",
    }),
    Row("visits:void", "post", "visits.Visit", {
        "mentor class_head": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "422/422/404/404",
        "rest": "404",
    }),
]
