"""Every change of an appointment: one transaction that writes, opens pupils to who goes along, and leaves a line.

An appointment is a Visit that is planned; pupils and visitors stand on it, nothing counts. Every act done twice is
done once; an act from another state is WrongState.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import formats
from core.audit import record
from core.clock import local_date, now, today
from core.models import AuditEntry
from core.states import WrongState, move
from programmes.enums import Mode, ProgrammeState
from students.actions.assign import assign, unassign
from students.enums import AssignmentSource
from students.models import Assignment, Student
from visits.actions.due import clear_declined, set_declined
from visits.actions.visit import check_students, closed_sentence, locked, student_rows
from visits.enums import COUNTED_STATES, VISIT_MOVES, CancelledBy, VisitKind, VisitorRole, VisitState
from visits.models import Due, Visit, VisitStudent, VisitVisitor
from visits.queries.records import colleagues

AHEAD = timedelta(days=366)
NOTE_CHARS = 200
PLACES = (Mode.NEARBY, Mode.AT_SCHOOL)  # only these have a place to write down: a home is never one
PAST = "这个时间已经过了，选一个以后的时间。"


class AlreadyPlanned(ValidationError):
    """An appointment of the same teacher with this family stands; visit is it, to be rescheduled instead."""

    def __init__(self, visit):
        when = f"{formats.day(visit.planned_at)}{formats.clock(visit.planned_at)}"
        super().__init__({"student": f"已经约了{when}，要换时间请改期。"})
        self.visit = visit


def plan_visit(
    *, by, programme, client_uuid, students, planned_at, mode, others=(), place="", channel="", confirmed_with="",
    preparation="", follows=None,
):  # fmt: skip
    """Write an appointment → (visit, created). The same client_uuid again is the same visit, created False.

    students: the pupil first, then siblings of the same household. confirmed_with: the Relation who said yes, "" while
    the answer is awaited. Raises ValidationError with sentences by form field (AlreadyPlanned when one stands),
    Visit.DoesNotExist when the uuid is another author's visit.
    """
    visit = _own(client_uuid, by)
    if visit:
        return visit, False
    try:
        with transaction.atomic():
            visit = Visit(
                client_uuid=client_uuid, programme=programme, authority_id=programme.authority_id, lead=by,
                state=VisitState.PLANNED, planned_by=by, created_at=now(),
                kind=VisitKind.FOLLOW_UP if follows else VisitKind.UNIVERSAL,
            )  # fmt: skip
            _plan(visit, by, list(students), follows)
            _set(visit, planned_at=planned_at, mode=mode, place=place, channel=channel, preparation=preparation)
            _answered(visit, confirmed_with)
            visit.save(force_insert=True)
            rows = student_rows(visit, students)
            VisitStudent.objects.bulk_create(rows)
            VisitVisitor.went(visit, by, VisitorRole.LEAD).save()
            _set_others(visit, others, by=by)
            record(visit, "visit.plan", by=by, **_facts(visit), students=len(rows), visitors=1 + len(set(others)))
            return visit, True
    except AlreadyPlanned as error:
        if str(error.visit.client_uuid) != str(client_uuid):
            raise
        return error.visit, False  # the same form twice at once: the other one was first
    except IntegrityError:
        visit = _own(client_uuid, by)
        if visit is None:
            raise
        return visit, False


def _own(client_uuid, by):
    visit = Visit.objects.filter(client_uuid=client_uuid).first()
    if visit is not None and visit.lead_id != by.pk:
        raise Visit.DoesNotExist
    return visit


def _plan(visit, by, students, follows):
    """May this visitor plan a visit of these pupils, and is it the only one?"""
    if visit.programme.state != ProgrammeState.OPEN:
        raise ValidationError(closed_sentence(visit.programme))
    visit.school = check_students(by, visit.programme, students)
    ids = sorted(student.pk for student in students)
    list(Student.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    standing = _standing(visit.programme_id, by.pk, ids).first()
    if standing is not None:
        raise AlreadyPlanned(standing)
    if follows is not None:
        visible = Visit.objects.visible_to(by).filter(pk=follows.pk, state__in=COUNTED_STATES)
        if not visible.filter(visit_students__student_id__in=ids).exists():
            raise ValidationError("要接着的那次家访不是这家的，或者已经作废。")
        visit.follows = follows


def _standing(programme_id, lead_id, student_ids):
    ids = VisitStudent.objects.filter(student_id__in=student_ids).values("visit_id")
    return Visit.objects.filter(programme_id=programme_id, lead_id=lead_id, state=VisitState.PLANNED, pk__in=ids)


@transaction.atomic
def reschedule(
    visit, *, by, planned_at, mode=None, place=None, channel=None, confirmed_with="", preparation=None, others=None
):
    """Another time, or another way at the same time; what is None stays. A new time needs the family's word again."""
    visit = locked(visit)
    _must_be_open(visit)
    before = visit.planned_at
    move(visit, VISIT_MOVES, "reschedule")
    changed = _set(visit, planned_at=planned_at, mode=mode, place=place, channel=channel, preparation=preparation)
    if planned_at != before:
        visit.rescheduled += 1
        _answered(visit, confirmed_with)
    elif confirmed_with and confirmed_with != visit.confirmed_with:
        _answered(visit, confirmed_with)
        changed.append("confirmed_with")
    if others is not None and _set_others(visit, others, by=by):
        changed.append("others")
    if not changed:
        return visit
    visit.save()
    visit.visit_students.update(mode=visit.mode)
    record(visit, "visit.reschedule", by=by, fields=changed, **_facts(visit), before=_written(before))
    return visit


