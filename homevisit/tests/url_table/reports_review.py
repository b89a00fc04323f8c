"""审核: reviewer and district administrator of the authority; the rest of the world has no desk."""

from homevisit.tests.url_table.row import Row

DECIDE = {  # an act without its verb
    "reviewer district_admin": "422/422/422/404",
    "rest": "404",
}

# fmt: off
ROWS = [
    Row("desk:review", "get", "", {
        "reviewer district_admin": "200",
        "rest": "403",
    }),
    Row("desk:decide_work", "post", "works.Work", DECIDE),
    Row("desk:decide_report", "post", "reports.SchoolReport", DECIDE),
    Row("desk:decide_plan", "post", "reports.SchoolPlan", DECIDE),
    Row("desk:review_undo", "post", "", {
        "reviewer district_admin": "404",  # which one is said in the form
        "rest": "403",
    }),
]
ROWS += [
    Row("desk:forms", "get", "", {
        "reviewer district_admin": "200",
        "rest": "403",
    }),
    Row("desk:forms_start", "post", "", {  # the world files no kind of work
        "reviewer district_admin": "302",
        "rest": "403",
    }),
    Row("desk:forms_job", "get", "core.Job", {"rest": "404"}),
    Row("desk:forms_cancel", "post", "core.Job", {"rest": "404"}),
    Row("desk:forms_retry", "post", "core.Job", {"rest": "404"}),
    Row("desk:forms_password", "post", "core.Job", {"rest": "404"}),
    Row("desk:forms_download", "get", "core.Job", {"rest": "404"}),
]
