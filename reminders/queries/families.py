"""Who has families waiting: the same families as “等我约” on the visitor's list (MyList.to_ask), counted for many people
at once. A test holds the two together."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse

from core.clock import today
from programmes.config.days import midnight
from programmes.models import ProgrammeCategory
from reminders.enums import LineKind
from reminders.queries.line import Line
from reminders.queries.over import is_over
from students.enums import AssignmentRole
from students.models import Assignment, CategoryMark, ChangeEvent, MentorLink
from students.models.student import active_on
from visits.enums import VisitState
from visits.models import Due, VisitStudent
from visits.queries.ranking import PLAN_DAYS
from visits.queries.waiting import FIRST_FAMILIES, STATES


@dataclass
class Waiting:
    """Pupils not reached who have not declined, of the schools of a batch. Keys are (programme id, pupil id)."""

    rows: list = field(default_factory=list)  # (programme, pupil, school, class, household, priority)
    leads: dict = field(default_factory=dict)  # key: who was asked to lead
    visitors: dict = field(default_factory=dict)  # key: all who were asked
    mentors: dict = field(default_factory=dict)  # pupil: mentors
    planned: set = field(default_factory=set)  # keys with an appointment
    first: set = field(default_factory=set)  # keys that anybody near may know to come first


def waiting(people):
    """Seven queries at most: register, assignments, mentors, appointments, and for those whom a mentor or a visitor goes
    to the priority categories, marks, changes."""
    started = [one.pk for one in people.programmes.values() if one.starts_on <= today() and not is_over(one)]
    if not started or not people.schools:
        return Waiting()
    place = {"school_id__in": people.schools, "programme_id__in": started}
    rows = Due.objects.filter(STATES["open"], **place).values_list(
        "programme_id", "student_id", "school_id", "school_class_id", "student__household_id", "priority"
    )
    found = Waiting(rows=list(rows), mentors=_mentors(people))
    _asked(found, place)
    found.planned = _planned(people, started)
    found.first = _first(found, started)
    return found


def _mentors(people):
    rows = MentorLink.objects.filter(active_on(today()), teacher_id__in=people.ids)
    found = defaultdict(set)
    for pupil, teacher in rows.values_list("student_id", "teacher_id"):
        found[pupil].add(teacher)
    return found


def _asked(found, place):
    rows = Assignment.objects.current().filter(ended_at=None, **place)
    visitors = defaultdict(set)
    for programme, pupil, visitor, role in rows.values_list("programme_id", "student_id", "visitor_id", "role"):
        visitors[programme, pupil].add(visitor)
        if role == AssignmentRole.LEAD:
            found.leads[programme, pupil] = visitor
    found.visitors = visitors


def _planned(people, programmes):
    """An appointment that nobody kept or moved is forgotten after some days, as on the visitor's page."""
    earliest = midnight(today() - timedelta(days=PLAN_DAYS))
    rows = VisitStudent.objects.filter(school_id__in=people.schools, programme_id__in=programmes)
    planned = rows.filter(visit__state=VisitState.PLANNED, visit__planned_at__gte=earliest)
    been = rows.filter(visit__state=VisitState.DONE, visit__started_at__gte=earliest)
    return set(planned.union(been).values_list("programme_id", "student_id"))


def _first(found, programmes):
    """Open changes, and marks below S4 in a priority category: what a mentor or an assigned visitor may know of the
    pupils. For a class head the register's rank says it."""
    pupils = set(found.mentors) | {pupil for _, pupil in found.visitors}
    uses = defaultdict(set)
    rows = ProgrammeCategory.objects.filter(programme_id__in=programmes, priority=True, category__restricted=False)
    for programme, category in rows.values_list("programme_id", "category_id"):
        uses[category].add(programme)
    marks = CategoryMark.objects.in_force(today()).filter(student_id__in=pupils, category_id__in=uses)
    first = {
        (programme, pupil)
        for pupil, category in marks.values_list("student_id", "category_id")
        for programme in uses[category]
    }
    changes = ChangeEvent.objects.open().filter(student_id__in=pupils, occurred_on__lte=today())
    for pupil in changes.values_list("student_id", flat=True):
        first.update((programme, pupil) for programme in programmes)
    return first


@dataclass
class Family:
    """One household in one person's care. is_next: somebody waits, nobody has an appointment, and not all were left to
    somebody else."""

    mine: bool = False
    planned: bool = False
    first: bool = False

    @property
    def is_next(self):
        return self.mine and not self.planned


def families(people, found):
    """{person: [Line]} from the Waiting of these people."""
    homes = defaultdict(lambda: defaultdict(Family))
    for programme, pupil, school, school_class, household, priority in found.rows:
        key = (programme, pupil)
        heads = people.heads.get(school_class, set())
        for person in heads | found.visitors.get(key, set()) | found.mentors.get(pupil, set()):
            if person not in people.ids or not people.works_at(person, school):
                continue
            home = homes[person, programme][household or -pupil]
            home.mine |= found.leads.get(key, person) == person
            home.planned |= key in found.planned
            home.first |= priority in FIRST_FAMILIES if person in heads else key in found.first
    lines = defaultdict(list)
    for (person, programme), own in sorted(homes.items()):
        lines[person] += _line(programme, own.values())
    return lines


def _line(programme, homes):
    waiting = [home for home in homes if home.is_next]
    first = sum(home.first for home in waiting)
    if not waiting:
        return []
    text = f"还有{len(waiting)}家没走访也没约时间" + (f"，先约其中{first}家重点家庭" if first else "")
    url = reverse("visits:mine") + "?state=next"
    return [Line(LineKind.FAMILIES, text, url, len(waiting), programme=programme)]


def class_left(people, found):
    """The class head's list of the week: who of the class has not been reached, whoever is to go there."""
    left, unasked = defaultdict(set), defaultdict(set)
    for programme, pupil, _, school_class, _, _ in found.rows:
        if school_class in people.heads:
            left[school_class, programme].add(pupil)
            if (programme, pupil) not in found.leads:
                unasked[school_class, programme].add(pupil)
    lines = defaultdict(list)
    for (school_class, programme), pupils in sorted(left.items()):
        line = _of_class(people, school_class, programme, len(pupils), len(unasked[school_class, programme]))
        for person in people.heads[school_class]:
            lines[person].append(line)
    return lines


def _of_class(people, school_class, programme, count, unasked):
    some = 0 < unasked < count  # a class head who goes everywhere has assigned nobody, and that is fine
    text = f"{people.labels[school_class]}还有{count}人没走访" + (f"，其中{unasked}人没安排老师" if some else "")
    url = reverse("visits:waiting") + f"?school_class={school_class}&state=open"
    return Line(LineKind.CLASS_LEFT, text, url, count, str(school_class), programme, people.classes[school_class])
