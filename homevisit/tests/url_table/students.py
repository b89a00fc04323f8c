"""Pupils and rosters."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("students:import", "get", "", {
        "school_admin": "200",
        "rest": "403",
    }),
    Row("students:import", "post", "", {
        "school_admin": "422",
        "rest": "403",
    }),
    Row("students:import_template", "get", "", {
        "school_admin": "200",
        "rest": "403",
    }),
    Row("students:import_preview", "get", "students.RosterUpload", {
        "school_admin": "200/200/404/404",
        "rest": "403",
    }),
    Row("students:import_confirm", "post", "students.RosterUpload", {
        "school_admin": "302/302/404/404",
        "rest": "403",
    }),
    Row("students:import_cancel", "post", "students.RosterUpload", {
        "school_admin": "302/302/404/404",
        "rest": "403",
    }),
    Row("students:import_held", "get", "students.RosterUpload", {
        "school_admin": "404",
        "rest": "403",
    }),
    Row("students:suggestions", "get", "schools.SchoolClass", {
        "class_head": "200/404/404/404",
        "rest": "403",
    }),
    Row("students:detail", "get", "students.Student", {
        "teacher": "404",
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader school_admin": "200/200/404/404",
        "rest": "403",
    }),
    Row("students:reveal", "post", "students.Student", {
        "teacher": "404",
        "mentor": "403/404/404/404",
        "class_head": "422/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader school_admin": "422/422/404/404",
        "rest": "403",
    }),
    Row("students:reveal_number", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "403/404/404/404",
        "psych_teacher school_leader named_leader": "403/403/404/404",
        "school_admin": "422/422/404/404",
        "rest": "403",
    }),
    Row("students:marks", "get", "students.Student", {
        "class_head": "200/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_set", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_confirm", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_dismiss", "post", "students.Student", {
        "class_head": "409/404/404/404",
        "rest": "403",
    }),
    Row("students:mark_end", "post", "students.Student", {
        "class_head": "302/404/404/404",
        "rest": "403",
    }),
    Row("students:change_add", "post", "students.Student", {
        "class_head": "422/404/404/404",
        "rest": "403",
    }),
    Row("students:portrait_add", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "422/404/404/404",
        "psych_teacher": "422/422/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "rest": "403",
    }),
    Row("students:portrait_remove", "post", "students.PortraitNote", {
        "teacher school_admin": "404",
        "mentor": "403/404/404/404",
        "class_head": "302/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": "302/302/404/404",
        "rest": "403",
    }),
]
