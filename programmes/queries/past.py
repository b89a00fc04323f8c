"""A notice as it stood at an instant: what figures of that instant are counted by."""

import copy

from programmes.models import Category, Deadline, PastNotice, ProgrammeCategory
from programmes.queries.rows import USE_FIELDS, values_of


def notice_as_of(programme, known_at):
    """The programme with the days, settings, deadlines and categories it had: a copy that must not be saved.

    One query, none where past_notices are prefetched, one more where the notice was changed since; none for a copy of
    the same instant. deadlines.all() and categories.all() of the copy are what stood then; anything else asked of them
    is read as of today.
    """
    if programme.__dict__.get("known_at") == known_at:
        return programme
    of_today = programme.__dict__.get("of_today", programme)
    shown = copy.copy(of_today)
    shown.known_at, shown.of_today = known_at, of_today
    past = next(iter(past_notices(of_today, known_at)), None)
    return _said(shown, past.data) if past else shown


def past_notices(programme, since):
    """What the notice said before it was changed at the instant or later, the oldest first; at least one, if any."""
    if "past_notices" in getattr(programme, "_prefetched_objects_cache", ()):
        return [past for past in programme.past_notices.all() if past.until >= since]
    return PastNotice.objects.filter(programme_id=programme.pk, until__gte=since).order_by("pk")[:1]


def _said(shown, data):
    shown.__dict__.pop("rules", None)
    for name, value in values_of(data["programme"]).items():
        setattr(shown, name, value)
    shown.config = data["config"]
    shown._prefetched_objects_cache = {}
    deadlines = [Deadline(programme=shown, kind=kind, **values_of(row)) for kind, row in data["deadlines"].items()]
    _hold(shown, "deadlines", sorted(deadlines, key=lambda one: (one.at, one.position)))
    _hold(shown, "categories", _uses(shown, data["categories"]))
    return shown


def _uses(shown, rows):
    """A category that nobody stands in may have been taken away altogether; it counted nobody."""
    there = {one.code: one for one in Category.objects.filter(authority_id=shown.authority_id, code__in=rows)}
    uses = [
        ProgrammeCategory(programme=shown, category=there[code], **{name: row[name] for name in USE_FIELDS})
        for code, row in rows.items()
        if code in there
    ]
    return sorted(uses, key=lambda use: use.position)


def _hold(shown, name, rows):
    """As prefetch_related would."""
    found = getattr(shown, name).all()
    found._result_cache, found._prefetch_done = rows, True
    shown._prefetched_objects_cache[name] = found
