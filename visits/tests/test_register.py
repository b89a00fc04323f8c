"""The register equals a recount from the visits, whatever happened before (performance.md, "How coverage is kept")."""

from datetime import date

import pytest

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class, make_class_head, make_school
from students.models import Enrolment
from students.tests.factories import make_change, make_mark, make_student
from visits.actions.register import check, open_register, rebuild, recompute, set_due_facts
from visits.enums import Exempt, Priority
from visits.models import ClassCount, Due
from visits.tasks import refresh_registers
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def programme(clock):
    return make_programme()


@pytest.fixture
def school_class(programme):
    return make_class(make_school(programme.authority))


def counts(programme):
    rows = ClassCount.objects.filter(programme=programme).order_by("school_class_id", "dimension")
    return [(c.dimension, c.due, c.visited, c.declined) for c in rows]


def test_open_register_lists_everybody_at_school_on_the_deciding_day(programme, school_class):
    here = make_student(school_class)
    left = make_student(school_class)
    Enrolment.objects.filter(student=left).update(ends_on=date(2022, 9, 10))
    coming = make_student(school_class, starts_on=date(2022, 9, 25))

    assert open_register(programme) == 1
    assert list(Due.objects.filter(in_scope=True).values_list("student_id", flat=True)) == [here.pk]
    assert not Due.objects.filter(student__in=[left, coming], in_scope=True).exists()


def test_open_register_twice_changes_nothing(programme, school_class):
    make_mark(make_student(school_class), by=make_class_head(school_class))
    open_register(programme)
    before = list(Due.objects.values()), counts(programme)
    open_register(programme)
    assert (list(Due.objects.values()), counts(programme)) == before == (before[0], [(0, 1, 0, 0), (1, 1, 0, 0)])


def test_open_register_takes_two_statements_for_any_number_of_pupils(
    programme, school_class, django_assert_max_num_queries
):
    for _ in range(3):
        make_student(school_class)
    # savepoint ×2, categories, (lock on PostgreSQL), register, reset, counters, count
    with django_assert_max_num_queries(9):
        open_register(programme)
    for _ in range(10):
        make_student(school_class)
    with django_assert_max_num_queries(9):
        open_register(programme)


def test_priority_is_change_then_category_then_newly_arrived(programme, school_class):
    head = make_class_head(school_class)
    changed, first, second, new, other = (make_student(school_class) for _ in range(5))
    make_change(changed, by=head)
    make_mark(first, by=head, level=1)
    make_mark(second, "STUDY", by=head)
    type(new).objects.filter(pk=new.pk).update(arrived_on=date(2022, 8, 31))
    open_register(programme)
    ranks = dict(Due.objects.values_list("student_id", "priority"))
    assert ranks == {
        changed.pk: Priority.FIRST,
        first.pk: Priority.FIRST,
        second.pk: Priority.SECOND,
        new.pk: Priority.THIRD,
        other.pk: Priority.NONE,
    }


@pytest.mark.seed("W26")
def test_a_pupil_in_several_categories_counts_in_each_and_once_in_all(programme, school_class):
    head, student = make_class_head(school_class), make_student(school_class)
    make_mark(student, "HARDSHIP", by=head)
    make_mark(student, "STUDY", by=head)
    open_register(programme)
    assert counts(programme) == [(0, 1, 0, 0), (1, 1, 0, 0), (2, 1, 0, 0)]


def test_unconfirmed_suggestion_counts_nowhere(programme, school_class):
    make_mark(make_student(school_class), by=None)
    open_register(programme)
    assert counts(programme) == [(0, 1, 0, 0)]


def test_recompute_moves_counters_by_the_difference_and_second_visit_moves_none(programme, school_class):
    student = make_student(school_class)
    open_register(programme)
    for day, expected in ((date(2022, 9, 2), (0, 1, 1, 0)), (date(2022, 9, 9), (0, 1, 1, 0))):
        add_visit(programme, [student], on=day)
        recompute([(programme.pk, student.pk)])
        assert counts(programme) == [expected]
    due = Due.objects.get()
    assert (due.visits, due.first_on, due.last_on) == (2, date(2022, 9, 2), date(2022, 9, 9))


