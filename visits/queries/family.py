"""A family as the record form needs it, read once a request: its pupils, what the form asks of whom, what waits."""

from dataclasses import dataclass, field

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Subquery, Value, When

from programmes.models import SchoolForm
from programmes.queries.form import apply_changes
from programmes.queries.ready import signatures, trainings
from students.models import Assignment, ChangeEvent, Student
from visits.enums import COUNTED_STATES, VisitState
from visits.models import Promise, Visit, VisitDraft, VisitStudent
from visits.models.visit import readable_visits
from visits.rules import pupils_to_visit

MOST = 12  # pupils one form may name


@dataclass(frozen=True)
class Family:
    """Pupils of one posted form. allowed: ids of those the author may visit or that stand on the record already."""

    user_id: int
    programme_id: int
    students: list = field(default_factory=list)
    allowed: frozenset = frozenset()

    def pupil(self, number):
        """The pupil of that number if the author may visit there."""
        return next((s for s in self.students if s.pk == number and s.pk in self.allowed), None)

    def relatives(self, pupil):
        """The others who live in the same home."""
        return [s for s in self.students if s is not pupil and s.household_id and s.household_id == pupil.household_id]

    def holds(self, user, programme, students):
        """Was it read for this act?"""
        known = {student.pk for student in self.students}
        return (self.user_id, self.programme_id) == (user.pk, programme.pk) and known >= {s.pk for s in students}

    # What the one query found out beside the pupils; the same on every row but for the pupils' own.

    @property
    def is_signed(self):
        return bool(self.students) and self.students[0].is_signed

    @property
    def is_trained(self):
        return bool(self.students) and self.students[0].is_trained

    @property
    def has_draft(self):
        return any(student.has_draft for student in self.students)

    @property
    def is_assigned(self):
        return any(student.is_assigned for student in self.students)

    @property
    def has_change(self):
        return any(student.has_change for student in self.students)


def read_family(user, programme, ids, *, client_uuid, known=()):
    """Family of the pupils with these ids, in their order, in one query. known: ids already on the record."""
    rules = programme.rules
    form = SchoolForm.objects.filter(programme=programme, school=OuterRef("school_id")).values("fields")[:1]
    own_assignment = Assignment.objects.filter(programme=programme, student=OuterRef("pk"), ended_at=None)
    rows = Student.objects.filter(pk__in=list(ids)[:MOST]).select_related("school", "school_class__school").annotate(
        is_mine=Case(When(pupils_to_visit(user.reach) | Q(pk__in=list(known)), then=True), default=False,
                     output_field=BooleanField()),
        form_changes=Subquery(form) if rules.record.school_may_change else _no,
        is_assigned=Exists(own_assignment),
        has_change=Exists(ChangeEvent.objects.open().filter(student=OuterRef("pk"))),
        is_signed=Exists(signatures(programme).filter(user=user)) if rules.conduct.rules else _yes,
        is_trained=Exists(trainings(programme).filter(user=user)) if rules.training.hold_back else _yes,
        has_draft=Exists(VisitDraft.objects.filter(user=user, client_uuid=client_uuid)),
    )  # fmt: skip
    found = {student.pk: student for student in rows}
    students = [found[pk] for pk in ids if pk in found]
    return Family(user.pk, programme.pk, students, frozenset(s.pk for s in students if s.is_mine))


_yes, _no = Value(True), Value(False)


def form_of(programme, pupil):
    """The record form of a pupil read by read_family."""
    return apply_changes(programme, pupil.form_changes or {})


@dataclass(frozen=True)
class Earlier:
    """Recorded visits of some pupils. rows: [(visit id, student id, may the user read it)], the latest visit first."""

    user: object
    rows: list = field(default_factory=list)

    def of(self, student_ids):
        """Those of some of the pupils."""
        wanted = set(student_ids)
        return Earlier(self.user, [row for row in self.rows if row[1] in wanted])

    @property
    def ids(self):
        return list(dict.fromkeys(visit_id for visit_id, _, _ in self.rows))

    @property
    def readable(self):
        return list(dict.fromkeys(visit_id for visit_id, _, may_read in self.rows if may_read))

    def lines(self, model):
        """What hangs on these visits, as far as the user may see it. Whoever reads a visit reads its lines: the scope
        is asked only where one of the visits is closed to the user."""
        rows = model.objects.filter(visit_id__in=self.ids)
        return rows if len(self.readable) == len(self.ids) else rows.visible_to(self.user)


def earlier_of(user, student_ids):
    """Earlier of these pupils, in one query: a page asks it once, for what was agreed, asked and praised there."""
    may_read = Case(When(visit_id__in=readable_visits(user.reach), then=True), default=False, output_field=BooleanField())
    rows = VisitStudent.objects.filter(student_id__in=student_ids, visit__state__in=COUNTED_STATES)
    rows = rows.annotate(may_read=may_read).order_by("-visit__visited_on", "-visit_id")
    return Earlier(user, list(rows.values_list("visit_id", "student_id", "may_read")))


def open_promises(user, student_ids, visit=None, earlier=None):
    """Promises of earlier visits of these pupils that wait for an answer, as far as the user may know of them.
    visit: the record being corrected, whose own answers may change. earlier: of earlier_of() where it is known."""
    earlier = earlier_of(user, student_ids) if earlier is None else earlier.of(student_ids)
    rows = earlier.lines(Promise)
    waiting = rows.filter(Q(outcome="") | Q(outcome_visit__state=VisitState.VOIDED))
    if visit is not None and visit.pk:
        waiting = (waiting | rows.filter(outcome_visit=visit)).exclude(visit=visit)
    return waiting.select_related("visit").order_by("-visit__visited_on", "visit_id", "position")


def follow_up_due(user, student_ids, programme, earlier=None):
    """The latest visit of these pupils that asked for another one and has none yet; None without."""
    earlier = earlier_of(user, student_ids) if earlier is None else earlier.of(student_ids)
    rows = Visit.objects.filter(pk__in=earlier.readable, programme=programme, follow_up_on__isnull=False)
    return rows.exclude(followed_by__state__in=COUNTED_STATES).first()


def followable(user, student_ids):
    """Recorded visits of these pupils the user may read: what a follow-up may follow, the latest first."""
    from_pupils = VisitStudent.objects.filter(student_id__in=student_ids).values("visit_id")
    return Visit.objects.visible_to(user).filter(state__in=COUNTED_STATES, pk__in=from_pupils)


def open_plan(user, programme, student_id):
    """The user's appointment with this pupil's family that waits for its record: planned, or been there."""
    return (
        Visit.objects.filter(
            lead=user, programme=programme, state__in=(VisitState.PLANNED, VisitState.DONE),
            visit_students__student_id=student_id,
        ).order_by("planned_at", "pk").first()
    )  # fmt: skip
