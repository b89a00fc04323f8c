"""Families of a class given to visitors in one act: what cannot be given says why, everything else is done."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.dateparse import parse_datetime

from core.clock import now
from core.states import WrongState
from programmes.enums import ProgrammeState
from students.actions.assign import assign, snapshot, take_back, unassign
from students.models import Assignment, Student
from visits.models import Due, VisitStudent
from visits.queries.board import ON_THE_WAY
from visits.queries.records import colleagues

VISITED, EXEMPT, DECLINED, PLANNED, ELSEWHERE, NOBODY = "visited", "exempt", "declined", "planned", "elsewhere", "nobody"
WHY = {
    VISITED: "已经走访过了",
    EXEMPT: "登记了免访",
    DECLINED: "登记了婉拒",
    PLANNED: "已经约好时间了，要换人先取消约定",
    ELSEWHERE: "不在这个班的应访名单里了",
    NOBODY: "选的老师现在不在本校，换一位再分配",
}
CLOSED = "活动已经结束，不能再分配走访。"


@dataclass
class Outcome:
    """given: ids of pupils; refused: {pupil id: why}; undo: what take_back_families needs, fit for a session;
    empty when all was so already."""

    given: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)
    undo: dict = field(default_factory=dict)


@transaction.atomic
def assign_families(programme, school_class, pairs, *, by, visit_by=None):
    """pairs: (pupil id, visitor id). Each pupil that may be assigned is, whatever is wrong with the others."""
    _check_open(programme)
    wanted = dict(pairs)
    students = {row.pk: row for row in _locked(wanted)}
    refused = obstacles(programme, school_class, wanted)
    staff = colleagues(school_class.school_id).filter(pk__in=set(wanted.values())).in_bulk()
    refused |= {pk: NOBODY for pk, visitor in wanted.items() if pk not in refused and visitor not in staff}
    given = [pk for pk in wanted if pk not in refused]
    since, before = now(), snapshot(programme, given)
    rows = []
    for visitor_id in dict.fromkeys(wanted[pk] for pk in given):
        own = [students[pk] for pk in given if wanted[pk] == visitor_id]
        rows += assign(programme, own, staff[visitor_id], by=by, visit_by=visit_by)
    known = {pk for pk, _, _ in before}
    changed = snapshot(programme, given) != before
    undo = {
        "programme": programme.pk, "school_class": school_class.pk, "made": [r.pk for r in rows if r.pk not in known],
        "given": [row.pk for row in rows], "before": before, "since": since.isoformat(), "until": now().isoformat(),
    }  # fmt: skip
    return Outcome(given, refused, undo if changed else {})


@transaction.atomic
def unassign_families(programme, school_class, student_ids, *, by):
    """Nobody is to visit these families any more → how many were; an appointment is called off first."""
    _check_open(programme)
    students = _locked(student_ids)
    planned = _on_the_way(programme, student_ids)
    mine = [row for row in students if row.school_class_id == school_class.pk and row.pk not in planned]
    return unassign(programme, mine, by=by), len(students) - len(mine)


@transaction.atomic
def take_back_families(programme, undo, *, by):
    """As it was before the assignment → (ended, brought back, kept because an appointment was made meanwhile)."""
    _check_open(programme)
    rows = Assignment.objects.filter(pk__in=undo["given"])
    ids = {row.pk: row.student_id for row in rows}
    planned = _on_the_way(programme, ids.values())
    made = [pk for pk in undo["made"] if ids.get(pk) not in planned]
    was = Assignment.objects.filter(pk__in=[pk for pk, _, _ in undo["before"]], student_id__in=planned)
    fixed = set(was.values_list("pk", flat=True))
    before = [entry for entry in undo["before"] if entry[0] not in fixed]
    since, until = (parse_datetime(undo[name]) for name in ("since", "until"))
    gone, back = take_back(made, before, since=since, until=until, by=by)
    return gone, back, len(planned)


def obstacles(programme, school_class, student_ids):
    """{pupil id: why it cannot be assigned}, of those that cannot."""
    rows = Due.objects.filter(programme=programme, student_id__in=student_ids).select_related("student")
    dues = {due.student_id: due for due in rows if due.student.school_class_id == school_class.pk}
    planned = _on_the_way(programme, student_ids)
    found = {pk: _obstacle(dues.get(pk), pk in planned) for pk in student_ids}
    return {pk: why for pk, why in found.items() if why}


def _obstacle(due, planned):
    if due is None or (not due.in_scope and not due.exempt_reason):
        return ELSEWHERE
    if not due.in_scope:
        return EXEMPT
    if due.visits:
        return VISITED
    if planned:
        return PLANNED
    return DECLINED if due.declined else ""


def _on_the_way(programme, student_ids):
    rows = VisitStudent.objects.filter(
        programme=programme, student_id__in=student_ids, visit__state__in=ON_THE_WAY
    )
    return set(rows.values_list("student_id", flat=True))


def _locked(student_ids):
    """In one order for everybody, whoever assigns at the same moment."""
    return list(Student.objects.select_for_update(of=("self",)).filter(pk__in=list(student_ids)).order_by("pk"))


def _check_open(programme):
    if programme.state != ProgrammeState.OPEN:
        raise WrongState(CLOSED)
