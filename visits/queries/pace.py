"""Where the present speed of visiting leads, in one sentence."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from core import formats
from core.clock import today

PACE_DAYS = 14


@dataclass(frozen=True)
class Pace:
    """One sentence on where the present speed leads; tone "" or "warm"."""

    text: str
    tone: str = ""


def pace(mine, programme, last_day):
    """From the families reached in the last two weeks (fewer at the start of a programme)."""
    left = len(mine.waiting)
    if not left:
        return Pace("都走到了")
    now = today()
    if now > last_day:
        return Pace(f"{formats.day(last_day)}已经截止，现在去算补访", "warm")
    days = max(1, min(PACE_DAYS, (now - programme.starts_on).days + 1))
    since = now - timedelta(days=days - 1)
    done = sum(1 for family in mine.visited if since <= family.reached_on <= now)
    days_left = (last_day - now).days + 1
    if not done:
        each = ceil(left / days_left)
        return Pace(f"每天走{each}家，{formats.day(last_day)}前能走完")
    finish_on = now + timedelta(days=ceil(left * days / done))
    if finish_on <= last_day:
        return Pace(f"照这个速度，{formats.day(finish_on)}能走完")
    return Pace(f"照这个速度，要到{formats.day(finish_on)}，晚{(finish_on - last_day).days}天", "warm")
