"""Photos and video."""

ROWS = []
