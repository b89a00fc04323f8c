"""Appointments, calendar, second visitor."""

ROWS = []
