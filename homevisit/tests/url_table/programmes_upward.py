from homevisit.tests.url_table.row import Row

ROWS: list[Row] = []
