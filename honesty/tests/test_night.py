"""The nightly round: which schools are looked through, and what the jobs page says of it."""

from datetime import timedelta

import pytest

from core.clock import now
from core.enums import JobState
from core.models import Job
from honesty import tasks
from honesty.actions import night
from honesty.models import Hint, SchoolLook
from honesty.queries.of_school import schools_to_look_at
from honesty.tests.factories import add_call, add_photo
from honesty.tests.test_look import OTHER, SAME, calls
from programmes.actions.past import keep_notice, lock_notice
from programmes.enums import ProgrammeState
from schools.tests.factories import make_class, make_class_head, make_school
from students.actions.household import put_in_households
from students.models import Household
from students.tests.factories import make_student
from visits.actions.amend import amend_visit
from visits.actions.media import remove_media
from visits.actions.review import return_visit, unvoid_visit, void_visit
from visits.actions.visit import correct_visit
from visits.enums import VisitState
from visits.tests.factories import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def copied(programme, school_class, head):
    """Three copies, submitted in the week before."""
    return calls(programme, school_class, head, 3, cause="了解情况。", reflection=SAME)


@pytest.fixture
def looked(programme, school, copied, settings):
    """The school was looked through in the night; it is noon of the same day."""
    tasks.look_through()
    settings.HOMEVISIT_CLOCK = "2022-09-19T12:00+08:00"
    return copied


@pytest.mark.seed("F59", "S29")
def test_each_night_the_schools_are_looked_through_and_the_jobs_page_says_how_many(copied, head):
    tasks.look_through()

    assert Hint.objects.get().teacher == head
    run = Job.objects.get(kind="beat.honesty")
    assert (run.label, run.message, run.state) == ("夜间查看走访记录", "1所", JobState.DONE)


def test_a_quiet_night_looks_at_no_school(looked, programme):
    assert schools_to_look_at(programme) == []

    tasks.look_through()

    assert Job.objects.filter(kind="beat.honesty").latest("pk").message == "0所"


def written(visit, head, leader):
    add_call(visit.programme, make_student(make_class(visit.school)), head, "2022-09-19 11:00")


def corrected(visit, head, leader):
    type(visit).objects.filter(pk=visit.pk).update(state=VisitState.LOCKED, locked_at=now())
    amend_visit(visit, by=head, reason="重写", texts={"reflection": OTHER})


def rewritten(visit, head, leader):
    return_visit(visit, by=leader, reason="写各家的事")
    pupil = visit.visit_students.get().student
    correct_visit(visit, by=head, students=[pupil], **entry())


def voided(visit, head, leader):
    void_visit(visit, by=leader, reason="重复")


def photographed(visit, head, leader):
    add_photo(visit, sha="a" * 64)


def joined(visit, head, leader):
    pupil = visit.visit_students.get().student
    put_in_households({pupil.pk: Household.objects.create().pk}, at=now())


def notice_changed(visit, head, leader):
    stood = lock_notice(visit.programme_id)
    visit.programme.config = {**visit.programme.config, "hints": {"similar_records": 2}}
    visit.programme.save()
    keep_notice(visit.programme_id, stood)


@pytest.mark.parametrize("change", [written, corrected, rewritten, voided, photographed, joined, notice_changed])
def test_a_school_with_something_new_is_looked_at_again(change, looked, head, leader, programme, school):
    change(looked[0], head, leader)

    assert schools_to_look_at(programme) == [school.pk]


def test_what_is_brought_back_or_taken_away_is_new_too(looked, head, leader, programme, school, settings):
    photo = add_photo(looked[1], sha="a" * 64)
    void_visit(looked[0], by=leader, reason="重复")
    settings.HOMEVISIT_CLOCK = "2022-09-20T04:00+08:00"
    tasks.look_through()
    settings.HOMEVISIT_CLOCK = "2022-09-20T12:00+08:00"
    assert schools_to_look_at(programme) == []

    remove_media(photo, by=head)
    assert schools_to_look_at(programme) == [school.pk]
    tasks.look_through()
    settings.HOMEVISIT_CLOCK = "2022-09-20T13:00+08:00"
    unvoid_visit(looked[0], by=leader, reason="弄错了")
    assert schools_to_look_at(programme) == [school.pk]


def test_what_was_being_written_while_the_school_was_read_is_not_missed(looked, programme, school, settings):
    visit = looked[0]
    visit.recorded_at = SchoolLook.objects.get().looked_at - timedelta(seconds=2)
    visit.save()

    assert schools_to_look_at(programme) == [school.pk]


def test_closed_notices_are_left_alone(copied, programme, school):
    programme.state = ProgrammeState.CLOSED
    programme.save()

    tasks.look_through()
    tasks.look_at_schools(programme.pk, [school.pk])

    assert not Hint.objects.exists() and not SchoolLook.objects.exists()


def test_a_school_out_of_use_is_left_alone(copied, programme, school):
    school.is_active = False
    school.save()

    assert schools_to_look_at(programme) == []


def test_schools_go_ten_to_a_message(programme, monkeypatch):
    for _ in range(11):
        place = make_class(make_school(programme.authority))
        add_call(programme, make_student(place), make_class_head(place), "2022-09-13 18:00")
    sent = []
    monkeypatch.setattr(night.look_at_schools, "delay", lambda *args: sent.append(args))

    tasks.look_through()

    assert [len(ids) for _, ids in sent] == [10, 1]
    assert {pk for pk, _ in sent} == {programme.pk}


def test_a_school_that_fails_is_named_and_holds_up_nobody(copied, programme, school, other_school, monkeypatch):
    looked_at = []

    def fail(programme, place):
        if place == school:
            raise RuntimeError("a trace for the log")
        looked_at.append(place)

    monkeypatch.setattr(night, "look", fail)
    with pytest.raises(ExceptionGroup):
        tasks.look_at_schools(programme.pk, [school.pk, other_school.pk])

    assert looked_at == [other_school]
    row = Job.objects.get(kind="beat.honesty.school")
    assert (row.label, row.state, row.authority_id) == ("查看晨曦小学的走访记录", JobState.FAILED, school.authority_id)
    assert "trace" not in row.message
    monkeypatch.undo()
    tasks.look_at_schools(programme.pk, [school.pk, other_school.pk])
    row.refresh_from_db()
    assert (row.state, row.message, Hint.objects.count()) == (JobState.DONE, "后来做成了。", 1)


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_new_is_asked_for_in_few_queries(number, programme, django_assert_num_queries):
    for _ in range(number):
        place = make_class(make_school(programme.authority))
        add_call(programme, make_student(place), make_class_head(place), "2022-09-13 18:00")

    with django_assert_num_queries(8):
        assert len(schools_to_look_at(programme)) == number
