"""重点首访: how many of the pupils who go first were reached, school by school. Only the share is ever shown."""

from itertools import chain
from typing import NamedTuple

from django.core.cache import cache

from core.clock import now
from core.formats import percent
from reports.queries import suppress
from visits.queries.coverage import Count, priority_by_school

KEPT = 600  # seconds after which every school is counted anew


class First(NamedTuple):
    """Pupils in at least one category that goes first, each once; written: what stands there instead of their share."""

    count: Count = Count()
    written: str = ""

    @property
    def text(self):
        return self.written or percent(self.count.visited, self.count.due)

    @property
    def is_told(self):
        return bool(self.count.due) and not self.written

    @property
    def share(self):
        return self.count.visited / self.count.due


def has_first(programme):
    """Whether the notice lets any category go first. programme.categories should be prefetched."""
    return any(use.priority for use in programme.categories.all())


def firsts(programme, lines, *, user):
    """{school id: First} for these lines of the desk. At most one query."""
    dimensions = _first_dimensions(programme)
    counts = _counted(programme, lines, dimensions, user)
    told = {line.school.pk for line in lines if _tells(line, counts[line.school.pk], dimensions)}
    due, visited = ({pk: getattr(count, name) for pk, count in counts.items()} for name in ("due", "visited"))
    no_due = suppress.hidden(due, told)
    no_visited = suppress.hidden_beside(visited, no_due, due, told)
    return {pk: First(count, _written(count, no_due.get(pk, ""), no_visited.get(pk, ""))) for pk, count in counts.items()}


def first_sum(lines, *, every=False):
    """Of some lines of the desk. Where it would tell what one of them leaves out, it is left out as well."""
    count = sum((line.first.count for line in lines), Count())
    if 0 < count.due < suppress.LEAST or 0 < count.visited < suppress.LEAST:
        return First(count, suppress.FEW)
    return First(count, "" if every or all(not line.first.written for line in lines) else suppress.HIDDEN)


def _counted(programme, lines, dimensions, user):
    """{school id: Count}. Counted are the schools whose counters by category moved since the last look.

    All schools in one go cost more than the rest of the desk; who may read the desk reads all of them, so what was
    counted is kept for everybody. Two marks that change places move no counter: those are seen after KEPT seconds.
    """
    positions, none = [d - 1 for d in dimensions], Count()
    counts = {line.school.pk: [line.figure.categories.get(at, none) for at in positions] for line in lines}
    marks = {
        pk: tuple(chain.from_iterable(own))
        for pk, own in counts.items()
        if any(count.due for count in own)
    }
    key = f"first:{programme.pk}:{'.'.join(map(str, dimensions))}:{int(now().timestamp()) // KEPT}"
    kept = cache.get(key, {})
    moved = [pk for pk, mark in marks.items() if kept.get(pk, (None,))[0] != mark]
    if moved:
        found = priority_by_school(programme, user=user, schools=moved if len(moved) < len(marks) else None)
        kept |= {pk: (marks[pk], *found.get(pk, none)[:2]) for pk in moved}
        cache.set(key, kept, KEPT)
    return {pk: Count(*kept[pk][1:]) if pk in marks else none for pk in counts}


def _first_dimensions(programme):
    return [use.position + 1 for use in programme.categories.all() if use.priority]


def _written(count, no_due, no_visited):
    """A column left out whole writes its empty cells as well; a school without such pupils has no share to leave out."""
    return (no_due or no_visited) if count.due else ""


def _tells(line, count, dimensions):
    """Whether the union beside the school's categories tells one that is left out: then it goes as well.

    Each category written “<5” has at most LEAST - 1; the union has at most as many as its parts together.
    """
    hidden, no_visited = line.hidden, line.hidden | line.hidden_visited
    if not no_visited:
        return False
    counts = [(d, *line.category(d)) for d in dimensions]
    return _tells_part(hidden, count.due, {d: due for d, due, _, _ in counts}) or _tells_part(
        no_visited, count.visited, {d: visited for d, _, visited, _ in counts}
    )


def _tells_part(written, union, numbers):
    """numbers: {dimension: number}; written: {dimension: what stands there instead}, also of categories not asked for."""
    left_out = [written[d] for d in numbers if d in written]
    if not left_out:
        return False
    few = left_out.count(suppress.FEW)
    shown = sum([number for d, number in numbers.items() if d not in written])
    return len(left_out) > few or union - shown >= few * (suppress.LEAST - 1)
