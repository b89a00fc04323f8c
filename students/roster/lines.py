"""From the rows under a header to pupil lines, each with its values, its class and its problems."""

import re
from dataclasses import dataclass, field

from schools.enums import SchoolKind
from students.roster import values
from students.roster.classes import Place, Reader, UnknownClass
from students.roster.headers import normal
from students.roster.problems import KINDS, ROW, problem
from students.roster.values import Bad

NEVER_READ = {"id_no", "id_type"}  # recognised and dropped: no ID numbers in this product
READERS = {
    "former_name": values.person,
    "birth": values.birth,
    "national_no": values.national_no,
    "aux_no": values.aux_no,
    "class_serial": values.serial,
    "student_no": values.free(30),
    "enrolled": values.enrolled,
    "address": values.free(200),
    "hukou": values.free(60),
    "phone": values.phone,
    "disability": values.disability,
    "remark": values.free(200),
} | {name: values.yes_no for name in ("migrant", "orphan", "martyr", "aid_needed", "inclusion")}
READERS |= {
    name: (lambda cell, name=name: values.coded(name, cell))
    for name in ("gender", "ethnicity", "politics", "health", "boarding", "left_behind")
}
GUARDIAN_READERS = {
    "name": values.person,
    "relation": values.relation,
    "phone": values.phone,
    "is_guardian": values.yes_no,
    "workplace": values.free(60),
}
HOLDING = {"national_no", "aux_no"}  # a spoilt number holds the row back: nobody knows who it is
AGES = {SchoolKind.KINDERGARTEN: (2, 8), SchoolKind.VOCATIONAL: (4, 40)}

TOTAL = re.compile(r"(.*[班级])?(合计|小计|总计|共计|总人数)([:(\d].*)?|共\d+[人名].*|总数[:\d].*")
SIGNATURE = re.compile(
    r"(填表人|填报人|制表人|制表|审核人|审核|经办人|负责人|班主任|校长|教务处|德育处|签字|签名|盖章|单位|日期|填表日期)"
    r"(签字|签名|盖章|\(.*?\))?[::_].*"
)
NOTE = re.compile(r"(注|说明|备注|注意|填表说明|填写说明|注意事项)[::].*|[#※].*")
EXAMPLE = re.compile(r"\(?(示例|样例|例|举例)\)?([::].*)?|\((示例|样例|例)\).*")
INSTRUCTION = re.compile(r"(请填|请输入|请选|填写|必填|选填|eg|格式|如[:：]).*", re.IGNORECASE)


@dataclass
class Line:
    """One pupil's row. cells: raw, by field, to give it back for repair; place: the class, None when unknown."""

    number: int
    cells: dict
    values: dict = field(default_factory=dict)
    guardians: list = field(default_factory=list)
    school: object = None
    place: Place | None = None
    problems: list = field(default_factory=list)

    @property
    def held(self):
        return any(p.level == ROW for p in self.problems)

    @property
    def name(self):
        return self.values.get("name", "")

    def complain(self, kind, field=None, message=""):
        self.problems.append(problem(kind, row=self.number, field=field, message=message))


@dataclass
class Lines:
    pupils: list = field(default_factory=list)
    ignored: list = field(default_factory=list)  # [(row, why)]


