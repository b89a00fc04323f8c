"""Register = recount from the visits, after any history and under concurrent writers."""

import threading
import time
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_class_head, make_leader, make_school
from students.models import Enrolment
from students.signals import students_changed
from students.tests.factories import make_mark, make_student
from visits.actions.amend import amend_visit
from visits.actions.register import check, open_register, recompute, set_due_facts
from visits.actions.review import accept_visit, return_visit, unvoid_visit, void_visit
from visits.actions.visit import submit_visit
from visits.enums import Exempt
from visits.models import Visit
from visits.tests.recount import recount, recount_days, register, register_days

TODAY = date(2022, 9, 18)
TEXTS = {code: "示例文字，足够说明。" for code in ("cause", "process", "analysis", "measures", "reflection")}


class District:
    """Two classes of one school and one of another; six pupils; a person who may visit them all."""

    def __init__(self):
        self.programme = make_programme()
        school = make_school(self.programme.authority)
        self.classes = [make_class(school, number=1), make_class(school, number=2)]
        self.classes.append(make_class(make_school(self.programme.authority), number=1))
        self.head = make_class_head(self.classes[0])
        for school_class in self.classes[1:]:
            add_post(self.head, Role.CLASS_HEAD, school_class=school_class)
        self.students = [make_student(self.classes[i % 3]) for i in range(6)]
        self.exempt, self.declined, self.leaders = set(), set(), {}
        open_register(self.programme)

    def visit(self, pupil, days_ago, mode):
        started = timezone.make_aware(timezone.datetime(2022, 9, 18, 9)) - timedelta(days=days_ago)
        submit_visit(
            by=self.head, programme=self.programme, client_uuid=uuid4(), students=[self.students[pupil]], mode=mode,
            started_at=started, ended_at=started + timedelta(minutes=30), texts=TEXTS, gift_declined=True,
            late_reason="busy",
        )  # fmt: skip

    def void(self, number):
        visits = list(Visit.objects.exclude(state="voided").order_by("pk"))
        if visits:
            void_visit(visits[number % len(visits)], by=self.head, reason="记错了")

    def unvoid(self, number):
        visits = list(Visit.objects.filter(state="voided").order_by("pk"))
        if visits:
            unvoid_visit(visits[number % len(visits)], by=self.head, reason="没有记错")

    def accept(self, number):
        visits = list(Visit.objects.filter(state="recorded", returned_at__isnull=True).order_by("pk"))
        if visits:
            accept_visit(visits[number % len(visits)], by=self.head)

    def amend(self, number, days_ago, mode):
        """The leader moves day and form of an archived record."""
        visits = list(Visit.objects.filter(state="locked").order_by("pk"))
        if visits:
            visit = visits[number % len(visits)]
            started = timezone.make_aware(timezone.datetime(2022, 9, 18, 9)) - timedelta(days=days_ago)
            amend_visit(
                visit, by=self.leader_of(visit.school), reason="记错了", mode=mode, started_at=started,
                ended_at=started + timedelta(minutes=30),
            )  # fmt: skip

    def leader_of(self, school):
        if school.pk not in self.leaders:
            self.leaders[school.pk] = make_leader(school)
        return self.leaders[school.pk]

    def send_back(self, number):
        visits = list(Visit.objects.filter(state="recorded", returned_at__isnull=True).order_by("pk"))
        if visits:
            return_visit(visits[number % len(visits)], by=self.head, reason="缺过程")

    def transfer(self, pupil, to, days_ago):
        """A move entered late: it holds from days_ago on."""
        student, day = self.students[pupil], TODAY - timedelta(days=days_ago)
        Enrolment.objects.filter(student=student, starts_on__gte=day).delete()
        Enrolment.objects.filter(student=student, ends_on__isnull=True).update(ends_on=day - timedelta(days=1))
        target = self.classes[to]
        Enrolment.objects.create(
            student=student, authority_id=student.authority_id, school=target.school, school_class=target, starts_on=day
        )
        student.school, student.school_class = target.school, target
        student.save()
        students_changed.send(None, student_ids=[student.pk])

    def mark(self, pupil, code):
        if not self.students[pupil].marks.filter(category__code=code).exists():
            make_mark(self.students[pupil], code, by=self.head)
            students_changed.send(None, student_ids=[self.students[pupil].pk])

    def excuse(self, pupil, exempt):
        chosen = self.exempt if exempt else self.declined
        student = self.students[pupil]
        chosen.symmetric_difference_update({student.pk})
        due = self.programme.due_rows.get(student=student)
        if exempt:
            set_due_facts(due, exempt_reason=Exempt.ABROAD if student.pk in chosen else "")
        else:
            set_due_facts(due, declined=student.pk in chosen)


