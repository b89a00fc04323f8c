"""A whole invented district: uneven schools, classes, families and staff. Reproducible by seed; written by COPY."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from core.fields import blind_index
from homevisit.demo import names
from homevisit.demo.tables import Table, finish
from schools.calendar import school_year
from schools.enums import Ownership, Position, Role, SchoolKind
from schools.grades import entry_year_for, grades_of, stage_of
from schools.models import Post, School, SchoolClass, User
from students.enums import ChangeKind, MarkSource, Relation, Status
from students.models import CategoryMark, ChangeEvent, Enrolment, Guardian, Household, Student

KINDS = {SchoolKind.PRIMARY: 52, SchoolKind.JUNIOR: 26, SchoolKind.NINE_YEAR: 14, SchoolKind.SENIOR: 8}
CODE_HEADS = {SchoolKind.PRIMARY: "21", SchoolKind.SENIOR: "34"}  # others 31
ENDINGS = {
    SchoolKind.PRIMARY: ("小学", "实验小学", "中心小学"),
    SchoolKind.JUNIOR: ("初级中学", "中学"),
    SchoolKind.NINE_YEAR: ("学校",),
    SchoolKind.SENIOR: ("高级中学",),
}
FIRST_WORDS = (
    "松风 麦浪 听雨 望江 云杉 长堤 明沙 白鹭 石榴 竹影 银杏 橘洲 "
    "晴川 灯塔 候鸟 溪口 桃坞 南山 雁栖 知春 海棠 星野 渡口 青藤"
).split()
SECOND_WORDS = ("", "路", "里", "湾", "坡", "园", "桥", "村")
MARKED, CHANGED, SIBLING = 0.08, 0.004, 0.09
CLASS_SIZE = 35
NO_PASSWORD = "!"  # nobody signs in with a password: benchmarks make sessions
POOL = 400  # ciphertexts of telephones and addresses, so that 200,000 pupils are not 800,000 encryptions


@dataclass
class BigClass:
    id: int
    grade: int
    entered: str
    size: int
    head: int = 0
    pupils: range = range(0)


@dataclass
class BigSchool:
    id: int
    kind: str
    classes: list = field(default_factory=list)
    teachers: list = field(default_factory=list)
    leader: int = 0


@dataclass
class District:
    """What the visits need to know. households: pupil → sibling at the same school; marked: pupils with priority."""

    programme: object
    schools: list
    siblings: dict
    marked: set
    first_pupil: int
    counts: dict


def build_district(rng, programme, *, schools, students):
    """Write schools, classes, staff, pupils and their marks as they stood on the day that decides who is due."""
    writer = Writer(rng, programme, students)
    places = writer.schools(schools, students)
    writer.staff(places)
    writer.pupils(places)
    return writer.done(places)


def morning(day):
    """When a row of that day was written, as text in UTC: figures of a past instant ask for it."""
    return f"{day} 00:30:00"


def sealed(model, name, value):
    return model._meta.get_field(name).get_prep_value(value)


class Writer:
    def __init__(self, rng, programme, students):
        self.rng, self.programme, self.authority = rng, programme, programme.authority
        self.year = school_year(programme.due_on)
        self.school = Table(School, "authority_id", "code", "name", "short_name", "kind", "ownership", "system", "town")
        self.school_class = Table(SchoolClass, "school_id", "stage", "entry_year", "number", after=[self.school])
        self.user = Table(User, "password", "username", "name", "staff_no", "position", "subject")
        self.post = Table(
            Post, "user_id", "role", "authority_id", "school_id", "school_class_id", "starts_on",
            after=[self.school_class, self.user],
        )  # fmt: skip
        self.household = Table(Household)
        self.student = Table(
            Student, "authority_id", "school_id", "school_class_id", "household_id", "status", "name", "gender", "birth",
            "national_no", "national_no_index", "national_no_tail", "class_serial", "address", "phone", "phone_index",
            "arrived_on", "migrant", after=[self.school_class, self.household],
        )  # fmt: skip
        pupil = {"after": [self.student, self.user]}
        self.enrolment = Table(
            Enrolment, "student_id", "authority_id", "school_id", "school_class_id", "starts_on", "created_at", **pupil
        )
        self.guardian = Table(
            Guardian, "student_id", "name", "relation", "phone", "phone_index", "is_guardian", "lives_with", **pupil
        )
        self.mark = Table(
            CategoryMark, "student_id", "category_id", "level", "starts_on", "source", "confirmed_by_id", "confirmed_at",
            "created_at", **pupil,
        )  # fmt: skip
        self.change = Table(ChangeEvent, "student_id", "kind", "occurred_on", "recorded_by_id", "created_at", **pupil)
        self.addresses = [
            sealed(Student, "address", names.address(rng, rng.choice(names.TOWNS))) for _ in range(POOL)
        ]
        self.phones = [
            (sealed(Student, "phone", phone), sealed(Guardian, "phone", phone), blind_index(phone, "phone"))
            for phone in (names.phone(1000 + number * 7) for number in range(POOL))
        ]
        self.siblings, self.marked = {}, set()

    def schools(self, number, students):
        rng = self.rng
        kinds = rng.choices(list(KINDS), list(KINDS.values()), k=number)
        weights = [rng.lognormvariate(0, 0.45) * len(grades_of(kind, self.authority.system)) for kind in kinds]
        serials = count(1000 + School.objects.count())
        places = []
        for kind, size in zip(kinds, shared_out(students, weights), strict=True):
            serial = next(serials)
            head = rng.choice(FIRST_WORDS) + rng.choice(SECOND_WORDS)
            short = head + rng.choice(ENDINGS[kind]) + (f"第{serial % 100}分校" if serial % 7 == 0 else "")
            code = f"{CODE_HEADS.get(kind, '31')}{self.authority.region_code[:2]}99{serial:04d}"
            owner = Ownership.PRIVATE if rng.random() < 0.06 else Ownership.PUBLIC
            school = BigSchool(
                self.school.add(
                    self.authority.pk, code, f"{self.authority.short_name}{short}", short, kind, owner,
                    self.authority.system, rng.choice(names.TOWNS),
                ),
                kind,
            )  # fmt: skip
            self._classes(school, kind, size)
            places.append(school)
        return places

    def _classes(self, school, kind, size):
        rng, system = self.rng, self.authority.system
        grades = grades_of(kind, system)
        for grade, pupils in zip(grades, shared_out(size, [rng.uniform(0.85, 1.15) for _ in grades]), strict=True):
            stage = stage_of(grade, system)
            entry = entry_year_for(grade, school_year=self.year, stage=stage, system=system)
            parallel = min(60, max(1, round(pupils / (CLASS_SIZE + rng.randint(-6, 5)))))
            for number, members in enumerate(shared_out(pupils, [rng.uniform(0.8, 1.2) for _ in range(parallel)]), 1):
                if members:
                    key = self.school_class.add(school.id, stage, entry, number)
                    school.classes.append(BigClass(key, grade, f"{entry}-08-01", members))

    def staff(self, places):
        numbers, self.first_user = count(1), self.user.next_id
        for role in (Role.DISTRICT_ADMIN, Role.REVIEWER, Role.AUDITOR, Role.SECURITY_ADMIN, Role.INSPECTOR):
            self._post(next(numbers), role, authority_id=self.authority.pk)
        for school in places:
            school.leader = self._post(next(numbers), Role.SCHOOL_LEADER, Position.PRINCIPAL, school_id=school.id)
            self._post(next(numbers), Role.SCHOOL_ADMIN, Position.MIDDLE_MANAGER, school_id=school.id)
            self._post(next(numbers), Role.PSYCH_TEACHER, Position.PSYCH_TEACHER, school_id=school.id)
            for place in school.classes:
                place.head = self._post(next(numbers), Role.CLASS_HEAD, Position.CLASS_HEAD, school_class_id=place.id)
                school.teachers.append(
                    self._post(next(numbers), Role.TEACHER, Position.SUBJECT_TEACHER, school_id=school.id)
                )

    def _post(self, number, role, position="", *, authority_id=None, school_id=None, school_class_id=None):
        rng = self.rng
        staff_no = f"{number:06d}"
        user = self.user.add(
            NO_PASSWORD, f"{self.authority.code}-{staff_no}", names.teacher_name(rng), staff_no, position,
            rng.choice(names.SUBJECTS),
        )  # fmt: skip
        self.post.add(user, role, authority_id, school_id, school_class_id, "2018-08-01")
        return user

    def pupils(self, places):
        uses = list(self.programme.categories.select_related("category"))
        self.categories = [use.category_id for use in uses if not use.from_changes]
        self.serials = count(50_000_000 + self.student.next_id)
        self.first_pupil = self.student.next_id
        for school in places:
            waiting = []  # pupils of this school still without a sibling
            for place in school.classes:
                first = self.student.next_id
                for serial in range(1, place.size + 1):
                    self._pupil(school, place, serial, waiting)
                place.pupils = range(first, self.student.next_id)

    def _pupil(self, school, place, serial, waiting):
        rng = self.rng
        girl = rng.random() < 0.48
        family = names.surname(rng)
        born = date(self.year - place.grade - 6, 9, 1) + timedelta(days=int(rng.random() * 365))
        number = names.national_no(next(self.serials))
        draw = rng.random()
        phone, guardian_phone, index = self.phones[int(draw * POOL)]
        address = self.addresses[int(rng.random() * POOL)]
        home = sibling = None
        if rng.random() < SIBLING:
            if waiting and rng.random() < 0.5:
                sibling, home = waiting.pop()
            else:
                home = self.household.add()
                waiting.append((self.student.next_id, home))
        arrived = place.entered
        if draw < 0.01:
            arrived = (self.programme.due_on - timedelta(days=int(rng.random() * 50) + 5)).isoformat()
        student = self.student.add(
            self.authority.pk, school.id, place.id, home, Status.ACTIVE, names.child_name(rng, family, girl),
            "2" if girl else "1", born.isoformat(), sealed(Student, "national_no", number),
            blind_index(number, "national_no"), number[-4:], str(serial), address, phone, index, arrived,
            rng.random() < 0.12,
        )  # fmt: skip
        if sibling:
            self.siblings[student], self.siblings[sibling] = sibling, student
        self.enrolment.add(student, self.authority.pk, school.id, place.id, arrived, morning(arrived))
        self.guardian.add(
            student, names.adult_name(rng), Relation.MOTHER if draw < 0.6 else Relation.FATHER, guardian_phone, index,
            True, True,
        )  # fmt: skip
        if rng.random() < MARKED and self.categories:
            level = 1 if rng.random() < 0.1 else 2
            known = morning(place.entered)
            self.mark.add(
                student, rng.choice(self.categories), level, place.entered, MarkSource.CLASS_HEAD, place.head, known, known
            )
            self.marked.add(student)
        if rng.random() < CHANGED:
            day = self.programme.starts_on + timedelta(days=int(rng.random() * 40))
            self.change.add(student, rng.choice(ChangeKind.values), day.isoformat(), place.head, morning(day.isoformat()))

    def done(self, places):
        finish(
            self.school, self.school_class, self.user, self.post, self.household, self.student, self.enrolment,
            self.guardian, self.mark, self.change,
        )  # fmt: skip
        return District(
            programme=self.programme, schools=places, siblings=self.siblings, marked=self.marked,
            first_pupil=self.first_pupil,
            counts={
                "schools": len(places),
                "classes": sum(len(school.classes) for school in places),
                "staff": self.user.next_id - self.first_user,
                "students": self.student.next_id - self.first_pupil,
                "marked": len(self.marked),
            },
        )  # fmt: skip


def shared_out(total, weights):
    """Whole numbers in the proportion of the weights that add up to the total."""
    scale, result, given, so_far = total / sum(weights), [], 0, 0.0
    for weight in weights:
        so_far += weight * scale
        result.append(round(so_far) - given)
        given += result[-1]
    return result
