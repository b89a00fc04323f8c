"""Appointments as a calendar file: time, class and way of meeting; no name, no address, nothing to tell a family by."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from core.clock import now
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Visit, VisitVisitor
from visits.queries.appointments import labels
from visits.queries.records import people

ZONE = ZoneInfo("Asia/Shanghai")
LASTS = timedelta(minutes=45)
KEPT = timedelta(days=30)  # what is over stays so long, so that a phone learns that it was called off
OFF = (VisitState.CANCELLED, VisitState.DECLINED, VisitState.NO_ONE_HOME, VisitState.VOIDED)
SPACE = uuid.UUID("6a1f7a52-9a0b-5d59-8f0e-0f6f2c6a5a11")


def calendar_of(user):
    """The file's bytes. Three queries for any number of appointments."""
    calendar = Calendar()
    calendar.add("prodid", "-//homevisit//appointments//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "家访")
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_tzid(ZONE.key))
    for visit in _visits(user):
        calendar.add_component(_event(visit))
    return calendar.to_ical()


def _visits(user):
    own = VisitVisitor.objects.filter(user=user).values("visit_id")
    wanted = (VisitState.PLANNED, VisitState.DONE, *COUNTED_STATES, *OFF)
    rows = Visit.objects.filter(pk__in=own, state__in=wanted, planned_at__gte=now() - KEPT)
    return rows.select_related("programme").prefetch_related(*people()).order_by("planned_at", "pk")


def _event(visit):
    event = Event()
    off = visit.state in OFF
    event.add("uid", f"{uuid.uuid5(SPACE, str(visit.client_uuid))}@homevisit")
    event.add("dtstamp", visit.closed_at or visit.created_at)
    event.add("dtstart", visit.planned_at.astimezone(ZONE))
    event.add("dtend", (visit.planned_at + LASTS).astimezone(ZONE))
    event.add("summary", f"家访 {labels(visit)}".strip())
    event.add("description", visit.get_mode_display())
    event.add("status", "CANCELLED" if off else "CONFIRMED" if visit.confirmed_at else "TENTATIVE")
    event.add("sequence", visit.rescheduled * 2 + off)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT" if off else "OPAQUE")
    return event
