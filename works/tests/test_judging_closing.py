"""A round whose time is over: closed by the tick when every work has its sheets, else its runner is told what is missing."""

from datetime import datetime

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from core.tests.at_once import at_once
from schools.enums import Role
from schools.models import Message, Post
from schools.tests.factories import make_leader, make_user
from works.actions.closing import close_due_rounds
from works.actions.judging import close_round, open_round, recuse, reopen_round, save_sheet
from works.actions.rounds import add_judge
from works.models import Entry, Round
from works.queries.judging import unread_numbers
from works.tests.judging import GOOD, district_round, judges_of, opened, school_round, score_all, sheets_of

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime.fromisoformat("2022-09-30T00:00+08:00")  # 29 September 24:00
BEFORE, AFTER = "2022-09-29T23:59+08:00", "2022-09-30T00:00+08:00"


@pytest.fixture
def at(settings):
    def move(moment):
        settings.HOMEVISIT_CLOCK = moment

    return move


@pytest.fixture
def round_(programme, school, leader):
    return opened(school_round(programme, school, leader, closes_at=MIDNIGHT))


def log_of(round_, action):
    return AuditEntry.objects.filter(action=action, object_type="works.round", object_id=str(round_.pk))


def told(user, words):
    return Message.objects.filter(user=user, text__contains=words)


def test_what_is_scored_in_full_closes_at_the_instant_and_not_before(round_, leader, at):
    score_all(round_)
    at(BEFORE)
    assert close_due_rounds() == 0
    at(AFTER)
    assert close_due_rounds() == 1

    round_.refresh_from_db()
    assert (round_.state, round_.closed_at) == ("closed", MIDNIGHT)
    assert set(round_.entries.values_list("place", "score")) == {(1, 90)}
    line = log_of(round_, "round.close").get()
    assert (line.actor_id, line.facts) == (None, {"entries": 3, "left_out": 0, "reason": "到时自动结束"})
    message = told(leader, "已经自动结束").get()
    assert message.url == reverse("works:results", args=[round_.pk])
    for judge in judges_of(round_):
        assert told(judge, "评完了，可以看名次").count() == 1


def test_it_comes_out_as_a_person_would_have_closed_it(programme, officer, at):
    marks = [10, 9, 9, 8, 7, 6]
    round_ = opened(district_round(programme, officer, closes_at=MIDNIGHT, awards=[{"label": "一等奖", "places": 2}]))
    score_all(round_, lambda sheet: dict.fromkeys(GOOD, marks[sheet.entry.number % 6]))
    rows = Entry.objects.filter(round=round_).order_by("number").values_list("number", "score", "place", "award")
    close_round(round_, by=officer)
    by_person = list(rows)
    reopen_round(round_, by=officer)
    at(AFTER)
    assert close_due_rounds() == 1
    assert list(rows) == by_person
    assert [row[2:] for row in sorted(by_person, key=lambda row: row[2])] == [
        (1, "一等奖"), (2, "一等奖"), (2, "一等奖"), (4, ""), (5, ""), (6, ""),
    ]  # fmt: skip


def test_one_that_lacks_sheets_stays_open_and_its_runner_is_told_once(round_, leader, at):
    score_all(round_, left=2)
    missing = unread_numbers(round_)
    at(AFTER)
    for _ in range(3):
        assert close_due_rounds() == 0
    round_.refresh_from_db()
    assert round_.state == "open"
    message = told(leader, "到时间了").get()
    numbers = "、".join(f"{number:03d}" for number in missing)
    assert f"第{numbers}号一共{len(missing)}件还没评够2位，没有结束。" in message.text
    assert message.url == reverse("works:round", args=[round_.pk])
    assert log_of(round_, "round.overdue").get().facts == {"unread": len(missing)}
    assert not told(judges_of(round_)[0], "评完了").exists()


def test_it_closes_when_the_last_one_is_in(round_, leader, at):
    score_all(round_, left=1)
    at(AFTER)
    assert close_due_rounds() == 0
    score_all(round_)
    assert close_due_rounds() == 1
    assert told(leader, "到时间了").count() == 2  # what was missing, and that it is over
    assert close_due_rounds() == 0
    assert log_of(round_, "round.close").count() == 1


def test_works_with_fewer_judges_than_asked_for_are_a_persons_decision(programme, school, leader, at):
    round_ = opened(school_round(programme, school, leader, judges=1, closes_at=MIDNIGHT), confirmed=True)
    score_all(round_)
    at(AFTER)
    assert close_due_rounds() == 0
    assert "第001、002、003号一共3件还没评够2位" in told(leader, "到时间了").get().text
    add_judge(round_, make_user(Role.TEACHER, school=school), by=leader)
    score_all(round_)
    assert close_due_rounds() == 1


