"""Which judge reads which work: nobody their own, a district's judge none of their own school, loads as even as can be.

Pure: ids in, ids out. The same seed deals the same.
"""

import random
from collections import deque


def deal(allowed, each, *, load=None, seed=0):
    """{entry: [judges]}. allowed: {entry: judges who may read it}; each: how many are to read one entry, or {entry: n}.

    load: sheets a judge holds already. An entry with too few judges gets all it may have. Loads are as even as the
    rules let them be: no chain of exchanges brings a fuller judge nearer to an emptier one.
    """
    dice = random.Random(seed)
    load = dict(load or {})
    for judges in allowed.values():
        for judge in judges:
            load.setdefault(judge, 0)
    order = sorted(allowed)
    dice.shuffle(order)
    order.sort(key=lambda entry: len(allowed[entry]))  # who has little choice comes first
    dealt = {}
    for entry in order:
        drawn = {judge: dice.random() for judge in sorted(allowed[entry])}
        wanted = each[entry] if isinstance(each, dict) else each
        chosen = sorted(drawn, key=lambda judge, drawn=drawn: (load[judge], drawn[judge]))[:wanted]
        for judge in chosen:
            load[judge] += 1
        dealt[entry] = set(chosen)
    _level(dealt, allowed, load)
    return {entry: sorted(dealt[entry]) for entry in sorted(dealt)}


def short_of(allowed, each):
    """{entry: how many judges may read it}, where they are fewer than asked for."""
    return {entry: len(judges) for entry, judges in allowed.items() if len(judges) < each}


def _level(dealt, allowed, load):
    """Pass entries on, from judge to judge, until no way leads from a judge to one who holds two less."""
    held = {judge: set() for judge in load}
    for entry, judges in dealt.items():
        for judge in judges:
            held[judge].add(entry)
    moved = True
    while moved:
        moved = False
        for judge in sorted(load, key=lambda one: (-load[one], one)):
            way = _way_down(judge, held, dealt, allowed, load)
            if way:
                for giver, entry, taker in way:
                    held[giver].remove(entry)
                    held[taker].add(entry)
                    dealt[entry].remove(giver)
                    dealt[entry].add(taker)
                load[way[0][0]] -= 1
                load[way[-1][2]] += 1
                moved = True
                break


def _way_down(start, held, dealt, allowed, load):
    """[(giver, entry, taker), …] from `start` to a judge with at least two less; [] when there is none."""
    goal = load[start] - 2
    if goal < min(load.values()):
        return []
    came, waiting = {start: None}, deque([start])
    while waiting:
        giver = waiting.popleft()
        for entry in sorted(held[giver]):
            for taker in sorted(allowed[entry] - dealt[entry] - came.keys()):
                came[taker] = (giver, entry)
                if load[taker] <= goal:
                    return _steps(taker, came)
                waiting.append(taker)
    return []


def _steps(taker, came):
    way = []
    while came[taker] is not None:
        giver, entry = came[taker]
        way.append((giver, entry, taker))
        taker = giver
    return way[::-1]
