"""Rounds and sheets. The world's rounds are of a school and closed; the class head of each place is its judge, and the
leader of the school runs them."""

from homevisit.tests.url_table.row import Row

RUNS = "school_leader named_leader"


def run(status):
    """Of whoever runs the round; its judge may not, nobody else knows it."""
    return {RUNS: f"{status}/{status}/404/404", "class_head": "403/404/404/404", "rest": "404"}


# fmt: off
ROWS = [
    Row("works:rounds", "get", "", {f"{RUNS} district_admin": "200", "rest": "403"}),
    Row("works:round_new", "get", "", {f"{RUNS} district_admin": "200", "rest": "403"}),
    Row("works:round_new", "post", "", {f"{RUNS} district_admin": "422", "rest": "403"}),
    Row("works:round", "get", "works.Round", run(200)),
    Row("works:round_edit", "get", "works.Round", run(409)),
    Row("works:round_edit", "post", "works.Round", run(409)),
    Row("works:round_delete", "post", "works.Round", run(409)),
    Row("works:round_judges", "get", "works.Round", run(200)),
    Row("works:round_judges", "post", "works.Round", run(422)),
    Row("works:judge_remove", "post", "works.Judge", run(409)),
    Row("works:round_entries", "get", "works.Round", run(200)),
    Row("works:round_entries", "post", "works.Round", run(422)),
    Row("works:entry", "get", "works.Entry", {RUNS: "200/200/404/404", "rest": "404"}),
    Row("works:entry_remove", "post", "works.Entry", {RUNS: "409/409/404/404", "rest": "404"}),
    Row("works:round_open", "get", "works.Round", run(409)),
    Row("works:round_open", "post", "works.Round", run(409)),
    Row("works:round_close", "get", "works.Round", run(409)),
    Row("works:round_close", "post", "works.Round", run(409)),
    Row("works:round_reopen", "post", "works.Round", run(302)),
    Row("works:results", "get", "works.Round", {
        RUNS: "200/200/404/404", "class_head": "200/404/404/404", "rest": "404",
    }),
    Row("works:results_xlsx", "get", "works.Round", run(200)),
    Row("works:round_places", "post", "works.Round", run(302)),
    Row("works:round_awards", "post", "works.Round", run(302)),
    Row("works:round_give", "post", "works.Round", run(302)),
    Row("works:judging", "get", "", {"nobody": "403", "rest": "200"}),
    Row("works:judging_round", "get", "works.Round", {"class_head": "200/404/404/404", "rest": "404"}),
    Row("works:sheet", "get", "works.Sheet", {
        "class_head": "200/404/404/404", RUNS: "403/403/404/404", "rest": "404",
    }),
    Row("works:sheet", "post", "works.Sheet", {  # without criteria in the world's round, nothing is missing
        "class_head": "409/404/404/404", RUNS: "403/403/404/404", "rest": "404",
    }),
    Row("works:sheet_recuse", "post", "works.Sheet", {
        "class_head": "422/404/404/404", RUNS: "403/403/404/404", "rest": "404",
    }),
    Row("works:sheet_docx", "get", "works.Sheet", {
        "class_head": "200/404/404/404", RUNS: "403/403/404/404", "rest": "404",
    }),
]
