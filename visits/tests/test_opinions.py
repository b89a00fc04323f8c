"""家长意见: how many were heard at counted visits, how many the family has its answer to, and who may count them."""

import pytest

from programmes.models import Programme
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.amend import amend_visit
from visits.actions.programme import on_programme_changed
from visits.actions.register import open_register
from visits.actions.review import accept_visit, return_visit, unvoid_visit, void_visit
from visits.actions.visit import correct_visit, counts
from visits.models import Opinion, Visit
from visits.queries.as_of import schools_as_of
from visits.queries.opinions import answered_by_school
from visits.tests.factories import at, entry, make_visit

pytestmark = pytest.mark.django_db


def heard(*answerers):
    return [{"category": "作业", "text": f"意见{n}。", "answerer": one} for n, one in enumerate(answerers)]


@pytest.fixture
def officer(school):
    return make_officer(school.authority)


@pytest.fixture
def visited(programme, student, head):
    open_register(programme)
    return make_visit(student, by=head, programme=programme, opinions=heard("answered", "me", "school", "answered"))


def test_counted_by_school(programme, school, visited, officer, leader):
    other = make_class(make_school(school.authority))
    teacher, pupil = make_class_head(other), make_student(other)
    make_visit(pupil, by=teacher, programme=programme, opinions=heard("school"))
    assert answered_by_school(programme, officer) == {school.pk: (4, 2), other.school_id: (1, 0)}
    assert answered_by_school(programme, leader) == {school.pk: (4, 2)}
    assert answered_by_school(programme, make_leader(other.school)) == {other.school_id: (1, 0)}


def test_nobody_counts_what_is_not_theirs(programme, school, visited, head):
    others = [
        head,  # reads the texts of the class, and counts no school
        make_user(Role.TEACHER, school=school),
        make_leader(make_school(school.authority)),
        make_user(Role.REVIEWER, authority=school.authority),
    ]
    for user in others:
        assert answered_by_school(programme, user) == {}


def test_whoever_keeps_the_school_counts_its_own(programme, school, visited):
    assert answered_by_school(programme, make_user(Role.SCHOOL_ADMIN, school=school)) == {school.pk: (4, 2)}


def test_only_counted_visits(programme, school_class, head, leader, officer, visited):
    for fields in ({"day": "2021-12-31"}, {"mode": "phone"}):
        pupil = make_student(school_class)
        make_visit(pupil, by=head, programme=programme, opinions=heard("answered"), **fields)
    pk = school_class.school_id
    assert answered_by_school(programme, officer) == {pk: (4, 2)}
    void_visit(visited, by=leader, reason="写错了人")
    assert answered_by_school(programme, officer) == {}
    unvoid_visit(visited, by=leader, reason="没有写错")
    assert answered_by_school(programme, officer) == {pk: (4, 2)}


def test_one_query(programme, visited, officer, leader, django_assert_num_queries):
    for user in (officer, leader):
        _ = user.reach
        with django_assert_num_queries(1):
            answered_by_school(programme, user)


def test_an_answer_told_later_is_none_at_the_deadline(programme, student, head, leader, settings):
    open_register(programme)
    visit = make_visit(student, by=head, programme=programme, opinions=heard("school", "answered"))
    settings.HOMEVISIT_CLOCK = "2022-10-02T12:00+08:00"
    return_visit(visit, by=leader, reason="补上答复")
    visit.refresh_from_db()
    correct_visit(visit, by=head, students=[student], **entry(opinions=heard("answered", "answered", "me")))

    def told(instant, known_at=None):
        (row,) = schools_as_of(programme, at(instant), known_at=known_at)
        return row.opinions, row.answered

    assert told("2022-10-01 00:00") == (2, 1)
    assert told("2022-10-03 00:00") == told("2022-10-01 00:00", at("2022-10-03 00:00")) == (3, 2)
    assert answered_by_school(programme, leader) == {student.school_id: (3, 2)}


def test_the_count_follows_whatever_moves_a_visit(programme, school_class, head, leader, officer, settings):
    """Every opinion told anew from its visit, after each act that can make a visit count or not."""
    open_register(programme)
    visit = make_visit(make_student(school_class), by=head, programme=programme, opinions=heard("answered", "me"))
    other = make_visit(
        make_student(school_class), by=head, programme=programme, day="2022-09-01", opinions=heard("school")
    )

    def agrees(heard, answered):
        told = [o for o in Opinion.objects.select_related("visit__programme") if counts(o.visit)]
        assert (len(told), sum(o.answerer == "answered" for o in told)) == (heard, answered)
        return answered_by_school(programme, officer) == ({school_class.school_id: (heard, answered)} if heard else {})

    assert agrees(3, 1)
    return_visit(visit, by=leader, reason="打过电话")
    visit.refresh_from_db()
    correct_visit(visit, by=head, students=[student_of(visit)], **entry(mode="phone", opinions=heard("answered")))
    assert agrees(1, 0)
    accept_visit(other, by=leader)
    other.refresh_from_db()
    amend_visit(other, by=leader, reason="记错了", mode="phone")
    assert agrees(0, 0)
    amend_visit(Visit.objects.get(pk=other.pk), by=leader, reason="没有记错", mode="in_person")
    assert agrees(1, 0)
    programme = Programme.objects.get(pk=programme.pk)
    for mode in programme.config["visit"]["modes"]:
        mode["counts"] |= mode["code"] == "phone"
    programme.save()
    on_programme_changed(None, programme.pk, {"config"})
    assert agrees(2, 1)
    programme.starts_on = visit.visited_on
    programme.save()
    on_programme_changed(None, programme.pk, {"starts_on"})
    assert agrees(1, 1)


def student_of(visit):
    return visit.visit_students.get().student
