"""One page to take along to a family (S32, W64): what is good about the child first, what was agreed, what was asked.

Everything starts at visible_to of the reader; of siblings elsewhere only a first character and whether they were
reached.
"""

from dataclasses import dataclass, field
from datetime import date

from programmes.queries.ready import has_signed, is_trained
from schools.enums import Role
from schools.models import Post
from students.enums import Aspect, NoteSource, Relation
from students.models import Assignment, ChangeEvent, Guardian, PortraitNote, Student
from visits.enums import Answerer, VisitState
from visits.models import Due, Opinion, Promise, Visit, VisitNote
from visits.queries.family import earlier_of
from visits.queries.records import shown_name, siblings

STRENGTHS, FACTS, OLD_PROMISES, OPINIONS = 6, 8, 4, 5  # lines on the page
AT_SCHOOL = (Aspect.STUDY, Aspect.PEERS, Aspect.MIND, Aspect.LIFE)
BOARDS = "2"
OF_RECORD = tuple(f"visit__{name}" for name in ("cause", "process", "analysis", "measures", "reflection", "preparation"))


@dataclass(frozen=True)
class Fact:
    """Something seen. name: of the child where the page speaks of several."""

    text: str
    on: date
    source: str
    label: str = ""
    name: str = ""


@dataclass(frozen=True)
class Sibling:
    """A child of the home. visitor: only at the reader's school."""

    student: Student
    name: str
    place: str
    visitor: str
    reached: bool


@dataclass(frozen=True)
class Brief:
    pupils: list
    strengths: list = field(default_factory=list)  # Fact, newest first
    school_facts: list = field(default_factory=list)
    home_facts: list = field(default_factory=list)
    home: list = field(default_factory=list)  # sentences from the roster
    changes: list = field(default_factory=list)  # ChangeEvent no visit has answered
    last: Visit | None = None  # the last readable visit
    promises: list = field(default_factory=list)  # Promise with .visit: of the last visit that has any, and open older ones
    opinions: list = field(default_factory=list)  # Opinion with .visit, not yet answered
    siblings: list = field(default_factory=list)
    planned: Visit | None = None  # the reader's own appointment, or visit without a record
    signed: bool = True
    trained: bool = True
    reading: list = field(default_factory=list)
    points: list = field(default_factory=list)  # ChecklistGroup
    hot_topics: list = field(default_factory=list)
    materials: list = field(default_factory=list)
    conduct: object = None

    @property
    def is_first(self):
        return self.last is None and not self.promises

    @property
    def agreed(self):
        """What was agreed in words, where the last record holds no promise of its own."""
        return self.last.measures if self.last is not None and not self.promises else ""


def brief(user, pupils, programme, *, home=None, earlier=None):
    """pupils: the pupil first, then others of the home whom the visit covers. The caller has fetched them in scope.
    home: of siblings(), earlier: of earlier_of(), where they are known. The same number of queries whatever the family."""
    first, ids = pupils[0], [pupil.pk for pupil in pupils]
    home = siblings(first, programme) if home is None else home
    earlier = earlier_of(user, ids) if earlier is None else earlier.of(ids)
    names = {pupil.pk: pupil.name for pupil in pupils} if len(pupils) > 1 else {}
    notes = list(PortraitNote.objects.visible_to(user).standing().filter(student__in=ids).order_by("-observed_on", "-pk"))
    rules = programme.rules
    return Brief(
        pupils=pupils,
        strengths=_strengths(earlier, ids, notes, names)[:STRENGTHS],
        school_facts=_facts(notes, AT_SCHOOL, names),
        home_facts=_facts(notes, (Aspect.FAMILY,), names),
        home=_home(pupils),
        changes=list(ChangeEvent.objects.visible_to(user).open().filter(student__in=ids)),
        last=Visit.objects.filter(pk__in=earlier.readable[:1]).only("visited_on", "measures").first(),
        promises=_promises(earlier),
        opinions=list(_latest(earlier.lines(Opinion).exclude(answerer=Answerer.ANSWERED))[:OPINIONS]),
        siblings=_siblings(first, programme, home),
        planned=my_planned(user, first, programme),
        signed=has_signed(programme, user),
        trained=is_trained(programme, user),
        reading=rules.reading,
        points=rules.checklist,
        hot_topics=rules.hot_topics,
        materials=rules.materials,
        conduct=rules.conduct,
    )


