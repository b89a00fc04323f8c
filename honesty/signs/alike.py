"""文字雷同 (S15): the same field of several records reads almost the same (0018).

Texts that are equal once normalised are one from the start. Of the others, pairs worth comparing come from an index of
winnowed fingerprints (index.py), the comparing itself is rapidfuzz's; of what hangs together, groups are taken in which
every text is alike to every other (groups.py).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from typing import NamedTuple

from rapidfuzz import fuzz

from honesty.enums import HintKind
from honesty.signs.found import Found
from honesty.signs.groups import alike_throughout, least_alike
from honesty.signs.index import near_pairs

LONGEST = 4000  # characters compared; nobody writes more about one call, and a pasted book must not cost minutes
_IDLE = re.compile(r"[\W_]+")


class Copies(NamedTuple):
    """Records that say the same in one field. percent: of the two least alike."""

    field: str
    texts: list
    percent: int


def normal(text):
    """What is compared: letters, digits and characters in one width and case; no spaces, punctuation or emoji."""
    return _IDLE.sub("", unicodedata.normalize("NFKC", text[: 2 * LONGEST])).lower()[:LONGEST]


def percent(one, other):
    """How alike two normalised texts are, 0–100, rounded down: 100 is equal."""
    return int(fuzz.ratio(one, other))


def find(texts, hints):
    """One finding a teacher and group of copies of which the teacher wrote two or more."""
    if not hints.similar_text:
        return []
    found = []
    for field, rows in _by_field(texts):
        for copies in copied(field, rows, hints):
            found += _tell(copies)
    return sorted(found, key=lambda hint: (hint.teacher, hint.key))


def copied(field, rows, hints):
    """Groups of rows of one field: at least similar_records, each similar_percent alike to each other."""
    same = defaultdict(list)
    for row in rows:
        text = normal(row.text)
        if len(text) >= hints.similar_from_chars:
            same[text].append(row)
    texts = sorted(same, key=lambda text: min(row.visit for row in same[text]))
    weights = [len(same[text]) for text in texts]
    pairs = near_pairs(texts, hints.similar_percent)
    for members in alike_throughout(texts, weights, pairs, hints.similar_percent, hints.similar_records):
        of_all = [row for number in members for row in same[texts[number]]]
        yield Copies(field, of_all, least_alike([texts[number] for number in members]))


def _by_field(texts):
    fields = defaultdict(list)
    for text in texts:
        fields[text.field].append(text)
    return sorted(fields.items())


def _tell(copies):
    """Somebody else's single copy is not told: whoever wrote it may not know of the others."""
    for teacher, wrote in Counter(text.teacher for text in copies.texts).items():
        if wrote < 2:
            continue
        visits = sorted(text.visit for text in copies.texts if text.teacher == teacher)
        facts = {"field": copies.field, "records": wrote, "all": len(copies.texts), "percent": copies.percent}
        yield Found(HintKind.ALIKE, teacher, f"{copies.field}:{visits[0]}", dict.fromkeys(visits), facts)
