"""突击走访 (S29): a day on which a teacher called on more families than the notice thinks likely, or several of them briefly."""

from collections import defaultdict
from itertools import groupby, pairwise

from honesty.enums import HintKind
from honesty.signs.found import Found

MINUTE = 60


def find(calls, hints):
    """calls: home calls, those at school or by telephone left out. One finding a teacher and day."""
    days = defaultdict(list)
    for call in calls:
        days[call.teacher, call.day].append(call)
    found = (_look(teacher, day, records, hints) for (teacher, day), records in sorted(days.items()))
    return [hint for hint in found if hint]


def _look(teacher, day, records, hints):
    calls = _once(records)
    short = sum(1 for call in calls if _is_short(call, hints.shorter_than_minutes))
    if len(calls) <= hints.more_than_a_day and short < hints.short_visits:
        return None
    facts = {"visits": len(calls), "gap": _gap(calls), "short": short}
    return Found(HintKind.BUNCHED, teacher, day.isoformat(), {call.visit: None for call in records}, facts)


def _once(records):
    """Two records of one household that began at the same time, or none of which tells when, are one call."""
    records.sort(key=_start)
    calls = []
    for _, together in groupby(records, key=lambda call: call.started_at):
        apart = []
        for call in together:
            if not any(call.homes & other.homes for other in apart):
                apart.append(call)
        calls += apart
    return calls


def _start(call):
    """Those that don't tell when come last."""
    return call.started_at is None, call.started_at.timestamp() if call.started_at else 0, call.visit


def _seconds(call):
    """How long it was; None where that is not known or can't be."""
    if call.started_at is None or call.ended_at is None or call.ended_at < call.started_at:
        return None
    return (call.ended_at - call.started_at).total_seconds()


def _is_short(call, minutes):
    seconds = _seconds(call)
    return seconds is not None and seconds < minutes * MINUTE


def _gap(calls):
    """The fewest minutes between the end of one call and the beginning of the next, 0 where they overlap."""
    timed = [call for call in calls if call.started_at]
    gaps = [
        max(0, (after.started_at - before.ended_at).total_seconds())
        for before, after in pairwise(timed)
        if _seconds(before) is not None
    ]
    return int(min(gaps) // MINUTE) if gaps else None