pupils = st.integers(0, 5)
acts = st.one_of(
    st.tuples(st.just("visit"), pupils, st.integers(0, 60), st.sampled_from(["in_person", "nearby", "phone"])),
    st.tuples(st.just("void"), st.integers(0, 20)),
    st.tuples(st.just("unvoid"), st.integers(0, 20)),
    st.tuples(st.just("accept"), st.integers(0, 20)),
    st.tuples(st.just("amend"), st.integers(0, 20), st.integers(0, 60), st.sampled_from(["in_person", "phone"])),
    st.tuples(st.just("send_back"), st.integers(0, 20)),
    st.tuples(st.just("transfer"), pupils, st.integers(0, 2), st.integers(1, 40)),
    st.tuples(st.just("mark"), pupils, st.sampled_from(["HARDSHIP", "STUDY"])),
    st.tuples(st.just("excuse"), pupils, st.booleans()),
)


in_a_test = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.mark.django_db
@settings(max_examples=40, **in_a_test)
@given(history=st.lists(acts, max_size=12))
def test_register_equals_a_recount_after_any_history(history, settings):
    equals_a_recount(history, settings)


@pytest.mark.prove
@pytest.mark.walk
@pytest.mark.django_db
@settings(max_examples=500, **in_a_test)
@given(history=st.lists(acts, max_size=40))
def test_register_equals_a_recount_after_many_long_histories(history, settings):
    equals_a_recount(history, settings)


def equals_a_recount(history, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    with transaction.atomic():
        district = District()
        for name, *arguments in history:
            getattr(district, name)(*arguments)
        programme = district.programme
        assert register(programme) == recount(programme, TODAY, district.exempt, district.declined)
        assert register_days(programme) == recount_days(programme)
        assert check(programme) == []
        before = register(programme)
        recompute((programme.pk, student.pk) for student in district.students)
        assert register(programme) == before
        transaction.set_rollback(True)


def in_threads(*works):
    """Run each in its own thread and connection; the first error is raised here."""
    errors = []

    def run(work):
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the test below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    if errors:
        raise errors[0]


def sums_as_one_snapshot(programme):
    """Counters and rows read in one REPEATABLE READ transaction: they must agree while writers run."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return register(programme), recount(programme, TODAY), register_days(programme), recount_days(programme)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("steps", [8, pytest.param(60, marks=pytest.mark.prove)])
def test_register_is_right_in_every_snapshot_while_four_writers_run(settings, steps):
    """Four writers visit and void the same six pupils; a reader compares in between, and at the end."""
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    district = District()
    running = threading.Event()
    running.set()
    compared = []

    def writer(number):
        for step in range(steps):
            if step % 4 == 3:
                mine = Visit.objects.filter(state="recorded", pk__gt=0).order_by("pk").last()
                if mine is not None:
                    try_void(mine, district.head)
            else:
                district.visit((number + step) % 6, step % 60, "in_person")

    def reader():
        while running.is_set() or not compared:
            counters, counted, days, counted_days = sums_as_one_snapshot(district.programme)
            compared.append((counters == counted, days == counted_days))
            time.sleep(0.05)  # SQLite's lock is not fair: leave the writers their turn

    watch = threading.Thread(target=lambda: in_threads(reader))
    watch.start()
    try:
        in_threads(*(lambda n=n: writer(n) for n in range(4)))
    finally:
        running.clear()
        watch.join(120)
    assert set(compared) == {(True, True)}
    assert check(district.programme) == []


def try_void(visit, by):
    """Two writers may pick the same visit: the second finds it voided with the same reason, which is no error."""
    void_visit(visit, by=by, reason="记错了")
