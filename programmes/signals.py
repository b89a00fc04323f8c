"""This room tells the rooms above: ids only, sent inside the transaction of the change."""

from django.dispatch import Signal

programme_opened = Signal()  # programme_id
programme_changed = Signal()  # programme_id, fields: names of what changed, e.g. {"ends_on", "state"}
categories_changed = Signal()  # programme_id: a category came, went, or counts differently
