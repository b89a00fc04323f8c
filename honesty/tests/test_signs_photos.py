"""The same photo in the records of different families."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from honesty.signs import photos
from honesty.signs.found import Photo
from programmes.config.schema import Hints

HINTS = Hints()
NOON = datetime(2026, 9, 13, 4, tzinfo=UTC)
LOOKS = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def photo(media, *, visit=None, teacher=1, homes=None, sha="", likeness=""):
    """Each of another record and family, taken in the order of their numbers."""
    visit = media if visit is None else visit
    homes = frozenset({visit} if homes is None else homes)
    return Photo(media, visit, teacher, homes, sha, likeness, NOON + timedelta(minutes=media))


def off(bits, likeness=LOOKS):
    """The same look with the first `bits` bits turned round."""
    return f"{int(likeness, 16) ^ ((1 << bits) - 1) << 60:032x}"


@pytest.mark.seed("S15")
def test_one_file_in_three_records():
    [hint] = photos.find([photo(7, sha="a"), photo(5, sha="a"), photo(9, sha="a"), photo(6, sha="b")], HINTS)
    assert hint == ("photo", 1, "5", {5: 5, 7: 7, 9: 9}, {"records": 3, "pupils": 3})


def test_a_photo_that_was_sent_on_looks_the_same_to_a_few_bits():
    found = [photos.find([photo(1, likeness=LOOKS), photo(2, likeness=off(bits))], HINTS) for bits in (0, 4, 5)]
    assert [len(hints) for hints in found] == [1, 1, 0]


def test_a_file_and_its_look_make_one_group():
    rows = [photo(1, sha="a"), photo(2, sha="a", likeness=LOOKS), photo(3, sha="b", likeness=off(2))]
    assert [hint.visits for hint in photos.find(rows, HINTS)] == [{1: 1, 2: 2, 3: 3}]


@pytest.mark.parametrize("likeness", ["", "0", "g" * 32, LOOKS.upper(), LOOKS + "0"])
def test_pictures_that_say_nothing_are_not_compared(likeness):
    assert photos.find([photo(1, likeness=likeness), photo(2, likeness=likeness)], HINTS) == []


def test_no_file_is_not_the_same_file():
    assert photos.find([photo(1), photo(2)], HINTS) == []


def test_twice_in_one_record_or_of_one_family_is_nothing():
    assert photos.find([photo(1, sha="a"), photo(2, visit=1, sha="a")], HINTS) == []
    assert photos.find([photo(1, sha="a", homes={5}), photo(2, sha="a", homes={5, 6})], HINTS) == []
    assert photos.find([photo(1, sha="a", homes=()), photo(2, sha="a", homes=())], HINTS) == []  # nobody knows whose


def test_a_photo_twice_in_a_record_is_one_record_of_it():
    [hint] = photos.find([photo(1, sha="a"), photo(2, visit=1, sha="a"), photo(3, sha="a")], HINTS)
    assert (hint.visits, hint.facts) == ({1: 1, 3: 3}, {"records": 2, "pupils": 2})


def test_who_took_over_somebody_elses_photo_is_told_who_took_it_first_is_not():
    rows = [photo(1, sha="a", teacher=8), photo(2, sha="a", teacher=1)]
    [hint] = photos.find(rows, HINTS)
    assert (hint.teacher, hint.visits, hint.facts) == (1, {2: 2}, {"records": 2, "pupils": 2})


def test_who_took_it_first_and_used_it_twice_is_told_too():
    rows = [photo(1, sha="a", teacher=8), photo(2, sha="a", teacher=8), photo(3, sha="a", teacher=1)]
    assert [(hint.teacher, hint.key) for hint in photos.find(rows, HINTS)] == [(1, "3"), (8, "1")]


def test_two_teachers_of_one_call_share_its_photo():
    rows = [photo(1, sha="a", teacher=8, homes={4}), photo(2, sha="a", teacher=1, homes={4})]
    assert photos.find(rows, HINTS) == []


def test_a_notice_may_leave_it_out():
    assert photos.find([photo(1, sha="a"), photo(2, sha="a")], Hints(reused_photo=False)) == []


def test_every_pair_a_few_bits_apart_is_met_wherever_the_bits_are():
    rng = Random(11)
    for number in range(300):
        turned = sum(1 << bit for bit in rng.sample(range(128), photos.LIMIT))
        other = f"{int(LOOKS, 16) ^ turned:032x}"
        assert photos.find([photo(1, likeness=LOOKS), photo(2, likeness=other)], HINTS), number


def test_the_order_of_reading_changes_nothing():
    rng = Random(4)
    rows = [photo(number, teacher=number % 3, likeness=off(number % 9)) for number in range(40)]
    expected = photos.find(rows, HINTS)
    for _ in range(5):
        rng.shuffle(rows)
        assert photos.find(rows, HINTS) == expected


def test_one_photo_in_five_thousand_records_is_three_hints():
    rows = [photo(number, sha="a", likeness=LOOKS, teacher=number % 3) for number in range(5000)]
    assert [len(hint.visits) for hint in photos.find(rows, HINTS)] == [1667, 1667, 1666]
