"""What importing a roster would do, told without writing anything. Rules: docs/rosters.md."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from programmes.models import Category
from schools.calendar import school_year
from schools.models import SchoolClass
from students.enums import Relation, RosterFlag, RosterScope, Status
from students.models import CategoryMark, Guardian, Student
from students.roster.classes import Place
from students.roster.headers import find_header
from students.roster.households import Join, find_joins
from students.roster.lines import LineReader, Lines
from students.roster.match import Matcher
from students.roster.problems import FILE, Problem, Refused

CHUNK = 2000
PUPILS = 20_000
AT_SCHOOL = (Status.ACTIVE, Status.SUSPENDED)  # class lists often keep a suspended pupil


@dataclass
class Entry:
    """One line and the pupil it means (None: a new one). changes: Student fields; to: the class, when it differs."""

    line: object
    student: Student | None = None
    changes: dict = field(default_factory=dict)
    to: Place | None = None
    new_guardians: list = field(default_factory=list)  # dicts of Guardian fields
    changed_guardians: list = field(default_factory=list)  # [(Guardian, {field: value})]

    @property
    def is_move(self):
        return self.student is not None and self.to is not None

    @property
    def is_update(self):
        touched = self.changes or self.new_guardians or self.changed_guardians
        return self.student is not None and self.to is None and bool(touched)


@dataclass
class RosterPlan:
    schools: list
    as_of: date
    scope: RosterScope = RosterScope.CLASSES
    header: object = None
    sheet: str = ""
    sheets_without_header: list = field(default_factory=list)
    lines: Lines = field(default_factory=Lines)
    problems: list[Problem] = field(default_factory=list)
    creates: list[Entry] = field(default_factory=list)
    updates: list[Entry] = field(default_factory=list)
    moves: list[Entry] = field(default_factory=list)
    leaves: list[Student] = field(default_factory=list)
    unchanged: int = 0
    classes: dict = field(default_factory=dict)  # Place → SchoolClass, those that exist
    new_classes: list[Place] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    suggestions: list = field(default_factory=list)  # [(Entry, Category)]

    @property
    def refused(self):
        """The problem of the whole file, if it has one: then there is nothing to import."""
        return next((p for p in self.problems if p.level == FILE), None)

    @property
    def changes_anything(self):
        return bool(self.creates or self.updates or self.moves or self.leaves or self.suggestions)

    @property
    def new_guardians(self):
        return sum(len(e.new_guardians) for e in (*self.creates, *self.updates, *self.moves))

    @property
    def held(self):
        return [line for line in self.lines.pupils if line.held]

    @property
    def year(self):
        return school_year(self.as_of)


def plan_roster(sheets, schools, *, as_of, scope=RosterScope.CLASSES, district=False):
    """A RosterPlan from read_sheets(). schools: one, or all of a district where the school column decides."""
    plan = RosterPlan(list(schools), as_of, scope)
    try:
        rows = _choose_sheet(plan, sheets)
        _check_columns(plan, rows, district)
    except Refused as refused:
        plan.problems.append(refused.problem)
        return plan
    _compare(plan)
    plan.problems = [p for line in plan.lines.pupils for p in line.problems]
    return plan


def refusal(error, schools, *, as_of):
    """The plan of a file that can't even be read."""
    return RosterPlan(list(schools), as_of, problems=[error.problem])


# ── the sheet, its header, its lines ──


def _choose_sheet(plan, sheets):
    """Rows of the one sheet that has a header."""
    found = [(sheet, find_header(sheet.rows)) for sheet in sheets]
    rosters = [(sheet, header) for sheet, header in found if header and header.is_roster]
    if len(rosters) > 1:
        sentence = f"文件里有{len(rosters)}张名册，一次只能导入一张。请把每张另存为单独的 .xlsx。"
        raise Refused("unsupported_format", sentence)
    if not rosters:
        if not any(sheet.rows for sheet in sheets):
            raise Refused("empty_file")
        plan.header = next((header for _, header in found if header and header.columns), None)
        if plan.header and "name" not in plan.header.fields:
            raise Refused("missing_column", field="name")
        raise Refused("no_header")
    sheet, plan.header = rosters[0]
    if plan.header.is_repair:
        plan.scope = RosterScope.LISTED
    plan.sheet = sheet.name
    plan.sheets_without_header = [other.name for other, _ in found if other is not sheet]
    return sheet.rows


def _check_columns(plan, rows, district):
    if district and not plan.header.fields & {"school_code", "school_name"}:
        raise Refused("missing_column", field="school_code")
    reader = LineReader(plan.schools, school_year=plan.year, as_of=plan.as_of, district=district)
    plan.lines = reader.read(rows, plan.header, plan.sheet)
    pupils = plan.lines.pupils
    if not pupils:
        raise Refused("no_rows")
    if len(pupils) > PUPILS:
        raise Refused("too_large")
    if not plan.header.fields & {"class", "grade"} and all(line.place is None for line in pupils):
        raise Refused("missing_column", field="class")


# ── compared with the database ──


