"""Marks, changes, stays in classes, mentors: each verb in a right and a wrong state, and the same thing twice."""

from datetime import date

import pytest

from core.models import AuditEntry
from core.states import WrongState
from programmes.models import Category
from schools.enums import Role
from schools.tests.factories import make_authority, make_class, make_school, make_user
from students.actions.change import record_change
from students.actions.enrol import enrol, leave_student, move_student
from students.actions.mark import confirm_mark, dismiss_mark, end_mark, set_mark
from students.actions.mentor import end_mentor, set_mentor
from students.models import CategoryMark, ChangeEvent, Enrolment, MentorLink, Student
from students.signals import students_changed

pytestmark = pytest.mark.django_db
TODAY = date(2022, 9, 18)


@pytest.fixture
def hardship(programme):
    return Category.objects.get(authority=programme.authority, code="HARDSHIP")


@pytest.fixture
def study(programme):
    return Category.objects.get(authority=programme.authority, code="STUDY")


@pytest.fixture
def suggestion(student, hardship):
    return CategoryMark.objects.create(student=student, category=hardship, source="roster", starts_on=date(2022, 9, 1))


@pytest.fixture
def heard():
    """Ids that higher rooms were told of."""
    ids = []

    def listen(sender, student_ids, **kwargs):
        ids.append(student_ids)

    students_changed.connect(listen)
    yield ids
    students_changed.disconnect(listen)


def lines(action):
    return AuditEntry.objects.filter(action=action).count()


# ── marks ──


@pytest.mark.seed("S16", "S17", "W22", "W26")
def test_a_pupil_carries_several_categories(student, head, hardship, study, heard):
    set_mark(student, hardship, by=head, level=1)
    set_mark(student, study, by=head, level=3)

    in_force = CategoryMark.objects.in_force(TODAY).values_list("category__code", "level", "confirmed_by")
    assert sorted(in_force) == [("HARDSHIP", 1, head.pk), ("STUDY", 3, head.pk)]
    assert heard == [[student.pk], [student.pk]]


@pytest.mark.seed("W20", "W21", "W23", "W24", "W25")
@pytest.mark.parametrize("code", ["PSY", "ECON", "FAMILY", "CONDUCT", "DISABILITY"])
def test_every_kind_of_the_six_is_a_mark_like_the_others(student, head, code):
    category = Category.objects.create(authority=student.authority, code=code, name=code)
    assert set_mark(student, category, by=head, level=2).confirmed_by == head


def test_the_same_mark_again_changes_nothing(student, head, hardship):
    first = set_mark(student, hardship, by=head, level=2)
    again = set_mark(student, hardship, by=head, level=2)
    assert (again, lines("mark.set")) == (first, 1)


def test_another_level_keeps_what_held_before(student, head, hardship, settings):
    set_mark(student, hardship, by=head, level=2)
    settings.HOMEVISIT_CLOCK = "2022-09-20T10:00+08:00"
    set_mark(student, hardship, by=head, level=1)
    rows = CategoryMark.objects.order_by("pk").values_list("level", "starts_on", "ends_on")
    assert list(rows) == [(2, TODAY, date(2022, 9, 19)), (1, date(2022, 9, 20), None)]


def test_a_category_of_another_authority_is_an_error(student, head):
    foreign = Category.objects.create(authority=make_authority("elsewhere"), code="ECON", name="经济")
    with pytest.raises(ValueError, match="another authority"):
        set_mark(student, foreign, by=head, level=2)


def test_a_suggestion_counts_from_the_day_it_is_confirmed(suggestion, head):
    assert list(CategoryMark.objects.in_force(TODAY)) == []
    confirm_mark(suggestion, by=head, level=1)
    suggestion.refresh_from_db()
    assert (suggestion.confirmed_by, suggestion.level, suggestion.starts_on) == (head, 1, TODAY)
    assert list(CategoryMark.objects.in_force(TODAY)) == [suggestion]


def test_setting_a_suggested_category_confirms_the_suggestion(suggestion, student, head, hardship):
    assert set_mark(student, hardship, by=head, level=3).pk == suggestion.pk
    assert lines("mark.confirm") == 1


def test_a_suggestion_is_decided_once(suggestion, head):
    dismiss_mark(suggestion, by=head)
    for act in (confirm_mark, dismiss_mark, end_mark):
        with pytest.raises(WrongState):
            act(suggestion, by=head)
    assert CategoryMark.objects.get().confirmed_by is None


def test_an_ended_mark_no_longer_counts_today(student, head, hardship, settings):
    mark = set_mark(student, hardship, by=head, level=2)
    settings.HOMEVISIT_CLOCK = "2022-09-20T10:00+08:00"
    end_mark(mark, by=head)
    assert list(CategoryMark.objects.in_force(date(2022, 9, 20))) == []
    assert list(CategoryMark.objects.in_force(date(2022, 9, 19))) == [mark]
    with pytest.raises(WrongState):
        end_mark(mark, by=head)


