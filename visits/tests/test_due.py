"""免访 and 婉拒: who may, what follows for the figures, and what is refused."""

from datetime import date

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_mentor, make_student
from visits.actions.due import clear_declined, clear_exempt, set_declined, set_exempt
from visits.actions.register import check, open_register
from visits.enums import Exempt
from visits.models import ClassCount, Due
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(programme, school_class):
    student = make_student(school_class)
    make_student(school_class)
    open_register(programme)
    return Due.objects.get(student=student)


def count(programme):
    row = ClassCount.objects.get(programme=programme, dimension=0)
    return row.due, row.visited, row.declined


def test_exempt_leaves_the_number_due_and_comes_back(programme, due, head):
    set_exempt(due, by=head, reason=Exempt.ABROAD)
    due.refresh_from_db()
    assert (due.exempt_reason, due.in_scope, count(programme)) == ("abroad", False, (1, 0, 0))

    clear_exempt(due, by=head)
    due.refresh_from_db()
    assert (due.exempt_reason, due.in_scope, count(programme)) == ("", True, (2, 0, 0))
    assert check(programme) == []


def test_declined_stays_due_in_a_column_of_its_own(programme, due, head):
    set_declined(due, by=head)
    due.refresh_from_db()
    assert (due.declined, due.in_scope, count(programme)) == (True, True, (2, 0, 1))

    clear_declined(due, by=head)
    assert count(programme) == (2, 0, 0)
    assert check(programme) == []


def test_each_change_leaves_a_line_without_the_reason(due, head):
    set_declined(due, by=head)
    clear_declined(due, by=head)
    set_exempt(due, by=head, reason=Exempt.HOSPITAL)
    clear_exempt(due, by=head)
    facts = {"programme_id": due.programme_id, "student_id": due.student_id}
    lines = AuditEntry.objects.order_by("pk").values_list("action", "actor_id", "object_id", "fields", "facts")
    assert list(lines) == [
        ("due.decline", head.pk, str(due.pk), ["declined"], facts),
        ("due.undecline", head.pk, str(due.pk), ["declined"], facts),
        ("due.exempt", head.pk, str(due.pk), ["exempt_reason"], facts),
        ("due.unexempt", head.pk, str(due.pk), ["exempt_reason"], facts),
    ]


def test_exempt_twice_is_refused_and_counts_once(programme, due, head):
    set_exempt(due, by=head, reason=Exempt.ABROAD)
    with pytest.raises(WrongState, match="不在应访名单"):
        set_exempt(due, by=head, reason=Exempt.OTHER)
    assert (Due.objects.get(pk=due.pk).exempt_reason, count(programme)) == ("abroad", (1, 0, 0))


def test_declined_twice_is_refused_and_counts_once(programme, due, head):
    set_declined(due, by=head)
    with pytest.raises(WrongState, match="已经登记过婉拒"):
        set_declined(due, by=head)
    assert count(programme) == (2, 0, 1)


@pytest.mark.parametrize("clear, message", [(clear_exempt, "没有登记免访"), (clear_declined, "没有登记婉拒")])
def test_clearing_what_was_not_set_is_refused(due, head, clear, message):
    with pytest.raises(WrongState, match=message):
        clear(due, by=head)


def test_exempt_for_an_unknown_reason_changes_nothing(programme, due, head):
    with pytest.raises(ValueError):
        set_exempt(due, by=head, reason="lazy")
    assert count(programme) == (2, 0, 0)