def my_planned(user, pupil, programme):
    """The user's appointment with this family, or the visit made and not yet recorded; None without one."""
    rows = Visit.objects.filter(programme=programme, state__in=(VisitState.PLANNED, VisitState.DONE), visitors__user=user)
    return rows.filter(visit_students__student=pupil).select_related("lead").order_by("planned_at", "pk").first()


def family_of(user, pupil, home=None):
    """The pupil, then children of the same home and school whom the user may see too. home: of siblings(), where it is
    known."""
    if not pupil.household_id or home is not None and all(other.school_id != pupil.school_id for other in home):
        return [pupil]
    others = Student.objects.visible_to(user).active().filter(household=pupil.household_id, school=pupil.school_id)
    return [pupil, *others.exclude(pk=pupil.pk).select_related("school", "school_class__school").order_by("birth", "pk")]


def _latest(lines):
    """Lines of visits with the day of their visit: of the record nothing else is read."""
    return (
        lines.select_related("visit")
        .defer(*OF_RECORD)
        .order_by("-visit__visited_on", "-visit_id", "position")
    )


def _strengths(earlier, ids, notes, names):
    """From the portrait and from what was praised at earlier visits."""
    found = [_fact(note, names) for note in notes if note.aspect == Aspect.STRENGTHS]
    praised = earlier.lines(VisitNote).filter(student__in=ids).exclude(strengths="").order_by("-visit__visited_on", "-pk")
    found += [
        Fact(words, on, NoteSource.VISIT.label, name=names.get(student_id, ""))
        for words, on, student_id in praised.values_list("strengths", "visit__visited_on", "student_id")[:STRENGTHS]
    ]
    return sorted(found, key=lambda fact: fact.on, reverse=True)


def _facts(notes, aspects, names):
    """By aspect in the order of the portrait, the newest first."""
    chosen = [note for note in notes if note.aspect in aspects]
    return [_fact(note, names) for note in sorted(chosen, key=lambda note: aspects.index(note.aspect))][:FACTS]


def _fact(note, names):
    return Fact(
        note.text, note.observed_on, note.get_source_display(), note.get_aspect_display(), names.get(note.student_id, "")
    )


def _home(pupils):
    """Who lives there, as the roster has it, without names: this page is carried about."""
    guardians = Guardian.objects.filter(student__in=[pupil.pk for pupil in pupils])
    rows = [row for row in guardians.order_by("position", "pk") if row.relation]
    there = list(dict.fromkeys(Relation(row.relation).label for row in rows if row.lives_with))
    listed = list(dict.fromkeys(Relation(row.relation).label for row in rows))
    words = [f"同住：{'、'.join(there)}"] if there else [f"监护人：{'、'.join(listed)}"] if listed else []
    if any(pupil.boarding == BOARDS for pupil in pupils):
        words.append("住校")
    if any(pupil.left_behind in ("1", "2") for pupil in pupils):
        words.append("父母不常在身边")
    return words


def _promises(earlier):
    rows = list(_latest(earlier.lines(Promise))[:50])
    latest = [row for row in rows if row.visit_id == rows[0].visit_id]
    return latest + [row for row in rows[len(latest) :] if not row.outcome][:OLD_PROMISES]


def _siblings(pupil, programme, home):
    """The other children of the home at schools of the authority. Unscoped on purpose, and so little is told."""
    rows = sorted(home, key=lambda row: (row.birth is None, row.birth or date.min, row.pk))
    ours = [row for row in rows if row.school_id == pupil.school_id]
    reached = set(
        Due.objects.filter(programme=programme, student__in=[row.pk for row in rows], visits__gt=0).values_list(
            "student_id", flat=True
        )
    )
    leads = Assignment.objects.current().filter(programme=programme, student__in=[row.pk for row in ours], role="lead")
    visitors = dict(leads.values_list("student_id", "visitor__name"))
    posts = Post.objects.active().filter(role=Role.CLASS_HEAD, school_class__in=[row.school_class_id for row in ours])
    heads = dict(posts.order_by("-pk").values_list("school_class_id", "user__name"))
    return [
        Sibling(
            row, shown_name(row, pupil.school_id), _place(row, pupil),
            _visitor(row, visitors, heads) if row.school_id == pupil.school_id else "", row.pk in reached,
        )
        for row in rows
    ]  # fmt: skip


def _place(row, pupil):
    if row.school_id != pupil.school_id:
        return row.school.short_name
    return row.school_class.label() if row.school_class_id else ""


def _visitor(row, visitors, heads):
    if name := visitors.get(row.pk):
        return f"{name}去"
    head = heads.get(row.school_class_id)
    return f"班主任{head}" if head else ""