class LineReader:
    """schools: the schools rows may belong to; the only one, or in a district the one the school column names."""

    def __init__(self, schools, *, school_year, as_of, district=False):
        self.district, self.as_of = district, as_of
        self.classes = {school.pk: Reader(school, school_year) for school in schools}
        self.by_code = {school.code: school for school in schools}
        self.by_name = {name: school for school in schools for name in (school.name, school.short_name)}
        self.only = None if district else schools[0]

    def read(self, rows, header, sheet_name=""):
        """Lines of a sheet. A class named by a section line, the sheet or the title stands for rows without one."""
        out = Lines()
        context = self._class_told_by(rows, header, sheet_name)
        for number, cells in rows:
            if number in header.rows or number < header.rows[0]:
                if number < header.rows[0]:
                    out.ignored.append((number, "title"))
                continue
            why = self._not_a_pupil(cells, header)
            if why == "blank":
                continue
            if why == "section":
                context = self._section(cells)
            if why:
                out.ignored.append((number, why))
                continue
            out.pupils.append(self._pupil(number, cells, header, context))
        return out

    # ── which rows are pupils ──

    def _not_a_pupil(self, cells, header):
        """Why a row is no pupil, or None. A line with a name or a pupil number is a pupil; 计安然 is no total."""
        texts = {i: plain for i, cell in enumerate(cells) if (plain := re.sub(r"\s", "", values.text(cell)))}
        told = {name: texts[i] for i, name in header.columns.items() if i in texts}
        first = next(iter(texts.values()), "")
        numbered = bool(told.keys() & {"national_no", "aux_no"})
        if EXAMPLE.fullmatch(first) or EXAMPLE.fullmatch(told.get("name", "")):
            return "example"
        if not numbered:
            if TOTAL.fullmatch(first):
                return "total"
            if SIGNATURE.fullmatch(first):
                return "signature"
            if NOTE.fullmatch(first):
                return "note"
        if sum(header.titles.get(i) == normal(t) for i, t in texts.items()) >= 3:
            return "repeated_header"
        if sum(bool(INSTRUCTION.match(t)) for t in texts.values()) >= 2:
            return "note"
        if len(texts) == 1 and not first.isdigit() and self._section(cells):
            return "section"
        if "name" in told or numbered:
            return None
        if len(texts) == 1:
            return self._lone_text(next(iter(texts.items())), header)
        return None if len(told.keys() - {"class", "grade", "class_serial", "school_code", "school_name"}) > 1 else "blank"

    def _lone_text(self, found, header):
        """A remark; not what stands in a column we don't read, like a merged group or a running number."""
        column, plain = found
        return "blank" if column in header.unknown or plain.isdigit() else "note"

    def _section(self, cells):
        if self.only is None:
            return None
        named = next(cell for cell in cells if values.text(cell))
        try:
            return self.classes[self.only.pk].place("", named)
        except UnknownClass:
            return None

    def _class_told_by(self, rows, header, sheet_name):
        """The class for rows without one: the last section line above the header, the sheet, the title."""
        if self.only is None:
            return None
        above = [cells for number, cells in rows if number < header.rows[0]]
        for cells in reversed(above):
            filled = [cell for cell in cells if values.text(cell)]
            if len(filled) == 1 and (place := self._section(cells)):
                return place
        reader = self.classes[self.only.pk]
        try:
            if sheet_name and (place := reader.place("", sheet_name)):
                return place
        except UnknownClass:
            pass
        return reader.named_in(" ".join(values.text(cell) for cells in above for cell in cells))

    # ── one pupil ──

    def _pupil(self, number, cells, header, context):
        line = Line(
            number,
            {
                name: cells[i]
                for i, name in header.columns.items()
                if name not in NEVER_READ and i < len(cells) and cells[i] != ""
            },
        )
        self._read_name(line)
        for name, read in READERS.items():
            if name in line.cells:
                self._take(line, name, read)
        self._find_school(line)
        self._check_birth(line)
        self._find_class(line, context)
        for n in (1, 2):
            self._read_guardian(line, n, header.relations.get(n))
        return line

    def _take(self, line, name, read):
        try:
            value = read(line.cells[name])
        except Bad as bad:
            kind = bad.args[0]
            if KINDS[kind][0] == ROW and name not in HOLDING | {"name"}:
                kind = "too_long"  # another name than the pupil's own
            line.complain(kind, name)
            return
        if value is not None:
            line.values[name] = value

    def _read_name(self, line):
        if "name" in line.cells:
            self._take(line, "name", values.person)
        if "name" not in line.values:
            if not line.held:
                line.complain("missing_name", "name")
        elif values.is_suspect(line.name):
            line.complain("suspect_name", "name")

    def _check_birth(self, line):
        born = line.values.get("birth")
        if born is None:
            return
        youngest, oldest = AGES.get(line.school.kind if line.school else None, (4, 22))
        if not youngest <= values.age(born, self.as_of) <= oldest:
            del line.values["birth"]
            line.complain("implausible_date", "birth")

    def _find_school(self, line):
        """The row's school; another one than the only one, or none we know, holds the row back."""
        code = values.filled(line.cells.get("school_code", ""))
        name = values.filled(line.cells.get("school_name", ""))
        if code is None and name is None:
            line.school = self.only
        else:
            line.school = self.by_code.get(code) if code else self.by_name.get(name)
            if line.school is None and self.only and not code and self._abbreviates(name):
                line.school = self.only
        if line.school is None:
            line.complain("unknown_school" if self.district else "wrong_school", "school_code" if code else "school_name")

    def _abbreviates(self, name):
        """“晨曦路小学”, or with the district before it."""
        return name.endswith(self.only.short_name) or (len(name) >= 4 and self.only.name.endswith(name))

    def _find_class(self, line, context):
        if line.school is None:
            return
        grade, told = line.cells.get("grade", ""), line.cells.get("class", "")
        try:
            line.place = self.classes[line.school.pk].place(grade, told) or context
        except UnknownClass:
            line.complain("unknown_class", "class")
            return
        if line.place is None:
            line.complain("missing_class", "class")

    def _read_guardian(self, line, n, relation):
        person = {}
        for name, read in GUARDIAN_READERS.items():
            column = f"g{n}_{name}"
            if column in line.cells:
                self._take(line, column, read)
                if column in line.values:
                    person[name] = line.values.pop(column)
        if person.get("name") or person.get("phone"):
            if relation:
                person.setdefault("relation", relation.value)
            line.guardians.append(person)
