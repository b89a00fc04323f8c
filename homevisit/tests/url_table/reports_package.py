"""汇编."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("reports:package_start", "post", "", {
        "district_admin": "302",
        "inspector nobody": "404",
        "rest": "403",
    }, {"programme": "here-2022", "kind": "coverage"}),
    Row("reports:package_schools", "get", "reports.Compilation", {
        "district_admin": "200/200/200/404",
        "rest": "404",
    }),
    Row("reports:package_correct", "post", "reports.Compilation", {
        "district_admin": "422/422/422/404",
        "rest": "404",
    }),
    Row("reports:package_mail", "post", "reports.Compilation", {
        "district_admin": "409/409/409/404",
        "rest": "404",
    }),
    Row("reports:package_password", "post", "reports.Compilation", {"rest": "404"}),
]