def test_a_recusal_that_nobody_fills_is_missing(round_, leader, at):
    judge = judges_of(round_)[0]
    recuse(sheets_of(round_, judge)[0], by=judge, reason="认出来了")
    score_all(round_)
    assert unread_numbers(round_) == [1]
    at(AFTER)
    assert close_due_rounds() == 0
    assert "第001号一共1件" in told(leader, "到时间了").get().text


def test_many_missing_are_not_all_named(programme, school, leader, at):
    opened(school_round(programme, school, leader, works=7, closes_at=MIDNIGHT))
    at(AFTER)
    close_due_rounds()
    assert "第001、002、003、004、005号等一共7件" in told(leader, "到时间了").get().text
    assert len(told(leader, "到时间了").get().text) < 300


def test_every_runner_of_today_is_told_and_a_new_one_when_there_was_none(round_, leader, school, at):
    Post.objects.filter(user=leader).delete()
    at(AFTER)
    close_due_rounds()
    assert not Message.objects.filter(text__contains="到时间了").exists()
    newcomers = [make_leader(school, name="新任"), make_leader(school, name="副职")]
    close_due_rounds()
    close_due_rounds()
    assert [told(person, "到时间了").count() for person in (leader, *newcomers)] == [0, 1, 1]


@pytest.mark.parametrize("state", ["draft", "closed", "no_time"])
def test_what_is_not_open_or_has_no_time_is_left_alone(programme, school, leader, at, state):
    round_ = school_round(programme, school, leader, closes_at=None if state == "no_time" else MIDNIGHT)
    if state != "draft":
        opened(round_)
        score_all(round_)
    if state == "closed":
        close_round(round_, by=leader)
    before = Round.objects.values().get(pk=round_.pk)
    at(AFTER)
    assert close_due_rounds() == 0
    assert Round.objects.values().get(pk=round_.pk) == before
    assert not Message.objects.filter(text__contains="到时间了").exists()


def test_reopened_after_its_time_it_stays_open_until_a_person_closes_it(round_, leader, at, client):
    score_all(round_)
    at(AFTER)
    close_due_rounds()
    client.force_login(leader, backend="schools.backends.StaffBackend")
    page = client.post(reverse("works:round_reopen", args=[round_.pk]), follow=True).content.decode()
    assert "原来的截止时间已经过了，评完由你结束。" in page
    assert close_due_rounds() == 0
    round_.refresh_from_db()
    assert (round_.state, round_.closes_at) == ("open", None)
    close_round(round_, by=leader)


def test_reopened_before_its_time_it_keeps_it(round_, leader, at):
    score_all(round_)
    close_round(round_, by=leader)
    assert reopen_round(round_, by=leader).closes_at == MIDNIGHT
    at(AFTER)
    assert close_due_rounds() == 1


def test_a_round_does_not_begin_after_its_time(programme, school, leader, at):
    round_ = school_round(programme, school, leader, closes_at=MIDNIGHT)
    at(AFTER)
    with pytest.raises(WrongState, match="原定评到2022年9月29日24:00，已经过了。先改日期，再开始。"):
        open_round(round_, by=leader)


def test_the_page_says_that_time_is_over(round_, leader, at, client):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    address = reverse("works:round", args=[round_.pk])
    assert "到时间了" not in client.get(address).content.decode()
    at(AFTER)
    assert "到时间了，还有没评够的" in client.get(address).content.decode()
    judge = judges_of(round_)[0]
    save_sheet(sheets_of(round_, judge)[0], by=judge, scores=GOOD)  # late points still count


def test_a_round_that_fails_keeps_no_other_from_closing(programme, school, leader, at, monkeypatch):
    bad = opened(school_round(programme, school, leader, title="坏的", closes_at=MIDNIGHT))
    good = opened(school_round(programme, school, leader, title="好的", closes_at=MIDNIGHT))
    score_all(bad)
    score_all(good)
    Round.objects.filter(pk=bad.pk).update(ties=["criterion:truth", "spread"], awards=[{"places": "x", "label": "坏"}])
    at(AFTER)
    with pytest.raises(ExceptionGroup):
        close_due_rounds()
    assert [Round.objects.get(pk=one.pk).state for one in (bad, good)] == ["open", "closed"]


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("left", (0, 1))
def test_two_ticks_at_the_same_instant_are_one(programme, school, leader, at, left):
    round_ = opened(school_round(programme, school, leader, closes_at=MIDNIGHT))
    score_all(round_, left=left)
    at(AFTER)
    assert sum(at_once(close_due_rounds, close_due_rounds)) == (0 if left else 1)
    assert told(leader, "到时间了").count() == 1
    assert log_of(round_, "round.close").count() + log_of(round_, "round.overdue").count() == 1


@pytest.mark.parametrize("rounds", (1, 3))
def test_looking_costs_one_query_while_nothing_is_due(programme, school, leader, rounds, django_assert_num_queries):
    for number in range(rounds):
        opened(school_round(programme, school, leader, title=f"第{number}次", closes_at=MIDNIGHT))
    with django_assert_num_queries(1):
        close_due_rounds()
