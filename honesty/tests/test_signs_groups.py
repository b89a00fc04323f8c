"""Of pairs that are alike: groups in which every text is alike to every other."""

from random import Random

import pytest
from rapidfuzz import fuzz

from honesty.signs.groups import STRAYING, alike_throughout, least_alike, parts
from honesty.signs.index import fingerprints, near_pairs
from honesty.tests.invented import edited, invented


def groups(texts, percent=90, least=3, weights=None):
    pairs = near_pairs(texts, percent)
    return list(alike_throughout(texts, weights or [1] * len(texts), pairs, percent, least))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("percent", [70, 90])
def test_everybody_in_a_group_is_alike_and_nobody_is_in_two(seed, percent):
    rng = Random(seed)
    texts = [invented(rng, 80)]
    while len(texts) < 60:  # each from one of those before: chains, clusters and strangers
        texts.append(edited(rng, rng.choice(texts), rng.choice([0.02, 0.05, 0.1, 0.3])))
    texts = list(dict.fromkeys(texts))
    found = groups(texts, percent)
    assert found
    assert sorted(set(sum(found, []))) == sorted(sum(found, []))
    for group in found:
        assert len(group) >= 3
        members = [texts[number] for number in group]
        least = min(fuzz.ratio(one, other) for one in members for other in members)
        assert least >= percent
        assert least_alike(members) == int(least)


def test_a_very_large_group_keeps_to_its_middle_and_says_how_alike_it_is():
    rng = Random(2)
    first = invented(rng, 150)
    texts = list(dict.fromkeys(edited(rng, first, 0.04) for _ in range(2 * STRAYING)))
    [group] = groups(texts)
    assert len(group) >= 0.98 * len(texts)
    assert least_alike([texts[number] for number in group]) >= 88


def test_a_text_of_several_records_is_a_group_by_itself():
    assert groups(["甲" * 50, "乙" * 50], weights=[3, 2]) == [[0]]


def test_no_texts():
    assert groups([]) == []
    assert list(parts({})) == []
    assert least_alike(["甲"]) == 100


@pytest.mark.parametrize("text", ["", "甲", "甲乙丙丁", "甲乙丙丁戊", "甲" * 30])
def test_even_the_shortest_text_has_a_fingerprint(text):
    assert len(fingerprints(text)) == 1


def test_a_shared_run_of_ten_characters_is_a_shared_fingerprint():
    rng = Random(6)
    for _ in range(200):
        run = invented(rng, 10)
        one, other = (invented(rng, 20) + run + invented(rng, 20) for _ in "12")
        assert fingerprints(one) & fingerprints(other)
