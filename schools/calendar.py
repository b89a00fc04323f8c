"""Workdays of the state: a kept library for 2004–2026, an admin-edited table for later years or corrections."""

from datetime import date, datetime, time, timedelta

from chinese_calendar.constants import holidays as library_holidays
from chinese_calendar.constants import workdays as library_workdays
from django.utils import timezone

from schools.models import Workday

LONGEST_REST = 60  # days of a summer in the table, at most
LIBRARY_YEARS = range(min(library_holidays).year, max(library_holidays).year + 1)


def school_year(day: date) -> int:
    """2022 for 2022-08-01…2023-07-31 (architecture.md: a school year begins on 1 August)."""
    return day.year if day.month >= 8 else day.year - 1


def year_is_known(year: int) -> bool:
    """False: the state's list is neither in the library nor in the table, so only weekdays are known."""
    return year in LIBRARY_YEARS or Workday.objects.filter(day__year=year).exists()


def kept_days(first: date, last: date) -> dict[date, bool]:
    """The table between two days: many questions to is_workday for one query."""
    return dict(Workday.objects.filter(day__range=(first, last)).order_by().values_list("day", "is_workday"))


def is_workday(day: date, kept: dict[date, bool] | None = None) -> bool:
    """The table wins, then the library (make-up Saturdays are workdays), then Monday to Friday."""
    kept = kept_days(day, day) if kept is None else kept
    if day in kept:
        return kept[day]
    # The library's own is_workday looks for its first and last year at every call; pages ask for a year of days.
    return day in library_workdays or (day.weekday() < 5 and day not in library_holidays)


def workdays(first: date, last: date, kept: dict[date, bool] | None = None) -> int:
    """How many workdays from one day to another, both counted; 0 when they are the wrong way round."""
    return len(workdays_between(first, last, kept))


def workdays_between(first: date, last: date, kept: dict[date, bool] | None = None) -> list[date]:
    """The workdays from one day to another, both in. One query, or none with the days of the table at hand."""
    kept = kept_days(first, last) if kept is None else kept
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_workday(day, kept)]


def unknown_year_notice(*days: date) -> str:
    """A sentence for the page when a date rests on the weekday rule; "" when all years are known."""
    years = sorted({d.year for d in days if d and not year_is_known(d.year)})
    if not years:
        return ""
    names = "、".join(f"{y}年" for y in years)
    return f"{names}的放假安排还没有录入，暂按周一至周五算工作日。请管理员在“后台管理—工作日”里补上。"


def next_workday(day: date) -> date:
    """The day itself when it is a workday, else the first one after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_after(moment: datetime, number: int) -> datetime:
    """The same time of day so many workdays later; a day off is not begun: from there it counts from the next morning."""
    if not number:
        return moment
    local = timezone.localtime(moment, timezone.get_default_timezone())
    day, clock = local.date(), local.timetz()
    kept = kept_days(day, day + timedelta(days=LONGEST_REST + 2 * number))
    if not is_workday(day, kept):
        clock = time(tzinfo=clock.tzinfo)
        while not is_workday(day, kept):
            day += timedelta(days=1)
    while number:
        day += timedelta(days=1)
        number -= is_workday(day, kept)
    return datetime.combine(day, clock)
