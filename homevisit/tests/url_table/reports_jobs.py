"""后台任务, views, duties, nudges, the register."""

ROWS = []
