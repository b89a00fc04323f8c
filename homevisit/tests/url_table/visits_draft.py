"""Drafts: the author's alone, and the author is the class head of each place. Asking for a number that is nobody's
own says that there is no draft; a save needs something to save."""

from homevisit.tests.url_table.row import Row

VISITING = "teacher mentor class_head psych_teacher"

# fmt: off
ROWS = [
    Row("visits:draft", "get", "visits.VisitDraft", {VISITING: "200", "rest": "403"}),
    Row("visits:draft", "post", "visits.VisitDraft", {VISITING: "422", "rest": "403"}),
    Row("visits:draft_text", "get", "visits.VisitDraft", {"class_head": "200/404/404/404", "rest": "404"}),
    Row("visits:delete_draft", "post", "visits.VisitDraft", {"class_head": "302/404/404/404", "rest": "404"}),
    Row("visits:restore_draft", "post", "visits.VisitDraft", {"class_head": "302/404/404/404", "rest": "404"}),
]
