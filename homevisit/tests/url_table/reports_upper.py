"""报送上级: the district administrator's alone. The world's works are filed and not recommended, and of a kind that ends at
the district."""

from homevisit.tests.url_table.row import Row

HERE = {"reviewer": "403/403/403/404", "rest": "404"}

# fmt: off
ROWS = [
    Row("desk:upper", "get", "", {"district_admin": "200", "rest": "403"}),
    Row("desk:upper_send", "post", "", {"district_admin": "422", "rest": "403"}),  # nothing ticked
    Row("desk:upper_xlsx", "get", "", {"district_admin": "302", "rest": "403"}),
    Row("desk:upper_back", "post", "works.Work", {"district_admin": "302/302/302/404", **HERE}),  # never sent: done
    Row("desk:upper_result", "get", "works.Work", {"district_admin": "409/409/409/404", **HERE}),
    Row("desk:upper_result", "post", "works.Work", {"district_admin": "409/409/409/404", **HERE}),
]