def test_a_category_can_be_set_again_after_it_ended(student, head, hardship):
    end_mark(set_mark(student, hardship, by=head, level=2), by=head)
    set_mark(student, hardship, by=head, level=2)
    assert CategoryMark.objects.in_force(TODAY).count() == 1


def test_the_log_of_marks_names_no_category(student, head, hardship):
    set_mark(student, hardship, by=head, level=2)
    entry = AuditEntry.objects.get(action="mark.set")
    assert entry.facts == {"student": student.pk, "category": hardship.pk, "level": 2}
    assert (entry.school_id, entry.actor_id) == (student.school_id, head.pk)


# ── dated changes ──


@pytest.mark.seed("S18", "W52")
def test_a_change_has_a_day_and_stays_open_until_a_visit(student, head, heard):
    record_change(student, "study", date(2022, 9, 10), by=head)
    record_change(student, "study", date(2022, 9, 10), by=head)
    assert [(c.kind, c.occurred_on, c.answered_on) for c in ChangeEvent.objects.open()] == [("study", date(2022, 9, 10), None)]
    assert (lines("change.record"), heard) == (1, [[student.pk]])


def test_a_change_to_come_is_refused(student, head):
    with pytest.raises(WrongState, match="将来"):
        record_change(student, "study", date(2022, 9, 19), by=head)


# ── stays ──


def stays():
    return list(Enrolment.objects.order_by("pk").values_list("school_class", "starts_on", "ends_on"))


def test_a_new_pupil_is_in_the_class_from_that_day(school_class, admin, heard):
    student = enrol(Student(name="林晨"), school_class, TODAY, by=admin)
    assert (student.school, student.arrived_on, student.status) == (school_class.school, TODAY, "active")
    assert stays() == [(school_class.pk, TODAY, None)]
    assert heard == [[student.pk]]


def test_a_move_is_a_new_stay_and_into_the_same_class_nothing(student, school_class, admin, heard):
    other = make_class(school_class.school, number=1)
    move_student(student, other, TODAY, by=admin)
    move_student(student, other, TODAY, by=admin)
    assert stays() == [(school_class.pk, date(2021, 8, 1), date(2022, 9, 17)), (other.pk, TODAY, None)]
    assert (lines("student.move"), len(heard)) == (1, 1)


def test_a_move_to_another_school_is_an_arrival(student, admin):
    there = make_class(make_school(student.authority))
    moved = move_student(student, there, TODAY, by=admin)
    assert (moved.school, moved.arrived_on) == (there.school, TODAY)


def test_who_leaves_is_in_no_class_and_comes_back_by_enrolling(student, school_class, admin):
    leave_student(student, "suspended", TODAY, by=admin)
    leave_student(student, "suspended", TODAY, by=admin)
    with pytest.raises(WrongState, match="休学"):
        move_student(student, school_class, TODAY, by=admin)
    back = enrol(student, school_class, date(2022, 10, 8), by=admin)
    assert stays() == [
        (school_class.pk, date(2021, 8, 1), date(2022, 9, 17)), (school_class.pk, date(2022, 10, 8), None),
    ]  # fmt: skip
    assert (back.status, back.arrived_on, lines("student.leave")) == ("active", date(2021, 8, 1), 1)


def test_who_is_in_a_class_is_not_enrolled_again(student, school_class, admin):
    with pytest.raises(WrongState):
        enrol(student, school_class, TODAY, by=admin)


def test_coming_back_is_not_leaving(student, admin):
    with pytest.raises(ValueError, match="enrol"):
        leave_student(student, "active", TODAY, by=admin)


# ── mentors ──


def test_a_mentor_sees_the_pupil_until_the_link_ends(student, admin, settings):
    teacher = make_user(Role.TEACHER, school=student.school)
    link = set_mentor(student, teacher, by=admin)
    assert set_mentor(student, teacher, by=admin) == link
    assert list(Student.objects.visible_to(teacher)) == [student]

    end_mentor(link, by=admin)

    assert list(Student.objects.visible_to(teacher)) == []
    with pytest.raises(WrongState):
        end_mentor(link, by=admin)
    assert (lines("mentor.set"), lines("mentor.end")) == (1, 1)


def test_a_teacher_of_another_school_is_no_mentor_here(student, admin):
    stranger = make_user(Role.TEACHER, school=make_school(student.authority))
    with pytest.raises(WrongState, match="不在学生所在的学校"):
        set_mentor(student, stranger, by=admin)
    assert MentorLink.objects.count() == 0
