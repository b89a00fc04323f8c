"""The inbox: everybody's own."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("schools:messages", "get", "", {"rest": "200"}),
    Row("schools:messages_read", "post", "", {"rest": "302"}),
    Row("schools:message_open", "post", "schools.Message", {
        "class_head": "302/404/404/404",
        "rest": "404",
    }),
]
