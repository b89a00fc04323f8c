"""A lower room tells higher ones: ids only, sent inside the transaction of the change."""

from django.dispatch import Signal

consent_withdrawn = Signal()  # student_id, purpose, by_id: a family took a yes back
students_changed = Signal()  # student_ids: list of ids whose class, status, marks or change events moved