@transaction.atomic
def confirm_with_family(visit, *, by, confirmed_with):
    """The family said yes; confirmed_with: which Relation."""
    visit = locked(visit)
    if visit.state == VisitState.PLANNED and visit.confirmed_with == confirmed_with:
        return visit
    move(visit, VISIT_MOVES, "confirm")
    _answered(visit, confirmed_with)
    visit.save(update_fields=["confirmed_with", "confirmed_at"])
    record(visit, "visit.confirm", by=by, **{"with": confirmed_with})
    return visit


@transaction.atomic
def arrive(visit, *, by):
    """At the door: the visit begins now."""
    visit = locked(visit)
    if visit.state == VisitState.DONE:
        return visit
    move(visit, VISIT_MOVES, "arrive")
    visit.started_at = now()
    visit.save(update_fields=["state", "started_at"])
    record(visit, "visit.arrive", by=by)
    return visit


@transaction.atomic
def not_home(visit, *, by, note=""):
    visit = locked(visit)
    if visit.state == VisitState.NO_ONE_HOME:
        return visit
    move(visit, VISIT_MOVES, "not_home")
    return _close(visit, "visit.not_home", by=by, note=note)


@transaction.atomic
def cancel(visit, *, by, cancelled_by, note=""):
    """cancelled_by: a CancelledBy code; ValueError for another."""
    visit, cancelled_by = locked(visit), CancelledBy(cancelled_by)
    if (visit.state, visit.cancelled_by) == (VisitState.CANCELLED, cancelled_by):
        return visit
    move(visit, VISIT_MOVES, "cancel")
    visit.cancelled_by = cancelled_by
    return _close(visit, "visit.cancel", by=by, note=note, cancelled_by=cancelled_by.value)


@transaction.atomic
def decline(visit, *, by, offer="", note=""):
    """The family would rather not be visited at home. It stays due, in a column of its own, without fault.

    offer: the other place that was offered, one of the programme's decline_offers or "".
    """
    visit = locked(visit)
    if visit.state == VisitState.DECLINED and visit.decline_offer == offer:
        return visit
    if offer and offer not in visit.programme.rules.visit.decline_offers:
        raise ValidationError({"offer": "这次活动没有这个选项，重新选一下。"})
    move(visit, VISIT_MOVES, "decline")
    visit.decline_offer = offer
    due = _open_due(visit).filter(in_scope=True, visits=0, declined=False)
    declined = [set_declined(row, by=by).student_id for row in due]
    return _close(visit, "visit.decline", by=by, note=note, offer=offer, declined=declined)


@transaction.atomic
def reopen(visit, *, by):
    """Take back the last act of today: the appointment stands after all."""
    visit = locked(visit)
    if visit.state == VisitState.PLANNED:
        return visit
    was, closed_at = visit.state, visit.closed_at or visit.started_at
    move(visit, VISIT_MOVES, "reopen")
    if closed_at is None or local_date(closed_at) != today() or visit.planned_at is None:
        raise WrongState("只能撤回当天的。要再去，重新约一次。")
    ids = list(visit.visit_students.values_list("student_id", flat=True))
    if _standing(visit.programme_id, visit.lead_id, ids).exists():
        raise WrongState("这家已经另约了时间，不用撤回。")
    if was == VisitState.DECLINED:
        _take_back_declined(visit, by=by)
    visit.started_at = visit.closed_at = None
    visit.cancelled_by = visit.close_note = visit.decline_offer = ""
    visit.save()
    if was != VisitState.DONE:
        _open_to(visit, [row.user for row in _others(visit)], by=by)
    record(visit, "visit.reopen", by=by, was=was)
    return visit


@transaction.atomic
def confirm_presence(row, *, by, went):
    """The second visitor says whether he was there; may change his mind until the record locks."""
    visit = locked(row.visit)
    row = VisitVisitor.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.user_id != by.pk or row.role != VisitorRole.OTHER:
        raise VisitVisitor.DoesNotExist
    if visit.state not in (VisitState.DONE, VisitState.RECORDED):
        locked_now = visit.state == VisitState.LOCKED
        raise WrongState("这条记录已经归档，不能再改。" if locked_now else "现在不用确认，走访以后再说。")
    if (row.confirmed_at is not None, row.denied_at is not None) == (went, not went):
        return row
    row.confirmed_at, row.denied_at = (now(), None) if went else (None, now())
    row.save(update_fields=["confirmed_at", "denied_at"])
    record(visit, "visit.presence", by=by, went=went)
    return row


