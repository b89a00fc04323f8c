"""Equal requests at the same instant are one; of two different ones one wins and the other is told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from core.states import WrongState
from core.tests.at_once import at_once
from programmes.tests.upward import make_upward
from schools.tests.factories import make_class, make_class_head
from students.tests.factories import make_student
from visits.models import VisitVisitor
from visits.tests.rows import add_visit
from works.actions.author import Changed, save_work, start_work, submit_work, withdraw_work
from works.models import Work, WorkVersion

pytestmark = [pytest.mark.prove, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_upward()
    school_class = make_class()
    head = make_class_head(school_class, name="陈晓")
    visit = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 16), lead=head)
    head.reach  # noqa: B018  read once, as a request does
    return programme, head, visit


@pytest.mark.parametrize("turn", range(3))
def test_twenty_equal_beginnings_are_one_story(place, turn):
    programme, head, visit = place
    found = at_once(*[lambda: start_work(programme, by=head, kind="story", visit=visit)] * 20)
    assert {work.pk for work, _ in found} == {Work.objects.get().pk}
    assert sum(created for _, created in found) == 1


def test_two_who_went_along_begin_one_story(place):
    programme, head, visit = place
    other = make_class_head(visit.visit_students.get().school_class)
    VisitVisitor.objects.create(visit=visit, user=other)
    other.reach  # noqa: B018

    def begin(user):
        return start_work(programme, by=user, kind="story", visit=visit)

    results = at_once(lambda: begin(head), lambda: begin(other), refusals=ValidationError)
    assert Work.objects.count() == 1
    assert [type(one) for one in results if not isinstance(one, tuple)] == [ValidationError]


def test_twenty_equal_submissions_are_one_version(place):
    programme, head, visit = place
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    save_work(work, by=head, revision=0, title="题", body="文")
    at_once(*[lambda: submit_work(work, by=head, confirmed=True)] * 20)
    assert (Work.objects.get().version, WorkVersion.objects.count()) == (1, 1)


def test_of_two_windows_at_once_one_is_told(place):
    programme, head, visit = place
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    acts = [lambda body=body: save_work(work, by=head, revision=0, body=body) for body in "左右"]
    results = at_once(*acts, refusals=Changed)
    assert [type(one) for one in results].count(Changed) == 1
    kept = Work.objects.get()
    lost = next(one for one in results if isinstance(one, Changed))
    assert (kept.revision, lost.work.body) == (1, kept.body)


def test_submit_and_withdraw_at_once_leave_a_whole_row(place):
    programme, head, visit = place
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    save_work(work, by=head, revision=0, title="题", body="文")
    acts = (lambda: submit_work(work, by=head, confirmed=True), lambda: withdraw_work(work, by=head))
    results = at_once(*acts, refusals=WrongState)
    assert Work.objects.get().state == "withdrawn"  # after the submission, or instead of it
    assert len([one for one in results if isinstance(one, WrongState)]) == 1 - WorkVersion.objects.count()
