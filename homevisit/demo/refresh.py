"""A demonstration that has stood for a while: its running copies move to today, with everything that happened."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from core.audit import record
from core.clock import today
from homevisit.demo.build import running_copy, shift
from homevisit.demo.plan import DISTRICTS
from honesty.enums import HintKind
from honesty.models import Hint, SchoolLook
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.models import Attendance, ConductSignature, Event
from schools.calendar import school_year
from students.models import Assignment, ChangeEvent, PastAnswer, PortraitNote
from visits.actions.register import open_register
from visits.models import Opinion, PastDue, PastVoid, Visit, VisitStudent, VisitVersion, VisitVisitor

VISIT_TIMES = (
    "planned_at", "started_at", "ended_at", "visited_on", "created_at", "recorded_at", "locked_at", "returned_at",
    "voided_at", "confirmed_at", "closed_at", "follow_up_on",
)  # fmt: skip


class NewSchoolYear(Exception):
    """Pupils have changed class since: only new demonstration data fits."""


def refresh():
    """Returns the number of days each copy was moved by, 0 when it already fits today. Raises NewSchoolYear."""
    return [_move(read_notice(plan.path)) for plan in DISTRICTS]


@transaction.atomic
def _move(notice):
    copy = running_copy(notice)
    if copy.school_year != school_year(today()):
        raise NewSchoolYear
    fitting = notice.shifted(days=shift(notice), code=copy.code, school_year=copy.school_year)
    moved = load_programme(fitting).programme
    days = (moved.ends_on - copy.ends_on).days
    if not days:
        return 0
    later = timedelta(days=days)
    visits = Visit.objects.filter(programme=copy)
    visits.update(**{name: F(name) + later for name in VISIT_TIMES})
    VisitStudent.objects.filter(programme=copy).update(visited_on=F("visited_on") + later)
    VisitVisitor.objects.filter(visit__in=visits).update(
        **{name: F(name) + later for name in ("confirmed_at", "denied_at")}
    )
    Opinion.objects.filter(visit__in=visits).update(created_at=F("created_at") + later)
    Assignment.objects.filter(programme=copy).update(
        **{name: F(name) + later for name in ("visit_by", "assigned_at", "ended_at")}
    )
    Event.objects.filter(programme=copy).update(
        **{name: F(name) + later for name in ("held_on", "created_at", "cancelled_at")}
    )
    Attendance.objects.filter(event__programme=copy).update(marked_at=F("marked_at") + later)
    ConductSignature.objects.filter(programme=copy).update(signed_at=F("signed_at") + later)
    notes = PortraitNote.objects.filter(student__authority_id=copy.authority_id)
    notes.update(**{name: F(name) + later for name in ("observed_on", "created_at", "removed_at")})
    changes = ChangeEvent.objects.filter(student__authority_id=copy.authority_id, occurred_on__gte=copy.starts_on)
    changes.update(
        **{name: F(name) + later for name in ("occurred_on", "created_at", "answered_on", "answered_at")}
    )
    _move_history(copy, changes, later)
    _move_hints(copy, later)
    open_register(moved)
    record(moved, "demo.refresh", by=None, days=days)
    return days


def _move_history(copy, changes, later):
    """What rows said before, by the same days; a figure asked for as of an instant moves with the rest."""
    for rows, names in (
        (VisitVersion.objects.filter(visit__programme=copy), ("written_at", "superseded_at")),
        (PastVoid.objects.filter(visit__programme=copy), ("voided_at", "unvoided_at")),
        (PastDue.objects.filter(due__programme=copy), ("since", "until")),
        (PastAnswer.objects.filter(change__in=changes), ("answered_on", "answered_at", "reopened_at")),
    ):
        rows.update(**{name: F(name) + later for name in names})


def _move_hints(copy, later):
    """With what they speak of; a crowded day is known by its date, the latest first so that no two meet on the way."""
    hints = Hint.objects.filter(programme=copy)
    names = ("found_at", "leader_from", "answered_at", "concluded_at", "gone_at")
    hints.update(**{name: F(name) + later for name in names})
    SchoolLook.objects.filter(programme=copy).update(looked_at=F("looked_at") + later)
    for hint in hints.filter(kind=HintKind.BUNCHED).order_by("-key"):
        hint.key = (date.fromisoformat(hint.key) + later).isoformat()
        hint.save(update_fields=["key"])
