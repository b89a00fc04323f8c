"""The desk and its files."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("desk:home", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("desk:school", "get", "schools.School", {
        "district_admin": "200/200/200/404",
        "rest": "403",
    }),
    Row("desk:compile", "post", "", {
        "district_admin": "302",
        "inspector nobody": "404",
        "rest": "403",
    }, {"programme": "here-2022"}),
    Row("desk:export", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("reports:files", "get", "", {
        "district_admin": "200",
        "rest": "403",
    }),
    Row("reports:snapshot", "get", "reports.Compilation", {
        "district_admin": "200/200/200/404",
        "rest": "403",
    }),
    Row("reports:cancel", "post", "reports.Compilation", {
        "district_admin": "302/302/302/404",
        "rest": "404",
    }),
    Row("reports:retry", "post", "reports.Compilation", {
        "district_admin": "302/302/302/404",
        "rest": "404",
    }),
    Row("reports:download", "get", "reports.Compilation", {"rest": "404"}),
    Row("reports:job", "get", "core.Job", {
        "district_admin": "200/200/200/404",
        "rest": "404",
    }),
]
