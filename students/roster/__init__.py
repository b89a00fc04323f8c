"""The roster importer: read → plan → apply.

reader (child process) → headers → lines (values, places) → plan (compared with the database, writes nothing)
→ apply (one transaction). Stands between models and actions.
"""
