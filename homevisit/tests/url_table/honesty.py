"""Hints: the teacher's own, the school's leader's from the day it is the leader's turn; nobody else's."""

from homevisit.tests.url_table.row import Row

STAFF = "teacher mentor class_head psych_teacher school_leader named_leader school_admin"
LEADERS = "school_leader named_leader"
READS = {"class_head": "200/404/404/404", LEADERS: "200/200/404/404", "rest": "404"}
CONCLUDES = {"class_head": "403/404/404/404", "rest": "404"}

# fmt: off
ROWS = [
    Row("honesty:mine", "get", "", {STAFF: "200", "rest": "403"}),
    Row("honesty:school", "get", "", {LEADERS: "200", "rest": "403"}),
    Row("honesty:card", "get", "", {LEADERS: "200", "rest": "403"}),
    Row("honesty:alike", "post", "", {STAFF: "200", "rest": "403"}),
    Row("honesty:rules", "get", "", {"rest": "200"}),
    Row("honesty:hint", "get", "honesty.Hint", READS),
    Row("honesty:answer", "post", "honesty.Hint", {
        "class_head": "422/404/404/404",
        LEADERS: "403/403/404/404",
        "rest": "404",
    }),
    Row("honesty:conclude", "post", "honesty.Hint", {LEADERS: "422/422/404/404", **CONCLUDES}),
    Row("honesty:reopen", "post", "honesty.Hint", {LEADERS: "409/409/404/404", **CONCLUDES}),
    Row("honesty:undo", "post", "honesty.Hint", {LEADERS: "409/409/404/404", **CONCLUDES}),
]
