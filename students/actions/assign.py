"""Who is to visit which family: the class head assigns, an appointment brings colleagues along (security.md §2, "asg")."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from core.audit import record
from core.clock import now
from core.states import WrongState
from students.enums import AssignmentRole, AssignmentSource
from students.models import Assignment, Student
from students.models.assignment import open_now

WRONG_SCHOOL = "这位老师不在学生所在的学校，不能安排走访。"


@transaction.atomic
def assign(programme, students, visitor, *, by, role=AssignmentRole.LEAD, source=AssignmentSource.HEAD, visit_by=None):
    """The visitor goes to these pupils' families → their rows. Twice is once; a new lead ends the old lead's row.

    A lead who is asked to go along stays lead. visit_by: the last day the class head asks for; None keeps the day
    that is there. Only somebody who works at the pupils' school.
    """
    students = _locked(students)
    schools = visitor.reach.staff_schools if visitor.is_active else ()
    if any(student.school_id not in schools for student in students):
        raise WrongState(WRONG_SCHOOL)
    ids = [student.pk for student in students]
    if role == AssignmentRole.LEAD:
        leads = Assignment.objects.filter(programme=programme, student__in=ids, role=role, ended_at=None)
        _end(leads.exclude(visitor=visitor), by)
    held = Assignment.objects.filter(open_now(), programme=programme, student__in=ids, visitor=visitor)
    known = {row.student_id: row for row in held.order_by("pk")}
    fresh = [
        Assignment(
            programme=programme, student=student, authority_id=student.authority_id, school_id=student.school_id,
            visitor=visitor, role=role, source=source, visit_by=visit_by, assigned_by=by, assigned_at=now(),
        )
        for student in students
        if student.pk not in known
    ]  # fmt: skip
    changed = [row for row in known.values() if _change(row, role, visit_by)]
    Assignment.objects.bulk_create(fresh)
    Assignment.objects.bulk_update(changed, ["role", "visit_by", "ended_at"])
    if fresh or changed:
        _tell("assignment.set", fresh + changed, by, role=role, source=source)
    known |= {row.student_id: row for row in fresh}
    return [known[pk] for pk in ids]


def _change(row, role, visit_by):
    """Promote a companion, set another day, keep on what was to end; True when something changed."""
    before = row.role, row.visit_by, row.ended_at
    if role == AssignmentRole.LEAD:
        row.role = role
    row.visit_by = visit_by or row.visit_by
    row.ended_at = None
    return before != (row.role, row.visit_by, row.ended_at)


@transaction.atomic
def unassign(programme, students, *, by, visitor=None):
    """From now on these families are nobody's to visit, or no longer this visitor's → how many rows ended.

    Who has been there keeps the days that end_assignments left for the record.
    """
    ids = [student.pk for student in _locked(students)]
    rows = Assignment.objects.filter(programme=programme, student__in=ids, ended_at=None)
    return _end(rows.filter(visitor=visitor) if visitor else rows, by)


def end_assignments(programme_id, student_ids, *, at):
    """Open rows end at an instant, which may lie ahead; those that end earlier anyhow stay. For the caller's
    transaction, whose own line in the log says why: a visit sets at to 30 days after it, its lock to now."""
    rows = Assignment.objects.filter(open_now(at), programme_id=programme_id, student_id__in=student_ids)
    return rows.update(ended_at=at)


def resume_assignments(programme_id, student_ids, *, ended_at, until):
    """A lock is taken back: rows it ended hold until the instant they would have held without it."""
    rows = Assignment.objects.filter(programme_id=programme_id, student_id__in=student_ids, ended_at=ended_at)
    return rows.update(ended_at=until)


def snapshot(programme, student_ids):
    """Open rows as [id, role, visit_by], fit for a session: what take_back brings back."""
    rows = Assignment.objects.filter(programme=programme, student__in=student_ids, ended_at=None).order_by("pk")
    return [[pk, role, day and day.isoformat()] for pk, role, day in rows.values_list("pk", "role", "visit_by")]


@transaction.atomic
def take_back(made, before, *, since, until, by):
    """Undo what was done between two instants: rows of the ids `made` end, those of the snapshot `before` hold as
    they did → (gone, back). Where somebody else leads by now, or the end came from elsewhere, that stays."""
    earlier = {pk: (role, day and date.fromisoformat(day)) for pk, role, day in before}
    touched = Assignment.objects.filter(pk__in=[*made, *earlier])
    _locked(Student.objects.filter(pk__in=touched.values("student_id")))
    gone = _end(Assignment.objects.filter(pk__in=made, ended_at=None), by)
    back = []
    ours = Q(ended_at=None) | Q(ended_at__range=(since, until))
    rows = touched.filter(ours, pk__in=earlier).order_by("pk")
    for row in sorted(rows, key=lambda row: earlier[row.pk][0] == AssignmentRole.LEAD):  # who leads no more goes first
        now_is, was = (row.role, row.visit_by, row.ended_at), (*earlier[row.pk], None)
        if now_is != was and not _taken(row, role=was[0]):
            row.role, row.visit_by, row.ended_at = was
            row.save(update_fields=["role", "visit_by", "ended_at"])
            back.append(row)
    if back:
        _tell("assignment.restore", back, by)
    return gone, len(back)


def _taken(row, *, role):
    """Does an open row of somebody else, or a later one of the same visitor, stand in the way?"""
    rest = Assignment.objects.filter(programme=row.programme_id, student=row.student_id, ended_at=None).exclude(pk=row.pk)
    same = Q(visitor=row.visitor_id)
    return rest.filter(same | Q(role=AssignmentRole.LEAD) if role == AssignmentRole.LEAD else same).exists()


def _locked(students):
    """The pupils in the order given, their rows locked in one order for everybody."""
    ids = [student.pk for student in students]
    rows = {row.pk: row for row in Student.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    return [rows[pk] for pk in dict.fromkeys(ids)]


def _end(rows, by):
    rows = list(rows)
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now())
    if rows:
        _tell("assignment.end", rows, by)
    return len(rows)


def _tell(action, rows, by, **facts):
    """One line an act: pupils and visitors by their numbers."""
    record(
        None, action, by=by, authority_id=rows[0].authority_id, school_id=rows[0].school_id,
        programme=rows[0].programme_id, students=sorted(row.student_id for row in rows),
        visitors=sorted({row.visitor_id for row in rows}), **facts,
    )  # fmt: skip
