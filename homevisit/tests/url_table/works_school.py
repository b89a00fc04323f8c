"""The school's side of works. The world's work is a filed story of the class head, one a class."""

from homevisit.tests.url_table.row import Row

OFFICE = "school_leader named_leader school_admin"
LEADERS = "school_leader named_leader"
DESK = "reviewer district_admin"  # read what is filed, and do none of the school's acts

# fmt: off
ROWS = [
    Row("works:school", "get", "", {OFFICE: "200", "rest": "403"}),
    Row("works:file", "get", "", {OFFICE: "200", "rest": "403"}),
    Row("works:file", "post", "", {OFFICE: "422", "rest": "403"}),
    Row("works:school_review", "get", "works.Work", {
        OFFICE: "200/200/404/404", "class_head": "403/404/404/404", DESK: "403/403/403/404", "rest": "404",
    }),
    Row("works:approve", "post", "works.Work", {  # nothing written in it
        LEADERS: "422/422/404/404", "school_admin": "403/403/404/404", "class_head": "403/404/404/404",
        DESK: "403/403/403/404", "rest": "404",
    }),
    Row("works:return_to_author", "post", "works.Work", {
        LEADERS: "422/422/404/404", "school_admin": "403/403/404/404", "class_head": "403/404/404/404",
        DESK: "403/403/403/404", "rest": "404",
    }),
    Row("works:order", "post", "works.Work", {  # at the district nothing is put in order
        LEADERS: "409/409/404/404", "school_admin": "403/403/404/404", "class_head": "403/404/404/404",
        DESK: "403/403/403/404", "rest": "404",
    }, {"order": "1"}),
    Row("works:school_award", "post", "works.Work", {
        LEADERS: "302/302/404/404", "school_admin": "403/403/404/404", "class_head": "403/404/404/404",
        DESK: "403/403/403/404", "rest": "404",
    }, {"award-label": "一等奖"}),
    Row("works:recall", "post", "works.Work", {
        OFFICE: "302/302/404/404", "class_head": "403/404/404/404", DESK: "403/403/403/404", "rest": "404",
    }),
    Row("works:undo", "post", "works.Work", {  # whoever reads it: there is nothing of theirs to take back
        OFFICE: "409/409/404/404", "class_head": "409/404/404/404", DESK: "409/409/409/404", "rest": "404",
    }),
    Row("works:scan_upload", "post", "works.Work", {
        OFFICE: "422/422/404/404", "class_head": "403/404/404/404", DESK: "403/403/403/404", "rest": "404",
    }),
    Row("works:scan", "get", "works.Scan", {
        OFFICE: "200/200/404/404", "district_admin": "200/200/200/404", "rest": "404",
    }),
    Row("works:scan_remove", "post", "works.Scan", {
        OFFICE: "302/302/404/404", "district_admin": "403/403/403/404", "rest": "404",
    }),
    Row("works:late_passes", "get", "", {"district_admin": "200", "rest": "403"}),
    Row("works:late_passes", "post", "", {"district_admin": "422", "rest": "403"}),
    Row("works:late_revoke", "post", "programmes.LatePass", {
        OFFICE: "403/403/404/404", "reviewer": "403/403/403/404", "district_admin": "302/302/302/404", "rest": "404",
    }),
]
