"""后台任务, views, duties, nudges, the register: the district administrator's."""

from homevisit.tests.url_table.row import Row

OFFICER = {"district_admin": "200", "rest": "403"}

# fmt: off
ROWS = [
    Row("desk:nudge", "get", "", OFFICER),
    Row("desk:nudge", "post", "", OFFICER),  # no school is ticked: nothing to do, and the page says so
    Row("desk:extend", "get", "", OFFICER),
    Row("desk:extend", "post", "", {"district_admin": "422", "rest": "403"}),
    Row("desk:duty", "get", "", OFFICER),
    Row("desk:duty", "post", "", {"district_admin": "422", "rest": "403"}),
    Row("desk:views", "get", "", OFFICER),
    Row("desk:views", "post", "", {"district_admin": "422", "rest": "403"}),
    Row("desk:view_rename", "post", "reports.SavedView", {"district_admin": "404", "rest": "403"}),  # nobody's but its own
    Row("desk:view_remove", "post", "reports.SavedView", {"district_admin": "404", "rest": "403"}),
    Row("desk:jobs", "get", "", OFFICER),
    Row("desk:register", "get", "", OFFICER),
    Row("desk:register_start", "post", "", {"district_admin": "409", "rest": "403"}),  # no form chosen
    Row("desk:register_job", "get", "core.Job", {"rest": "404"}),
    Row("desk:register_cancel", "post", "core.Job", {"rest": "404"}),
    Row("desk:register_retry", "post", "core.Job", {"rest": "404"}),
    Row("desk:register_download", "get", "core.Job", {"rest": "404"}),
]
