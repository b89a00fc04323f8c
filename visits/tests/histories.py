"""Random histories of a small district, through the actions, with a clock that walks on: what as-of figures are
asked about. Every act may be refused; that is a history too."""

from copy import deepcopy
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

from core.clock import now, today
from core.states import WrongState
from programmes.actions.past import keep_notice, lock_notice
from programmes.actions.state import programme_edited
from programmes.models import Category, Programme, ProgrammeCategory
from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_class_head, make_leader, make_school, make_user
from students.actions.change import record_change
from students.actions.enrol import enrol, leave_student, move_student
from students.actions.household import put_in_households
from students.actions.mark import end_mark, set_mark
from students.models import CategoryMark, Household, Student
from students.tests.factories import make_student
from visits.actions.amend import amend_visit
from visits.actions.due import clear_declined, clear_exempt, set_declined, set_exempt
from visits.actions.register import open_register
from visits.actions.review import accept_visit, return_visit, unvoid_visit, void_visit
from visits.actions.visit import correct_visit, submit_visit
from visits.models import Visit
from visits.queries.as_of import help_as_of, schools_as_of
from visits.tests.factories import entry

START = timezone.make_aware(datetime(2022, 9, 12, 9))
PUPILS = 6
MODES = ["in_person", "nearby", "phone"]


class Walk:
    """Two classes of one school and one of another. acts: each takes some hours; a day ends with the nightly refresh.

    The test has set HOMEVISIT_CLOCK once through its fixture: setting it there at each step would pile up layers.
    """

    def __init__(self):
        self.at = START
        self.tell_clock()
        self.programme = make_programme(config={**CONFIG, "help_kinds": ["物品"]})
        self.programme.categories.filter(label="STUDY").update(from_changes=True)
        schools = [make_school(self.programme.authority) for _ in range(2)]
        self.classes = [make_class(schools[0], number=1), make_class(schools[0], number=2), make_class(schools[1])]
        self.head = make_class_head(self.classes[0])
        for school_class in self.classes[1:]:
            add_post(self.head, Role.CLASS_HEAD, school_class=school_class)
        self.leaders = {school.pk: make_leader(school) for school in schools}
        self.colleagues = {
            school.pk: [make_user(Role.TEACHER, school=school), self.leaders[school.pk]] for school in schools
        }
        self.pupils = [make_student(self.classes[i % 3]) for i in range(PUPILS)]
        self.at += timedelta(hours=1)
        self.tell_clock()
        open_register(self.programme)

    def tell_clock(self):
        settings.HOMEVISIT_CLOCK = self.at.isoformat()

    def do(self, hours, name, *arguments):
        """One act some hours later; what is refused changes nothing."""
        self.programme = Programme.objects.get(pk=self.programme.pk)
        before = self.at.date()
        self.at += timedelta(hours=hours, minutes=1)
        self.tell_clock()
        if self.at.date() != before:
            open_register(self.programme)
        try:
            with transaction.atomic():
                getattr(self, name)(*arguments)
        except (WrongState, ValidationError, PermissionDenied):
            return False
        self.at += timedelta(minutes=1)
        self.tell_clock()
        return True

    def pupil(self, number):
        return Student.objects.get(pk=self.pupils[number].pk)

    def one(self, rows, number):
        rows = list(rows.order_by("pk"))
        if not rows:
            raise WrongState("nothing to act on")
        return rows[number % len(rows)]

    # ── visits ──

    def visit(self, number, days_ago, mode, with_colleague):
        pupil = self.pupil(number)
        started = self.at - timedelta(days=days_ago, hours=1)
        siblings = Student.objects.filter(household=pupil.household_id).exclude(pk=pupil.pk) if pupil.household_id else []
        submit_visit(
            by=self.head, programme=self.programme, client_uuid=uuid4(), students=[pupil, *siblings],
            **self.entry(started, mode, pupil.school_id, with_colleague),
        )  # fmt: skip

    def entry(self, started, mode, school_id, rich):
        lines = {
            "others": self.colleagues[school_id],
            "opinions": [{"category": "作业", "text": "少一点。", "answerer": one} for one in ("school", "answered")],
            "help_given": [{"kind": "物品", "text": "书", "amount": Decimal("20.00")}],
        }
        return entry(started_at=started, mode=mode, minutes=30, **(lines if rich else {}))

    def void(self, number):
        void_visit(self.one(Visit.objects.exclude(state="voided"), number), by=self.head, reason="记错了")

    def unvoid(self, number):
        unvoid_visit(self.one(Visit.objects.filter(state="voided"), number), by=self.head, reason="没有记错")

    def accept(self, number):
        accept_visit(self.one(Visit.objects.filter(state="recorded"), number), by=self.head)

    def correct(self, number, pupil, days_ago, mode, rich):
        """Sent back, and written again about perhaps somebody else, with perhaps other colleagues."""
        visit = self.one(Visit.objects.filter(state="recorded"), number)
        if not visit.is_returned:
            return_visit(visit, by=self.leaders[visit.school_id], reason="不对")
        visit.refresh_from_db()
        started = self.at - timedelta(days=days_ago, hours=1)
        correct_visit(visit, by=self.head, students=[self.pupil(pupil)], **self.entry(started, mode, visit.school_id, rich))

    def amend(self, number, pupil, days_ago, mode):
        visit = self.one(Visit.objects.filter(state="locked"), number)
        started = self.at - timedelta(days=days_ago, hours=1)
        amend_visit(
            visit, by=self.leaders[visit.school_id], reason="记错了", mode=mode, started_at=started,
            ended_at=started + timedelta(minutes=30), students=[self.pupil(pupil)],
        )  # fmt: skip

    # ── pupils ──

    def move(self, number, to, days_ago):
        """Entered late: it holds from days_ago on."""
        move_student(self.pupil(number), self.classes[to], today() - timedelta(days=days_ago), by=self.head)

    def leave(self, number, days_ago):
        leave_student(self.pupil(number), "left", today() - timedelta(days=days_ago), by=self.head)

    def come_back(self, number, to):
        enrol(self.pupil(number), self.classes[to], today(), by=self.head)

    def join(self, one, other, apart):
        """A register joins two households, or takes one pupil into a new one."""
        home = Household.objects.create()
        first, second = self.pupil(one), self.pupil(other)
        ids = {first.pk} if apart else {first.pk, second.pk}
        if not apart and first.household_id:
            ids |= set(Student.objects.filter(household=first.household_id).values_list("pk", flat=True))
        put_in_households(dict.fromkeys(ids, home.pk), at=now())

    def mark(self, number, code, level):
        category = Category.objects.filter(authority=self.programme.authority, code=code).first()
        if category is None:
            raise WrongState("not yet there")
        set_mark(self.pupil(number), category, by=self.head, level=level)

    def unmark(self, number):
        end_mark(self.one(CategoryMark.objects.filter(ends_on=None), number), by=self.head)

    def change(self, number, days_ago):
        record_change(self.pupil(number), "study", today() - timedelta(days=days_ago), by=self.head)

    def excuse(self, number, what):
        due = self.programme.due_rows.get(student=self.pupils[number])
        if what == "declined":
            (clear_declined if due.declined else set_declined)(due, by=self.head)
        elif due.exempt_reason:
            clear_exempt(due, by=self.head)
        else:
            set_exempt(due, by=self.head, reason="abroad")

    # ── people and schools ──

    def promote(self, number):
        user = [self.head, *self.leaders.values()][number % 3]
        user.position = "vice_principal" if user.position != "vice_principal" else "middle_manager"
        user.politics = "01" if user.politics != "01" else "13"
        user.save()

    def close_school(self, number):
        school = self.classes[-number].school
        school.is_active = not school.is_active
        school.save()


    # ── the notice ──

    def rewrite(self, what, days):
        """As the administration does: the rows changed, what they said kept, the rooms above told."""
        stood = lock_notice(self.programme.pk)
        programme = Programme.objects.get(pk=self.programme.pk)
        if what in ("starts_on", "ends_on", "due_on"):
            setattr(programme, what, getattr(programme, what) + timedelta(days=days - 3))
        elif what == "config":
            config = deepcopy(programme.config)
            mode = config["visit"]["modes"][1 if days % 2 else 4]  # nearby, phone
            mode["counts"] = not mode["counts"]
            programme.config = config
        else:
            self.change_category(programme, days)
        programme.save()
        keep_notice(programme.pk, stood)
        programme_edited(programme, fields={what}, by=None)
        self.programme = Programme.objects.get(pk=programme.pk)

    def change_category(self, programme, days):
        """One comes or goes, or another begins to follow from changes."""
        study = programme.categories.get(label="STUDY")
        more = programme.categories.filter(label="MORE").first()
        if days % 2:
            study.from_changes = not study.from_changes
            study.save()
        elif more:
            more.delete()
        else:
            category, _ = Category.objects.get_or_create(authority=programme.authority, code="MORE", defaults={"name": "更多"})
            ProgrammeCategory.objects.create(programme=programme, category=category, position=2, label="MORE")