def _compare(plan):
    lines = plan.lines.pupils
    plan.classes = {
        Place(c.school_id, c.stage, c.entry_year, c.number): c
        for c in SchoolClass.objects.filter(school__in=plan.schools).select_related("school")
    }
    class_of = {place: c.pk for place, c in plan.classes.items()}
    matcher = Matcher(lines, plan.schools, class_of)
    found = matcher.run(lines)
    guardians = _guardians_of([s.pk for s in found.values() if s])
    entries = []
    for line in lines:
        if line.held:
            continue
        entry = _entry(line, found[line.number], class_of, guardians)
        entries.append(entry)
        if entry.student is None:
            plan.creates.append(entry)
        elif entry.is_move:
            plan.moves.append(entry)
        elif entry.is_update:
            plan.updates.append(entry)
        else:
            plan.unchanged += 1
    plan.new_classes = sorted(
        {e.to for e in entries if e.to and e.to not in plan.classes},
        key=lambda place: (place.school_id, -place.entry_year, place.number),
    )
    mentioned = {e.student.pk for e in entries if e.student}
    plan.leaves = _leavers(plan, matcher, mentioned, class_of)
    plan.joins = find_joins(entries, [school.authority_id for school in plan.schools])
    plan.suggestions = _suggestions(plan, entries)


def _guardians_of(student_ids):
    guardians = defaultdict(list)
    for start in range(0, len(student_ids), CHUNK):
        for guardian in Guardian.objects.filter(student_id__in=student_ids[start : start + CHUNK]):
            guardians[guardian.student_id].append(guardian)
    return guardians


def _entry(line, student, class_of, guardians):
    if student is None:
        return Entry(line, None, dict(line.values), line.place, new_guardians=list(line.guardians))
    entry = Entry(line, student)
    entry.changes = {name: value for name, value in line.values.items() if getattr(student, name) != value}
    there = student.school_id == line.school.pk and student.school_class_id == class_of.get(line.place)
    if not there or student.status not in AT_SCHOOL:
        entry.to = line.place
    known = list(guardians[student.pk])
    for person in line.guardians:
        match = _same_guardian(person, known)
        if match is None:
            entry.new_guardians.append(person)
            continue
        known.remove(match)
        changed = {name: value for name, value in person.items() if getattr(match, name) != value}
        if changed:
            entry.changed_guardians.append((match, changed))
    return entry


def _same_guardian(person, known):
    """The very same, else by relation (one father, one mother), else telephone, else name."""
    relation, phone, name = (person.get(key) for key in ("relation", "phone", "name"))
    parent = relation in (Relation.FATHER, Relation.MOTHER)
    tests = [
        lambda g: name and phone and (g.name, g.phone) == (name, phone),
        lambda g: parent and g.relation == relation,
        lambda g: phone and g.phone == phone,
        lambda g: name and g.name == name,
    ]
    if parent:  # never turn a father into a mother
        known = [g for g in known if g.relation in ("", relation, Relation.OTHER)]
    return next((g for test in tests for g in known if test(g)), None)


def _leavers(plan, matcher, mentioned, class_of):
    """Pupils in scope whom no row mentions. A held-back row protects whom it may mean."""
    if plan.scope == RosterScope.LISTED:
        return []
    numbers, names, loose_names = set(), set(), set()
    for line in plan.held:
        numbers |= {i for name in ("national_no", "aux_no") if (i := matcher.index[name].get(line.values.get(name)))}
        if line.place:
            names.add((class_of.get(line.place), line.name))
        else:
            loose_names.add(line.name)
    in_file = {class_of.get(line.place) for line in plan.lines.pupils if line.place}
    school_ids = {school.pk for school in plan.schools}
    return [
        student
        for student in matcher.known.values()
        if student.pk not in mentioned
        and student.status == Status.ACTIVE
        and student.school_id in school_ids
        and (plan.scope == RosterScope.SCHOOL or student.school_class_id in in_file)
        and not {student.national_no_index, student.aux_no_index} & numbers
        and (student.school_class_id, student.name) not in names
        and student.name not in loose_names
    ]


# ── what the roster's flags suggest ──


def flags_of(values):
    flags = {RosterFlag(name) for name in ("migrant", "orphan", "martyr", "aid_needed", "inclusion") if values.get(name)}
    if values.get("left_behind") in ("1", "2"):
        flags.add(RosterFlag.LEFT_BEHIND)
    if values.get("disability", "无") != "无":
        flags.add(RosterFlag.DISABILITY)
    return flags


def _suggestions(plan, entries):
    """[(entry, category)] for flags of the file that no mark or suggestion, even an old one, answers yet."""
    by_flag = defaultdict(list)
    for category in Category.objects.filter(authority__in={school.authority_id for school in plan.schools}):
        for flag in category.suggested_by:
            by_flag[category.authority_id, flag].append(category)
    if not by_flag:
        return []
    flagged = [(entry, flags) for entry in entries if (flags := flags_of(entry.line.values))]
    ids = [entry.student.pk for entry, _ in flagged if entry.student]
    known = set()
    for start in range(0, len(ids), CHUNK):
        marks = CategoryMark.objects.filter(student_id__in=ids[start : start + CHUNK])
        known |= set(marks.values_list("student_id", "category_id"))
    found = []
    for entry, flags in flagged:
        authority = entry.line.school.authority_id
        wanted = {c.pk: c for flag in flags for c in by_flag[authority, flag]}
        found += [
            (entry, category)
            for pk, category in sorted(wanted.items())
            if entry.student is None or (entry.student.pk, pk) not in known
        ]
    return found
