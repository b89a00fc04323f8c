"""Figures as of an instant."""

from homevisit.tests.url_table.row import Row

OFFICER = {"district_admin": "200", "rest": "403"}
OFFICE = {"school_leader named_leader school_admin": "200", "rest": "403"}

# fmt: off
ROWS = [
    Row("desk:as_of", "get", "", OFFICER),
    Row("desk:as_of_whole", "get", "", OFFICER),
    Row("desk:as_of_compile", "post", "", {"district_admin": "302", "rest": "403"}),
    Row("desk:since", "get", "", OFFICER),
    Row("desk:as_of_school", "get", "schools.School", {"district_admin": "200/200/200/404", "rest": "403"}),
    Row("reports:as_of", "get", "", OFFICE),
    Row("reports:since", "get", "", OFFICE),
    Row("reports:as_of_rows", "get", "", {"school_leader named_leader school_admin": "404", "rest": "403"}),  # no figure chosen
]
