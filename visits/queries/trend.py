"""累计走访: how many pupils had been reached by each day, against an even pace and the pace of the last workdays."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from core.clock import today
from core.formats import day, thousands
from programmes.queries.workdays import calendar
from schools.calendar import is_workday
from visits.queries.forecast import coming_workdays, lately, reach_day, visiting_window

PACE_WORKDAYS = 5


@dataclass(frozen=True)
class Trend:
    """Cumulative pupils by day. visited ends today; expected runs to the deadline; forecast starts today."""

    days: list
    visited: list
    expected: list
    forecast: list  # None before today
    target: int
    deadline: date
    finish_on: date | None  # at the speed
    speed: Fraction  # pupils a workday over the last workdays

    @property
    def started(self):
        return bool(self.visited)

    @property
    def reached(self):
        return self.visited[-1] if self.visited else 0

    @property
    def expected_now(self):
        return self.expected[len(self.visited) - 1] if self.visited else 0

    @property
    def ahead(self):
        """Pupils more than an even pace asks for by today; negative when behind."""
        return self.reached - self.expected_now

    @property
    def over(self):
        return len(self.visited) == len(self.days)

    @property
    def rows(self):
        """(day, new, visited, expected) of the days somebody was reached first, and of the last day known."""
        result, before = [], 0
        for at, count in enumerate(self.visited):
            if count != before or at == len(self.visited) - 1:
                result.append((self.days[at], count - before, count, self.expected[at]))
            before = count
        return result[::-1]

    @property
    def finding(self):
        """One sentence: where we stand and where the present pace leads."""
        if not self.target:
            return "应访名单里还没有学生"
        if not self.started:
            return f"{day(self.days[0])}开始走访，共{thousands(self.target)}人"
        if self.reached >= self.target:
            return f"{thousands(self.target)}人已全部走到"
        if self.over:
            return f"到{day(self.deadline)}截止时走到{thousands(self.reached)}人，差{thousands(self.target - self.reached)}人"
        return f"{self._standing}，{self._outlook}"

    @property
    def _standing(self):
        if self.ahead == 0:
            return "和应达进度一样"
        return f"比应达进度{'多' if self.ahead > 0 else '少'}{thousands(abs(self.ahead))}人"

    @property
    def _outlook(self):
        if not self.speed:
            return f"近{PACE_WORKDAYS}个工作日没有新走到的学生"
        if self.finish_on is not None and self.finish_on <= self.deadline:
            return f"照近{PACE_WORKDAYS}个工作日的速度，{day(self.finish_on)}走完"
        left = ceil(self.target - self.forecast[-1])
        return f"照近{PACE_WORKDAYS}个工作日的速度，到{day(self.deadline)}还差{thousands(left)}人"


def trend(programme, rows, *, target):
    """The line of a school, or of some of its classes, from their rows of visits.queries.listed. No query but the
    calendar's.

    target: pupils to reach (Figure.target). programme.deadlines should be prefetched.
    """
    first = Counter(row.first_on for row in rows if row.in_scope and row.visits)
    return draw(first, window=visiting_window(programme), target=target, now=today(), kept=calendar(programme))


def draw(first, *, window, target, now, kept):
    """A Trend from {day: pupils reached for the first time}. kept: the calendar's table."""
    start, deadline = window.first, window.last
    end = max(deadline, max(first, default=deadline))
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    expected = [round(target * share) for share in window.shares(days)]
    visited, total = [], sum(count for one, count in first.items() if one < start)
    for one in days:
        if one > now:
            break
        total += first.get(one, 0)
        visited.append(total)
    stretch = lately(kept, start=start, now=now, wanted=PACE_WORKDAYS)
    made = first.get(now, 0)
    speed = stretch.speed(sum(count for one, count in first.items() if stretch.holds(one))) or Fraction(made)
    left = target - total + made  # this morning
    finish_on = None
    if speed and target > total:
        finish_on = reach_day(left, speed=speed, now=now, coming=coming_workdays(now, kept), today=made)
    forecast = _forecast(days, visited, target, morning=target - left, speed=speed, kept=kept)
    return Trend(days, visited, expected, forecast, target, deadline, finish_on, speed)


def _forecast(days, visited, target, *, morning, speed, kept):
    """What each day from today on would come to at a speed a workday; None before, and when nobody is left."""
    found = [None] * len(days)
    if not visited or visited[-1] >= target or len(visited) == len(days):
        return found
    now, reached = len(visited) - 1, Fraction(morning)
    for n in range(now, len(days)):
        reached += speed if is_workday(days[n], kept) else 0
        found[n] = round(float(min(target, max(reached, visited[-1]))), 1)
    found[now] = visited[-1]
    return found
