"""What is worth a second look before an appointment is made. None of it stops one; plain sentences."""

from dataclasses import dataclass
from datetime import time, timedelta

from django.utils import timezone

from core import formats
from core.clock import local_date, now
from programmes.enums import Mode
from schools.calendar import is_workday
from visits.actions.checks import mode_label
from visits.queries.appointments import clashes, when
from visits.queries.forecast import coverage_day

IN_PERSON = (Mode.IN_PERSON, Mode.NEARBY)


@dataclass(frozen=True)
class Warning:
    code: str
    text: str


def warnings(programme, *, by, planned_at, mode, others=(), visit=None):
    """[Warning] for an appointment as it stands in the form. others: ids of colleagues; visit: the one being moved."""
    rules, found = programme.rules.visit, []

    def say(code, text):
        found.append(Warning(code, text))

    notice = rules.appointment.notice_hours
    if planned_at < now() + timedelta(hours=notice):
        say("notice", f"离现在不到{_hours(notice)}，一般要提前{_hours(notice)}约。")
    if is_quiet(rules.appointment, planned_at):
        quiet = rules.appointment
        say("quiet", f"{quiet.quiet_from}到{quiet.quiet_to}一般不上门，换个时间更方便家长。")
    if mode in IN_PERSON and 1 + len(others) < rules.min_visitors:
        say("visitors", f"现在只有{1 + len(others)}位老师，一般要{rules.min_visitors}位同去。")
    for user, moment in clashes([by.pk, *others], planned_at, except_visit=visit):
        who = "你" if user.pk == by.pk else f"{user.name}老师"
        say("clash", f"{who}{when(moment)}还有一个约定，前后不到一小时。")
    _calendar(programme, planned_at, mode, say)
    return found


def is_quiet(appointment, moment):
    """Between quiet_from and quiet_to, over midnight or not."""
    clock = timezone.localtime(moment).time()
    start, end = time.fromisoformat(appointment.quiet_from), time.fromisoformat(appointment.quiet_to)
    return start <= clock < end if start <= end else clock >= start or clock < end


def key(found):
    """What the page has shown: the same warnings again need no second question."""
    return " ".join(sorted({warning.code for warning in found}))


def _hours(hours):
    return f"{hours // 24}天" if hours % 24 == 0 and hours > 24 else f"{hours}小时"


def _calendar(programme, planned_at, mode, say):
    day, last = local_date(planned_at), coverage_day(programme)
    if day > programme.ends_on:
        say("late", f"{formats.day(programme.ends_on)}之后算补访：记录会保存，不计入覆盖率。")
    elif day < programme.starts_on:
        say("early", f"活动{formats.day(programme.starts_on)}开始，在那之前去不计入覆盖率。")
    elif day > last:
        say("deadline", f"{formats.day(last)}截止，这次约在截止以后。")
    elif mode not in programme.rules.counted_modes:
        say("mode", f"{mode_label(programme, mode)}不计入覆盖率，记录照样保存。")
    if day.weekday() < 5 and not is_workday(day):
        say("holiday", f"{formats.day(day)}放假，问问家长方不方便。")
