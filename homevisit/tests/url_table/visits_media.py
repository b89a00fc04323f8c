"""Photos and video."""

from homevisit.tests.url_table.row import Row

VISITING = "teacher mentor class_head psych_teacher"

# fmt: off
ROWS = [
    Row("visits:media_tiles", "get", "", {VISITING: "200", "rest": "403"}),
    Row("visits:upload_start", "post", "", {VISITING: "422", "rest": "403"}),
    Row("visits:upload", "get", "visits.Upload", {"class_head": "200/404/404/404", "rest": "404"}),
    Row("visits:upload", "post", "visits.Upload", {"class_head": "422/404/404/404", "rest": "404"}),
    Row("visits:upload_drop", "post", "visits.Upload", {"class_head": "200/404/404/404", "rest": "404"}),
    Row("visits:consent", "post", "students.Student", {
        "mentor class_head": "302/404/404/404",
        "psych_teacher school_leader named_leader": "302/302/404/404",
        "school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:photo", "get", "visits.Media", {
        "class_head": "302/404/404/404",
        "school_leader named_leader": "302/302/404/404",
        "rest": "404",
    }),
    Row("visits:thumb", "get", "visits.Media", {
        "class_head": "302/404/404/404",
        "school_leader named_leader": "302/302/404/404",
        "rest": "404",
    }),
    Row("visits:media_tile", "get", "visits.Media", {
        "class_head": "200/404/404/404",
        "school_leader named_leader": "200/200/404/404",
        "rest": "404",
    }),
    Row("visits:media_remove", "post", "visits.Media", {
        "class_head": "302/404/404/404",
        "school_leader named_leader": "302/302/404/404",
        "rest": "404",
    }),
    Row("visits:media_clear", "post", "visits.Visit", {
        "mentor class_head": "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "302/302/404/404",
        "rest": "404",
    }),
]
