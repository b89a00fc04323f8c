"""Opening, closing and editing a programme. The rooms above hear of it in the same transaction."""

from django.db import transaction

from core.audit import record
from core.states import move
from programmes.enums import PROGRAMME_MOVES
from programmes.models import Programme
from programmes.signals import categories_changed, programme_changed, programme_opened


@transaction.atomic
def open_programme(programme, *, by):
    """Draft or closed → open; the register of who is due is opened with it. Raises WrongState."""
    programme = _move(programme, "open")
    record(programme, "programme.open", by=by)
    programme_opened.send(Programme, programme_id=programme.pk)
    return programme


@transaction.atomic
def close_programme(programme, *, by):
    """Open → closed. Its figures, places and categories stay as they are from here on."""
    programme = _move(programme, "close")
    record(programme, "programme.close", by=by)
    programme_changed.send(Programme, programme_id=programme.pk, fields={"state"})
    return programme


@transaction.atomic
def programme_edited(programme, *, fields, by):
    """After an edit by hand. fields: dotted names as in a load: "ends_on", "config", "phases.visits"."""
    record(programme, "programme.change", by=by, fields=sorted(fields))
    programme_changed.send(Programme, programme_id=programme.pk, fields={name.split(".")[0] for name in fields})
    if any(name.split(".")[0] == "categories" for name in fields):
        categories_changed.send(Programme, programme_id=programme.pk)


def _move(programme, verb):
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    move(programme, PROGRAMME_MOVES, verb)
    programme.save(update_fields=["state"])
    return programme
