"""Printed records, files, archives."""

ROWS = []
