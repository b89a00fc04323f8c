"""Counts of a category where few pupils stand: what leaves the school points at nobody (security.md §1).

1–4 are written “<5”. Sums stay true, so a sum must not tell what was left out: where it would, the next smallest
cell is left out as well (“…”), and where none of them is enough, the whole column is, empty cells as “<5”.
"""

FEW, HIDDEN = "<5", "…"
LEAST = 5


def hidden(numbers, also=()):
    """{key: what is written instead} for the cells of one column. numbers: {key: count}, their sum stands beside.

    also: keys left out in an earlier table of the same instant; shown now, they would tell what that one left out.
    """
    found = _hidden(numbers)
    return found | {key: HIDDEN if numbers[key] >= LEAST else FEW for key in also if key in numbers and key not in found}


def _hidden(numbers):
    small = [key for key, number in numbers.items() if 0 < number < LEAST]
    if not small:
        return {}
    few = dict.fromkeys(small, FEW)
    values = [numbers[key] for key in small]
    if not _told(values, [], []):
        return few  # mostly so, and then hundreds of others need no order
    others = sorted((number, key) for key, number in numbers.items() if number >= LEAST)
    for taken in range(1, len(others) + 1):
        if not _told(values, [number for number, _ in others[:taken]], others[taken:]):
            return few | {key: HIDDEN for _, key in others[:taken]}
    return few | {key: HIDDEN for _, key in others} | {key: FEW for key, number in numbers.items() if not number}


def hidden_beside(numbers, left_out, of, also=()):
    """The same for a column that is part of another (实访 of 应访): where that one is left out, this one is as well; where
    that one says 0, everybody knows this one."""
    found = {key: written for key, written in hidden(numbers, also).items() if of[key] or key in left_out}
    return found | {key: HIDDEN for key in left_out if key not in found and numbers[key] >= LEAST and of[key] >= LEAST}


def _told(small, taken, shown):
    """Whether sum, shown cells and this rule leave a single answer for each small cell.

    What is left out besides lies between LEAST and the smallest that is shown: the rule takes the next smallest.
    """
    whole, count = sum(small) + sum(taken), len(small)
    most = whole - LEAST * len(taken)
    least = whole - len(taken) * (shown[0][0] if shown else whole)
    low, high = max(count, least), min((LEAST - 1) * count, most)
    return low == high and (count == 1 or low in (count, (LEAST - 1) * count))
