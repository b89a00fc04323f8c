"""Every change of a visit: one transaction that writes, answers changes, recounts and leaves a line in the log."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import local_date, now
from core.states import WrongState, move
from programmes.actions.conduct import sign
from programmes.config.days import midnight_after
from programmes.enums import ProgrammeState
from programmes.queries.form import record_form
from students.actions.assign import end_assignments
from students.actions.change import answer_changes, reopen_changes
from students.models import Student
from visits.actions.draft import drop
from visits.actions.entry import Entry
from visits.actions.lines import take_back_outcomes, tell_outcomes, write_lines
from visits.actions.media import join
from visits.actions.register import recompute, recompute_pupils
from visits.actions.versions import keep_version
from visits.enums import COUNTED_STATES, VISIT_MOVES, Priority, VisitorRole
from visits.models import Visit, VisitStudent, VisitVisitor
from visits.queries.family import followable, form_of, read_family
from visits.queries.records import colleagues
from visits.rules import pupils_to_visit

KEPT_OPEN = timedelta(days=30)  # an assignment opens the pupil so long after the visit, if the record never locks


def submit_visit(*, by, programme, client_uuid, students, visit=None, family=None, **entry):
    """Write a visit as recorded → (visit, created). The same client_uuid again is the same visit, created False.

    students: the pupil first, then siblings of the same household. entry: see Entry. visit: the author's appointment
    that becomes the record, with its client_uuid. family: these pupils as read_family found them in this request.
    Raises ValidationError with sentences by form field, Visit.DoesNotExist when the uuid is another author's visit.
    """
    students, entry = list(students), Entry(**entry)
    try:
        with transaction.atomic():
            if visit is not None:
                return _submit_planned(visit, by, students, entry, family)
            return _submit(by, programme, client_uuid, students, entry, family), True
    except (IntegrityError, ValidationError) as error:
        # Sent twice: the visit that stands is the answer, whatever has changed since.
        standing = Visit.objects.filter(client_uuid=client_uuid).first()
        if standing is None:
            raise
        if standing.lead_id != by.pk:
            raise Visit.DoesNotExist from error
        if standing.recorded_at is not None:
            return standing, False
        if isinstance(error, ValidationError):
            raise
    with transaction.atomic():
        return _submit_planned(standing, by, students, entry, family)


def _submit(by, programme, client_uuid, students, entry, family):
    family = _ready(by, programme, client_uuid, students, entry, family)
    visit = Visit(
        client_uuid=client_uuid, programme=programme, authority_id=programme.authority_id, lead=by, created_at=now(),
        school=check_students(by, programme, students, allowed=family.allowed),
    )  # fmt: skip
    _check_entry(visit, students, entry, family)
    _fill(visit, by, students, entry)
    visit.save(force_insert=True)
    lead = VisitVisitor.went(visit, by, VisitorRole.LEAD)
    VisitVisitor.objects.bulk_create([lead, *_new_companions(visit, by, entry)])
    VisitStudent.objects.bulk_create(student_rows(visit, students))
    return _recorded(visit, by, students, entry, family, fresh=True)


def _submit_planned(visit, by, students, entry, family):
    """The appointment becomes the record: who was asked and who came may differ from what was planned."""
    visit = locked(visit)
    if visit.lead_id != by.pk:
        raise Visit.DoesNotExist
    if visit.state in COUNTED_STATES:
        return visit, False
    family = _ready(by, visit.programme, visit.client_uuid, students, entry, family)
    visit.school = check_students(by, visit.programme, students, allowed=family.allowed)
    _check_entry(visit, students, entry, family)
    _fill(visit, by, students, entry)
    visit.save()
    _replace_visitors(visit, by, entry)
    _replace_students(visit, students)
    return _recorded(visit, by, students, entry, family, fresh=False), True


def _ready(by, programme, client_uuid, students, entry, family):
    """The family as read for this act; ValidationError while this author can record nothing here."""
    if programme.state != ProgrammeState.OPEN:
        raise ValidationError(closed_sentence(programme))
    if family is None or not family.holds(by, programme, students):
        family = read_family(by, programme, [student.pk for student in students], client_uuid=client_uuid)
    if family.students and not family.is_trained:
        raise ValidationError("参加过家访培训才能记家访。培训安排问学校负责人。")
    if family.students and not family.is_signed and not entry.conduct_read:
        raise ValidationError({"conduct_read": unsigned_sentence(programme)})
    return family


def _check_entry(visit, students, entry, family):
    chosen = {student.pk for student in students} & family.allowed
    own = next(student for student in family.students if student.pk in chosen)
    entry.check(visit.programme, form_of(visit.programme, own), recorded_at=visit.recorded_at)


def _recorded(visit, by, students, entry, family, *, fresh):
    """What follows from a record, the same for a new one and for an appointment that was kept."""
    programme, ids = visit.programme, sorted(student.pk for student in students)
    write_lines(visit, students, entry, fresh=fresh, counted=counts(visit))
    tell_outcomes(visit, ids, entry.outcomes, by=by)
    if not family.is_signed:
        sign(programme, by=by)
    if answers(visit) and family.has_change:
        answer_changes(ids, visit.visited_on, by=by)
    facts = recompute_pupils(programme, ids)
    # A change told after the family was read: its pupil stands first in the register.
    if answers(visit) and not family.has_change and any(fact.priority == Priority.FIRST for fact in facts.values()):
        answer_changes(ids, visit.visited_on, by=by)
    if counts(visit) and (family.is_assigned or not fresh):  # after a telephone call the family is still to be visited
        end_assignments(programme.pk, ids, at=max(now(), midnight_after(visit.visited_on + KEPT_OPEN)))
    join(visit.client_uuid, visit)
    if family.has_draft:
        drop(by, visit.client_uuid)
    record(visit, "visit.submit", by=by, **_facts(visit, len(students), entry))
    return visit


@transaction.atomic
def correct_visit(visit, *, by, students, **entry):
    """The author's second version of a returned record: replaces what was written and clears the return mark.

    Arguments and errors as submit_visit; pupils and colleagues already on the record stay allowed.
    """
    entry, students, visit = Entry(**entry), list(students), locked(visit)
    if not visit.is_returned:
        raise WrongState("这条记录没有被退回，或者已经改好提交了。")
    return rewrite(visit, by, students, entry, reason=visit.return_reason, verb="submit", action="visit.correct")


def rewrite(visit, by, students, entry, *, reason, verb, action):
    """A record's next version, inside the caller's transaction, the visit locked: what it said is kept as a version,
    lines stay the rows they are. verb: the move; action: the line in the log."""
    before = set(visit.visit_students.values_list("student_id", flat=True))
    day_before = visit.visited_on
    check_students(by, visit.programme, students, known=before)
    entry.check(visit.programme, record_form(visit.programme, visit.school), recorded_at=visit.recorded_at)
    keep_version(visit, by=by, reason=reason)
    changed = _fill(visit, by, students, entry, verb=verb)
    clear_return(visit)
    visit.save()
    _replace_visitors(visit, by, entry)
    _replace_students(visit, students)
    write_lines(visit, students, entry, fresh=False, counted=counts(visit))
    kept = {student.pk for student in students}
    tell_outcomes(visit, kept, entry.outcomes, by=by)
    take_back_outcomes(visit, kept=entry.outcomes)
    answer_again(kept | before, day_before, by)
    recompute((visit.programme_id, pk) for pk in kept | before)
    drop(by, visit.client_uuid)
    record(visit, action, by=by, fields=changed, **_facts(visit, len(students), entry))
    return visit


def unsigned_sentence(programme):
    return f"先看一遍“{programme.rules.conduct.title}”，勾上“我已读过，会照着做”。"


def closed_sentence(programme):
    if programme.state == ProgrammeState.DRAFT:
        return f"“{programme}”还没有开始，现在不能记家访。"
    return f"“{programme}”已经结束，不能再记家访。要补记，请区级管理员重新开放这次活动。"


def locked(visit):
    return Visit.objects.select_for_update(of=("self",)).select_related("programme", "school").get(pk=visit.pk)


def clear_return(visit):
    visit.returned_at = visit.returned_by = None
    visit.return_reason = ""


def check_students(by, programme, students, known=(), allowed=None):
    """The school of the first pupil the author may visit. Everybody else must live in the same household.

    known: pupils on the record already. allowed: ids the author may visit, where they have been read.
    """
    if not students:
        raise ValidationError({"student": "选一家。"})
    if len({student.pk for student in students}) != len(students):
        raise ValidationError({"student": "同一名学生选了两次。"})
    if allowed is None:
        rows = Student.objects.filter(pupils_to_visit(by.reach), pk__in=[student.pk for student in students])
        allowed = set(rows.values_list("pk", flat=True))
    own = [student for student in students if student.pk in allowed or student.pk in known]
    if not own:
        raise ValidationError({"student": "这名学生不在你的名单里，选一下自己负责的学生。"})
    home = own[0].household_id
    for student in students:
        if student is not own[0] and (student.household_id is None or student.household_id != home):
            raise ValidationError({"student": "一次记一家：选中的学生不在同一个家庭，请分开记。"})
        if student.authority_id != programme.authority_id:
            raise ValidationError({"student": "有一名学生不在这次活动的范围里，去掉再提交。"})
    return own[0].school


def _fill(visit, by, students, entry, verb="submit"):
    """Set the columns from the entry; returns the names of those that changed."""
    values = {**entry.columns(), "visited_on": local_date(entry.started_at)}
    values["follows_id"] = _followed(visit, by, students, entry.follows)
    changed = sorted(name for name, value in values.items() if getattr(visit, name) != value)
    for name, value in values.items():
        setattr(visit, name, value)
    move(visit, VISIT_MOVES, verb)
    visit.recorded_at = visit.recorded_at or now()  # a correction does not make a record late
    return changed


def _followed(visit, by, students, follows):
    """Id of the visit this one follows: an earlier record of one of these pupils, which the author may read."""
    pk = getattr(follows, "pk", follows)
    if pk is None or pk == visit.follows_id:
        return pk
    rows = followable(by, [student.pk for student in students]).exclude(pk=visit.pk)
    if not rows.filter(pk=pk).exists():
        raise ValidationError({"follows": "要接着的那次走访不是这家的，或者已经作废。"})
    return pk


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


def _new_companions(visit, by, entry, known=()):
    """Rows of the colleagues who went along and are not on the record yet: staff of the same school."""
    fresh = set(entry.others) - {by.pk, visit.lead_id} - set(known)
    users = list(colleagues(visit.school_id).filter(pk__in=fresh).order_by("pk")) if fresh else []
    if len(users) != len(fresh):
        raise ValidationError({"others": "同行的老师要是本校的，去掉外校的再提交。"})
    return [VisitVisitor.went(visit, user) for user in users]


def _replace_visitors(visit, by, entry):
    """Who stays keeps the own word on having been there."""
    old = visit.visitors.filter(role=VisitorRole.OTHER)
    known = set(old.values_list("user_id", flat=True))
    VisitVisitor.objects.bulk_create(_new_companions(visit, by, entry, known))
    old.filter(user_id__in=known - set(entry.others)).delete()


def _replace_students(visit, students):
    kept = {student.pk for student in students}
    visit.visit_students.exclude(student_id__in=kept).delete()
    visit.visit_students.update(mode=visit.mode, visited_on=visit.visited_on, counted=counts(visit))
    before = set(visit.visit_students.values_list("student_id", flat=True))
    VisitStudent.objects.bulk_create(student_rows(visit, [s for s in students if s.pk not in before]))


def count_rows(visit):
    """Whether the visit counts has moved: its pupils and opinions follow."""
    counted = counts(visit)
    visit.visit_students.update(mode=visit.mode, visited_on=visit.visited_on, counted=counted)
    visit.opinions.update(counted_in=visit.programme_id if counted else None)


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
