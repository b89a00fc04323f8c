"""What happens to a record afterwards: accepted, returned, voided, brought back. One transaction that writes,
recounts where coverage moves, and leaves a line."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction

from core.audit import record, record_each
from core.clock import now
from core.states import WrongState, can_move, move
from students.actions.assign import end_assignments, resume_assignments
from students.actions.change import answer_changes
from visits.actions.register import recompute
from visits.actions.visit import answer_again, answers, clear_return, count_rows, locked
from visits.enums import COUNTED_STATES, VISIT_MOVES, VisitState
from visits.models import PastVoid, Visit
from visits.queries.records import people
from visits.queries.review import reviewable

CHUNK = 100
UNDO = timedelta(seconds=60)  # the page offers it for ten; the rest is for a slow line
ASSIGNED = timedelta(days=30)  # an assignment outlives its visit by this, unless the record locks first
CHANGED = "老师刚改过这条记录，看过新的内容再通过。"
RETURNED = "这条记录已经退回给老师，改好后再看。"
OWN = "这是你自己去过的家访，由别人来看。"
DONE = "这条记录已经归档了。"
MOVED_ON = "通过之后记录又有变化，不能再撤回。"


@dataclass
class Outcome:
    """Of an act on many records. refused: {visit id: sentence}; who stood not in reach is not named at all."""

    done: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)


@transaction.atomic
def accept_visit(visit, *, by, version=None):
    """The record is right and locks. version: the one the reviewer read; another since then is told.

    The same act twice is one. Coverage does not move: recorded and locked count alike.
    """
    visit = locked(visit)
    if visit.state == VisitState.LOCKED and visit.accepted_by_id == by.pk:
        return visit
    if sentence := _hindrance(visit, version):
        raise WrongState(sentence)
    lock_rows([visit], by=by, moment=now())
    record(visit, "visit.accept", by=by, version=visit.version)
    return visit


def accept_visits(seen, *, by):
    """Accept many → Outcome. seen: [(visit id, version on the page)]. Each chunk is one transaction and a fixed
    number of statements; what cannot be accepted is told in a sentence and does not hold up the rest."""
    seen, outcome = dict(seen), Outcome()
    ids = sorted(seen)
    for start in range(0, len(ids), CHUNK):
        _accept_chunk({pk: seen[pk] for pk in ids[start : start + CHUNK]}, by, outcome)
    return outcome


@transaction.atomic
def _accept_chunk(seen, by, outcome):
    rows = list(
        Visit.objects.select_for_update(of=("self",)).visible_to(by).filter(pk__in=seen).order_by("pk")
        .prefetch_related(*people())
    )  # fmt: skip
    mine = set(Visit.objects.filter(reviewable(by), pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    ready = []
    for visit in rows:
        sentence = _hindrance(visit, seen[visit.pk]) if visit.pk in mine else _not_mine(visit, by)
        if visit.state == VisitState.LOCKED and visit.accepted_by_id == by.pk:
            outcome.done.append(visit)
        elif sentence:
            outcome.refused[visit.pk] = sentence
        else:
            ready.append(visit)
    if ready:
        lock_rows(ready, by=by, moment=now())
        record_each(ready, "visit.accept", by=by)
        outcome.done += ready


def _not_mine(visit, by):
    if any(visitor.user_id == by.pk for visitor in visit.visitors.all()):
        return OWN
    return "这条记录由班主任或学校负责人来看。"


def _hindrance(visit, version):
    """Why the record cannot be accepted now; "" when it can."""
    if visit.state == VisitState.LOCKED:
        return DONE
    if not can_move(visit, VISIT_MOVES, "accept"):
        return f"现在是“{visit.get_state_display()}”，不能通过。"
    if visit.is_returned:
        return RETURNED
    return CHANGED if version is not None and visit.version != version else ""


def lock_rows(visits, *, by, moment):
    """The caller holds the rows. What an assignment opened to the visitor closes with the record."""
    for visit in visits:
        move(visit, VISIT_MOVES, "accept")
        visit.locked_at, visit.accepted_by = moment, by
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(
        state=VisitState.LOCKED, locked_at=moment, accepted_by=by
    )
    pupils = {}
    for visit in visits:
        reached = {row.student_id for row in visit.visit_students.all() if row.counted}
        pupils.setdefault(visit.programme_id, set()).update(reached)
    for programme_id, student_ids in sorted(pupils.items()):
        end_assignments(programme_id, student_ids, at=moment)


@transaction.atomic
def withdraw_acceptance(ids, *, by):
    """撤回: records this user accepted a moment ago wait again → Outcome. Nothing may have happened since."""
    outcome = Outcome()
    rows = Visit.objects.select_for_update(of=("self",)).visible_to(by).filter(pk__in=ids, accepted_by=by).order_by("pk")
    for visit in rows:
        if not can_move(visit, VISIT_MOVES, "withdraw") or now() - visit.locked_at > UNDO or visit.versions.filter(
            superseded_at__gt=visit.locked_at
        ).exists():  # fmt: skip
            outcome.refused[visit.pk] = MOVED_ON
            continue
        move(visit, VISIT_MOVES, "withdraw")
        locked_at, visit.locked_at, visit.accepted_by = visit.locked_at, None, None
        visit.save(update_fields=["state", "locked_at", "accepted_by"])
        pupils = visit.visit_students.values_list("student_id", flat=True)
        until = (visit.started_at or visit.recorded_at) + ASSIGNED
        resume_assignments(visit.programme_id, pupils, ended_at=locked_at, until=until)
        record(visit, "visit.withdraw", by=by)
        outcome.done.append(visit)
    return outcome


@transaction.atomic
def return_visit(visit, *, by, reason):
    """Back to the author with a reason. The visit stays counted; the same return twice is one."""
    visit = locked(visit)
    if visit.is_returned and (visit.returned_by_id, visit.return_reason) == (by.pk, reason):
        return visit
    if visit.is_returned:
        raise WrongState("这条记录已经退回了，等老师改好后再看。")
    if visit.state == VisitState.LOCKED:
        raise WrongState("这条记录已经归档，不能退回。要改的话用“修订”，原来的会留着。")
    move(visit, VISIT_MOVES, "return")
    visit.returned_at, visit.returned_by, visit.return_reason = now(), by, reason
    visit.save(update_fields=["state", "returned_at", "returned_by", "return_reason"])
    record(visit, "visit.return", by=by, reason=reason)
    return visit


@transaction.atomic
def void_visit(visit, *, by, reason):
    """The record stays, with the reason, and counts no more. The same act twice is one."""
    visit = locked(visit)
    if visit.state == VisitState.VOIDED and (visit.voided_by_id, visit.void_reason) == (by.pk, reason):
        return visit
    counted = visit.state in COUNTED_STATES
    move(visit, VISIT_MOVES, "void")
    visit.voided_at, visit.voided_by, visit.void_reason = now(), by, reason
    clear_return(visit)
    visit.save()
    students = set(visit.visit_students.values_list("student_id", flat=True))
    count_rows(visit)
    if counted:
        answer_again(students, visit.visited_on, by)
    recompute((visit.programme_id, pk) for pk in students)
    record(visit, "visit.void", by=by, reason=reason, students=len(students))
    return visit


@transaction.atomic
def unvoid_visit(visit, *, by, reason):
    """The void was a mistake: the record stands as before it and counts again; that it was void stays told.

    It answers changes that are open by now. The same act twice is one.
    """
    visit = locked(visit)
    last = visit.past_voids.last()
    if visit.state != VisitState.VOIDED and last and (last.unvoided_by_id, last.unvoid_reason) == (by.pk, reason):
        return visit
    move(visit, VISIT_MOVES, "unvoid")
    visit.state = _before_void(visit)
    PastVoid.objects.create(
        visit=visit, voided_by_id=visit.voided_by_id, voided_at=visit.voided_at, void_reason=visit.void_reason,
        unvoided_by=by, unvoided_at=now(), unvoid_reason=reason,
    )  # fmt: skip
    visit.voided_at, visit.voided_by, visit.void_reason = None, None, ""
    visit.save(update_fields=["state", "voided_at", "voided_by", "void_reason"])
    students = set(visit.visit_students.values_list("student_id", flat=True))
    count_rows(visit)
    if answers(visit):
        answer_changes(sorted(students), visit.visited_on, by=by)
    recompute((visit.programme_id, pk) for pk in students)
    record(visit, "visit.unvoid", by=by, reason=reason, students=len(students))
    return visit


def _before_void(visit):
    """Where the record stood: archived, written, or only walked (a void takes any of them)."""
    if visit.recorded_at is None:
        return VisitState.DONE
    return VisitState.LOCKED if visit.locked_at else VisitState.RECORDED
