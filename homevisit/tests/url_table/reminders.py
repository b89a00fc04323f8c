"""Reminders: everybody's own, and the school's robot for its office."""

from homevisit.tests.url_table.row import Row

OFFICE = "school_leader named_leader school_admin"

# fmt: off
ROWS = [
    Row("reminders:mine", "get", "", {"rest": "200"}),
    Row("reminders:settings", "get", "", {"rest": "200"}),
    Row("reminders:settings", "post", "", {"rest": "302"}),
    Row("reminders:robot", "get", "", {OFFICE: "200", "rest": "403"}),
    Row("reminders:robot", "post", "", {OFFICE: "422", "rest": "403"}),
    Row("reminders:robot_try", "post", "reminders.RobotHook", {OFFICE: "302/302/404/404", "rest": "404"}),
    Row("reminders:robot_trial", "get", "reminders.RobotHook", {OFFICE: "200/200/404/404", "rest": "404"}),
    Row("reminders:robot_remove", "post", "reminders.RobotHook", {OFFICE: "302/302/404/404", "rest": "404"}),
]
