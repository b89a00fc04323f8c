"""Every change of a visit: one transaction that writes, answers changes, recounts and leaves a line in the log."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import local_date, now
from core.states import WrongState, move
from programmes.enums import ProgrammeState
from programmes.queries.form import record_form
from students.actions.change import answer_changes, reopen_changes
from students.models import Student
from visits.actions.checks import problems
from visits.actions.register import recompute
from visits.actions.versions import keep_version
from visits.enums import COUNTED_STATES, VISIT_MOVES, VisitKind, VisitorRole
from visits.models import Opinion, Visit, VisitStudent, VisitVisitor
from visits.queries.records import colleagues
from visits.rules import pupils_to_visit


def submit_visit(*, by, programme, client_uuid, students, **entry):
    """Write a visit as recorded → (visit, created). The same client_uuid again is the same visit, created False.

    students: the pupil first, then siblings of the same household. entry: mode, started_at, ended_at, texts,
    others, checklist, gift_declined, student_present, guardians_met, opinions, kind (see Entry). Raises
    ValidationError with sentences by form field, Visit.DoesNotExist when the uuid is another author's visit.
    """
    visit = _own(client_uuid, by)
    if visit:
        return visit, False
    try:
        with transaction.atomic():
            return _submit(by, programme, client_uuid, list(students), Entry(**entry)), True
    except IntegrityError:
        # Two submissions at once: the other one was first.
        visit = _own(client_uuid, by)
        if visit is None:
            raise
        return visit, False


class Entry:
    """What a teacher fills in. opinions: [{"category", "text", "answerer"}]; texts: {field code: text}."""

    def __init__(
        self, *, mode, started_at, ended_at, texts, others=(), checklist=(), gift_declined=None,
        student_present=None, guardians_met=(), opinions=(), kind=VisitKind.UNIVERSAL,
    ):  # fmt: skip
        self.mode, self.started_at, self.ended_at, self.kind = mode, started_at, ended_at, kind
        self.texts = {code: text.strip() for code, text in texts.items()}
        self.others, self.checklist = list(others), list(checklist)
        self.gift_declined, self.student_present = gift_declined, student_present
        self.guardians_met, self.opinions = list(guardians_met), list(opinions)

    def check(self, programme, school):
        fields = record_form(programme, school)
        self.texts = {field.code: self.texts.get(field.code, "") for field in fields}
        found = problems(
            programme, fields, mode=self.mode, started_at=self.started_at, ended_at=self.ended_at, texts=self.texts,
            checklist=self.checklist, gift_declined=self.gift_declined, opinions=self.opinions,
        )  # fmt: skip
        if found:
            raise ValidationError(found)


def _own(client_uuid, by):
    visit = Visit.objects.filter(client_uuid=client_uuid).first()
    if visit is not None and visit.lead_id != by.pk:
        raise Visit.DoesNotExist
    return visit


def _submit(by, programme, client_uuid, students, entry):
    if programme.state != ProgrammeState.OPEN:
        raise ValidationError(closed_sentence(programme))
    school = check_students(by, programme, students)
    entry.check(programme, school)
    visit = Visit(
        client_uuid=client_uuid, programme=programme, authority_id=programme.authority_id, school=school, lead=by,
        created_at=now(),
    )  # fmt: skip
    _fill(visit, entry)
    visit.save(force_insert=True)
    lead = VisitVisitor(visit=visit, user=by, role=VisitorRole.LEAD)
    VisitVisitor.objects.bulk_create([lead, *_other_visitors(visit, by, entry)])
    rows = student_rows(visit, students)
    VisitStudent.objects.bulk_create(rows)
    _write_opinions(visit, entry.opinions, known=())
    ids = sorted(row.student_id for row in rows)
    if answers(visit):
        answer_changes(ids, visit.visited_on, by=by)
    recompute((programme.pk, pk) for pk in ids)
    record(visit, "visit.submit", by=by, **_facts(visit, len(rows), entry))
    return visit


@transaction.atomic
def correct_visit(visit, *, by, students, **entry):
    """The author's second version of a returned record: replaces what was written and clears the return mark.

    Arguments and errors as submit_visit; pupils and colleagues already on the record stay allowed.
    """
    entry, students, visit = Entry(**entry), list(students), locked(visit)
    if not visit.is_returned:
        raise WrongState("这条记录没有被退回，或者已经改好提交了。")
    before = {row.student_id for row in visit.visit_students.all()}
    day_before = visit.visited_on
    check_students(by, visit.programme, students, known=before)
    entry.check(visit.programme, visit.school)
    keep_version(visit, by=by, reason=visit.return_reason)
    changed = _fill(visit, entry)
    clear_return(visit)
    visit.save()
    _replace_visitors(visit, by, entry)
    kept = {student.pk for student in students}
    visit.visit_students.exclude(student_id__in=kept).delete()
    visit.visit_students.update(mode=visit.mode, visited_on=visit.visited_on, counted=counts(visit))
    VisitStudent.objects.bulk_create(student_rows(visit, [s for s in students if s.pk not in before]))
    _write_opinions(visit, entry.opinions, known=visit.opinions.all())
    answer_again(kept | before, day_before, by)
    recompute((visit.programme_id, pk) for pk in kept | before)
    record(visit, "visit.correct", by=by, fields=changed, **_facts(visit, len(students), entry))
    return visit


def closed_sentence(programme):
    if programme.state == ProgrammeState.DRAFT:
        return f"“{programme}”还没有开始，现在不能记家访。"
    return f"“{programme}”已经结束，不能再记家访。要补记，请区级管理员重新开放这次活动。"


def locked(visit):
    return Visit.objects.select_for_update(of=("self",)).select_related("programme", "school").get(pk=visit.pk)


def clear_return(visit):
    visit.returned_at = visit.returned_by = None
    visit.return_reason = ""


def check_students(by, programme, students, known=()):
    """The school of the first pupil the author may visit. Everybody else must live in the same household."""
    if not students:
        raise ValidationError({"student": "选一家。"})
    if len({student.pk for student in students}) != len(students):
        raise ValidationError({"student": "同一名学生选了两次。"})
    allowed = set(
        Student.objects.filter(pupils_to_visit(by.reach), pk__in=[student.pk for student in students]).values_list(
            "pk", flat=True
        )
    ) | set(known)
    own = [student for student in students if student.pk in allowed]
    if not own:
        raise ValidationError({"student": "这名学生不在你的名单里，选一下自己负责的学生。"})
    home = own[0].household_id
    for student in students:
        if student is not own[0] and (student.household_id is None or student.household_id != home):
            raise ValidationError({"student": "一次记一家：选中的学生不在同一个家庭，请分开记。"})
        if student.authority_id != programme.authority_id:
            raise ValidationError({"student": "有一名学生不在这次活动的范围里，去掉再提交。"})
    return own[0].school


def _fill(visit, entry):
    """Set the columns from the entry; returns the names of those that changed."""
    values = {
        **entry.texts,
        **{
            name: getattr(entry, name)
            for name in ("kind", "mode", "started_at", "ended_at", "checklist", "gift_declined", "student_present",
                         "guardians_met")
        },
        "visited_on": local_date(entry.started_at),
    }  # fmt: skip
    changed = sorted(name for name, value in values.items() if getattr(visit, name) != value)
    for name, value in values.items():
        setattr(visit, name, value)
    move(visit, VISIT_MOVES, "submit")
    visit.recorded_at = visit.recorded_at or now()  # a correction does not make a record late
    return changed


def counts(visit):
    return (
        visit.state in COUNTED_STATES
        and visit.mode in visit.programme.rules.counted_modes
        and visit.programme.counts_on(visit.visited_on)
    )


def student_rows(visit, students):
    counted = counts(visit)
    return [
        VisitStudent(
            visit=visit, student=student, programme_id=visit.programme_id, authority_id=student.authority_id,
            school_id=student.school_id, school_class_id=student.school_class_id, mode=visit.mode,
            visited_on=visit.visited_on, counted=counted,
        )
        for student in students
    ]  # fmt: skip


def _other_visitors(visit, by, entry, known=()):
    """Rows of the colleagues who went along: staff of the same school."""
    others = {user.pk for user in entry.others} - {by.pk}
    unknown = others - set(known)
    if unknown and colleagues(visit.school_id).filter(pk__in=unknown).count() != len(unknown):
        raise ValidationError({"others": "同行的老师要是本校的，去掉外校的再提交。"})
    return [VisitVisitor(visit=visit, user_id=pk, role=VisitorRole.OTHER) for pk in sorted(others)]


def _replace_visitors(visit, by, entry):
    old = visit.visitors.filter(role=VisitorRole.OTHER)
    rows = _other_visitors(visit, by, entry, known=old.values_list("user_id", flat=True))
    old.delete()
    VisitVisitor.objects.bulk_create(rows)


def _write_opinions(visit, opinions, known):
    """Line by line, so that a corrected opinion stays the row that later work points to."""
    known = {row.position: row for row in known}
    fresh = []
    for position, opinion in enumerate(opinions, 1):
        row = known.pop(position, None) or Opinion(visit=visit, position=position, created_at=now())
        row.authority_id, row.school_id = visit.authority_id, visit.school_id
        row.category, row.text, row.answerer = opinion["category"], opinion["text"], opinion["answerer"]
        if row.pk:
            row.save()
        else:
            fresh.append(row)
    Opinion.objects.bulk_create(fresh)
    for row in known.values():
        row.delete()


def answers(visit):
    return visit.state in COUNTED_STATES and visit.mode in visit.programme.rules.counted_modes


def answer_again(student_ids, day, by):
    """A void or a correction moved the visit that answered changes: ask the remaining visits instead."""
    reopen_changes(student_ids, day, by=by)
    remaining = Visit.objects.filter(
        state__in=COUNTED_STATES, visit_students__student_id__in=student_ids
    ).select_related("programme").prefetch_related("visit_students").order_by("visited_on", "pk").distinct()
    for visit in remaining:
        if answers(visit):
            kept = [row.student_id for row in visit.visit_students.all() if row.student_id in student_ids]
            answer_changes(kept, visit.visited_on, by=by)


def _facts(visit, students, entry):
    """For the log: codes and counts only."""
    return {
        "programme": visit.programme.code, "mode": visit.mode, "day": visit.visited_on.isoformat(),
        "counted": counts(visit), "students": students, "visitors": 1 + len(entry.others),
        "opinions": len(entry.opinions),
    }  # fmt: skip
