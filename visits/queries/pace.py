"""Where the present speed of visiting leads, in one sentence."""

from dataclasses import dataclass
from math import ceil

from core import formats
from core.clock import today
from programmes.queries.workdays import calendar, workdays_left
from schools.calendar import is_workday
from visits.queries.forecast import coming_workdays, lately, reach_day

PACE_WORKDAYS = 10


@dataclass(frozen=True)
class Pace:
    """One sentence on where the present speed leads; tone "" or "warm"."""

    text: str
    tone: str = ""


def pace(mine, programme, last_day):
    """From the families reached in the last ten workdays (fewer at the start of a programme)."""
    left = len(mine.waiting)
    if not left:
        return Pace("都走到了")
    now, kept = today(), calendar(programme)
    if now > last_day:
        return Pace(f"{formats.day(last_day)}已经截止，现在去算补访", "warm")
    stretch = lately(kept, start=programme.starts_on, now=now, wanted=PACE_WORKDAYS)
    done = sum(stretch.holds(family.reached_on) for family in mine.visited)
    made = sum(family.reached_on == now for family in mine.visited)
    if not done and not made:
        return Pace(_each_day(left, programme, last_day, is_workday(now, kept)))
    speed = stretch.speed(done) or made
    finish_on = reach_day(left + made, speed=speed, now=now, coming=coming_workdays(now, kept), today=made)
    if finish_on is None:
        return Pace(f"照这个速度，{formats.day(last_day)}前走不完", "warm")
    if finish_on <= last_day:
        return Pace(f"照这个速度，{formats.day(finish_on)}能走完")
    return Pace(f"照这个速度，要到{formats.day(finish_on)}，晚{(finish_on - last_day).days}天", "warm")


def _each_day(left, programme, last_day, works_today):
    """How many a workday would do, today in; a day where no workday is left."""
    working = workdays_left(programme, last_day) + works_today
    days = working or (last_day - today()).days + 1
    return f"{'每个工作日' if working else '每天'}走{ceil(left / days)}家，{formats.day(last_day)}前能走完"