def figures(programme, at, known_at=None):
    """Everything that is told of every school, in one comparable shape; schools and classes without anybody are left out."""
    told, money = {}, help_as_of(programme, at, known_at=known_at)
    for row in schools_as_of(programme, at, known_at=known_at):
        said = asdict(row)
        said["class_rows"] = sorted(tuple(c.items()) for c in said["class_rows"])
        said["help"] = money.get(row.school_id, (0, 0))
        if row.pupils or row.person_times:
            told[row.school_id] = said
    return told


number, days = st.integers(0, 5), st.sampled_from([0, 0, 1, 3, 10, 50])
mode = st.sampled_from(MODES)
ACTS = st.one_of(
    st.tuples(st.just("visit"), number, days, mode, st.booleans()),
    st.tuples(st.just("visit"), number, days, mode, st.booleans()),
    st.tuples(st.just("void"), number),
    st.tuples(st.just("unvoid"), number),
    st.tuples(st.just("accept"), number),
    st.tuples(st.just("correct"), number, number, days, mode, st.booleans()),
    st.tuples(st.just("amend"), number, number, days, mode),
    st.tuples(st.just("move"), number, st.integers(0, 2), days),
    st.tuples(st.just("leave"), number, days),
    st.tuples(st.just("come_back"), number, st.integers(0, 2)),
    st.tuples(st.just("join"), number, number, st.booleans()),
    st.tuples(st.just("mark"), number, st.sampled_from(["HARDSHIP", "STUDY", "MORE"]), st.integers(1, 3)),
    st.tuples(st.just("unmark"), number),
    st.tuples(st.just("change"), number, days),
    st.tuples(st.just("excuse"), number, st.sampled_from(["exempt", "declined"])),
    st.tuples(st.just("promote"), st.integers(0, 2)),
    st.tuples(st.just("close_school"), st.integers(1, 2)),
    st.tuples(st.just("rewrite"), st.sampled_from(["starts_on", "ends_on", "due_on", "config", "categories"]), st.integers(0, 6)),
)
HISTORY = st.lists(st.tuples(st.sampled_from([1, 5, 20, 100]), ACTS), min_size=5, max_size=16)
LONG_HISTORY = st.lists(st.tuples(st.sampled_from([1, 5, 20, 60]), ACTS), min_size=15, max_size=45)
