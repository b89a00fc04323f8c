"""A school registers its meetings and trainings, and who was there."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core import formats
from core.access import authorize
from core.audit import record
from core.clock import now, today
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.models import Attendance, Event, Programme
from programmes.queries.events import kinds, staff

FIELDS = ("kind", "title", "held_on", "place", "speaker", "topics", "minutes", "materials", "guests")


@transaction.atomic
def create_event(programme, school, *, by, **fields):
    """(event, created). The same meeting again (kind, name, day, not cancelled) is the one there is."""
    programme = _open(programme.pk)
    authorize(by, "programmes.add_event", school)
    if school.authority_id != programme.authority_id:
        raise ValueError("a school of another authority")
    fields = _checked(programme, fields)
    same = {name: fields[name] for name in ("kind", "title", "held_on")}
    event = Event.objects.held().filter(programme=programme, school=school, **same).first()
    if event:
        return event, False
    event = Event.objects.create(
        programme=programme, authority_id=programme.authority_id, school=school, created_by=by, created_at=now(), **fields
    )
    record(event, "event.create", by=by, programme=programme.code, kind=event.kind)
    return event, True


@transaction.atomic
def change_event(event, *, by, **fields):
    """Writes what differs; the same again writes nothing."""
    event = locked_event(event, by)
    fields = _checked(event.programme, fields, known=event.kind)
    if fields.get("held_on", event.held_on) > today() and event.attendances.exists():
        raise ValidationError({"held_on": "已经登记了到会，日期不能改到以后。"})
    changed = [name for name, value in fields.items() if getattr(event, name) != value]
    if not changed:
        return event
    for name in changed:
        setattr(event, name, fields[name])
    event.save(update_fields=changed)
    record(event, "event.change", by=by, fields=changed)
    return event


@transaction.atomic
def cancel_event(event, *, by):
    """It stays in the list, struck through, and trains nobody. Twice is once."""
    event = locked_event(event, by, cancelled_too=True)
    if event.cancelled_at is None:
        event.cancelled_at = now()
        event.save(update_fields=["cancelled_at"])
        record(event, "event.cancel", by=by, kind=event.kind)
    return event


@transaction.atomic
def mark_attendance(event, *, by, came=(), absent=()):
    """came: ids of people to tick; absent: ids to untick. Whom nobody mentions stays as marked, so that two people
    may tick at once. Returns how many were there."""
    event = locked_event(event, by)
    if event.held_on > today():
        raise WrongState(f"这场会在{formats.day(event.held_on)}，到那天再登记到会。")
    came, absent = set(came), set(absent) - set(came)
    if came - set(staff(event).values_list("pk", flat=True)):
        raise ValidationError({"present": "有一位不是本校的老师，去掉再保存。"})
    there = set(event.attendances.values_list("user_id", flat=True))
    added, removed = came - there, absent & there
    moment = now()
    Attendance.objects.bulk_create(
        [
            Attendance(event=event, school_id=event.school_id, user_id=pk, marked_by=by, marked_at=moment)
            for pk in sorted(added)
        ]
    )
    event.attendances.filter(user_id__in=removed).delete()
    if added or removed:
        record(event, "event.attendance", by=by, added=len(added), removed=len(removed))
    return len((there | added) - removed)


def _open(pk):
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)  # visits go on beside it
    if programme.state != ProgrammeState.OPEN:
        raise WrongState(f"“{programme}”现在不在进行中，会议和培训不能再改。")
    return programme


def locked_event(event, by, *, cancelled_too=False):
    """The fresh row under an open programme, for whoever may change it. Inside a transaction."""
    programme = _open(event.programme_id)
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    event.programme = programme
    authorize(by, "programmes.change_event", event)
    if event.cancelled_at and not cancelled_too:
        raise WrongState("这场会已经取消，不能再改。")
    return event


def _checked(programme, fields, known=""):
    """Only columns of a meeting; a kind of the notice, topics of its training (or its own words)."""
    if unknown := fields.keys() - set(FIELDS):
        raise ValueError(f"no such field: {sorted(unknown)}")
    if "kind" in fields and fields["kind"] not in {*kinds(programme), known}:
        raise ValidationError({"kind": "本次活动没有这种会，请重选。"})
    return fields
