"""Every kind × state × verb for the leader, and every role: what the school may do with a work, and when."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.states import WrongState
from schools.enums import Role
from schools.tests.factories import make_leader, make_user
from works.actions.school import (
    approve_work,
    file_works,
    give_school_award,
    recall_work,
    return_to_author,
    set_order,
)
from works.enums import STANDING_STATES, WorkKind, WorkState
from works.models import Work
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
S = WorkState


def file_one(work, *, by):
    outcome = file_works([work.pk], by=by)
    if outcome.refused:
        raise WrongState(outcome.refused[work.pk])
    if not outcome.done:
        raise PermissionDenied
    return outcome.done[0]


ACTS = {
    "approve": lambda work, by: approve_work(work, by=by, opinion="情况属实。", confirmed=True),
    "return": lambda work, by: return_to_author(work, by=by, reason="写具体些"),
    "order": lambda work, by: set_order(work, by=by, order=1),
    "award": lambda work, by: give_school_award(work, by=by, label="一等奖"),
    "file": lambda work, by: file_one(work, by=by),
    "recall": lambda work, by: recall_work(work, by=by),
}
FROM = {
    "approve": {S.SUBMITTED},
    "return": {S.SUBMITTED, S.APPROVED},
    "order": {S.APPROVED},
    "award": set(STANDING_STATES),
    "file": {S.APPROVED, S.FILED},  # filed already: once
    "recall": {S.FILED},
}
TO = {"approve": S.APPROVED, "return": S.RETURNED, "file": S.FILED, "recall": S.APPROVED}
UP = {"story", "essay", "case", "deeds"}  # of the notice in programmes/tests/upward.py


def answer(act, work, by):
    """"ok", "state" or "no"; everything is taken back."""
    point = transaction.savepoint()
    try:
        act(work, by)
        return "ok", Work.objects.get(pk=work.pk).state
    except WrongState:
        return "state", work.state
    except PermissionDenied:
        return "no", work.state
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("kind", WorkKind.values)
def test_each_verb_starts_only_from_its_states(kind, programme, school, head, leader, officer, visit):
    wrong = []
    for state in WorkState.values:
        point = transaction.savepoint()
        earlier = make_leader(school)
        work = make_work(
            head, programme, school, visit=visit if kind == "story" else None, kind=kind, state=state, leader=earlier,
            officer=officer,
        )  # fmt: skip
        for verb, act in ACTS.items():
            allowed = state in FROM[verb] and (verb != "file" or kind in UP or state == S.FILED)
            expected = ("ok", TO.get(verb, state)) if allowed else ("state", state)
            if verb == "file" and work.submitted_at is None:  # never handed in: not in the school's reach at all
                expected = ("no", state)
            if (got := answer(act, work, leader)) != expected:
                wrong.append((state, verb, got, expected))
        transaction.savepoint_rollback(point)
    assert wrong == []


LEADER, OFFICE, NOBODY = "leader", "office", "nobody"
MAY = {"approve": {LEADER}, "return": {LEADER}, "order": {LEADER}, "award": {LEADER}, "file": {LEADER, OFFICE},
       "recall": {LEADER, OFFICE}}  # fmt: skip
START = {"approve": S.SUBMITTED, "return": S.SUBMITTED, "order": S.APPROVED, "award": S.APPROVED, "file": S.APPROVED,
         "recall": S.FILED}  # fmt: skip


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("kind", sorted(UP))
@pytest.mark.parametrize("verb", ACTS)
def test_each_verb_is_for_its_roles_only(
    verb, kind, programme, school, other_school, head, teacher, leader, school_admin, officer, reviewer, visit
):
    work = make_work(head, programme, school, visit=visit, kind=kind, state=START[verb])
    people = {
        leader: LEADER, school_admin: OFFICE, head: NOBODY, teacher: NOBODY, officer: NOBODY, reviewer: NOBODY,
        make_leader(other_school): NOBODY, make_user(Role.PSYCH_TEACHER, school=school): NOBODY, make_user(): NOBODY,
        make_user(Role.AUDITOR, authority=school.authority): NOBODY,
    }  # fmt: skip
    got = {person: answer(ACTS[verb], work, person)[0] for person in people}
    # A reviewer or officer reads a filed work; filing it again answers in a sentence, not with a door.
    refused = {"no", "state"} if verb == "file" else {"no"}
    for person, place in people.items():
        assert got[person] == "ok" if place in MAY[verb] else got[person] in refused, (person.name, place)


@pytest.mark.parametrize("verb", ["approve", "return", "order", "award"])
def test_a_leader_never_decides_on_an_own_work(verb, programme, school, leader):
    work = make_work(leader, programme, school, state=START[verb])

    assert answer(ACTS[verb], work, leader)[0] == "no"


def test_a_leader_does_not_recommend_deeds_that_tell_of_the_leader(programme, school, teacher, leader):
    work = make_work(teacher, programme, school, kind="deeds", state=S.SUBMITTED, honoree=leader)

    assert answer(ACTS["approve"], work, leader)[0] == "no"
    assert answer(ACTS["approve"], work, make_leader(school))[0] == "ok"
