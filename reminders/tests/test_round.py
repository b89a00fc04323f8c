"""One message a person a day, at the right hour, once."""

from datetime import date

import pytest
from celery import current_app as app
from django.conf import settings

from core.jobs import JobStopped
from core.tests.at_once import at_once
from programmes.models import Programme
from reminders.actions.round import claim, start_due_rounds, tell_batch
from reminders.enums import RunKind
from reminders.models import Digest, Run
from reminders.queries.hours import Hours, occasion_of, open_programmes
from reminders.queries.lines import due_lines
from reminders.queries.people import people
from reminders.tasks import tick
from schools.models import Message, Workday
from schools.queries.message import inbox
from schools.tests.factories import add_post, make_class, make_class_head, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan

pytestmark = pytest.mark.django_db


def told(user):
    """What stands unread in the inbox, newest first."""
    return [message.text for message in inbox(user).filter(read_at=None)]


def days(user):
    return [row.on.isoformat()[5:] for row in Digest.objects.filter(user=user).order_by("on", "id")]


@pytest.mark.seed("W76", "S22")
def test_a_teacher_is_told_in_the_morning_what_is_due(pupils, head, client, at):
    start_due_rounds()

    assert told(head) == ["还有3家没走访也没约时间；五（3）班还有3人没走访"]
    client.force_login(head, backend="schools.backends.StaffBackend")
    message = Message.objects.get(user=head)
    answer = client.post(f"/messages/{message.pk}/open/", follow=True)
    assert answer.redirect_chain == [("/reminders/", 302)]
    assert "还有3家没走访也没约时间" in answer.content.decode()
    assert 'href="/visits/mine/?state=next&amp;notice=binhe-2022"' in answer.content.decode()


def test_whoever_has_nothing_to_do_gets_no_message(pupils, head, teacher):
    start_due_rounds()
    assert told(teacher) == []
    assert Digest.objects.count() == Run.objects.get().told == 1


def test_a_class_head_who_teaches_elsewhere_too_gets_one_message(programme, pupils, head, school):
    add_post(head, "teacher", school=school)
    add_post(head, "class_head", school_class=make_class(school, number=4))
    start_due_rounds()
    assert len(told(head)) == 1


# ── The hour ──


@pytest.mark.parametrize("clock, heard", [
    ("2022-09-19 08:29", 0), ("2022-09-19 08:30", 1), ("2022-09-19 15:00", 1), ("2022-09-19 19:59", 1),
    ("2022-09-19 20:00", 0), ("2022-09-19 23:30", 0), ("2022-09-20 03:00", 0),
    ("2022-09-17 09:00", 0),  # a Saturday
    ("2022-10-08 09:00", 1),  # a Saturday that is worked
    ("2022-10-03 09:00", 0),  # a Monday of the holiday
])  # fmt: skip
def test_messages_leave_on_workdays_between_the_quiet_hours(pupils, head, at, clock, heard):
    Programme.objects.update(ends_on="2022-12-31")
    at(clock)
    start_due_rounds()
    assert Digest.objects.count() == heard


def test_a_day_the_administration_made_free_is_free(pupils, head, at):
    Workday.objects.create(day=date(2022, 9, 19), is_workday=False)
    start_due_rounds()
    assert not Digest.objects.exists()
    assert not Run.objects.filter(kind=RunKind.DAY).exists()


