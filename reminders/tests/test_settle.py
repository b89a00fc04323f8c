"""A notice stops the moment the thing is done."""

import pytest

from reminders.actions.round import start_due_rounds
from reminders.actions.settle import settle, settle_some, unread
from reminders.models import Digest, Run
from reminders.tasks import purge
from schools.models import Message
from schools.queries.message import inbox
from visits.actions.appointment import cancel
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan, make_visit

pytestmark = pytest.mark.django_db


def told(user):
    return [message.text for message in inbox(user).filter(read_at=None)]


@pytest.fixture
def three_told(pupils, head, at):
    at("2022-09-20 09:00")  # a Tuesday: no weekly list
    Run.objects.create(kind="day", on="2022-09-19", finished_at=moment("2022-09-19 09:00"))
    start_due_rounds()
    assert told(head) == ["还有3家没走访也没约时间"]
    return pupils


def test_an_unread_notice_says_what_is_still_to_do_and_goes_when_all_is_done(programme, three_told, head, at):
    for number, pupil in enumerate(three_told, 1):
        make_visit(pupil, by=head, programme=programme, day="2022-09-19")
        at(f"2022-09-20 09:0{number}")
        settle_some()  # whoever did something is looked at with the next tick
        assert told(head) == ([f"还有{3 - number}家没走访也没约时间"] if number < 3 else [])
    settle_some()
    assert Message.objects.get().read_at is not None


def test_what_a_colleague_did_is_seen_within_a_quarter_of_an_hour(programme, three_told, head, leader, at):
    for pupil in three_told:
        pupil.due_rows.update(visits=1, first_on="2022-09-19", last_on="2022-09-19")
    at("2022-09-20 09:14")
    settle_some()
    assert len(told(head)) == 1
    at("2022-09-20 09:15")
    settle_some()
    assert told(head) == []


def test_something_new_does_not_enter_a_notice_of_this_morning(programme, three_told, head, teacher):
    make_visit(three_told[0], by=head, programme=programme, day="2022-09-19", others=[teacher])
    settle(unread())
    assert told(head) == ["还有2家没走访也没约时间"]
    assert told(teacher) == []


def test_a_cancelled_appointment_is_not_told_of_any_more(programme, pupils, head, at):
    at("2022-09-24 18:00")
    plan = make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-25 10:00"))
    start_due_rounds()
    assert told(head) == ["明天有1次约好的家访，10:00"]
    cancel(plan, by=head, cancelled_by="family")
    settle_some()
    assert told(head) == []


def test_an_evening_notice_stands_until_the_appointment_is_over(programme, pupils, head, at):
    at("2022-09-24 18:00")
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-25 10:00"))
    start_due_rounds()
    at("2022-09-25 09:45")
    settle_some()
    assert told(head) == ["今天有1次约好的家访，10:00"]
    at("2022-09-25 10:30")
    settle_some()
    assert told(head) == []


def test_a_read_notice_is_left_alone(programme, three_told, head):
    Message.objects.update(read_at=moment("2022-09-20 09:01"))
    assert settle(unread()) == 0
    assert Message.objects.get().text == "还有3家没走访也没约时间"


def test_the_page_shows_what_is_due_now(programme, three_told, head, client):
    client.force_login(head, backend="schools.backends.StaffBackend")
    assert "还有3家没走访也没约时间" in client.get("/reminders/").content.decode()
    for pupil in three_told:
        make_visit(pupil, by=head, programme=programme, day="2022-09-19")
    page = client.get("/reminders/").content.decode()
    assert "都做完了" in page
    assert "没走访" not in page


def test_what_was_told_half_a_year_ago_goes_with_its_notice(programme, three_told, head, at):
    at("2023-03-18 03:50")
    purge()
    assert (Digest.objects.count(), Message.objects.count()) == (1, 1)
    at("2023-03-22 03:50")
    for _ in range(2):
        purge()
    assert (Digest.objects.count(), Message.objects.count(), Run.objects.count()) == (0, 0, 0)
