"""走访与跟进: all visits to one pupil's family, as far as this person may know of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from core.clock import local_date
from core.formats import clock, day
from programmes.enums import Mode
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Opinion, Promise, Visit, VisitStudent, VisitVisitor

WEEKDAYS = "一二三四五六日"
CHARS = 80
V = VisitState
TAGS = {
    V.PLANNED: ("plan", "已约"), V.DONE: ("soon", "待记录"), V.RECORDED: ("done", "已记录"), V.LOCKED: ("done", "已归档"),
    V.DECLINED: ("mute", "婉拒"), V.NO_ONE_HOME: ("mute", "没人在家"), V.CANCELLED: ("mute", "已取消"),
    V.VOIDED: ("mute", "已作废"),
}  # fmt: skip
HAPPENED = (V.DONE, V.RECORDED, V.LOCKED)


@dataclass(frozen=True)
class Entry:
    """A line of the timeline. visit: None for one made from another school, of which day and mode are known alone."""

    on: date
    when: str
    mode: str
    css: str = ""
    visit: Visit | None = None
    tag: tuple = ("mute", "外校走访")
    people: str = ""
    text: str = ""


def timeline(user, student):
    """Entries, the latest first; what is planned stands on top."""
    visits = (
        Visit.objects.visible_to(user)
        .filter(visit_students__student=student)
        .select_related("programme", "lead")
        .prefetch_related(Prefetch("visitors", VisitVisitor.objects.select_related("user")))
    )
    entries = [_entry(visit) for visit in visits]
    known = {visit.pk for visit in visits}
    others = VisitStudent.objects.visible_to(user).filter(student=student, visit__state__in=COUNTED_STATES)
    for row in others.exclude(visit_id__in=known):
        entries.append(Entry(row.visited_on, day(row.visited_on), Mode(row.mode).label))
    return sorted(entries, key=lambda e: (e.css == "plan", e.on), reverse=True)


def _entry(visit):
    moment = visit.started_at or visit.planned_at
    on = visit.visited_on or local_date(moment or visit.created_at)
    planned = visit.state == V.PLANNED
    when = f"{day(on)} 周{WEEKDAYS[on.weekday()]} {clock(moment)}" if planned else f"{day(on)} {clock(moment)}".strip()
    others = [v.user.name for v in visit.visitors.all() if v.user_id != visit.lead_id]
    people = visit.lead.name + (f"和{'、'.join(others)}" if others else "")
    css = "plan" if planned else "" if visit.state in HAPPENED else "off"
    return Entry(
        on, when, _mode(visit), css, visit,
        ("late", "退回待改") if visit.is_returned and visit.state == V.RECORDED else TAGS[visit.state],
        people + _minutes(visit), _text(visit),
    )  # fmt: skip


def _mode(visit):
    """As the notice calls it."""
    names = {rule.code: rule.name for rule in visit.programme.rules.visit.modes}
    return names.get(visit.mode, visit.get_mode_display())


def _minutes(visit):
    if not (visit.started_at and visit.ended_at):
        return ""
    return f"，{int((visit.ended_at - visit.started_at).total_seconds() // 60)}分钟"


def _text(visit):
    if visit.state in (V.RECORDED, V.LOCKED):
        text = " ".join((visit.measures or visit.process or visit.cause).split())
        return text if len(text) <= CHARS else f"{text[:CHARS]}…"
    if visit.state == V.PLANNED:
        if not visit.confirmed_at:
            return "还没有得到家长答复"
        return f"{day(timezone.localtime(visit.confirmed_at).date())}家里答应了"
    if visit.state == V.DECLINED and visit.decline_offer:
        return f"提过改在{Mode(visit.decline_offer).label}"
    if visit.state == V.CANCELLED:
        return f"{visit.get_cancelled_by_display()}取消"
    return ""


def opinions(user, student):
    rows = Opinion.objects.visible_to(user).filter(visit__visit_students__student=student)
    return list(rows.exclude(visit__state=V.VOIDED).select_related("visit").order_by("-visit__visited_on", "position"))


def open_promises(user, student):
    rows = Promise.objects.visible_to(user).filter(visit__visit_students__student=student, outcome="")
    return list(rows.exclude(visit__state=V.VOIDED).select_related("visit").order_by("due_on", "pk"))
