"""Who is who: which pupil of the database a line means (national_no, else aux_no, else class + name + birthday).

Never by name alone. What nobody can decide is held back for a human.
"""

from collections import Counter, defaultdict

from core.fields import blind_index
from students.models import Student

TEMPORARY = ("L", "J")  # numbers that may be replaced by a G number
CHUNK = 2000


class Matcher:
    """Rows of the database a file may speak of, found by few queries."""

    def __init__(self, lines, schools, class_of):
        """class_of: Place → id of a class that exists."""
        self.class_of = class_of
        self.index = {
            name: {no: blind_index(no, name) for line in lines if (no := line.values.get(name))}
            for name in ("national_no", "aux_no")
        }
        known = {student.pk: student for student in Student.objects.filter(school__in=schools)}
        authorities = {school.authority_id for school in schools}
        self._add_by_number(known, "national_no", {})
        self._add_by_number(known, "aux_no", {"authority__in": authorities})
        self.known = known
        self.by_national = {s.national_no_index: s for s in known.values() if s.national_no_index}
        self.by_aux, self.by_name = defaultdict(list), defaultdict(list)
        for student in known.values():
            if student.aux_no_index:
                self.by_aux[student.aux_no_index].append(student)
            self.by_name[student.school_class_id, student.name].append(student)

    def _add_by_number(self, known, name, scope):
        """Pupils of other schools who carry a number of the file: they may have come here."""
        here = {getattr(s, f"{name}_index") for s in known.values()}
        wanted = sorted(set(self.index[name].values()) - here)
        for start in range(0, len(wanted), CHUNK):
            chunk = {f"{name}_index__in": wanted[start : start + CHUNK]}
            known.update({student.pk: student for student in Student.objects.filter(**chunk, **scope)})

    def run(self, lines):
        """{line number: Student or None}; lines that can't be decided are held back instead."""
        hold_repeated_numbers(lines)
        found = {}
        for line in lines:
            if not line.held:
                found[line.number] = self._by_number(line)
        hold_namesakes([line for line in lines if not line.held and found[line.number] is None])
        for line in lines:
            if not line.held and found[line.number] is None:
                found[line.number] = self._by_name(line)
        self._hold_claimed_twice(lines, found)
        return {line.number: found[line.number] for line in lines if not line.held}

    def _by_number(self, line):
        national, aux = line.values.get("national_no"), line.values.get("aux_no")
        student = self.by_national.get(self.index["national_no"].get(national))
        if student is None and aux:
            student = self._only(self.by_aux.get(self.index["aux_no"][aux], ()), line)
            if student and conflicts(line, student):
                line.complain("id_conflict", "national_no")
                return None
        if student and student.school_id != line.school.pk and line.name not in (student.name, student.former_name):
            line.complain("id_conflict", "name", "这个号码是另一所学校学生的，姓名不同，请核对号码。")
            return None
        return student

    def _only(self, students, line):
        """aux_no is not unique by law: the pupil of this school, else the only one."""
        here = [s for s in students if s.school_id == line.school.pk]
        return (here or students)[0] if len(here or students) == 1 else None

    def _by_name(self, line):
        same, unsure = [], False
        for student in self.by_name.get((self.class_of.get(line.place), line.name), ()):
            born = line.values.get("birth")
            if born and student.birth:
                if born == student.birth:
                    same.append(student)
            elif not numbers_differ(line, student):
                unsure = True
        if len(same) == 1 and conflicts(line, same[0]):
            line.complain("id_conflict", "national_no")
        elif len(same) > 1 or (unsure and not same):
            line.complain("ambiguous_match", "name")
        return same[0] if len(same) == 1 else None

    def _hold_claimed_twice(self, lines, found):
        claims = Counter(student.pk for student in found.values() if student)
        for line in lines:
            if not line.held and (student := found[line.number]) and claims[student.pk] > 1:
                line.complain("ambiguous_match", "name", "几行说的是同一个学生，请只留一行。")


def hold_repeated_numbers(lines):
    """The same number twice: every row with it, even where the rows are equal."""
    for name in ("national_no", "aux_no"):
        times = Counter(line.values[name] for line in lines if name in line.values)
        for line in lines:
            if times.get(line.values.get(name), 0) > 1 and not any(p.kind == "duplicate_in_file" for p in line.problems):
                line.complain("duplicate_in_file", name)


def hold_namesakes(lines):
    """Rows of one class and name that neither a number nor the birthday tells apart."""
    groups = defaultdict(list)
    for line in lines:
        groups[line.place, line.name].append(line)
    for group in groups.values():
        for line in group:
            if any(other is not line and not told_apart(line, other) for other in group):
                line.complain("ambiguous_match", "name")


def told_apart(one, other):
    a, b = one.values, other.values
    return any(a.get(name) and b.get(name) and a[name] != b[name] for name in ("birth", "national_no", "aux_no"))


def numbers_differ(line, student):
    """Both carry a number of the same kind, and not the same: two pupils."""
    return any(
        line.values.get(name) and getattr(student, name) and line.values[name] != getattr(student, name)
        for name in ("national_no", "aux_no")
    )


def conflicts(line, student):
    """Another number than the one we know, except a formal one in place of a temporary one."""
    national = line.values.get("national_no")
    if national and student.national_no and national != student.national_no:
        return not (student.national_no.startswith(TEMPORARY) and national.startswith("G"))
    aux = line.values.get("aux_no")
    return bool(aux and student.aux_no and aux != student.aux_no and not national)
