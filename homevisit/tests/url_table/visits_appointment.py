"""Appointments, calendar, second visitor. The visit of the world is recorded by the class head: its verbs are 409."""

from homevisit.tests.url_table.row import Row

READERS = "mentor"
SCHOOL = "psych_teacher school_leader named_leader"


def verb(name, data=None, *, leader="403"):
    return Row(f"visits:{name}", "post", "visits.Visit", {
        "class_head": "409/404/404/404",
        READERS: "403/404/404/404",
        "psych_teacher": "403/403/404/404",
        "school_leader named_leader": f"{leader}/{leader}/404/404",
        "rest": "404",
    }, data)  # fmt: skip


# fmt: off
ROWS = [
    Row("visits:plan", "get", "students.Student", {
        "teacher": "404",
        "mentor class_head": "200/404/404/404",
        "psych_teacher": "200/200/404/404",
        "rest": "403",
    }),
    Row("visits:plan", "post", "students.Student", {
        "teacher": "404",
        "mentor class_head": "422/404/404/404",
        "psych_teacher": "422/422/404/404",
        "rest": "403",
    }),
    Row("visits:plan_look", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:appointment", "get", "visits.Visit", {
        "mentor class_head": "302/404/404/404",
        SCHOOL: "302/302/404/404",
        "rest": "404",
    }),
    Row("visits:reschedule", "get", "visits.Visit", {
        "class_head": "409/404/404/404",
        READERS: "403/404/404/404",
        SCHOOL: "403/403/404/404",
        "rest": "404",
    }),
    verb("reschedule"),
    verb("confirm", {"with": "mother"}),
    verb("arrive"),
    verb("not_home"),
    verb("cancel", {"cancelled_by": "family"}, leader="409"),
    verb("decline_visit"),
    verb("reopen"),
    Row("visits:presence", "post", "visits.VisitVisitor", {
        "mentor class_head": "403/404/404/404",
        SCHOOL: "403/403/404/404",
        "rest": "404",
    }, {"went": "yes"}),
    Row("visits:calendar", "get", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:calendar_make", "post", "", {
        "teacher mentor class_head psych_teacher": "200",
        "rest": "403",
    }),
    Row("visits:calendar_revoke", "post", "", {
        "teacher mentor class_head psych_teacher": "302",
        "rest": "403",
    }),
    Row("visits:calendar_feed", "get", "visits.CalendarLink", {"rest": "200"}),
]
