from statistics import median
from time import perf_counter


def side_by_side(*calls, rounds, warm_up=5):
    """Median milliseconds of each call, taken in turns so that a slow minute of the machine hits all alike."""
    for _ in range(warm_up):
        for call in calls:
            call()
    times = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            begun = perf_counter()
            call()
            taken.append((perf_counter() - begun) * 1000)
    return [median(taken) for taken in times]
