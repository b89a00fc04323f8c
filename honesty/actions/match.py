"""Which finding is which hint: told once, a hint stays the same one when a record of it is voided or another joins it."""

from honesty.enums import OPEN_STATES, HintKind, HintState

LAST = 2


def matched(hints, found):
    """[(finding, hint or None)] in the order of found; no hint twice.

    hints: {hint: set of visit ids}. Whatever shares records is the same, those first that still wait for an end; then what
    has the same key.
    """
    sharing = sorted(
        (_rank(hint), -len(visits & one.visits.keys()), hint.pk, number)
        for number, one in enumerate(found)
        for hint, visits in hints.items()
        if _subject(hint.teacher_id, hint.kind, hint.key) == _subject(one.teacher, one.kind, one.key)
        and not visits.isdisjoint(one.visits)
    )
    by_pk, hint_of, free = {hint.pk: hint for hint in hints}, {}, {hint.pk for hint in hints}
    for _, _, pk, number in sharing:
        if pk in free and number not in hint_of:
            hint_of[number] = by_pk[pk]
            free.discard(pk)
    by_key = {(hint.teacher_id, hint.kind, hint.key): hint for hint in hints if hint.pk in free}
    for number, one in enumerate(found):
        if number not in hint_of and (hint := by_key.pop((one.teacher, one.kind, one.key), None)):
            hint_of[number] = hint
    return [(one, hint_of.get(number)) for number, one in enumerate(found)]


def free_key(key, taken):
    """The key, with a number behind it where an older hint bears it and speaks of other records by now."""
    return next(one for one in (key, *(f"{key}#{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _subject(teacher, kind, key):
    """Hints of different subjects are never the same: another day, another text of the record."""
    if kind == HintKind.PHOTO:
        return teacher, kind, ""
    return teacher, kind, key.partition(":")[0].partition("#")[0]


def _rank(hint):
    if hint.state in OPEN_STATES:
        return 0
    return LAST if hint.state == HintState.GONE else 1
