"""Drafts."""

ROWS = []
