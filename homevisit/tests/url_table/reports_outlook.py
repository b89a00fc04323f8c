"""What pages below reports/ fetch from it."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("desk:outlook", "get", "", {"district_admin": "200", "rest": "403"}),
    Row("reports:papers", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
]
