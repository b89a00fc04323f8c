"""Publicity and photos of meetings."""

from homevisit.tests.url_table.row import Row

TEACHERS = "teacher mentor class_head psych_teacher"
OFFICE = "school_leader named_leader school_admin"
DESK = "reviewer district_admin"
NOT_THEIRS = {TEACHERS: "403/403/404/404", DESK: "403/403/403/404", "rest": "403"}
# The world's photos have no files: who may see one gets the same 404 as who may not (programmes/tests/test_event_photos.py).
NO_FILE = {"rest": "404"}

# fmt: off
ROWS = [
    Row("programmes:publicity", "get", "", {
        f"{TEACHERS} {OFFICE} {DESK}": "200",
        "rest": "403",
    }),
    Row("programmes:publicity_xlsx", "get", "", {
        f"{OFFICE} {DESK}": "200",
        "rest": "403",
    }),
    Row("programmes:publicity_new", "get", "", {
        OFFICE: "200",
        "rest": "403",
    }),
    Row("programmes:publicity_new", "post", "", {
        OFFICE: "422",
        "rest": "403",
    }),
    Row("programmes:publicity_edit", "get", "programmes.Publicity", {OFFICE: "200/200/404/404", **NOT_THEIRS}),
    Row("programmes:publicity_edit", "post", "programmes.Publicity", {OFFICE: "422/422/404/404", **NOT_THEIRS}),
    Row("programmes:publicity_remove", "post", "programmes.Publicity", {OFFICE: "302/302/404/404", **NOT_THEIRS}),
    Row("programmes:event_photo_add", "post", "programmes.Event", {OFFICE: "302/302/404/404", **NOT_THEIRS}),
    Row("programmes:event_photo", "get", "programmes.EventPhoto", NO_FILE),
    Row("programmes:event_thumb", "get", "programmes.EventPhoto", NO_FILE),
    Row("programmes:event_photo_remove", "post", "programmes.EventPhoto", {
        OFFICE: "302/302/404/404",
        "class_head": "403/404/404/404",  # whose photo it is in the world
        "rest": "404",
    }),
]
