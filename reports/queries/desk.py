"""The district's desk: every school against the even pace. All figures come from the one coverage function."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial

from core.clock import today
from core.formats import percent
from honesty.queries.desk import SchoolHints, counts_hints, schools_hints
from reports.enums import Handed
from reports.models import ReviewDuty
from reports.queries import suppress
from reports.queries.filters import AHEAD, DESK_TABS, FIRST, NOBODY_READS
from reports.queries.first import First, first_sum, firsts, has_first
from reports.queries.review import SHORT, Waiting
from reports.queries.submissions import asked, register_and_waiting
from schools.enums import SchoolKind
from schools.models import School
from visits.queries.coverage import Count, Figure, coverage, total
from visits.queries.forecast import expected_share, schools_outlook
from visits.queries.opinions import answered_by_school
from visits.queries.school import school_classes

FAR_BEHIND = 15  # points under 应达 from which a bar turns from 杏 to 朱砂 (ui.md)
NONE = Count()
NOBODY = Figure(0, NONE, 0)
HEADS = {"plan": "方案", "report": "活动报告", **SHORT}
UNHEARD = (0, 0)  # opinions heard and answered of a school without any
SCHOOL_COLUMNS = ("pk", "code", "name", "short_name", "kind", "town", "is_active")


def even_share(programme, day):
    """应达: the share of the working days that has gone by at the end of a day, as an exact Fraction of 1.

    programme.deadlines should be prefetched.
    """
    return expected_share(programme, day)


@dataclass
class Paced:
    """Counts of a place beside what an even pace asks for by today."""

    figure: Figure
    share: Fraction
    hidden: dict = field(default_factory=dict)  # {dimension: how its cell is written instead of the numbers}
    hidden_visited: dict = field(default_factory=dict)  # the same of 实访 alone
    first: First = First()  # 重点首访, where the notice asks schools for papers
    opinions: tuple = UNHEARD  # 家长意见 of counted visits: heard, answered to the family

    @property
    def count(self):
        return self.figure.all

    @property
    def answered(self):
        """意见答复 in percent, "–" where nothing was heard."""
        heard, answered = self.opinions
        return percent(answered, heard)

    @cached_property
    def tick(self):
        """应达 in percent of the due; None where nobody is due or nothing was to be done yet."""
        if not self.count.due or not self.share:
            return None
        return self.share.numerator * self.figure.target * 100 / (self.share.denominator * self.count.due)

    @cached_property
    def level(self):
        """ "ok", "behind" or "far", as the bar is drawn."""
        lack = self.share.numerator * self.figure.target - self.share.denominator * self.count.visited
        if lack <= 0:
            return "ok"
        return "behind" if lack * 100 <= FAR_BEHIND * self.count.due * self.share.denominator else "far"

    @cached_property
    def is_behind(self):
        return bool(self.count.due) and self.level != "ok"

    def category(self, dimension):
        return self.figure.categories.get(dimension - 1, NONE)

    def leaves_out(self, dimension):
        return dimension in self.hidden or dimension in self.hidden_visited

    @property
    def rate_order(self):
        """Sorts by coverage; nobody due comes last. Quotients of whole numbers this small are equal only when equal."""
        count = self.count
        return (0, count.visited / count.due) if count.due else (1, 0)


@dataclass(kw_only=True)
class SchoolLine(Paced):
    """school: a row with the SCHOOL_COLUMNS of School; three hundred model instances cost three times as much."""

    school: tuple
    papers: dict = field(default_factory=dict)  # {code: Line} of reports.queries.submissions
    reader: tuple | None = None  # (id, name) of who reads what it hands in
    waiting: Waiting = Waiting()
    hints: SchoolHints | None = None  # 真实性提醒, None where there are none to tell
    warnings: tuple = ()  # of AHEAD, where they were asked for

    @property
    def kind(self):
        return SchoolKind(self.school.kind).label

    def handed(self, code):
        """How one paper stands, "" where the notice does not ask for it."""
        paper = self.papers.get(code)
        return paper.state if paper else ""

    def in_tab(self, tab):
        if not tab:
            return True
        if tab == "behind":
            return self.is_behind
        if tab == "unreported":
            return self.handed("report") in (Handed.MISSING, Handed.DRAFT)
        if tab == "waiting":
            return bool(self.waiting.count)
        if tab == "hints":
            return self.hints is not None
        if tab == "overdue":
            return self.hints is not None and self.hints.overdue
        if tab in AHEAD:
            return tab in self.warnings or tab == "warned" and bool(self.warnings)
        return any(paper.state == Handed.RETURNED for paper in self.papers.values())

    def is_read_by(self, reader):
        return self.reader is None if reader == NOBODY_READS else self.reader is not None and str(self.reader[0]) == reader


@dataclass(kw_only=True)
class ClassLine(Paced):
    label: str


@dataclass(frozen=True)
class Desk:
    """All schools of the programme's authority, in order of code, and their sum.

    papers: [(code, label)] of what the notice asks schools for; readers: {id: name} of those who read for a school;
    has_first: whether 重点首访 stands beside the papers; has_hints: whether 真实性提醒 are counted.
    """

    lines: list
    sum: Paced
    papers: list = field(default_factory=list)
    readers: dict = field(default_factory=dict)
    has_first: bool = False
    has_hints: bool = False

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
    schools = [row for row in schools.values_list(*SCHOOL_COLUMNS, named=True) if row.is_active or row.pk in figures]
    left_out = _left_out({school.pk: figures.get(school.pk, NOBODY) for school in schools})
    lines = [
        SchoolLine(figures.get(school.pk, NOBODY), share, *left_out[school.pk], school=school) for school in schools
    ]
    return Desk(lines, Paced(total(line.figure for line in lines), share))


def whole_desk(programme, *, user):
    """desk() with what each school handed in and heard, who goes first, what waits, who reads it and what is worth a
    question. At most eleven queries more."""
    page = desk(programme, user=user)
    papers = [(code, HEADS.get(code, label)) for code, label, _ in asked(programme)]
    in_use = [line.school.pk for line in page.lines if line.school.is_active]
    handed, waiting = register_and_waiting(programme, in_use) if papers else ({}, {})
    rows = ReviewDuty.objects.visible_to(user).filter(programme=programme, ended_at__isnull=True)
    readers = {school: (pk, name) for school, pk, name in rows.values_list("school_id", "reviewer_id", "reviewer__name")}
    shows_first = bool(papers) and has_first(programme)
    first = firsts(programme, page.lines, user=user) if shows_first else {}
    opinions, hints = answered_by_school(programme, user), schools_hints(programme, user)
    nothing, nobody, unheard = Waiting(), First(), UNHEARD
    for line in page.lines:
        pk = line.school.pk
        line.papers, line.reader, line.waiting = handed.get(pk, {}), readers.get(pk), waiting.get(pk, nothing)
        line.first, line.opinions = first.get(pk, nobody), opinions.get(pk, unheard)
        line.hints = hints.get(pk)
    page.sum.first, page.sum.opinions = first_sum(page.lines, every=True), _opinions_of(page.lines)
    by_name = dict(sorted(readers.values(), key=lambda pair: pair[1]))
    return Desk(page.lines, page.sum, papers, by_name, shows_first, counts_hints(programme, user))


def look_ahead(page, programme, *, user):
    """Mark on the lines what the present pace and the last days say of the schools. At most three queries."""
    found = schools_outlook(programme, user=user, figures=[line.figure for line in page.lines if line.figure.place_id])
    for line in page.lines:
        pk = line.school.pk
        line.warnings = tuple(
            code for code, ids in (("slow", found.late_ids), ("rush", found.bunched_ids)) if pk in ids
        )


def summed(lines, share):
    """The sum of some lines of a table. Where it would tell what one of them leaves out, it is left out as well."""
    left_out = {dimension for line in lines for dimension in (*line.hidden, *line.hidden_visited)}
    hidden = dict.fromkeys(left_out, suppress.HIDDEN)
    figure = total(line.figure for line in lines)
    return Paced(figure, share, hidden, first=first_sum(lines), opinions=_opinions_of(lines))


def _opinions_of(lines):
    """Heard and answered of some lines together."""
    return sum(line.opinions[0] for line in lines), sum(line.opinions[1] for line in lines)


def chosen(lines, filters):
    """The lines a DeskFilter lets through, in its order; equal ones by code."""
    words = filters.q.casefold()
    kept = [
        line
        for line in lines
        if (not words or any(words in text.casefold() for text in (line.school.name, line.school.short_name, line.school.code)))
        and (not filters.kind or line.school.kind == filters.kind)
        and (not filters.town or line.school.town == filters.town)
        and line.in_tab(filters.tab)
        and (not filters.plan or line.handed("plan") == filters.plan)
        and (not filters.report or line.handed("report") == filters.report)
        and (not filters.reader or line.is_read_by(filters.reader))
    ]
    kept.sort(key=lambda line: line.school.code)
    return ordered(kept, filters.sort)


def picked(lines, query, filters):
    """The lines ticked in an address (school=1&school=2, or school=1,2), or with all=1 whatever the filters let through."""
    if query.get("all") == "1":
        return chosen(lines, filters)
    ids = {text for value in query.getlist("school") for text in value.split(",")}
    return [line for line in lines if str(line.school.pk) in ids]


def desk_words(filters, page):
    """What a table is narrowed to, in words: 顾村镇、报告未交; "" for the whole."""
    words = [SchoolKind(filters.kind).label] if filters.kind else []
    words += [filters.town] if filters.town else []
    words += [f"学校名或代码含“{filters.q}”"] if filters.q else []
    words += [DESK_TABS[filters.tab]] if filters.tab else []
    words += [f"方案{Handed(filters.plan).label}"] if filters.plan else []
    words += [f"活动报告{Handed(filters.report).label}"] if filters.report else []
    words += [_reader_words(filters.reader, page.readers)] if filters.reader else []
    return "、".join(words)


def _reader_words(reader, readers):
    return "没指定审核人" if reader == NOBODY_READS else f"{readers[int(reader)]}审的"


def ordered(lines, sort):
    """By a sort key of forms.SORTS; schools where nobody is due stay last either way, and where no share is told or heard."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return sorted(lines, key=lambda line: line.school.short_name, reverse=down)
    stands = {FIRST: _tells_first, "answered": _was_told}.get(key, _is_due)
    ranked = [line for line in lines if stands(line)]
    ranked.sort(key=_KEYS.get(key) or partial(_waiting_in, int(key[1:])), reverse=down)
    return ranked + [line for line in lines if not stands(line)]


