"""The brief, conduct, meetings, portrait."""

ROWS = []
