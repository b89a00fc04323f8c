"""Pupils with their years at school: cohorts enter, move from primary to junior school, and leave."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from homevisit.demo import names
from schools.enums import Gender, Politics, Stage
from schools.models import User
from students.enums import Relation, Status
from students.models import Enrolment, Guardian, Household, Student

GOES_ON = {Stage.PRIMARY: (Stage.JUNIOR, 0.6), Stage.JUNIOR: (Stage.SENIOR, 0.45)}
# Of the places a cohort has, the share that may go to pupils from schools below, by the stage entered.
GOES_ON_SHARE = {Stage.KINDERGARTEN: 0, Stage.PRIMARY: 0, Stage.JUNIOR: 0.55, Stage.SENIOR: 0.5}
SIBLING = 0.13
LEAVES = 0.012


def morning(day):
    return timezone.make_aware(datetime.combine(day, time(8, 30)))


@dataclass(eq=False)
class Family:
    """Guardians as (name, relation, phone, workplace); one household row once there are two children."""

    surname: str
    address: str
    guardians: list
    children: list = field(default_factory=list)


@dataclass(eq=False)
class Pupil:
    student: Student
    family: Family
    girl: bool
    enrolments: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    changes: list = field(default_factory=list)
    mentor: User = None

    def enrolment_on(self, day):
        for row in reversed(self.enrolments):
            if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day):
                return row
        return None

    def place_on(self, day):
        """The class of that day, None when not at school here."""
        row = self.enrolment_on(day)
        return row and row.school_class

    @property
    def kid(self):
        given = self.student.name.removeprefix(self.family.surname)
        return given if len(given) > 1 else self.student.name


class Intake:
    """Makes the pupils of one authority, cohort by cohort, oldest first, then writes them."""

    def __init__(self, rng, authority, *, this_year, today, sizes, serials, phones):
        self.rng, self.authority, self.this_year, self.today = rng, authority, this_year, today
        self.sizes, self.serials, self.phones = sizes, serials, phones
        self.pupils, self.families = [], []
        self.leaving = {}  # (stage to enter, school year) → pupils

    def enter(self, cohort):
        """Fill the classes of a cohort, first with pupils of schools below, then with new ones."""
        day = date(cohort.entry_year, 8, 1)
        waiting = self.leaving.get((cohort.stage, cohort.entry_year), [])
        here = [p for p in waiting if p.student.school_id == cohort.school.pk]  # 九年一贯: one's own first
        others = [p for p in waiting if p.student.school_id != cohort.school.pk]
        for school_class in cohort.classes:
            members = []
            for serial in range(1, self.rng.randint(*self.sizes) + 1):
                pool = here or (others if self.rng.random() < GOES_ON_SHARE[cohort.stage] else [])
                if pool:
                    pupil = pool.pop()
                    waiting.remove(pupil)
                else:
                    pupil = self._new(cohort, cohort.grade(cohort.entry_year), cohort.entry_year)
                self._place(pupil, school_class, day, serial)
                members.append(pupil)
            self._lives_on(cohort, school_class, members)

    def _lives_on(self, cohort, school_class, members):
        """What happens to a class until today: one leaves, one arrives, all go on or graduate."""
        rng, over = self.rng, cohort.last_year < self.this_year
        end = date(cohort.last_year + 1, 7, 31)
        for pupil in list(members):
            if rng.random() < LEAVES:
                left = date(cohort.entry_year, 9, 1) + timedelta(days=rng.randint(60, 900))
                if left < min(end, self.today):
                    members.remove(pupil)
                    self._leave(pupil, left, Status.LEFT)
        if not over and rng.random() < 0.4:
            arrived = self.today - timedelta(days=rng.randint(8, 50))
            if arrived > date(cohort.entry_year, 9, 1):
                pupil = self._new(cohort, cohort.grade(self.this_year), self.this_year)
                self._place(pupil, school_class, arrived, len(members) + 1)
        if over:
            step = GOES_ON.get(cohort.stage)
            for pupil in members:
                self._leave(pupil, end, Status.GRADUATED)
                if step and rng.random() < step[1]:
                    self.leaving.setdefault((step[0], cohort.last_year + 1), []).append(pupil)

    def _new(self, cohort, grade, school_year):
        rng = self.rng
        girl = rng.random() < 0.48
        born = date(school_year - grade - 6, 9, 1) + timedelta(days=rng.randint(0, 364))
        family = self._family(cohort, born)
        name = names.child_name(rng, family.surname, girl)
        if rng.random() < 0.004:
            name = rng.choice(names.LONG_NAMES)
        senior = cohort.stage == Stage.SENIOR
        student = Student(
            authority=self.authority, school=cohort.school, name=name, birth=born,
            gender=Gender.FEMALE if girl else Gender.MALE, national_no=names.national_no(next(self.serials)),
            ethnicity="01" if rng.random() < 0.97 else rng.choice(("02", "03", "05", "08", "15")),
            politics=Politics.LEAGUE if senior and rng.random() < 0.5 else Politics.PIONEER if grade > 1 else "",
            health="10", boarding="2" if senior and rng.random() < 0.3 else "1", left_behind="0",
            migrant=rng.random() < 0.12, orphan=False, martyr=False, aid_needed=False, address=family.address,
            phone=family.guardians[0][2],
        )  # fmt: skip
        pupil = Pupil(student, family, girl)
        family.children.append(pupil)
        self.pupils.append(pupil)
        return pupil

    def _family(self, cohort, born):
        rng = self.rng
        if rng.random() < SIBLING:
            for family in rng.sample(self.families, min(12, len(self.families))):
                only = family.children[0].student
                if len(family.children) == 1 and 500 < abs((only.birth - born).days) < 3000:
                    return family
        surname = names.surname(rng)
        mother = (names.adult_name(rng), Relation.MOTHER)
        father = (names.adult_name(rng, surname), Relation.FATHER)
        elder = (names.adult_name(rng), rng.choice((Relation.PATERNAL_GRANDPARENT, Relation.MATERNAL_GRANDPARENT)))
        draw = rng.random()
        who = [mother, father] if draw < 0.62 else [mother] if draw < 0.76 else [father] if draw < 0.86 else [elder, mother]
        family = Family(
            surname,
            names.address(rng, cohort.school.town),
            [(name, relation, names.phone(next(self.phones)), rng.choice(names.WORKPLACES)) for name, relation in who],
        )
        self.families.append(family)
        return family

    def _place(self, pupil, school_class, day, serial):
        student = pupil.student
        student.school, student.school_class = school_class.school, school_class
        student.status, student.class_serial, student.arrived_on = Status.ACTIVE, str(serial), day
        student.enrolled = f"{day:%Y}09" if day.month == 8 else f"{day:%Y%m}"
        if len(pupil.enrolments) == 0:
            student.created_at = morning(day)
        pupil.enrolments.append(
            Enrolment(
                student=student, authority=self.authority, school=school_class.school, school_class=school_class,
                starts_on=day, created_at=morning(day),
            )
        )  # fmt: skip

    def _leave(self, pupil, day, status):
        row = pupil.enrolments[-1]
        row.ends_on, row.closed_at = day, morning(day)
        pupil.student.status, pupil.student.school_class = status, None

    def save(self):
        """Households, pupils, enrolments and guardians, a statement each per batch."""
        shared = [family for family in self.families if len(family.children) > 1]
        for family, row in zip(shared, Household.objects.bulk_create([Household() for _ in shared]), strict=True):
            for pupil in family.children:
                pupil.student.household = row
        Student.objects.bulk_create([pupil.student.seal() for pupil in self.pupils])
        Enrolment.objects.bulk_create([row for pupil in self.pupils for row in pupil.enrolments])
        Guardian.objects.bulk_create(
            [
                Guardian(student=pupil.student, name=name, relation=relation, phone=phone, workplace=work, position=n,
                         is_guardian=n == 1, lives_with=n == 1).seal()
                for pupil in self.pupils
                for n, (name, relation, phone, work) in enumerate(pupil.family.guardians, 1)
            ]
        )  # fmt: skip