@pytest.mark.parametrize("act", [lambda due, by: set_exempt(due, by=by, reason="other"), set_declined])
def test_visited_family_is_neither_exempt_nor_declined(programme, due, head, act):
    add_visit(programme, [due.student], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    with pytest.raises(WrongState, match="已经走访过"):
        act(due, by=head)
    assert count(programme) == (2, 1, 0)


def test_declined_family_that_is_visited_after_all_counts_as_visited(programme, due, head):
    set_declined(due, by=head)
    add_visit(programme, [due.student], on=date(2022, 9, 20), lead=head)
    open_register(programme)
    assert count(programme) == (2, 1, 0)


@pytest.mark.parametrize(
    "act",
    [lambda due, by: set_exempt(due, by=by, reason="other"), clear_exempt, set_declined, clear_declined],
)
def test_closed_programme_keeps_its_list(programme, due, head, act):
    programme.state = "closed"
    programme.save()
    with pytest.raises(WrongState, match="已经结束"):
        act(due, by=head)


VERBS = ("exempt", "unexempt", "decline", "undecline")


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name, method", [("due", "get"), *((verb, "post") for verb in VERBS)])
def test_only_the_class_head_reaches_a_register_row(client, programme, school_class, due, head, name, method):
    school = school_class.school
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(due.student, mentor)
    people = {
        "class head": head,
        "head of another class": make_class_head(make_class(school, number=9)),
        "mentor": mentor,
        "teacher": make_user(Role.TEACHER, school=school),
        "leader": make_leader(school),
        "school admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "leader elsewhere": make_leader(make_school(programme.authority)),
        "district": make_officer(programme.authority),
    }
    answers = {}
    for who, user in people.items():
        client.force_login(user)
        # The head comes first and changes nothing: the reason is missing, or there is nothing to undo.
        answers[who] = getattr(client, method)(reverse(f"visits:{name}", args=[due.pk])).status_code
    allowed = {"due": 200, "exempt": 422, "unexempt": 409, "decline": 302, "undecline": 409}[name]
    assert answers == {
        "class head": allowed,
        "head of another class": 404,
        "mentor": 403,
        "teacher": 404,
        "leader": 403,
        "school admin": 403,
        "leader elsewhere": 404,
        "district": 404,
    }
    client.logout()
    assert getattr(client, method)(reverse(f"visits:{name}", args=[due.pk])).status_code == 302


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_answer_posts_only(client, due, head, verb):
    client.force_login(head)
    assert client.get(reverse(f"visits:{verb}", args=[due.pk])).status_code == 405


def test_exempt_page_asks_for_the_reason_and_keeps_the_page(client, due, head):
    client.force_login(head)
    answer = client.post(reverse("visits:exempt", args=[due.pk]), {"reason": "lazy"})
    assert answer.status_code == 422
    assert "还没有选免访的原因" in answer.text
    assert Due.objects.get(pk=due.pk).in_scope


def test_exempt_form_returns_to_the_board(client, due, head):
    client.force_login(head)
    answer = client.post(reverse("visits:exempt", args=[due.pk]), {"reason": "hospital"})
    assert answer.headers["Location"] == reverse("visits:board", args=[due.school_class_id])
    assert Due.objects.get(pk=due.pk).exempt_reason == "hospital"
    assert "取消免访" in client.get(reverse("visits:due", args=[due.pk])).text


def test_exempt_form_sent_twice_says_what_the_row_is_now(client, programme, due, head):
    client.force_login(head)
    client.post(reverse("visits:exempt", args=[due.pk]), {"reason": "hospital"})
    again = client.post(reverse("visits:exempt", args=[due.pk]), {"reason": "abroad"})
    assert again.status_code == 409
    assert "不在应访名单" in again.text
    assert (Due.objects.get(pk=due.pk).exempt_reason, count(programme)) == ("hospital", (1, 0, 0))


@pytest.mark.parametrize(
    "state, words",
    [
        ({"visits": 1, "first_on": date(2022, 9, 2), "last_on": date(2022, 9, 2)}, "这一家已经走访过"),
        ({"in_scope": False}, "不在应访名单里"),
        ({"declined": True}, "取消婉拒"),
    ],
)
def test_page_offers_only_what_the_row_allows(client, due, head, state, words):
    Due.objects.filter(pk=due.pk).update(**state)
    client.force_login(head)
    assert words in client.get(reverse("visits:due", args=[due.pk])).text


def test_page_of_a_closed_programme_only_shows(client, programme, due, head):
    programme.state = "closed"
    programme.save()
    client.force_login(head)
    page = client.get(reverse("visits:due", args=[due.pk])).text
    assert "活动已结束" in page
    assert "登记免访" not in page
