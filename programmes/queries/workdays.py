"""The workdays around a programme, and how many are left to a day."""

from datetime import date, timedelta

from core.clock import today
from schools.calendar import kept_days, workdays

BEFORE = timedelta(days=120)  # meetings and plans come before the days of visiting


def calendar(programme):
    """The administration's table from a programme on ({day: is it a workday}): one query for one programme object."""
    if "_calendar" not in programme.__dict__:
        programme._calendar = kept_days(programme.starts_on - BEFORE, date.max)
    return programme._calendar


def workdays_left(programme, last):
    """Workdays after today up to a last day; of “还有12天” those that are workdays."""
    return workdays(today() + timedelta(days=1), last, calendar(programme))


def left_words(days, working):
    """其中10个工作日, beside the days that are left; "" when none are."""
    if days <= 0:
        return ""
    if days == 1:
        return "是工作日" if working else "不是工作日"
    if not working:
        return "没有工作日了"
    return "都是工作日" if working == days else f"其中{working}个工作日"
