"""The district's desk: every school against the even pace. All figures come from the one coverage function."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from core.clock import today
from reports.queries import suppress
from schools.enums import SchoolKind
from schools.models import School
from visits.queries.coverage import Count, Figure, coverage, total
from visits.queries.forecast import expected_share
from visits.queries.school import school_classes

FAR_BEHIND = 15  # points under 应达 from which a bar turns from 杏 to 朱砂 (ui.md)
NOBODY = Figure(0, Count(), 0)
SCHOOL_COLUMNS = ("pk", "code", "name", "short_name", "kind", "town", "is_active")


def even_share(programme, day):
    """应达: the share of the working days that has gone by at the end of a day, as an exact Fraction of 1.

    programme.deadlines should be prefetched.
    """
    return expected_share(programme, day)


@dataclass(frozen=True)
class Paced:
    """Counts of a place beside what an even pace asks for by today."""

    figure: Figure
    share: Fraction
    hidden: dict = field(default_factory=dict)  # {dimension: how its cell is written instead of the numbers}

    @property
    def count(self):
        return self.figure.all

    @property
    def tick(self):
        """应达 in percent of the due; None where nobody is due or nothing was to be done yet."""
        if not self.count.due or not self.share:
            return None
        return float(self.share * self.figure.target / self.count.due * 100)

    @property
    def level(self):
        """ "ok", "behind" or "far", as the bar is drawn."""
        lack = self.share.numerator * self.figure.target - self.share.denominator * self.count.visited
        if lack <= 0:
            return "ok"
        return "behind" if lack * 100 <= FAR_BEHIND * self.count.due * self.share.denominator else "far"

    @property
    def is_behind(self):
        return bool(self.count.due) and self.level != "ok"

    def category(self, dimension):
        return self.figure.categories.get(dimension - 1, Count())

    @property
    def rate_order(self):
        """Sorts by coverage; nobody due comes last. Quotients of whole numbers this small are equal only when equal."""
        count = self.count
        return (0, count.visited / count.due) if count.due else (1, 0)


@dataclass(frozen=True, kw_only=True)
class SchoolLine(Paced):
    """school: a row with the SCHOOL_COLUMNS of School; three hundred model instances cost three times as much."""

    school: tuple

    @property
    def kind(self):
        return SchoolKind(self.school.kind).label


@dataclass(frozen=True, kw_only=True)
class ClassLine(Paced):
    label: str


@dataclass(frozen=True)
class Desk:
    """All schools of the programme's authority, in order of code, and their sum."""

    lines: list
    sum: Paced

    @cached_property
    def behind(self):
        return [line for line in self.lines if line.is_behind]

    @cached_property
    def complete(self):
        return [line for line in self.lines if line.count.complete]

    @property
    def kinds(self):
        present = {line.school.kind for line in self.lines}
        return [kind for kind in SchoolKind if kind in present]

    @property
    def towns(self):
        return sorted({line.school.town for line in self.lines} - {""})


def desk(programme, *, user):
    """Two queries. Schools no longer in use stand here while somebody is due there."""
    figures = {figure.place_id: figure for figure in coverage(programme, user=user, by="school")}
    share = even_share(programme, today())
    schools = School.objects.visible_to(user).filter(authority=programme.authority_id).order_by("code")
    lines = [
        SchoolLine(figures.get(school.pk, NOBODY), share, school=school)
        for school in schools.values_list(*SCHOOL_COLUMNS, named=True)
        if school.is_active or school.pk in figures
    ]
    return Desk(lines, summed(lines, share))


def summed(lines, share):
    return Paced(total(line.figure for line in lines), share)


def chosen(lines, filters):
    """The lines a DeskFilter lets through, in its order; equal ones by code."""
    words = filters.q.casefold()
    kept = [
        line
        for line in lines
        if (not words or any(words in text.casefold() for text in (line.school.name, line.school.short_name, line.school.code)))
        and (not filters.kind or line.school.kind == filters.kind)
        and (not filters.town or line.school.town == filters.town)
        and (not filters.behind or line.is_behind)
    ]
    kept.sort(key=lambda line: line.school.code)
    return ordered(kept, filters.sort)


def ordered(lines, sort):
    """By a sort key of forms.SORTS; schools where nobody is due stay last either way."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return sorted(lines, key=lambda line: line.school.short_name, reverse=down)
    ranked = [line for line in lines if line.count.due]
    ranked.sort(key=_KEYS.get(key) or (lambda line: line.category(int(key[1:])).waiting), reverse=down)
    return ranked + [line for line in lines if not line.count.due]


_KEYS = {
    "coverage": lambda line: line.rate_order,
    "due": lambda line: line.count.due,
    "waiting": lambda line: line.count.waiting,
    "declined": lambda line: line.count.declined,
}


def class_lines(programme, school, *, user):
    """Classes of one school as the district may see them: counts, and no count that points at single pupils.

    A category with 1–4 pupils in a class is written “<5”; where only one class would be, the next smallest is left
    out too, or the sum would tell it (security.md §1).
    """
    names = school_classes(programme, school, user=user)
    figures = coverage(programme, user=user, by="school_class", school=school)
    share = even_share(programme, today())
    by_class = {figure.place_id: figure for figure in figures}
    hidden = _hidden(by_class, [use.position + 1 for use in programme.categories.all()])
    lines = [
        ClassLine(by_class[pk], share, hidden.get(pk, {}), label=label)
        for pk, (_, _, label) in names.items()
        if pk in by_class
    ]
    whole = total(figures)
    few = {position + 1: suppress.FEW for position, count in whole.categories.items() if 0 < count.due < 5}
    return lines, Paced(whole, share, few)


def _hidden(figures, dimensions):
    found = {}
    for dimension in dimensions:
        due = {pk: f.categories[dimension - 1].due for pk, f in figures.items() if dimension - 1 in f.categories}
        for pk, written in suppress.hidden(due).items():
            found.setdefault(pk, {})[dimension] = written
    return found
