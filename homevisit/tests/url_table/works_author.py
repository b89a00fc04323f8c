"""An author's works, and what visits bring to light."""

from homevisit.tests.url_table.row import Row

STAFF = "teacher mentor class_head psych_teacher school_leader named_leader school_admin"
LEADERS = "school_leader named_leader"
READS = {"class_head": "200/404/404/404", f"{LEADERS} school_admin": "200/200/404/404", "rest": "404"}
DESK = {"reviewer district_admin": "200/200/200/404"}
WRITES = {"class_head": "409/404/404/404", f"{LEADERS} school_admin": "403/403/404/404",
          "reviewer district_admin": "403/403/403/404", "rest": "404"}  # fmt: skip
VISIT = {"mentor class_head": "200/404/404/404", f"psych_teacher {LEADERS}": "200/200/404/404", "rest": "404"}
REFUSED = {"mentor class_head": "422/404/404/404", f"psych_teacher {LEADERS}": "422/422/404/404", "rest": "404"}
TEXT = {"revision": 0, "title": "题目", "body": "正文"}

# fmt: off
ROWS = [
    Row("works:mine", "get", "", {STAFF: "200", "rest": "403"}),
    Row("works:new", "get", "", {STAFF: "200", "rest": "403"}),
    Row("works:new", "post", "", {STAFF: "200", "rest": "403"}),  # the world's notice asks for nothing
    Row("works:find_visits", "post", "", {STAFF: "200", "rest": "403"}),
    Row("works:my_facts", "get", "", {STAFF: "200", "rest": "403"}),
    Row("works:my_facts", "post", "", {STAFF: "422", "rest": "403"}, {"phone": "12"}),
    Row("works:leads", "get", "", {LEADERS: "200", "rest": "403"}),
    Row("works:of_visit", "get", "visits.Visit", VISIT),
    Row("works:highlight", "post", "visits.Visit", REFUSED),
    Row("works:praise", "post", "visits.Visit", REFUSED),
    Row("works:ask", "post", "visits.Visit", {LEADERS: "409/409/404/404", "rest": "403"}),
    Row("works:praise_remove", "post", "works.Praise", {
        "class_head": "302/404/404/404",
        "mentor": "409/404/404/404",
        "psych_teacher": "409/409/404/404",
        LEADERS: "302/302/404/404",
        "rest": "404",
    }),
    Row("works:detail", "get", "works.Work", READS | DESK),  # the world's works are filed
    Row("works:versions", "get", "works.Work", READS | DESK),
    Row("works:edit", "get", "works.Work", WRITES | {"class_head": "302/404/404/404"}),
    Row("works:save", "post", "works.Work", WRITES, TEXT),
    Row("works:submit", "post", "works.Work", WRITES, TEXT),
    Row("works:change_visit", "get", "works.Work", WRITES),
    Row("works:change_visit", "post", "works.Work", WRITES),
    Row("works:withdraw", "post", "works.Work", WRITES),
    Row("works:reopen", "post", "works.Work", WRITES),
]
