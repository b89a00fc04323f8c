"""One JSON object a line on stdout; progress goes to stderr."""

import json
import sys


def line(name, value, unit, *, baseline):
    """baseline: the yardstick of the same run in the same unit, or the target where there is no yardstick."""
    row = {"name": name, "value": tidy(value), "unit": unit, "baseline": tidy(baseline), "ratio": round(value / baseline, 3)}
    print(json.dumps(row), flush=True)


def tidy(number):
    return round(number, 3) if isinstance(number, float) else number


def say(text):
    print(text, file=sys.stderr, flush=True)
