"""Coverage as of one instant, four ways beside each other: as recorded by then, as visited by then and known now, as
frozen in a package, and what came after it."""

from dataclasses import dataclass, field

from django.db.models import Sum

from core.clock import now
from programmes.enums import DeadlineKind
from programmes.queries.past import notice_as_of
from reports.enums import CompilationState
from reports.models import Snapshot
from schools.calendar import school_year
from schools.models import SchoolClass
from students.models import Student
from visits.models.register import ALL
from visits.queries.as_of import (
    Since,
    called_since,
    deciding_day_as_of,
    missing_as_of,
    modes_as_of,
    pupils_as_of,
    reached_as_of,
)
from visits.queries.as_of.pupils import Pupil as Missed
from visits.queries.as_of.pupils import pupil_rows
from visits.queries.as_of.schools import mode_bits
from visits.queries.coverage import Count

MADE = (CompilationState.READY, CompilationState.INCOMPLETE)


@dataclass
class Line:
    """One place. recorded: as known at the instant; visited: made before it, as known now; frozen: as in the package."""

    recorded: Count = field(default_factory=Count)
    visited: Count = field(default_factory=Count)
    frozen: Count | None = None
    since: Since = field(default_factory=Since)

    @property
    def difference(self):
        """Pupils reached that the frozen figure does not have; negative where it had more. None: nothing was frozen."""
        return None if self.frozen is None else self.visited.visited - self.frozen.visited


@dataclass
class Frozen:
    """The newest package of an instant as far as the reader may see it."""

    revision: int | None = None
    counts: dict = field(default_factory=dict)  # {school or class id: Count}


def school_lines(programme, at, school_ids, *, frozen):
    """{school id: Line}. Ten queries for any number of schools, one more for each five thousand missing."""
    return _lines(programme, at, list(school_ids), frozen, by_class=False)


def class_lines(programme, at, school_id, *, frozen):
    """{class id: Line} of one school."""
    return _lines(programme, at, [school_id], frozen, by_class=True)


def _lines(programme, at, school_ids, frozen, *, by_class):
    lines, missing = {} if by_class else {pk: Line() for pk in school_ids}, []
    for name, known_at in (("recorded", at), ("visited", now())):
        notice = notice_as_of(programme, known_at)
        counted = mode_bits(notice.rules.counted_modes)
        modes, sums = reached_as_of(notice, at, school_ids, known_at), {}
        for row in pupil_rows(notice, at, school_ids, known_at):  # of a whole district: none is kept but the missing
            school_id, class_id, student_id, _, exempt, declined, _ = row
            if exempt:
                continue
            reached = bool(modes.get(student_id, 0) & counted)
            numbers = sums.setdefault(class_id if by_class else school_id, [0, 0, 0])
            numbers[0] += 1
            numbers[1] += reached
            numbers[2] += bool(declined) and not reached
            if name == "recorded" and not reached:
                missing.append(Missed(*row))
        for place, numbers in sums.items():
            setattr(lines.setdefault(place, Line()), name, Count(*numbers))
    for one in called_since(programme, at, missing):
        lines[one.school_class_id if by_class else one.school_id].since.count(one)
    for place, count in frozen.counts.items():
        if by_class or place in lines:
            lines.setdefault(place, Line()).frozen = count
    return lines


def frozen_as_of(programme, at, *, user, school_id=None):
    """Frozen figures of the newest package of the instant, by school, or by class of one school. Two queries."""
    rows = Snapshot.objects.visible_to(user).filter(
        compilation__programme=programme, compilation__kind=DeadlineKind.COVERAGE, compilation__as_of=at,
        compilation__state__in=MADE, dimension=ALL,
    ).order_by()  # fmt: skip
    if school_id is not None:
        rows = rows.filter(school_id=school_id)
    newest = rows.order_by("-compilation__revision").values_list("compilation_id", "compilation__revision").first()
    if newest is None:
        return Frozen()
    place = "school_id" if school_id is None else "school_class_id"
    sums = rows.filter(compilation_id=newest[0]).values_list(place).annotate(Sum("due"), Sum("visited"), Sum("declined"))
    return Frozen(newest[1], {pk: Count(*numbers) for pk, *numbers in sums})


def total(lines):
    whole = Line(frozen=Count() if any(line.frozen for line in lines) else None)
    for line in lines:
        whole.recorded += line.recorded
        whole.visited += line.visited
        whole.since.add(line.since)
        if line.frozen:
            whole.frozen += line.frozen
    return whole


def total_of(frozen):
    """All that was frozen as one Count; None where nothing was."""
    return sum(frozen.counts.values(), Count()) if frozen.counts else None


def is_rewritten(programme, at):
    """Whether the notice counts by other days, forms or categories now than it did at the instant."""
    return _counts_by(notice_as_of(programme, at)) != _counts_by(programme)


def _counts_by(programme):
    days = programme.starts_on, programme.ends_on, programme.due_on
    uses = {(use.category_id, use.position, use.from_changes) for use in programme.categories.all()}
    return days, programme.rules.counted_modes, uses


def class_labels(programme, at, class_ids):
    """[(class id, label)] in the order of the page, named as in the year of the deciding day."""
    year = school_year(deciding_day_as_of(notice_as_of(programme, at), at))
    rows = SchoolClass.objects.filter(pk__in=class_ids).select_related("school")
    rows = sorted(rows, key=lambda row: (row.grade(year) or 99, row.number, row.pk))
    return [(row.pk, row.label(year)) for row in rows]


# ── Names behind a figure, for whoever may see them ──

BEHIND = {
    "due": "应访学生", "recorded": "截至那时已记录的", "visited": "截至那时已走访的", "missing": "截至那时还没有走访记录的",
    "written": "那时已走访、之后补录的", "called": "那时之后补访的", "still": "到现在还没有走到的",
}  # fmt: skip


@dataclass(frozen=True)
class Pupil:
    student_id: int
    school_class_id: int
    first_on: object = None  # of whom was missing: the day of the first call since


def pupils_behind(programme, at, school_id, what, class_id=None):
    """[Pupil] of one figure, as many as it says."""
    if what in ("due", "recorded", "visited"):
        found = _reached(programme, at, school_id, what)
    else:
        chosen = {
            "missing": lambda one: True,
            "written": lambda one: one.first_on and one.in_time,
            "called": lambda one: one.first_on and not one.in_time,
            "still": lambda one: not one.first_on,
        }[what]
        missing = missing_as_of(programme, at, [school_id])
        found = [Pupil(one.student_id, one.school_class_id, one.first_on) for one in missing if chosen(one)]
    return [one for one in found if class_id is None or one.school_class_id == class_id]


def _reached(programme, at, school_id, what):
    known_at = now() if what == "visited" else at
    programme = notice_as_of(programme, known_at)
    pupils = [one for one in pupils_as_of(programme, at, [school_id], known_at) if not one.exempt_reason]
    if what != "due":
        modes, counted = modes_as_of(programme, at, school_id, known_at), mode_bits(programme.rules.counted_modes)
        pupils = [one for one in pupils if modes.get(one.student_id, 0) & counted]
    return [Pupil(one.student_id, one.school_class_id) for one in pupils]


def names_of(pupils, user):
    """{student id: name} of those the reader may see today; who left the school has no name here."""
    rows = Student.objects.visible_to(user).filter(pk__in=[one.student_id for one in pupils])
    return dict(rows.values_list("pk", "name"))
