"""Reminders."""

ROWS = []
