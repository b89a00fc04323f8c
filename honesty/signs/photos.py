"""照片重复 (S15): the same photo in the records of different families (0018).

The same file, or one that looks the same to LIMIT of 128 bits: what a messenger sends on is written anew and smaller.
"""

import re
from collections import defaultdict

from honesty.enums import HintKind
from honesty.signs.found import Found
from honesty.signs.groups import parts

LIMIT = 4
BITS = 26  # LIMIT + 1 pieces of so many bits: two that differ in LIMIT bits have one piece in common
HOLDERS = 200
_LIKENESS = re.compile(r"[0-9a-f]{32}")


def find(photos, hints):
    """One finding a teacher and photo."""
    if not hints.reused_photo:
        return []
    photos = sorted(photo for photo in photos if photo.homes)
    found = []
    for part in parts(_pairs(photos)):
        found += _tell([photos[number] for number in sorted(part)])
    return sorted(found, key=lambda hint: (hint.teacher, int(hint.key)))


def _pairs(photos):
    """{number of a photo: {numbers of others that are the same}}; of many equal ones each hangs on the one before."""
    pairs, last, looks = defaultdict(set), {}, {}
    for number, photo in enumerate(photos):
        known = [("file", photo.sha)] if photo.sha else []
        if _LIKENESS.fullmatch(photo.likeness):
            known.append(("looks", int(photo.likeness, 16)))
            looks.setdefault(known[-1][1], number)
        for key in known:
            if key in last:
                _join(pairs, last[key], number)
            last[key] = number
    for one, other in _near(list(looks)):
        _join(pairs, looks[one], looks[other])
    return pairs


def _join(pairs, one, other):
    pairs[one].add(other)
    pairs[other].add(one)


def _near(looks):
    """Pairs of different likenesses that are a few bits apart."""
    holders = defaultdict(list)
    for bits in looks:
        for piece in range(LIMIT + 1):
            known = holders[piece, bits >> piece * BITS & (1 << BITS) - 1]
            yield from ((bits, other) for other in known if (bits ^ other).bit_count() <= LIMIT)
            if len(known) < HOLDERS:
                known.append(bits)


def _tell(same):
    """Whoever had the photo first and in one family's records only is not told: somebody else took it over."""
    first = min(same, key=lambda photo: (photo.at, photo.media))
    visits = {photo.visit for photo in same}
    homes = frozenset().union(*(photo.homes for photo in same))
    for teacher in sorted({photo.teacher for photo in same}):
        own = [photo for photo in same if photo.teacher == teacher]
        if _apart(own, own) or (teacher != first.teacher and _apart(own, same)):
            facts = {"records": len(visits), "pupils": len(homes)}
            yield Found(HintKind.PHOTO, teacher, str(own[0].media), _by_visit(own), facts)


def _apart(some, others):
    """A photo of each that has no family in common: one visit on neighbours together is no re-use."""
    return any(not one.homes & other.homes for one in some for other in others)


def _by_visit(own):
    """The first photo of each record; own is in the order of the photos."""
    return {photo.visit: photo.media for photo in reversed(own)}