def test_recompute_makes_a_row_out_of_scope_for_a_pupil_the_notice_does_not_ask_for(programme):
    elsewhere = make_class(make_school(make_programme(code="other-2022").authority))
    student = make_student(elsewhere, starts_on=date(2022, 9, 25))
    add_visit(programme, [student], on=date(2022, 9, 2))
    recompute([(programme.pk, student.pk)])
    due = Due.objects.get(programme=programme, student=student)
    assert (due.in_scope, due.visits) == (False, 1)
    assert check(programme) == []


def test_exempt_leaves_due_and_declined_stays_in_its_own_column(programme, school_class):
    exempt, declined = make_student(school_class), make_student(school_class)
    open_register(programme)
    set_due_facts(Due.objects.get(student=exempt), exempt_reason=Exempt.ABROAD)
    set_due_facts(Due.objects.get(student=declined), declined=True)
    assert counts(programme) == [(0, 1, 0, 1)]
    set_due_facts(Due.objects.get(student=exempt), exempt_reason="")
    assert counts(programme) == [(0, 2, 0, 1)]
    assert check(programme) == []


def test_closed_programme_keeps_its_places_but_follows_a_void(programme, school_class):
    student = make_student(school_class)
    visit = add_visit(programme, [student], on=date(2022, 9, 2))
    open_register(programme)
    programme.state = "closed"
    programme.save()
    Enrolment.objects.update(ends_on=date(2022, 9, 1))
    visit.visit_students.update(counted=False)
    recompute([(programme.pk, student.pk)])
    due = Due.objects.get()
    assert (due.in_scope, due.visits) == (True, 0)
    assert check(programme) == []


def test_check_reports_and_does_not_repair_then_rebuild_does(programme, school_class):
    student = make_student(school_class)
    open_register(programme)
    Due.objects.update(visits=1, first_on=date(2022, 9, 1), last_on=date(2022, 9, 1))
    ClassCount.objects.update(visited=1)
    # The counters agree with the wrong row; the row disagrees with the visits.
    assert [(d.what, d.key) for d in check(programme)] == [("due", (student.pk,))]
    assert Due.objects.get().visits == 1
    rebuild(programme)
    assert check(programme) == []
    assert counts(programme) == [(0, 1, 0, 0)]


def test_recompute_takes_the_same_number_of_queries_for_one_pupil_and_for_ten(
    programme, school_class, django_assert_num_queries
):
    students = [make_student(school_class) for _ in range(11)]
    open_register(programme)
    for batch in (students[:1], students[1:]):
        for student in batch:
            add_visit(programme, [student], on=date(2022, 9, 2))
        # savepoint ×2, programme, lock, facts, due, counter
        with django_assert_num_queries(7):
            recompute((programme.pk, s.pk) for s in batch)


def test_each_night_the_register_follows_what_the_date_alone_changes(programme, school_class, settings):
    """A pupil who comes on the 25th is due from the 25th; a mark that ends on the 20th counts through the 20th."""
    coming = make_student(school_class, starts_on=date(2022, 9, 25))
    marked = make_student(school_class)
    make_mark(marked, by=make_class_head(school_class), ends_on=date(2022, 9, 20))
    open_register(programme)
    assert counts(programme) == [(0, 1, 0, 0), (1, 1, 0, 0)]

    settings.HOMEVISIT_CLOCK = "2022-09-25T03:10+08:00"
    for _ in range(2):
        refresh_registers()
        assert counts(programme) == [(0, 2, 0, 0), (1, 0, 0, 0)]
        assert check(programme) == []
    assert Due.objects.get(student=coming).in_scope
    assert Due.objects.get(student=marked).priority == Priority.NONE


def test_the_night_leaves_a_closed_register_alone(programme, school_class, settings):
    make_student(school_class)
    make_student(school_class, starts_on=date(2022, 9, 25))
    open_register(programme)
    programme.state = "closed"
    programme.save()
    settings.HOMEVISIT_CLOCK = "2022-09-26T03:10+08:00"
    refresh_registers()
    assert counts(programme) == [(0, 1, 0, 0)]
