"""A teacher whom a class head asked to visit a family: logs there and reads no more than that (security.md §2, "asg")."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.access import allowed
from core.clock import now
from schools.enums import Role
from schools.tests.factories import make_class, make_leader, make_school, make_user
from students.actions.assign import assign, unassign
from students.models import Assignment
from students.tests.factories import make_mark, make_mentor, make_student
from visits.actions.review import accept_visit
from visits.enums import Priority
from visits.models import Due, Visit, VisitStudent
from visits.queries.ranking import my_list
from visits.tests.factories import make_visit


@pytest.fixture
def visitor(programme, head, teacher, student):
    assign(programme, [student], teacher, by=head)
    return teacher


def fresh(user):
    return type(user).objects.get(pk=user.pk)


def answers(client, user, student):
    """Pages about the pupil: the pupil's page, the record form, the class board."""
    client.force_login(user)
    addresses = [
        reverse("students:detail", args=[student.pk]),
        reverse("visits:log", args=[student.pk]),
        reverse("visits:board", args=[student.school_class_id]),
    ]
    return [client.get(address).status_code for address in addresses]


def test_the_visitor_opens_pupil_and_form_and_no_board(client, visitor, student):
    assert answers(client, visitor, student) == [200, 200, 403]


def test_another_teacher_opens_nothing(client, visitor, student, school):
    for user in (make_user(Role.TEACHER, school=school), make_user(Role.TEACHER, school=make_school(school.authority))):
        assert answers(client, user, student)[:2] == [404, 404]
        assert my_list(user, student.school.authority.programmes.get()).families == []


def test_the_family_is_on_the_visitors_list_without_a_category(programme, visitor, student, head):
    make_mark(student, by=head)
    make_student(student.school_class)

    [family] = my_list(visitor, programme).families
    assert (family.names, "HARDSHIP" in family.reason) == (student.name, False)


def test_a_restricted_mark_gives_no_rank_away(programme, visitor, student, head):
    mark = make_mark(student, by=head, level=1)
    mark.category.restricted = True
    mark.category.save()

    [family] = my_list(visitor, programme).families
    assert family.first.priority == Priority.NONE


def test_the_visitor_logs_the_visit_and_it_counts(programme, visitor, student):
    visit = make_visit(student, by=visitor, programme=programme, day="2022-09-17")

    assert (visit.lead, Due.objects.get(student=student).visits) == (visitor, 1)


def test_a_call_that_does_not_count_leaves_the_family_to_be_visited(programme, visitor, head, student):
    call = make_visit(student, by=visitor, programme=programme, day="2022-09-16", mode="phone")
    accept_visit(call, by=head)
    assert Assignment.objects.get().ended_at is None
    visit = make_visit(student, by=visitor, programme=programme, day="2022-09-17")
    assert Assignment.objects.get().ended_at is not None
    accept_visit(visit, by=head)
    assert Assignment.objects.get().ended_at == now()


def test_without_assignment_no_visit_is_taken(programme, teacher, student):
    with pytest.raises(ValidationError, match="不在你的名单里"):
        make_visit(student, by=teacher, programme=programme)


def test_the_visitor_reads_the_own_record_and_nobody_elses(programme, visitor, head, student):
    by_head = make_visit(student, by=head, programme=programme, day="2022-09-16")
    own = make_visit(student, by=visitor, programme=programme, day="2022-09-17")

    assert set(Visit.objects.visible_to(visitor)) == {own}
    assert set(Visit.objects.visible_to(head)) == {own, by_head}
    assert [row.visit for row in VisitStudent.objects.visible_to(visitor)] == [own]


@pytest.mark.parametrize("how", ["record locked", "30 days later", "left the school"])
def test_when_it_ends_only_the_own_record_stays(client, programme, visitor, head, student, settings, how):
    own = make_visit(student, by=visitor, programme=programme, day="2022-09-17")
    if how == "record locked":
        accept_visit(own, by=head)
    elif how == "30 days later":
        settings.HOMEVISIT_CLOCK = "2022-10-18T00:00+08:00"
    else:
        visitor.posts.update(ends_on="2022-09-17")
    user = fresh(visitor)

    assert answers(client, user, student)[:2] in ([404, 404], [403, 403])
    assert not allowed(user, "visits.log", student)
    assert my_list(user, programme).families == []
    assert set(Visit.objects.visible_to(user)) == {own}


def test_taken_away_before_the_visit_nothing_stays(client, programme, visitor, head, student):
    unassign(programme, [student], by=head)
    assert answers(client, fresh(visitor), student)[:2] == [404, 404]


def test_a_leader_who_is_asked_to_go_may_log(client, programme, head, school, student):
    leader = make_leader(school)
    assert not allowed(leader, "visits.log")
    assign(programme, [student], leader, by=head)
    assert allowed(leader, "visits.log") and allowed(leader, "visits.log", student)


def test_only_the_class_head_of_the_class_assigns(school_class, head, teacher, leader, student):
    make_mentor(student, teacher)
    people = [head, teacher, leader, make_user(Role.CLASS_HEAD, school_class=make_class(school_class.school, number=1))]
    assert [allowed(user, "visits.assign", school_class) for user in people] == [True, False, False, False]
