"""Several people or workers at the same instant, on real threads: for tests of races."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

MOST_SECONDS = 120


def at_once(*acts, refusals=()):
    """Start all at the same instant, each on a connection of its own; → what each returned, or the refusal it met.

    refusals: the errors a test looks at itself; any other is raised here.
    """
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            gate.wait(MOST_SECONDS)
            return act()
        except refusals as refusal:
            return refusal
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(len(acts))
    try:
        return [one.result(MOST_SECONDS) for one in [pool.submit(run, act) for act in acts]]
    finally:
        pool.shutdown(wait=False)
