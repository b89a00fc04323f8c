"""Which texts are worth comparing: an index of winnowed fingerprints (Schleimer, Wilkerson, Aiken 2003).

Of all runs of GRAM characters each WINDOW neighbouring ones give the one with the smallest checksum, so texts that share
GRAM + WINDOW - 1 characters in a row share a fingerprint. A fingerprint remembers the first HOLDERS texts that have it: what
hundreds copied is still found through those, at a cost that does not grow with their number.
"""

from collections import Counter
from itertools import chain
from zlib import crc32

from rapidfuzz import fuzz

GRAM, WINDOW = 5, 6
HOLDERS = 50
COMPARED = 30  # a text with the most fingerprints in common first


def near_pairs(texts, percent):
    """{number of a text: {numbers of earlier and later texts at least this alike}}, as far as the index meets them."""
    holders, pairs = {}, {}
    share = _shared_at_least(percent)
    for number, text in enumerate(texts):
        prints = fingerprints(text)
        for other in _candidates(prints, holders, share):
            if fuzz.ratio(text, texts[other], score_cutoff=percent):
                pairs.setdefault(number, set()).add(other)
                pairs.setdefault(other, set()).add(number)
        _remember(number, prints, holders)
    return pairs


def fingerprints(text):
    data = text.encode("utf-32-le")
    sums = [crc32(data[at : at + 4 * GRAM]) for at in range(0, max(1, len(data) - 4 * GRAM + 1), 4)]
    if len(sums) <= WINDOW:
        return {min(sums)}
    return set(map(min, *(sums[shift:] for shift in range(WINDOW))))


def _shared_at_least(percent):
    """Where every character was kept with this chance, a run of GRAM is whole with the power of it; half of that is asked."""
    return (percent / 100) ** GRAM / 2


def _candidates(prints, holders, share):
    common = Counter(chain.from_iterable(holders.get(one, ()) for one in prints))
    wanted = max(1, share * len(prints))
    return [other for other, shared in common.most_common(COMPARED) if shared >= wanted]


def _remember(number, prints, holders):
    """Most fingerprints have one holder: a bare tuple costs a third of a list."""
    for one in prints:
        known = holders.get(one, ())
        if len(known) < HOLDERS:
            holders[one] = (*known, number)