def _is_due(line):
    return bool(line.count.due)


def _tells_first(line):
    return line.first.is_told


def _was_told(line):
    return bool(line.opinions[0])


def _waiting_in(dimension, line):
    """What is left out stands together: its order would tell it."""
    return -1 if line.leaves_out(dimension) else line.category(dimension).waiting


_KEYS = {
    "coverage": lambda line: line.rate_order,
    "due": lambda line: line.count.due,
    "waiting": lambda line: line.count.waiting,
    "declined": lambda line: line.count.declined,
    FIRST: lambda line: line.first.share,
    "answered": lambda line: line.opinions[1] / line.opinions[0],
}


def class_lines(programme, school, *, user):
    """Classes of one school as the district may see them: counts, and no count that points at single pupils.

    A category with 1–4 pupils in a class is written “<5”; where the sum would tell it, more is left out (suppress.py).
    What the table of schools leaves out of this school is not told by its classes either.
    """
    names = school_classes(programme, school, user=user)
    figures = coverage(programme, user=user, by="school_class", school=school)
    share = even_share(programme, today())
    by_class = {figure.place_id: figure for figure in figures}
    by_school = {figure.place_id: figure for figure in coverage(programme, user=user, by="school")}
    left_out = _left_out(by_class)
    hidden, hidden_visited = _left_out(by_school).get(school.pk, ({}, {}))
    for dimension in {*hidden, *hidden_visited}:
        _leave_out_whole(dimension, by_class, left_out)
    lines = [
        ClassLine(by_class[pk], share, *left_out[pk], label=label) for pk, (_, _, label) in names.items() if pk in by_class
    ]
    return lines, Paced(total(figures), share, hidden, hidden_visited)


def _left_out(figures):
    """{pk: ({dimension: 应访 as it is written}, {dimension: 实访})} of what these places, shown with their sum, leave out."""
    found, places = {pk: ({}, {}) for pk in figures}, [figure.categories for figure in figures.values()]
    for dimension in {position + 1 for categories in places for position in categories}:
        counts = [categories.get(dimension - 1, NONE) for categories in places]
        due = dict(zip(figures, [count.due for count in counts], strict=True))
        visited = dict(zip(figures, [count.visited for count in counts], strict=True))
        no_due = suppress.hidden(due)
        for pk, written in no_due.items():
            found[pk][0][dimension] = written
        for pk, written in suppress.hidden_beside(visited, no_due, due).items():
            found[pk][1][dimension] = written
    return found


def _leave_out_whole(dimension, by_class, left_out):
    """The table of schools leaves this school out, so that its classes do not tell its sum either."""
    for pk, figure in by_class.items():
        if dimension - 1 in figure.categories:
            left_out[pk][0].setdefault(dimension, suppress.HIDDEN)
