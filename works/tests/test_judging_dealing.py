"""Dealing and ranking, without a database."""

from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from works.actions.dealing import deal, short_of
from works.actions.results import Marks, rank, sheet_total, suggest

CRITERIA = [
    {"code": "truth", "label": "真实", "weight": 4, "max": 10},
    {"code": "care", "label": "师爱", "weight": 4, "max": 10},
    {"code": "words", "label": "表达", "weight": 2, "max": 10},
]


def loads(dealt, judges):
    return [sum(judge in chosen for chosen in dealt.values()) for judge in judges]


def test_every_entry_gets_its_judges_and_loads_are_even():
    allowed = {entry: set(range(30)) - {entry % 30} for entry in range(3000)}
    dealt = deal(allowed, 3, seed=7)
    assert {len(chosen) for chosen in dealt.values()} == {3}
    assert all(entry % 30 not in chosen for entry, chosen in dealt.items())
    assert set(loads(dealt, range(30))) == {300}


def test_the_same_seed_deals_the_same_and_another_differently():
    allowed = {entry: set(range(5)) for entry in range(20)}
    assert deal(allowed, 2, seed=1) == deal(allowed, 2, seed=1) != deal(allowed, 2, seed=2)


def test_too_few_judges_are_told_and_nothing_is_invented():
    allowed = {1: {1, 2}, 2: {1}, 3: set()}
    assert deal(allowed, 2) == {1: [1, 2], 2: [1], 3: []}
    assert short_of(allowed, 2) == {2: 1, 3: 0}


def test_new_sheets_go_to_who_holds_least():
    allowed = {entry: {1, 2, 3} for entry in range(6)}
    dealt = deal(allowed, 1, load={1: 5, 2: 0, 3: 1})
    assert loads(dealt, [1, 2, 3]) == [0, 4, 2] or loads(dealt, [1, 2, 3]) == [0, 3, 3]


def test_each_entry_may_lack_another_number():
    assert deal({1: {1, 2, 3}, 2: {3}}, {1: 2, 2: 1}) == {1: [1, 2], 2: [3]}


@given(st.lists(st.sets(st.integers(0, 3)), min_size=1, max_size=5), st.integers(1, 3), st.integers(0, 9))
def test_loads_are_as_even_as_any_dealing(allowed, each, seed):
    """Against every dealing there is: Σ load² is the least possible, and no one gets what they may not."""
    allowed = dict(enumerate(allowed))
    dealt = deal(allowed, each, seed=seed)
    for entry, chosen in dealt.items():
        assert set(chosen) <= allowed[entry] and len(chosen) == min(each, len(allowed[entry]))
    ways = [list(combinations(sorted(judges), min(each, len(judges)))) for judges in allowed.values()]
    best = min(sum(n * n for n in loads(dict(enumerate(way)), range(4))) for way in product(*ways))
    assert sum(n * n for n in loads(dealt, range(4))) == best


# ── Points to places ──


def marks(*points):
    scores = dict(zip(("truth", "care", "words"), points, strict=True))
    return Marks(sheet_total(CRITERIA, scores), scores)


def test_weights_make_a_hundred_exactly():
    assert sheet_total(CRITERIA, {"truth": 10, "care": 10, "words": 10}) == Decimal("100.000")
    assert sheet_total(CRITERIA, {"truth": 8.5, "care": 9, "words": 7}) == Decimal("84.000")
    thirds = [{"code": "a", "weight": 1, "max": 3}, {"code": "b", "weight": 2, "max": 7}]
    assert sheet_total(thirds, {"a": 1, "b": 5}) == Decimal("58.730")  # 1/9 + 10/21


def test_entry_score_is_the_mean_and_extremes_go_only_from_four_sheets():
    four = {1: [marks(10, 10, 10), marks(8, 8, 8), marks(9, 9, 9), marks(0, 0, 0)]}
    assert rank(four, [])[0].score == Decimal("67.500")
    assert rank(four, [], drop_extremes=True)[0].score == Decimal("85.000")
    three = {1: four[1][:3]}
    assert rank(three, [], drop_extremes=True)[0].score == Decimal("90.000")


def test_ties_are_parted_in_the_order_of_the_rules():
    sheets = {
        1: [marks(8, 10, 9), marks(8, 10, 9)],  # 90, truth 8, spread 0
        2: [marks(10, 8, 9), marks(10, 8, 9)],  # 90, truth 10, spread 0
        3: [marks(10, 10, 10), marks(8, 8, 8)],  # 90, truth 9, spread 20
    }

    def places(ties, **facts):
        return [(row.entry, row.place) for row in rank(sheets, ties, **facts)]

    assert places([]) == [(1, 1), (2, 1), (3, 1)]
    assert places(["criterion:truth"]) == [(2, 1), (3, 2), (1, 3)]
    assert places(["spread"]) == [(1, 1), (2, 1), (3, 3)]
    assert places(["spread", "order"], order={1: 2, 2: 1, 3: None}) == [(2, 1), (1, 2), (3, 3)]
    assert places(["spread", "criterion:truth"]) == [(2, 1), (1, 2), (3, 3)]


def test_equal_ones_share_a_place_and_the_next_is_left_out():
    ranked = rank(
        {1: [marks(9, 9, 9)], 2: [marks(9, 9, 9)], 3: [marks(1, 1, 1)]}, ["criterion:truth", "spread"]
    )
    assert [(row.place, row.tied) for row in ranked] == [(1, True), (1, True), (3, False)]


def test_suggestions_follow_places_and_a_tie_at_the_edge_is_told():
    awards = [
        {"label": "一等奖", "places": 2},
        {"label": "二等奖", "places": 2},
        {"label": "三等奖", "places": None},
    ]
    labels, notes = suggest({11: 1, 12: 2, 13: 2, 14: 4, 15: 5, 16: 6}, awards)
    assert labels == {11: "一等奖", 12: "一等奖", 13: "一等奖", 14: "二等奖", 15: "二等奖"}
    assert notes == ["一等奖定了2个，第2名并列2件，多出1件。留下哪些由你定。"]
    assert suggest({1: 1}, [{"label": "一等奖", "places": None}]) == ({}, [])


@pytest.mark.parametrize("half", (8.5, 9, 0))
def test_half_points_are_exact(half):
    assert sheet_total([{"code": "a", "weight": 1, "max": 10}], {"a": half}) == Decimal(str(half)) * 10
