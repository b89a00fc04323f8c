"""Records lock at the latest after the programme's days (domain.md §7: seven)."""

import pytest
from django.conf import settings as django_settings

from core.clock import local_date
from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.tests.factories import make_user
from students.actions.assign import assign
from students.models import Student
from students.tests.factories import make_mentor, make_student
from visits.actions.lock import lock_due
from visits.actions.register import check
from visits.actions.review import accept_visit, return_visit, unvoid_visit, void_visit
from visits.actions.visit import correct_visit
from visits.models import Visit
from visits.tasks import lock_records
from visits.tests.factories import entry, make_visit


@pytest.fixture
def visit(programme, head, student):
    """Written on 18 September at 20:00."""
    return make_visit(student, by=head, programme=programme)


def state(visit):
    return Visit.objects.get(pk=visit.pk).state


@pytest.mark.parametrize(
    ("moment", "expected"), [("2022-09-25T19:59+08:00", "recorded"), ("2022-09-25T20:00+08:00", "locked")]
)
def test_a_record_locks_when_the_days_have_passed(visit, settings, moment, expected):
    settings.HOMEVISIT_CLOCK = moment
    lock_due()
    assert state(visit) == expected


def test_the_nightly_task_locks_once_and_leaves_a_line_by_nobody(programme, visit, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T03:20+08:00"  # two weeks of nights were missed
    lock_records()
    lock_records()

    visit.refresh_from_db()
    assert (visit.state, visit.accepted_by, local_date(visit.locked_at).day) == ("locked", None, 9)
    line = AuditEntry.objects.get(action="visit.lock")
    assert (line.object_id, line.actor_id, line.school_id) == (str(visit.pk), None, visit.school_id)
    assert check(programme) == []
    assert "visits.tasks.lock_records" in {row["task"] for row in django_settings.CELERY_BEAT_SCHEDULE.values()}


def test_many_lock_in_chunks(programme, head, school_class, settings, monkeypatch):
    monkeypatch.setattr("visits.actions.lock.CHUNK", 2)
    for _ in range(5):
        make_visit(make_student(school_class), by=head, programme=programme)
    settings.HOMEVISIT_CLOCK = "2022-09-26T03:20+08:00"

    assert (lock_due(), lock_due()) == (5, 0)


def test_a_returned_record_waits_and_has_the_days_anew_once_corrected(visit, head, leader, student, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-24T20:00+08:00"
    return_visit(visit, by=leader, reason="补写")
    settings.HOMEVISIT_CLOCK = "2022-10-01T20:00+08:00"
    assert lock_due() == 0
    correct_visit(visit, by=head, students=[student], **entry())

    settings.HOMEVISIT_CLOCK = "2022-10-08T19:59+08:00"
    assert lock_due() == 0
    settings.HOMEVISIT_CLOCK = "2022-10-08T20:00+08:00"
    assert lock_due() == 1


def test_the_programme_says_how_many_days(programme, visit, settings):
    programme.config = programme.config | {"visit": programme.config["visit"] | {"lock_after_days": 30}}
    programme.save()
    settings.HOMEVISIT_CLOCK = "2022-10-17T20:00+08:00"
    assert lock_due() == 0
    settings.HOMEVISIT_CLOCK = "2022-10-18T20:00+08:00"
    assert lock_due() == 1


def test_a_void_record_does_not_lock_and_one_brought_back_does(visit, leader, settings):
    void_visit(visit, by=leader, reason="重复")
    settings.HOMEVISIT_CLOCK = "2022-10-09T03:20+08:00"
    assert lock_due() == 0
    unvoid_visit(visit, by=leader, reason="不是重复")
    assert lock_due() == 1


def test_after_the_lock_the_author_cannot_correct(visit, head, student, school):
    accept_visit(visit, by=make_user(Role.SCHOOL_LEADER, school=school))

    with pytest.raises(WrongState):
        correct_visit(visit, by=head, students=[student], **entry())


def test_the_lock_closes_the_pupil_to_who_was_assigned(programme, school, student, head, settings):
    teacher = make_user(Role.TEACHER, school=school)
    assign(programme, [student], teacher, by=head)
    make_mentor(student, make_user(Role.TEACHER, school=school))
    make_visit(student, by=teacher, programme=programme)
    assert Student.objects.visible_to(teacher).filter(pk=student.pk).exists()

    settings.HOMEVISIT_CLOCK = "2022-09-26T03:20+08:00"
    lock_due()

    assert not Student.objects.visible_to(teacher).filter(pk=student.pk).exists()
