"""Schools, classes and the people who work there."""

from dataclasses import dataclass, field
from datetime import date

from core.fields import blind_index
from homevisit.demo import names
from schools.enums import Gender, Politics, Position, Role, Stage, Title
from schools.grades import STAGES_OF, entry_year_for, grade_range
from schools.models import Post, School, SchoolClass, User

R = Role
DISTRICT_ROLES = (R.REVIEWER, R.DISTRICT_ADMIN, R.SECURITY_ADMIN, R.AUDITOR, R.INSPECTOR)
SCHOOL_ROLES = (R.TEACHER, R.CLASS_HEAD, R.PSYCH_TEACHER, R.SCHOOL_LEADER, R.SCHOOL_ADMIN)
MENTOR = "mentor"  # no post but a link to pupils (schools.enums.Role)
LOGIN_ROLES = (R.CLASS_HEAD, R.TEACHER, MENTOR, R.PSYCH_TEACHER, R.SCHOOL_LEADER, R.SCHOOL_ADMIN, *DISTRICT_ROLES)
KNOWN_NAMES = {
    "qinghe.class_head": "陈思远",
    "qinghe.school_leader": "沈文清",
    "qinghe.psych_teacher": "吴素心",
    "baoshan.district_admin": "周敏",
}
POLITICS = (Politics.CPC, Politics.MASSES, Politics.MASSES, Politics.CDL, Politics.CAPD)
TITLES = (Title.SENIOR, Title.FIRST, Title.FIRST, Title.SECOND, Title.SECOND)
LONG_AGO = date(2018, 8, 1)


def username(key, role):
    return f"{key}.{role}"


def desk_key(authority, number):
    return f"{authority.code}{number + 1 if number else ''}"


@dataclass
class Cohort:
    """Classes of one school that enter together."""

    school: School
    stage: str
    entry_year: int
    classes: list

    @property
    def last_year(self):
        first, last = grade_range(self.stage, self.school.system)
        return self.entry_year + last - first

    def grade(self, school_year):
        return grade_range(self.stage, self.school.system)[0] + school_year - self.entry_year


@dataclass
class Staff:
    """Who works at a school. heads: teacher by (stage, slot, class number); a slot's class leaves, a new one enters."""

    leader: User = None
    psych: User = None
    heads: dict = field(default_factory=dict)
    teachers: list = field(default_factory=list)

    def head_of(self, school_class):
        return self.heads[slot_of(school_class)]

    @property
    def visitors(self):
        return [*self.heads.values(), *self.teachers]


def slot_of(school_class):
    first, last = grade_range(school_class.stage, school_class.school.system)
    return school_class.stage, school_class.entry_year % (last - first + 1), school_class.number


def open_schools(authority, plans):
    """School rows by plan, in the plan's order."""
    rows = [
        School(
            authority=authority, code=plan.code, name=plan.name, short_name=plan.short_name, kind=plan.kind,
            ownership=plan.ownership, system=authority.system, town=plan.town,
        )
        for plan in plans
    ]  # fmt: skip
    return dict(zip(plans, School.objects.bulk_create(rows), strict=True))


def open_classes(schools, *, first_year, this_year, one_each=False):
    """Cohorts, oldest first, of all classes that are at school in any of these school years."""
    cohorts = []
    for plan, school in schools.items():
        for stage in STAGES_OF[plan.kind]:
            last_grade = grade_range(stage, school.system)[1]
            oldest = entry_year_for(last_grade, school_year=first_year, stage=stage, system=school.system)
            for year in range(oldest, this_year + 1):
                classes = [
                    SchoolClass(school=school, stage=stage, entry_year=year, number=number + 1)
                    for number in range(1 if one_each else plan.parallel)
                ]
                cohorts.append(Cohort(school, stage, year, classes))
    SchoolClass.objects.bulk_create([row for cohort in cohorts for row in cohort.classes])
    stages = list(Stage)
    return sorted(cohorts, key=lambda cohort: (cohort.entry_year, stages.index(cohort.stage)))


