"""What happens to a record afterwards: returned, voided. One transaction that writes, recounts and leaves a line."""

from django.db import transaction

from core.audit import record
from core.clock import now
from core.states import WrongState, move
from visits.actions.register import recompute
from visits.actions.visit import answer_again, clear_return, locked
from visits.enums import VISIT_MOVES, VisitState


@transaction.atomic
def return_visit(visit, *, by, reason):
    """Back to the author with a reason. The visit stays counted; the same return twice is one."""
    visit = locked(visit)
    if visit.is_returned and (visit.returned_by_id, visit.return_reason) == (by.pk, reason):
        return visit
    if visit.is_returned:
        raise WrongState("这条记录已经退回了，等老师改好后再看。")
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
    move(visit, VISIT_MOVES, "void")
    visit.voided_at, visit.voided_by, visit.void_reason = now(), by, reason
    clear_return(visit)
    visit.save()
    students = set(visit.visit_students.values_list("student_id", flat=True))
    visit.visit_students.update(counted=False)
    answer_again(students, visit.visited_on, by)
    recompute((visit.programme_id, pk) for pk in students)
    record(visit, "visit.void", by=by, reason=reason, students=len(students))
    return visit
