"""From the judges' points to places: exact numbers, and every tie told.

Pure: plain values in, plain values out, so that a result can be counted again by hand.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

THOUSANDTH = Decimal("0.001")
FEWEST_TO_DROP = 4  # highest and lowest go only when at least two are left
LAST = 10**9


@dataclass(frozen=True)
class Marks:
    """One sheet: total 0–100 and the points by criterion."""

    total: Decimal
    scores: dict


@dataclass
class Ranked:
    """An entry with its score; place 1 is best. tied: somebody else stands on the same place."""

    entry: int
    score: Decimal
    counted: list = field(default_factory=list)
    order: int | None = None
    place: int = 0
    tied: bool = False


def exact(points):
    """8, 8.5 or "8.5" as a fraction, with no float in between."""
    return Fraction(str(points))


def three(value):
    """A fraction with three decimals, halves up."""
    value = Fraction(value)
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(THOUSANDTH, ROUND_HALF_UP)


def plain(total):
    """84, 82.5: without zeros at the end; "" for none."""
    return "" if total is None else format(total.normalize(), "f")


def sheet_total(criteria, scores):
    """Σ weight × points / max, the weights taken together as 100."""
    weights = sum(one["weight"] for one in criteria)
    total = sum(one["weight"] * exact(scores[one["code"]]) / one["max"] for one in criteria)
    return three(total * 100 / weights)


def counted_sheets(sheets, drop_extremes):
    """The sheets that make the mean: without the highest and the lowest where there are at least four."""
    by_total = sorted(sheets, key=lambda marks: marks.total)
    return by_total[1:-1] if drop_extremes and len(by_total) >= FEWEST_TO_DROP else by_total


def mean(values):
    values = [Fraction(value) for value in values]
    return sum(values) / len(values)


def rank(sheets, ties, *, drop_extremes=False, order=None):
    """[Ranked], best first. sheets: {entry: [Marks]}, each at least one; ties: rules in order; order: {entry: the
    school's own order}. What no rule parts shares a place, and the next place is left out (1, 1, 3)."""
    order = order or {}
    rows = []
    for entry, marks in sheets.items():
        counted = counted_sheets(marks, drop_extremes)
        rows.append(Ranked(entry, three(mean(one.total for one in counted)), counted, order.get(entry)))
    keys = {row.entry: _key(row, ties) for row in rows}
    rows.sort(key=lambda row: (keys[row.entry], row.entry))
    for at, row in enumerate(rows):
        same = at and keys[rows[at - 1].entry] == keys[row.entry]
        row.place = rows[at - 1].place if same else at + 1
        if same:
            row.tied = rows[at - 1].tied = True
    return rows


def _key(row, ties):
    return (-row.score, *(_tie(row, rule) for rule in ties))


def _tie(row, rule):
    """Smaller is better."""
    if rule == "spread":
        totals = [one.total for one in row.counted]
        return Fraction(max(totals) - min(totals))
    if rule == "order":
        return row.order or LAST
    code = rule.removeprefix("criterion:")
    return -mean(exact(one.scores.get(code, 0)) for one in row.counted)


def suggest(places, awards):
    """{entry: label} by places, and a sentence for every tie that is more than a label has room for."""
    by_place, notes = share_out(sorted(Counter(places.values()).items()), awards)
    return {entry: by_place[place] for entry, place in places.items() if place in by_place}, notes


def share_out(sizes, awards):
    """({place: label}, [sentence]). sizes: [(place, how many share it)], best first; awards: [{"label", "places"}].

    The first n by place get the first label and so on. Entries that share the last place of a label all get it, and a
    sentence says that they are more than it has room for: a person decides. A label without places is a person's too.
    """
    groups, labels, notes = deque(sizes), {}, []
    for award in awards:
        room = award.get("places") or 0
        while room > 0 and groups:
            place, size = groups.popleft()
            labels[place] = award["label"]
            if size > room:
                tied = f"第{place}名并列{size}件，多出{size - room}件"
                notes.append(f"{award['label']}定了{award['places']}个，{tied}。留下哪些由你定。")
            room -= size
    return labels, notes