# ── What they share ──


def _must_be_open(visit):
    if visit.programme.state != ProgrammeState.OPEN:
        raise WrongState(closed_sentence(visit.programme))


def _set(visit, *, planned_at, mode=None, place=None, channel=None, preparation=None):
    """Put the values on the visit; the names of those that changed. ValidationError by form field."""
    if planned_at != visit.planned_at:
        if planned_at <= now():
            raise ValidationError({"time": PAST})
        if planned_at > now() + AHEAD:
            raise ValidationError({"date": "约得太远了，看看年份对不对。"})
    mode = visit.mode if mode is None else mode
    if mode not in {rule.code for rule in visit.programme.rules.visit.modes}:
        raise ValidationError({"mode": "选一下怎么见面。"})
    place = visit.plan_place if place is None else place
    values = {
        "planned_at": planned_at,
        "mode": mode,
        "plan_place": place.strip() if mode in PLACES else "",
        "plan_channel": visit.plan_channel if channel is None else channel,
        "preparation": visit.preparation if preparation is None else preparation.strip(),
    }
    changed = [name for name, value in values.items() if getattr(visit, name) != value]
    for name, value in values.items():
        setattr(visit, name, value)
    return changed


def _answered(visit, confirmed_with):
    visit.confirmed_with, visit.confirmed_at = confirmed_with, now() if confirmed_with else None


def _others(visit):
    return list(visit.visitors.filter(role=VisitorRole.OTHER).select_related("user"))


def _set_others(visit, others, *, by):
    """Who goes along; True when that changed. Staff of the school only, who may then see this family."""
    wanted = {user.pk: user for user in others if user.pk != visit.lead_id}
    rows = _others(visit)
    fresh = wanted.keys() - {row.user_id for row in rows}
    gone = [row for row in rows if row.user_id not in wanted]
    if fresh and colleagues(visit.school_id).filter(pk__in=fresh).count() != len(fresh):
        raise ValidationError({"others": "同行的老师要是本校的，去掉外校的再提交。"})
    VisitVisitor.objects.bulk_create(VisitVisitor.went(visit, wanted[pk]) for pk in sorted(fresh))
    _open_to(visit, [wanted[pk] for pk in sorted(fresh)], by=by)
    VisitVisitor.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _close_to(visit, [row.user for row in gone], by=by)
    return bool(fresh or gone)


def _own_pupils(visit):
    """Pupils of the visit's own school: a sibling elsewhere is nobody's here to see."""
    return [row.student for row in visit.visit_students.select_related("student") if row.school_id == visit.school_id]


def _open_to(visit, users, *, by):
    for user in users:
        assign(visit.programme, _own_pupils(visit), user, by=by, role="other", source=AssignmentSource.APPOINTMENT)


def _close_to(visit, users, *, by):
    """What the appointment opened, it closes: not what a class head assigned, nor what another appointment needs."""
    if not users:
        return
    students = _own_pupils(visit)
    for user in users:
        still = VisitStudent.objects.filter(
            visit__in=user.visits_made.filter(visit__state=VisitState.PLANNED).exclude(visit=visit).values("visit_id"),
            programme=visit.programme_id,
        )  # fmt: skip
        rows = Assignment.objects.current().filter(
            programme=visit.programme_id, student__in=students, visitor=user, source=AssignmentSource.APPOINTMENT
        ).exclude(student_id__in=still.values("student_id"))  # fmt: skip
        ids = set(rows.values_list("student_id", flat=True))
        if ids:
            unassign(visit.programme, [s for s in students if s.pk in ids], by=by, visitor=user)


def _close(visit, action, *, by, note, **facts):
    visit.closed_at, visit.close_note = now(), note.strip()[:NOTE_CHARS]
    visit.save()
    _close_to(visit, [row.user for row in _others(visit)], by=by)
    record(visit, action, by=by, **facts)
    return visit


def _open_due(visit):
    """Register rows of the visit's pupils that may still change."""
    ids = visit.visit_students.values("student_id")
    return Due.objects.filter(
        programme=visit.programme_id, programme__state=ProgrammeState.OPEN, student_id__in=ids
    ).order_by("student_id")


def _take_back_declined(visit, *, by):
    """Only the rows that this very act had marked: what the class head noted before stays. The log knows which."""
    line = AuditEntry.objects.filter(
        action="visit.decline", object_type=visit._meta.label_lower, object_id=str(visit.pk)
    ).latest("id")
    for row in _open_due(visit).filter(student_id__in=line.facts.get("declined", []), declined=True):
        clear_declined(row, by=by)


def _written(moment):
    return timezone.localtime(moment).isoformat(timespec="minutes")


def _facts(visit):
    """For the log: codes and times only."""
    return {
        "programme": visit.programme.code, "mode": visit.mode, "at": _written(visit.planned_at),
        "confirmed": bool(visit.confirmed_at),
    }  # fmt: skip
