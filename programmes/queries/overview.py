"""活动安排: phases, deadlines and what they mean today."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import local_date, today
from core.formats import clock, day
from programmes.config.days import midnight
from programmes.enums import ProgrammeState
from programmes.queries.workdays import calendar, left_words, workdays_left
from schools.calendar import is_workday, unknown_year_notice
from schools.models import School

SOON = 7  # days: from here on a deadline is drawn warm
LONGEST_HOLIDAY = 14  # days to look back for the last workday before a deadline
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class DeadlineLine:
    """tone: "" far off, "warm" soon or today, "sec" past (who filed in time is another page's question)."""

    kind: str
    title: str
    last_day: date
    until: str  # 24:00, or the hour the notice names
    countdown: str
    left: str  # of these days, how many are workdays
    tone: str
    workday_note: str


@dataclass(frozen=True)
class PhaseLine:
    name: str
    starts_on: date
    ends_on: date
    steps: list
    state: str  # past | now | coming
    countdown: str
    left: str  # of these days, how many are workdays


def deadline_lines(programme):
    """In order of time. Two queries whatever their number; one more per year whose holidays nobody knows."""
    rows = list(programme.deadlines.all())
    if not rows:
        return []
    return [_deadline(programme, row) for row in rows]


def _deadline(programme, row):
    left = (row.last_day - today()).days
    working = left_words(left, workdays_left(programme, row.last_day))
    words, tone = countdown(left, row.has_passed()), ""
    if row.has_passed():
        words, tone = "已截止" if programme.state == ProgrammeState.CLOSED else words, "sec"
    elif left <= SOON:
        tone = "warm"
    whole_day = row.at == midnight(local_date(row.at))
    until = "24:00" if whole_day else clock(row.at)
    note = workday_note(row.last_day, calendar(programme))
    return DeadlineLine(row.kind, row.title, row.last_day, until, words, working, tone, note)


def countdown(days, passed=False):
    """还有12天, 今天截止, 过3天 (ui.md, Formats)"""
    if passed:
        return f"过{-days}天" if days < 0 else "今天已截止"
    return f"还有{days}天" if days > 0 else "今天截止"


def workday_note(last_day, kept=None):
    """When a deadline falls on a holiday or a make-up day, what that means; "" for a plain workday."""
    if is_workday(last_day, kept):
        weekend = last_day.weekday() >= 5
        return f"这天是星期{WEEKDAYS[last_day.weekday()]}，调休上班" if weekend else ""
    before = last_day
    for _ in range(LONGEST_HOLIDAY):
        before -= timedelta(days=1)
        if is_workday(before, kept):
            return f"这天放假，此前最后一个工作日是{day(before)}"
    return "这天放假"


def years_notice(lines):
    return unknown_year_notice(*(line.last_day for line in lines))


def phase_lines(programme):
    now = today()
    return [_phase(programme, row, now) for row in programme.phases.all()]


def _phase(programme, row, now):
    working = ""
    if now < row.starts_on:
        state, words = "coming", f"还有{(row.starts_on - now).days}天开始"
    elif now <= row.ends_on:
        left = (row.ends_on - now).days
        state, words = "now", f"还有{left}天" if left else "今天结束"
        working = left_words(left, workdays_left(programme, row.ends_on))
    else:
        state, words = "past", ""
    return PhaseLine(row.name, row.starts_on, row.ends_on, row.steps, state, words, working)


def home_school(user, programme):
    """The user's school under the programme's authority, whose form applies to what the user writes; None at a desk.

    A school the user runs comes before one the user teaches at.
    """
    schools = {school.pk: school for post in user.posts_now if (school := post.place_school)}
    own = [school for school in schools.values() if school.authority_id == programme.authority_id]
    return min(own, key=lambda school: school.pk not in user.reach.whole_schools, default=None)


def schools_run_by(user, programme):
    """Schools whose form the user may adapt, under the programme's authority."""
    return School.objects.visible_to(user).filter(
        pk__in=user.reach.whole_schools, authority_id=programme.authority_id
    )
