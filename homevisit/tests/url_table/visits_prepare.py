"""The brief of a family, one's preparation, who of the school is ready."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("visits:brief", "get", "students.Student", {
        "mentor class_head": "200/404/404/404",
        "psych_teacher school_leader named_leader": "200/200/404/404",
        "school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:preparation", "post", "students.Student", {
        "mentor class_head": "409/404/404/404",
        "psych_teacher": "409/409/404/404",
        "school_leader named_leader school_admin": "403/403/404/404",
        "rest": "404",
    }),
    Row("visits:ready", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
]
