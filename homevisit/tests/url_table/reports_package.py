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
    # Opened, as a reload after signing in does, they lead to the package, which asks for scope.
    Row("reports:package_correct", "get", "reports.Compilation", {"rest": "302"}),
    Row("reports:package_mail", "get", "reports.Compilation", {"rest": "302"}),
    Row("reports:package_password", "get", "reports.Compilation", {"rest": "302"}),
    Row("reports:cancel", "get", "reports.Compilation", {"rest": "302"}),
    Row("reports:retry", "get", "reports.Compilation", {"rest": "302"}),
]
