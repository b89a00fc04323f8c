"""Writing a record again: its earlier content is kept as a version."""

from visits.actions.versions import keep_version

__all__ = ["keep_version"]
