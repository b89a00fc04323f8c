"""Figures as of an instant."""

ROWS = []
