"""School coverage: figures by class and grade, and what the register adds to them. Σ/Σ throughout."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count as CountRows

from core.clock import now, today
from core.formats import percent
from programmes.enums import DeadlineKind
from programmes.queries.workdays import left_words, workdays_left
from schools.grades import class_label, grade_label
from schools.models import SchoolClass
from visits.models import VisitVisitor
from visits.queries.board import Hint, label_year
from visits.queries.coverage import Count, Figure, coverage, total
from visits.queries.listed import DECLINED, DONE, EXEMPT, WAITING, state_of
from visits.queries.waiting import FIRST_FAMILIES, readable_categories

STEPS = ((90, 5), (75, 4), (60, 3), (40, 2))  # rate from which a matrix cell takes the step; below, 1


@dataclass(frozen=True)
class ClassRow:
    school_class: SchoolClass
    grade: int | None
    label: str
    figure: Figure

    @property
    def count(self):
        return self.figure.all

    @property
    def step(self):
        """1–5 of the matrix, 0 where nobody is due."""
        if not self.count.due:
            return 0
        return next((step for least, step in STEPS if self.count.visited * 100 >= least * self.count.due), 1)

    @property
    def short(self):
        """The rate as a matrix cell has room for it: 92, rounded down; – for nobody due."""
        return percent(self.count.visited, self.count.due, 0).removesuffix("%")


@dataclass(frozen=True)
class GradeRow:
    grade: int | None
    label: str
    cells: list  # one per column of the matrix: ClassRow or None
    count: Count


@dataclass(frozen=True)
class First:
    """What the register says beside the counters: 重点 families and the exempt, of a class or a sum of them."""

    listed: int = 0  # due and exempt
    exempt: int = 0
    due: int = 0
    visited: int = 0
    waiting: int = 0  # declined left out
    others_visited: int = 0

    def __add__(self, other):
        return First(*(a + b for a, b in zip(self._values(), other._values(), strict=True)))

    def _values(self):
        return (self.listed, self.exempt, self.due, self.visited, self.waiting, self.others_visited)

    @property
    def hint(self):
        return Hint(self.waiting, self.others_visited)

    @property
    def left(self):
        return self.due - self.visited


@dataclass(frozen=True)
class CategoryRow:
    use: object  # ProgrammeCategory
    count: Count


@dataclass(frozen=True)
class Task:
    """One line of 报送清单."""

    title: str
    on: date  # the last day
    days_left: int
    workdays: str  # of these days, how many are workdays
    open: bool
    is_coverage: bool


@dataclass(frozen=True)
class SchoolPage:
    classes: list
    grades: list
    numbers: list  # class numbers: the matrix's columns
    figure: Figure
    categories: list
    first: First
    hints: list = field(default_factory=list)  # (ClassRow, Hint), most families waiting first


def school_classes(programme, school, *, user):
    """{class id: (SchoolClass, grade, label)} in the order of grade and number, named as the programme's year does."""
    year = label_year(programme)
    rows = []
    for school_class in SchoolClass.objects.visible_to(user).filter(school=school):
        school_class.school = school  # known already: not read thirty times
        grade = school_class.grade(year)
        label = class_label(grade, school_class.number, entry_year=school_class.entry_year)
        rows.append((school_class, grade, label))
    rows.sort(key=lambda row: (row[1] is None, row[1] or 0, row[0].entry_year, row[0].number))
    return {row[0].pk: row for row in rows}


def school_page(programme, school, *, user, classes, rows, grade=None):
    """Everything countable on the school's page; grade narrows all of it.

    classes: of school_classes(); rows: of listed().
    """
    wanted = [pk for pk, row in classes.items() if grade is None or row[1] == grade]
    figures = coverage(programme, user=user, by="school_class", school=school, grade_classes=wanted)
    by_class = {figure.place_id: figure for figure in figures}
    firsts = register_sums(rows, school, user=user, class_ids=wanted)
    lines = [
        ClassRow(*classes[pk], by_class.get(pk, Figure(pk, Count(), 0)))
        for pk in wanted
        if pk in by_class or firsts[pk].listed
    ]
    numbers = sorted({row.school_class.number for row in lines})
    whole = total(figures)
    hints = [(row, firsts[row.school_class.pk].hint) for row in lines if firsts[row.school_class.pk].hint]
    return SchoolPage(
        classes=lines,
        grades=_grades(lines, numbers),
        numbers=numbers,
        figure=whole,
        categories=[
            CategoryRow(use, whole.categories.get(use.position, Count()))
            for use in readable_categories(programme, user.reach, school_id=school.pk)
        ],
        first=sum(firsts.values(), First()),
        hints=sorted(hints, key=lambda pair: -pair[1].waiting),
    )


def _grades(rows, numbers):
    by_grade = defaultdict(dict)
    for row in rows:
        # A class that has left school keeps a line of its own.
        key = (row.grade, "") if row.grade is not None else (None, row.label)
        by_grade[key][row.school_class.number] = row
    return [
        GradeRow(
            grade,
            label or grade_label(grade),
            [cells.get(number) for number in numbers],
            sum((cell.count for cell in cells.values()), Count()),
        )
        for (grade, label), cells in by_grade.items()
    ]


def register_sums(rows, school, *, user, class_ids):
    """{class id: First} of rows of listed(). 重点 only where the viewer may know ranks."""
    reach = user.reach
    counts = Counter((row.school_class_id, state_of(row), row.priority in FIRST_FAMILIES) for row in rows)
    return {pk: _first(counts, pk, school.pk in reach.leader_schools or pk in reach.classes) for pk in class_ids}


def _first(counts, pk, may_know_rank):
    def number(*states, first):
        return sum(counts[pk, state, first] for state in states)

    due = (DONE, WAITING, DECLINED)
    exempt = number(EXEMPT, first=True) + number(EXEMPT, first=False)
    listed = number(*due, first=True) + number(*due, first=False) + exempt
    if not may_know_rank:
        return First(listed, exempt)
    return First(
        listed=listed,
        exempt=exempt,
        due=number(*due, first=True),
        visited=number(DONE, first=True),
        waiting=number(WAITING, first=True),
        others_visited=number(DONE, first=False),
    )


def teachers_taking_part(programme, school, *, class_ids=None):
    """Distinct teachers of counted visits; class_ids keeps to visits of pupils of those classes.

    Whether a visit counts stands on each of its pupils; told from the visit itself they need not be read. Recorded and
    not void says what COUNTED_STATES says, and an index holds both: of five thousand records none is read.
    """
    rows = VisitVisitor.objects.filter(
        visit__programme=programme,
        visit__school=school,
        visit__recorded_at__isnull=False,
        visit__voided_at__isnull=True,
        visit__mode__in=programme.rules.counted_modes,
        visit__visited_on__range=(programme.starts_on, programme.ends_on),
    )
    if class_ids is not None:
        rows = rows.filter(visit__visit_students__school_class_id__in=class_ids)
    return rows.aggregate(n=CountRows("user_id", distinct=True))["n"]


def tasks(programme):
    """报送清单 of the notice, earliest first. The last day is the one before the exclusive instant."""
    moment, day = now(), today()
    result = []
    for deadline in sorted(programme.deadlines.all(), key=lambda d: (d.at, d.position)):
        on = deadline.last_day
        left = (on - day).days
        working = left_words(left, workdays_left(programme, on))
        is_coverage = deadline.kind == DeadlineKind.COVERAGE
        result.append(Task(deadline.title, on, left, working, moment < deadline.at, is_coverage))
    return result
