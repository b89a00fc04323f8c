"""Groups in which every text is alike to every other, out of pairs that are alike.

A chain is not a group: of three texts where each is alike to the next only, the first and the last may be strangers.
"""

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

FURTHEST = 100
STRAYING = 200


def alike_throughout(texts, weights, pairs, percent, least):
    """Lists of numbers of texts. weights: records of each text. least: records a group must have."""
    for number in range(len(texts)):
        if number not in pairs and weights[number] >= least:
            yield [number]
    for part in parts(pairs):
        yield from _groups(part, texts, weights, pairs, percent, least)


def _groups(part, texts, weights, pairs, percent, least):
    """Around the text with the most records near it, then around that of what is left."""
    near = {number: weights[number] + sum(weights[other] for other in pairs[number]) for number in part}
    records = sum(weights[number] for number in part)
    while records >= least:
        middle = min(near, key=lambda number: (-near[number], number))
        group = _around(middle, sorted(near), texts, percent)
        weight = sum(weights[number] for number in group)
        if weight >= least:
            yield sorted(group)
        records -= weight
        for number in group:
            del near[number]
            for other in pairs[number] & near.keys():
                near[other] -= weights[number]


def least_alike(texts):
    """How alike the two least alike are, 0–100 rounded down; looked for among those that stray furthest from the first."""
    straying = sorted(texts, key=lambda text: (fuzz.ratio(texts[0], text), text))[:FURTHEST]
    return int(min((fuzz.ratio(one, other) for at, one in enumerate(straying) for other in straying[:at]), default=100))


def parts(pairs):
    """What hangs together, in the order of its smallest number."""
    seen = set()
    for start in sorted(pairs):
        if start in seen:
            continue
        part, waiting = {start}, [start]
        while waiting:
            new = pairs[waiting.pop()] - part
            part |= new
            waiting.extend(new)
        seen |= part
        yield part


def _around(middle, numbers, texts, percent):
    """Those alike to the middle one and to each taken before, the nearest first.

    Indel is a metric: two texts no further from the middle than what they may differ need no comparing, which is what
    keeps a text copied a thousand times from a million comparisons. Of more than STRAYING taken only the furthest from
    the middle are asked.
    """
    centre, taken = texts[middle], []
    for away, number in sorted(_near(centre, numbers, texts, percent)):
        text = texts[number]
        if all(
            away + other_away <= (1 - percent / 100) * (len(text) + len(texts[other]))
            or fuzz.ratio(text, texts[other], score_cutoff=percent)
            for other_away, other in taken[-STRAYING:]
        ):
            taken.append((away, number))
    return [number for _, number in taken]


def _near(centre, numbers, texts, percent):
    """(how far from the centre, number)"""
    for number in numbers:
        if fuzz.ratio(centre, texts[number], score_cutoff=percent):
            yield Indel.distance(centre, texts[number]), number