class Hiring:
    """Collects users and posts of one authority, then writes both in two statements."""

    def __init__(self, rng, authority, password_hash, phones):
        self.rng, self.authority, self.password_hash, self.phones = rng, authority, password_hash, phones
        self.users, self.posts, self.taken = [], [], {}

    def user(self, school, *, login=None, position="", subject=""):
        """login: (key, role) of a showcase account; others sign in with their staff number."""
        rng = self.rng
        prefix = school.code[4:] if school else f"9900{self.authority.region_code[-2:]}"
        self.taken[prefix] = self.taken.get(prefix, 0) + 1
        number = f"{prefix}{self.taken[prefix]:03d}"
        name = username(*login) if login else number
        phone = names.phone(next(self.phones))
        girl = rng.random() < 0.66
        user = User(
            username=name, password=self.password_hash, name=KNOWN_NAMES.get(name) or names.teacher_name(rng),
            staff_no=number, gender=Gender.FEMALE if girl else Gender.MALE,
            birth_month=f"{rng.randint(1968, 1998)}-{rng.randint(1, 12):02d}", position=position,
            title=rng.choice(TITLES), subject=subject, politics=rng.choice(POLITICS), phone=phone,
            phone_index=blind_index(phone, "phone"),
        )  # fmt: skip
        self.users.append(user)
        return user

    def post(self, user, role, *, starts_on=LONG_AGO, ends_on=None, **place):
        self.posts.append(Post(user=user, role=role, starts_on=starts_on, ends_on=ends_on, **place))

    def school(self, plan, school, cohorts, *, this_year):
        """Leader, administrator, psychologist, a head for every class of every year, and teachers beside them."""
        staff, key = Staff(), plan.key
        login = (lambda role: (key, role)) if key else (lambda role: None)
        staff.leader = self.user(school, login=login(R.SCHOOL_LEADER), position=Position.PRINCIPAL)
        self.post(staff.leader, R.SCHOOL_LEADER, school=school, reads_restricted=True)
        self.post(self.user(school, login=login(R.SCHOOL_ADMIN), position=Position.MIDDLE_MANAGER), R.SCHOOL_ADMIN,
                  school=school)  # fmt: skip
        staff.psych = self.user(school, login=login(R.PSYCH_TEACHER), position=Position.PSYCH_TEACHER)
        self.post(staff.psych, R.PSYCH_TEACHER, school=school)
        vice = self.user(school, position=Position.VICE_PRINCIPAL)
        self.post(vice, R.SCHOOL_LEADER, school=school)
        shown = self._shown_class(cohorts, this_year) if key else None
        for cohort in cohorts:
            for school_class in cohort.classes:
                self._head(staff, cohort, school_class, login(R.CLASS_HEAD) if school_class is shown else None, this_year)
        for role in (R.TEACHER, MENTOR) if key else ():
            staff.teachers.append(self._teacher(school, login(role)))
        while len(staff.teachers) < len(staff.heads):
            staff.teachers.append(self._teacher(school, None))
        return staff

    def _shown_class(self, cohorts, this_year):
        """五（3）班 where there is one: the class whose head is a showcase account."""
        now = [c for cohort in cohorts if cohort.entry_year <= this_year <= cohort.last_year for c in cohort.classes]
        return min(now, key=lambda c: (abs(self._grade(c, this_year) - 5), -c.number), default=None)

    def _grade(self, school_class, this_year):
        return grade_range(school_class.stage, school_class.school.system)[0] + this_year - school_class.entry_year

    def _head(self, staff, cohort, school_class, login, this_year):
        slot = slot_of(school_class)
        head = staff.heads.get(slot)
        if head is None:
            subject = self.rng.choice(names.SUBJECTS[:3])
            head = self.user(cohort.school, position=Position.CLASS_HEAD, subject=subject)
            staff.heads[slot] = head
            self.post(head, R.TEACHER, school=cohort.school)
        if login:
            head.username = username(*login)
            head.name = KNOWN_NAMES.get(head.username, head.name)
        over = cohort.last_year < this_year
        self.post(
            head, R.CLASS_HEAD, school_class=school_class, starts_on=date(cohort.entry_year, 8, 1),
            ends_on=date(cohort.last_year + 1, 7, 31) if over else None,
        )  # fmt: skip

    def _teacher(self, school, login):
        teacher = self.user(
            school, login=login, position=Position.SUBJECT_TEACHER, subject=self.rng.choice(names.SUBJECTS)
        )
        self.post(teacher, R.TEACHER, school=school)
        return teacher

    def desks(self, plans):
        """The authority's own people: one of each kind beside every school that is shown."""
        for number, _ in enumerate(plans):
            for role in DISTRICT_ROLES:
                self.post(self.user(None, login=(desk_key(self.authority, number), role)), role, authority=self.authority)

    def practice(self, plan, school):
        """A school without pupils yet: somebody to import the roster, somebody to lead."""
        for role, position in ((R.SCHOOL_ADMIN, Position.MIDDLE_MANAGER), (R.SCHOOL_LEADER, Position.PRINCIPAL)):
            self.post(self.user(school, login=(plan.key, role), position=position), role, school=school)

    def save(self):
        User.objects.bulk_create(self.users)
        Post.objects.bulk_create(self.posts)