def test_a_server_in_another_zone_keeps_the_hours_of_shanghai(pupils, head, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-19T00:29+00:00"
    start_due_rounds()
    assert not Run.objects.exists()
    settings.HOMEVISIT_CLOCK = "2022-09-19T00:31+00:00"
    start_due_rounds()
    assert Run.objects.get().on == date(2022, 9, 19)


def test_where_notices_name_different_hours_the_strictest_holds(programme):
    config = programme.config | {"reminders": {"day_at": "10:15", "quiet_from": "18:30"}}
    Programme.objects.create(
        code="second", authority=programme.authority, school_year=2022, title="二", short_title="二", state="open",
        starts_on="2022-08-01", ends_on="2022-12-31", due_on="2022-09-30", config=config,
    )  # fmt: skip
    hours = Hours.of(open_programmes())
    assert (hours.start[RunKind.DAY].isoformat("minutes"), hours.closes.isoformat("minutes")) == ("10:15", "18:30")
    assert not hours.has_come(RunKind.DAY, moment("2022-09-19 09:00"))


def test_without_an_open_notice_nobody_is_told(pupils, head):
    Programme.objects.update(state="closed")
    start_due_rounds()
    assert not Run.objects.exists()


@pytest.mark.seed("W76")
def test_the_evening_before_an_appointment_on_any_day(programme, pupils, head, at):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-25 10:00"))
    at("2022-09-24 17:59")  # a Saturday
    start_due_rounds()
    assert told(head) == []
    at("2022-09-24 18:00")
    start_due_rounds()
    start_due_rounds()
    assert told(head) == ["明天有1次约好的家访，10:00"]


@pytest.mark.seed("W76")
def test_an_evening_missed_before_a_free_day_is_made_up_for_in_the_morning(programme, pupils, head, at, mailoutbox):
    head.email = "chenxiao@example.com"
    head.save()
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-25 09:00"))
    make_plan(pupils[1], by=head, programme=programme, planned_at=moment("2022-09-25 16:40"))
    at("2022-09-25 07:59")  # a Sunday, and quiet
    tick()
    assert told(head) == []
    at("2022-09-25 09:30")
    for _ in range(2):
        tick()
    assert told(head) == ["今天有1次约好的家访，16:40"]
    assert [message.subject for message in mailoutbox] == ["家访提醒：今天的家访"]
    at("2022-09-25 18:30")
    tick()
    assert Digest.objects.count() == 1  # nothing tomorrow


def test_an_evening_that_was_held_is_not_told_again_in_the_morning(programme, pupils, head, at):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-25 16:40"))
    for clock in ("2022-09-24 18:10", "2022-09-25 08:00", "2022-09-25 12:00"):
        at(clock)
        start_due_rounds()
    assert Digest.objects.count() == 1


def test_an_evening_missed_before_a_workday_is_left_to_the_days_round(programme, pupils, head, at):
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    at("2022-09-20 08:10")
    start_due_rounds()
    assert not Run.objects.exists()
    at("2022-09-20 08:30")
    start_due_rounds()
    assert Run.objects.get().kind == RunKind.DAY
    assert "今天有1次约好的家访，16:40" in told(head)[0]


# ── Once ──


def test_two_ticks_tell_once(pupils, head):
    tick()
    tick()
    assert len(told(head)) == Digest.objects.count() == Run.objects.count() == 1


def test_a_beat_that_was_down_for_three_days_tells_once(pupils, head, at):
    at("2022-09-19 09:00")
    start_due_rounds()
    at("2022-09-22 14:20")  # Tuesday and Wednesday nobody was there
    start_due_rounds()
    start_due_rounds()
    assert days(head) == ["09-19", "09-22"]
    assert len(told(head)) == 1  # the old one has given way


def test_the_weekly_list_is_made_up_for_once_and_told_once_a_week(pupils, head, at):
    weekly = []
    for clock in ("2022-09-13 09:00", "2022-09-14 09:00", "2022-09-21 09:00", "2022-09-22 09:00", "2022-09-26 09:00"):
        at(clock)
        start_due_rounds()
        weekly.append("（3）班" in told(head)[0])
    assert weekly == [True, False, True, False, True]


@pytest.mark.seed("S48")
def test_a_missing_list_goes_out_on_its_days_before_the_holiday_and_not_in_it(programme, pupils, leader, at):
    heard = []
    for number in (*range(19, 31), *range(101, 112)):
        on = f"2022-09-{number}" if number < 100 else f"2022-10-{number - 100:02d}"
        at(f"{on} 09:00")
        start_due_rounds()
        if Digest.objects.filter(user=leader, on=on).exists():
            heard.append((on[5:], told(leader)[0]))
    classes, papers = "走访截止：1个班还有3人没走访", "截止，还没有报：感人故事推荐表、活动报告"
    assert heard == [
        ("09-19", f"10月8日（还有10个工作日）{papers}"),
        ("09-23", f"9月30日（还有5个工作日）{classes}"),
        ("09-26", f"10月8日（还有5个工作日）{papers}"),
        ("09-28", f"9月30日（还有2个工作日）{classes}"),
        ("09-29", f"9月30日（还有1个工作日）{classes}；10月8日（还有2个工作日）{papers}"),
        ("09-30", f"今天（9月30日）{classes}；10月8日（还有1个工作日）{papers}"),
        ("10-08", f"今天（10月8日）{papers}"),
    ]


@pytest.mark.seed("S48")
def test_a_list_keeps_its_days_over_the_change_of_year(programme, pupils, leader, at):
    programme.deadlines.update(at=moment("2023-01-04 00:00"))
    heard = []
    for on in ("2022-12-29", "2022-12-30", "2022-12-31", "2023-01-01", "2023-01-02", "2023-01-03", "2023-01-04"):
        at(f"{on} 09:00")
        start_due_rounds()
        if Digest.objects.filter(user=leader, on=on).exists():
            heard.append((on[5:], told(leader)[0].partition("走访截止")[0]))
    assert heard == [
        ("12-29", "2023年1月3日（还有2个工作日）"),  # the 30th, and the 3rd after three free days
        ("12-30", "2023年1月3日（还有1个工作日）"),
        ("01-03", "今天（1月3日）"),
    ]


def test_a_missing_list_whose_days_were_missed_comes_once_as_it_stands(programme, pupils, leader, at):
    at("2022-09-20 09:00")
    start_due_rounds()
    at("2022-09-30 11:00")
    start_due_rounds()
    assert days(leader)[-1] == "09-30"
    assert told(leader)[0].count("走访截止") == 1


def test_a_round_has_one_worker_and_another_one_takes_over_a_dead_one(pupils, head, at):
    run = claim(RunKind.DAY, date(2022, 9, 19))
    assert claim(RunKind.DAY, date(2022, 9, 19)) is None
    at("2022-09-19 09:06")
    second = claim(RunKind.DAY, date(2022, 9, 19))
    assert second.pk == run.pk
    with pytest.raises(JobStopped):  # the first one wakes up again
        _tell(run, [head.pk])
    assert not Message.objects.exists()
    _tell(second, [head.pk])
    assert len(told(head)) == 1


def test_what_a_dead_worker_told_is_not_told_again(programme, pupils, head, school, at):
    others = [make_class_head(make_class(school, number=number)) for number in (4, 5)]
    for user in others:
        make_student(user.posts.get().school_class)
    open_register(programme)
    run = claim(RunKind.DAY, date(2022, 9, 19))
    _tell(run, [head.pk, others[0].pk])  # and dies here
    at("2022-09-19 09:10")
    start_due_rounds()

    assert [len(told(user)) for user in (head, *others)] == [1, 1, 1]
    assert Run.objects.get().told == 3
    assert Run.objects.get().finished_at is not None


def test_odd_rows_of_one_person_keep_nobody_else_from_being_told(programme, pupils, head, school, monkeypatch):
    others = [make_class_head(make_class(school, number=number)) for number in (4, 5, 6)]
    for user in others:
        make_student(user.posts.get().school_class)
    open_register(programme)

    def fail_for_one(persons, occasion):
        if others[1].pk in persons.ids:
            raise ValueError
        return due_lines(persons, occasion)

    monkeypatch.setattr("reminders.actions.round.due_lines", fail_for_one)
    start_due_rounds()
    assert [len(told(user)) for user in (head, *others)] == [1, 1, 0, 1]
    assert Run.objects.get().finished_at is not None


def test_the_quiet_hour_ends_a_round_in_the_middle(pupils, head, at, monkeypatch):
    at("2022-09-19 19:59")
    monkeypatch.setattr("reminders.actions.round.batches", lambda programmes: _until_evening(at, head))
    start_due_rounds()
    assert Digest.objects.count() == 1
    assert Run.objects.get().finished_at is None
    at("2022-09-20 09:00")
    monkeypatch.undo()
    start_due_rounds()
    assert days(head) == ["09-19", "09-20"]


def _until_evening(at, head):
    yield [head.pk]
    at("2022-09-19 20:00")
    yield [make_user().pk]


def _tell(run, ids):
    programmes = open_programmes()
    tell_batch(run, people(ids, programmes), occasion_of(run.on))


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", range(5))
def test_two_beats_at_the_same_moment_tell_once(pupils, head, leader, again):
    at_once(*[start_due_rounds] * 4)
    assert (len(told(head)), Run.objects.count(), Run.objects.get().told) == (1, 1, Digest.objects.count())


def test_the_beat_knows_the_tasks():
    app.loader.import_default_modules()
    ours = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"].startswith("reminders.")}
    assert ours == {"reminders.tasks.tick", "reminders.tasks.purge"}
    assert ours <= set(app.tasks)
