"""What is left out of a column cannot be told from what stands in it: every answer is tried."""

from functools import partial
from itertools import product

import pytest

from reports.queries.suppress import FEW, HIDDEN, hidden, hidden_beside


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([], []),
        ([0, 5, 12], [0, 5, 12]),
        ([3, 9, 20], [FEW, HIDDEN, 20]),
        ([3, 2, 9], [FEW, FEW, 9]),
        ([1, 1, 9, 12], [FEW, FEW, HIDDEN, 12]),  # the sum would tell two ones
        ([4, 4, 9, 12], [FEW, FEW, HIDDEN, 12]),
        ([3, 9, 9, 20], [FEW, HIDDEN, 9, 20]),
        ([1, 5, 5, 5], [FEW, HIDDEN, HIDDEN, HIDDEN]),  # nothing is enough: all of it goes
        ([3, 0, 0], [FEW, FEW, FEW]),
        ([1, 1, 0], [FEW, FEW, FEW]),
        ([3], [FEW]),
    ],
)
def test_what_a_column_shows(numbers, written):
    numbers = dict(enumerate(numbers))
    assert list((numbers | hidden(numbers)).values()) == written


def test_no_small_number_can_be_told_from_the_rest():
    """Every column of four cells up to 7, from the reader's side: every answer that fits what is shown and the sum."""
    for numbers in product(range(8), repeat=4):
        shown = (dict(enumerate(numbers)) | hidden(dict(enumerate(numbers)))).values()
        if FEW in shown and any(type(cell) is int for cell in shown):
            answers = [one for one in product(*map(partial(_may_be, shown=shown), shown)) if sum(one) == sum(numbers)]
            small = [at for at, cell in enumerate(shown) if cell == FEW]
            assert [at for at in small if len({one[at] for one in answers}) == 1] == [], (numbers, shown)


def _may_be(cell, *, shown):
    """What a reader knows: nothing between 1 and 4 stands open, and of the larger ones the smallest goes first."""
    if type(cell) is int:
        return [cell]
    if cell == FEW:
        return range(1, 5)
    return range(5, min((one for one in shown if type(one) is int and one >= 5), default=28) + 1)


def test_a_part_is_left_out_where_its_whole_is():
    due, visited = {1: 3, 2: 7, 3: 20}, {1: 0, 2: 6, 3: 18}
    left_out = hidden(due)
    assert left_out == {1: FEW, 2: HIDDEN}
    assert hidden_beside(visited, left_out, due) == {2: HIDDEN}


def test_nobody_is_visited_where_nobody_is_due():
    due, visited = {1: 0, 2: 2, 3: 1}, {1: 0, 2: 2, 3: 0}
    left_out = hidden(due)
    assert left_out == {2: FEW, 3: FEW}
    assert hidden_beside(visited, left_out, due) == {2: FEW, 3: FEW}  # not “0 due, <5 visited”
