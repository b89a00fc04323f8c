"""后台任务, views, duties, nudges, the register: the district administrator's."""

from homevisit.tests.url_table.row import Row

OFFICER = {"district_admin": "200", "rest": "403"}

# fmt: off
ROWS = [
    Row("desk:jobs", "get", "", OFFICER),
    Row("desk:register", "get", "", OFFICER),
    Row("desk:register_start", "post", "", {"district_admin": "409", "rest": "403"}),  # no form chosen
    Row("desk:register_job", "get", "core.Job", {"rest": "404"}),
    Row("desk:register_cancel", "post", "core.Job", {"rest": "404"}),
    Row("desk:register_retry", "post", "core.Job", {"rest": "404"}),
    Row("desk:register_download", "get", "core.Job", {"rest": "404"}),
]
