"""The doorway of every decision (schools/actions/decide.py), tried on a work."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from schools.actions.decide import NOTICE, UNDO, decide, decisions_on, undo
from schools.models import Decision, Message
from schools.queries.message import inbox
from works.enums import WORK_MOVES
from works.tests.factories import make_work


@pytest.fixture
def work(head, programme, school, visit):
    return make_work(head, programme, school, visit=visit, kind="story", state="filed")


@pytest.fixture
def later(settings):
    def wait(seconds):
        settings.HOMEVISIT_CLOCK = (now() + timedelta(seconds=seconds)).isoformat()

    return wait


def accept(work, officer, head):
    return decide(
        work, WORK_MOVES, "accept", by=officer, level="district", accepted_at=now(), accepted_by=officer, users=[head],
        text="区里收下了。", undoable=True,
    )  # fmt: skip


def test_a_decision_moves_writes_logs_and_tells(work, officer, head, later):
    decision = accept(work, officer, head)
    work.refresh_from_db()
    assert (work.state, work.accepted_by, decision.was, decision.became) == ("accepted", officer, "filed", "accepted")
    assert AuditEntry.objects.filter(action="work.accept", object_id=str(work.pk), actor_id=officer.pk).count() == 1
    assert not inbox(head).exists()  # waits for the undo
    later(NOTICE.seconds)
    assert [row.text for row in inbox(head)] == ["区里收下了。"]


def test_undo_puts_everything_back_and_the_notice_never_leaves(work, officer, head, later):
    accept(work, officer, head)
    later(UNDO.seconds)
    undo(work, by=officer)
    work.refresh_from_db()
    assert (work.state, work.accepted_at, work.accepted_by) == ("filed", None, None)
    assert not Message.objects.exists() and not decisions_on(work).exists()
    assert AuditEntry.objects.filter(action="work.undo").count() == 1
    later(60)
    assert not inbox(head).exists()


def test_undo_is_over_when_the_notice_has_left(work, officer, head, later):
    accept(work, officer, head)
    later(NOTICE.seconds)
    with pytest.raises(WrongState, match="10秒"):
        undo(work, by=officer)
    work.refresh_from_db()
    assert work.state == "accepted"


def test_undo_is_for_whoever_decided_and_for_the_last_decision_alone(work, officer, reviewer, head):
    accept(work, officer, head)
    with pytest.raises(WrongState):
        undo(work, by=reviewer)
    decide(
        work, WORK_MOVES, "shortlist", by=reviewer, level="district", shortlisted_at=now(), shortlisted_by=reviewer
    )  # fmt: skip
    with pytest.raises(WrongState):
        undo(work, by=officer)
    undo(work, by=reviewer)
    undo(work, by=officer)
    work.refresh_from_db()
    assert work.state == "filed"


def test_undo_twice_is_told(work, officer, head):
    accept(work, officer, head)
    undo(work, by=officer)
    with pytest.raises(WrongState):
        undo(work, by=officer)


def test_a_move_that_the_table_does_not_know_writes_nothing(work, officer, head):
    with pytest.raises(WrongState):
        decide(work, WORK_MOVES, "publish", by=officer, level="district")
    assert not Decision.objects.exists() and not Message.objects.exists()


@pytest.mark.parametrize(
    ("state", "without"),
    [
        ("submitted", {"author_confirmed_at": None}),
        ("submitted", {"visit": None}),
        ("submitted", {"title": ""}),
        ("approved", {"opinion": ""}),
        ("approved", {"approver_confirmed_at": None}),
        ("approved", {"opinion_on": None}),
        ("filed", {"filed_at": None}),
        ("accepted", {"accepted_by": None}),
        ("shortlisted", {"shortlisted_at": None}),
        ("awarded", {"award": ""}),
        ("published", {"may_publish": False}),
        ("published", {"published_by": None}),
        ("returned", {"return_reason": ""}),
        ("returned", {"returned_level": ""}),
        ("withdrawn", {"withdrawn_at": None}),
    ],
)
def test_the_database_ties_each_state_to_its_days_people_and_reasons(state, without, head, programme, school, visit):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_work(head, programme, school, **({"visit": visit, "kind": "story", "state": state} | without))


def test_the_database_lets_nobody_approve_the_own_work(head, programme, school):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_work(head, programme, school, state="approved", leader=head)


@pytest.mark.seed("S62")
def test_one_visit_has_one_story_unless_it_was_taken_back(head, teacher, programme, school, visit):
    first = make_work(head, programme, school, visit=visit, kind="story")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_work(teacher, programme, school, visit=visit, kind="story")
    make_work(teacher, programme, school, visit=visit, kind="case")  # another kind may tell of the same visit
    first.state, first.withdrawn_at = "withdrawn", now()
    first.save()
    make_work(teacher, programme, school, visit=visit, kind="story")
