import pytest

from core.access import allowed
from schools.enums import Role
from schools.tests.factories import (
    add_post,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_mark, make_mentor, make_student
from visits.tests.factories import make_visit


def may(user, perm, obj=None):
    return allowed(user, f"visits.{perm}", obj)


@pytest.mark.parametrize(
    ("role", "logs", "reads"),
    [
        (Role.TEACHER, True, True),
        (Role.PSYCH_TEACHER, True, True),
        (Role.SCHOOL_LEADER, False, True),
        (Role.SCHOOL_ADMIN, False, False),
    ],
)
def test_visiting_roles_log_and_leaders_read(school, role, logs, reads):
    user = make_user(role, school=school)

    assert (may(user, "log"), may(user, "view_records")) == (logs, reads)


def test_leader_who_mentors_logs(leader, student):
    make_mentor(student, leader)

    assert may(leader, "log")
    assert may(leader, "log", student)


def test_district_officer_neither_logs_nor_reads_records(school):
    officer = make_officer(school.authority)

    assert (may(officer, "log"), may(officer, "view_records")) == (False, False)


def test_pupil_is_logged_by_class_head_mentor_and_psychologist(programme, school, head, teacher, student):
    make_mentor(student, teacher)
    psychologist = make_user(Role.PSYCH_TEACHER, school=school)
    assert [may(user, "log", student) for user in (head, teacher, psychologist)] == [True, True, False]

    mark = make_mark(student, by=head)
    mark.category.psych = True
    mark.category.save()
    assert may(psychologist, "log", student)
    assert not may(make_user(Role.PSYCH_TEACHER, school=make_school()), "log", student)


def test_ended_mentor_link_opens_nothing(programme, teacher, student):
    make_mentor(student, teacher, ends_on="2022-09-17")

    assert not may(teacher, "log", student)


def test_record_is_returned_by_class_head_and_own_one_by_leader(programme, school, head, leader, teacher, student):
    make_mentor(student, teacher)
    by_mentor = make_visit(student, by=teacher, programme=programme)
    by_head = make_visit(student, by=head, programme=programme)
    people = [head, leader, teacher, make_class_head(make_class(school, grade=1)), make_leader(make_school())]

    assert [may(user, "return_visit", by_mentor) for user in people] == [True, False, False, False, False]
    assert [may(user, "return_visit", by_head) for user in people] == [False, True, False, False, False]


def test_class_head_who_went_along_reviews_not_but_leader_does(programme, head, leader, teacher, student):
    make_mentor(student, teacher)
    visit = make_visit(student, by=teacher, programme=programme, others=[head])

    assert [may(user, "return_visit", visit) for user in (head, leader)] == [False, True]


def test_class_head_of_a_sibling_elsewhere_does_not_review(programme, head, student):
    sister_class = make_class(make_school())
    sister = make_student(sister_class)
    visit = make_visit(student, by=head, programme=programme)
    visit.visit_students.create(
        student=sister, programme=programme, authority_id=sister.authority_id, school=sister.school, mode=visit.mode
    )

    assert not may(make_class_head(sister_class), "return_visit", visit)
    assert not may(make_class_head(sister_class), "view_text", visit)


def test_only_author_corrects_and_only_leader_voids(programme, school, head, leader, teacher, student):
    visit = make_visit(student, by=head, programme=programme, others=[teacher])
    people = [head, teacher, leader, make_leader(make_school()), make_officer(school.authority)]

    assert [may(user, "correct_visit", visit) for user in people] == [True, False, False, False, False]
    assert [may(user, "void_visit", visit) for user in people] == [False, False, True, False, False]
    assert [may(user, "view_text", visit) for user in people] == [True, True, True, False, False]


def test_post_that_ended_opens_nothing(programme, head, student):
    head.posts.update(ends_on="2022-09-17")
    add_post(head, Role.TEACHER, school=make_school())

    assert not may(head, "log", student)
