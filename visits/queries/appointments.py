"""Appointments as pages show them: what comes next, what waits for its record, whom a colleague went along with."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from core import formats
from core.clock import local_date, now, today
from programmes.enums import ProgrammeState
from visits.enums import VisitorRole, VisitState
from visits.models import Visit, VisitVisitor
from visits.queries.records import people, shown_name

WEEKDAYS = "一二三四五六日"
PASSED = timedelta(hours=2)  # an appointment is over so long after its time, and asks what became of it
LOOK_BACK = timedelta(days=60)
HOUR = timedelta(hours=1)


def weekday(moment):
    """周六"""
    return f"周{WEEKDAYS[timezone.localtime(moment).weekday()]}"


def when(moment):
    """今天18:30, 明天10:00, 9月21日 周三18:30"""
    days = (local_date(moment) - today()).days
    if days in NEAR:
        return f"{NEAR[days]}{formats.clock(moment)}"
    return f"{formats.day(moment)} {weekday(moment)}{formats.clock(moment)}"


NEAR = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}


def left(moment):
    """还有1小时40分; "" when it is not today or has begun."""
    minutes = int((moment - now()).total_seconds() // 60)
    if local_date(moment) != today() or minutes < 1:
        return ""
    hours, minutes = divmod(minutes, 60)
    return "还有" + (f"{hours}小时" if hours else "") + (f"{minutes}分" if minutes else "")


def rows(visit):
    """Its pupils as they were chosen: the one first whose family it is. Needs visit_students prefetched."""
    return sorted(visit.visit_students.all(), key=lambda row: row.pk)


def pupil_of(visit):
    return rows(visit)[0].student


def names(visit):
    """许嘉树、许嘉禾; a sibling at another school by the first character only."""
    return "、".join(shown_name(row.student, visit.school_id) for row in rows(visit))


def labels(visit, year=None):
    """五（3）班、三（1）班: classes of the visit's own school."""
    found = [
        row.school_class.label(year)
        for row in rows(visit)
        if row.school_class and row.school_id == visit.school_id
    ]
    return "、".join(dict.fromkeys(found))


def companions(visit, user):
    """Names of who else goes, seen from the user."""
    return [visitor.user.name for visitor in visit.visitors.all() if visitor.user_id != user.pk]


@dataclass(frozen=True)
class Card:
    """A visit on a list: whose family, when, with whom, seen from the user."""

    visit: Visit
    names: str
    label: str
    when: str
    weekday: str
    with_whom: list
    is_open: bool  # its programme still takes records


def card(visit, user):
    moment = visit.planned_at or visit.started_at
    return Card(
        visit, names(visit), labels(visit), when(moment) if moment else "", weekday(moment) if moment else "",
        companions(visit, user), visit.programme.state == ProgrammeState.OPEN,
    )  # fmt: skip


def mine(user):
    """Appointments the user leads or joins and that wait for their record, the earliest first."""
    own = VisitVisitor.objects.filter(user=user).values("visit_id")
    found = Visit.objects.filter(
        pk__in=own, state__in=(VisitState.PLANNED, VisitState.DONE), planned_at__gte=now() - LOOK_BACK
    )
    return found.select_related("programme", "school", "lead").prefetch_related(*people()).order_by("planned_at", "pk")


@dataclass(frozen=True)
class Mine:
    coming: list  # planned, and not over
    open: list  # mine to lead: the time has passed or I have been there, and nothing is written

    @property
    def next(self):
        return self.coming[0] if self.coming else None

    @property
    def later(self):
        return self.coming[1:]


def my_appointments(user):
    """Three queries for any number of appointments: visits, their pupils, their visitors."""
    coming, waiting = [], []
    for visit in mine(user):
        if visit.state == VisitState.PLANNED and visit.planned_at >= now() - PASSED:
            coming.append(visit)
        elif visit.lead_id == user.pk:
            waiting.append(visit)
    return Mine(coming, waiting[::-1])


def to_confirm(user):
    """Visits a colleague recorded with the user along, about which the user has said nothing. The latest first."""
    found = VisitVisitor.objects.filter(
        user=user, role=VisitorRole.OTHER, confirmed_at=None, denied_at=None, visit__state=VisitState.RECORDED
    )
    found = found.select_related("visit__lead", "visit__school", "visit__programme").order_by("-visit__visited_on", "-visit_id")
    return found.prefetch_related(*(_under("visit", prefetch) for prefetch in people()))


def _under(path, prefetch):
    prefetch.add_prefix(path)
    return prefetch


def punctuality(visit):
    """Agreed and kept time side by side (W65): 约18:30，18:34开始. "" when one of them is unknown."""
    if not visit.planned_at or not visit.started_at:
        return ""
    if local_date(visit.planned_at) == local_date(visit.started_at):
        return f"约{formats.clock(visit.planned_at)}，{formats.clock(visit.started_at)}开始"
    agreed = f"{formats.day(visit.planned_at)}{formats.clock(visit.planned_at)}"
    return f"约{agreed}，{formats.day(visit.started_at)}{formats.clock(visit.started_at)}开始"


def clashes(visitor_ids, planned_at, *, except_visit=None):
    """Appointments of these people less than an hour away from a time, as (visitor, time), the earliest first."""
    found = VisitVisitor.objects.filter(
        user_id__in=visitor_ids, visit__state=VisitState.PLANNED, visit__planned_at__gt=planned_at - HOUR,
        visit__planned_at__lt=planned_at + HOUR,
    ).select_related("user", "visit")  # fmt: skip
    if except_visit is not None:
        found = found.exclude(visit=except_visit)
    return [(row.user, row.visit.planned_at) for row in found.order_by("visit__planned_at", "user_id")]
