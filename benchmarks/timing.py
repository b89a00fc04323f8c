from statistics import median
from time import perf_counter


def side_by_side(*calls, rounds, warm_up=5):
    """Median milliseconds of each call, taken in turns so that a slow minute of the machine hits all alike.

    Every second round runs backwards: whoever comes second pays for what the first left behind.
    """
    for _ in range(warm_up):
        for call in calls:
            call()
    times = [[] for _ in calls]
    turns = list(zip(calls, times, strict=True))
    for _ in range(rounds):
        turns.reverse()
        for call, taken in turns:
            begun = perf_counter()
            call()
            taken.append((perf_counter() - begun) * 1000)
    return [median(taken) for taken in times]
