"""The district's verbs on a filed work: state × verb × role, for every kind; told, undone, twice once, stale refused."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from schools.actions.decide import MOVED_ON, TOO_LATE, decide
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import add_post, make_authority, make_officer, make_school, make_user
from works.actions.district import (
    NOT_YOURS,
    accept_work,
    award_work,
    decide_many,
    return_to_school,
    shortlist_work,
    undo_batch,
)
from works.enums import WORK_MOVES, WorkKind, WorkState
from works.models import Work
from works.queries.queue import undo_bar
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
S = WorkState
VERBS = {
    "accept": (accept_work, {}),
    "return_to_school": (return_to_school, {"reason": "事例再写具体些"}),
    "shortlist": (shortlist_work, {}),
    "award": (award_work, {"label": "一等奖"}),
}
SAME = {("accept", S.ACCEPTED), ("shortlist", S.SHORTLISTED), ("award", S.AWARDED)}  # twice is once


def act(verb, work, by, **more):
    function, facts = VERBS[verb]
    return function(work, by=by, **(facts | more))


def fresh(work):
    return Work.objects.get(pk=work.pk)


@pytest.fixture
def filed(head, programme, school, leader):
    return make_work(head, programme, school, state=S.FILED, leader=leader)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.seed("W86", "W89", "W45", "W17")
@pytest.mark.parametrize("kind", WorkKind)
def test_every_state_and_verb_of_every_kind(kind, head, programme, school, leader, officer, visit):
    """From the states of the table the work moves; from every other it is told and nothing changes."""
    wrong = []
    for state in S:
        for verb in VERBS:
            on = visit if kind == WorkKind.STORY else None
            work = make_work(head, programme, school, kind=kind, state=state, leader=leader, officer=officer, visit=on)
            try:
                act(verb, work, officer)
                moved = fresh(work).state
            except WrongState:
                moved = None
            sources, target = WORK_MOVES[verb]
            expected = target if state in sources else state if (verb, state) in SAME else None
            if moved != expected:
                wrong.append((state, verb, moved, expected))
            Work.objects.filter(pk=work.pk).update(visit=None, kind="essay")  # one story a visit
    assert wrong == []


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("verb", VERBS)
def test_who_may(verb, head, teacher, leader, school_admin, officer, reviewer, programme, school):
    """Reviewer: return, accept, recommend; awarding is the officer's alone; nobody of a school, no other district."""
    elsewhere = make_authority("there")
    people = {
        "author": head, "teacher": teacher, "leader": leader, "school_admin": school_admin, "officer": officer,
        "reviewer": reviewer, "foreign officer": make_officer(elsewhere),
        "foreign reviewer": make_user(Role.REVIEWER, authority=elsewhere),
        "auditor": make_user(Role.AUDITOR, authority=programme.authority),
        "security": make_user(Role.SECURITY_ADMIN, authority=programme.authority), "nobody": make_user(),
    }  # fmt: skip
    may = {"officer"} if verb == "award" else {"officer", "reviewer"}
    state = S.ACCEPTED if verb == "award" else S.FILED
    for name, user in people.items():
        work = make_work(head, programme, school, state=state, leader=leader, officer=officer)
        if name in may:
            act(verb, work, user)
            assert fresh(work).state == WORK_MOVES[verb][1]
        else:
            with pytest.raises(PermissionDenied):
                act(verb, work, user)
            assert fresh(work).state == state


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_of_the_school_and_no_author_decides(verb, filed, officer, school, head):
    """P5: an officer who also works at the school, or whose own story it is, does not decide on it."""
    state = S.ACCEPTED if verb == "award" else S.FILED
    Work.objects.filter(pk=filed.pk).update(
        state=state, accepted_at=filed.filed_at, accepted_by=officer
    )
    add_post(officer, Role.TEACHER, school=school)
    with pytest.raises(PermissionDenied):
        act(verb, filed, officer)
    moved = make_officer(school.authority)  # was the author before coming to the desk
    Work.objects.filter(pk=filed.pk).update(author=moved)
    with pytest.raises(PermissionDenied):
        act(verb, filed, moved)


def test_each_column_is_written(filed, officer, reviewer):
    accept_work(filed, by=reviewer)
    row = fresh(filed)
    assert (row.state, row.accepted_by) == (S.ACCEPTED, reviewer) and row.accepted_at
    shortlist_work(filed, by=officer)
    row = fresh(filed)
    assert (row.accepted_by, row.shortlisted_by) == (reviewer, officer)
    award_work(filed, by=officer, label=" 二等奖 ")
    row = fresh(filed)
    assert (row.state, row.award, row.awarded_by) == (S.AWARDED, "二等奖", officer)


def test_a_return_keeps_nothing_of_the_acceptance(filed, reviewer):
    shortlist_work(filed, by=reviewer)
    return_to_school(filed, by=reviewer, reason="  走访时间写错了 ")
    row = fresh(filed)
    assert (row.return_reason, row.returned_level, row.returned_by) == ("走访时间写错了", "district", reviewer)
    assert (row.accepted_at, row.accepted_by, row.shortlisted_at) == (None, None, None)
    assert row.filed_at  # the desk still finds it among what it returned


@pytest.mark.parametrize("verb", VERBS)
def test_twice_is_once(verb, filed, officer, head, programme, school, leader):
    work = make_work(head, programme, school, state=S.ACCEPTED, leader=leader, officer=officer) if verb == "award" else filed
    act(verb, work, officer)
    act(verb, work, officer)
    assert Decision.objects.filter(about_id=work.pk, verb=verb).count() == 1
    assert AuditEntry.objects.filter(object_id=str(work.pk), action=f"work.{verb}").count() == 1


def test_return_needs_a_reason_and_an_award_a_label(filed, officer):
    for reason in ("", "   ", None):
        with pytest.raises(ValidationError):
            return_to_school(filed, by=officer, reason=reason)
    accept_work(filed, by=officer)
    for label in ("", " ", "长" * 21):
        with pytest.raises(ValidationError):
            award_work(filed, by=officer, label=label)
    assert fresh(filed).state == S.ACCEPTED


def test_the_second_of_two_reviewers_is_told(filed, reviewer, officer):
    """Both read the same filing; one accepts, the other's return finds a decision in between, and the other way."""
    seen = {"version": filed.version, "was": filed.state}
    accept_work(filed, by=reviewer, **seen)
    with pytest.raises(WrongState, match="刚有人处理过"):
        return_to_school(filed, by=officer, reason="太短", **seen)
    assert fresh(filed).state == S.ACCEPTED

    return_to_school(filed, by=officer, reason="太短")  # having read that it is accepted
    with pytest.raises(WrongState):
        accept_work(filed, by=reviewer, **seen)
    assert fresh(filed).state == S.RETURNED


def test_a_newer_filing_is_not_decided_unread(filed, reviewer):
    Work.objects.filter(pk=filed.pk).update(version=2)
    with pytest.raises(WrongState, match="重新报送"):
        accept_work(filed, by=reviewer, version=1)


def test_the_school_and_the_author_are_told_when_the_undo_is_over(filed, reviewer, head, leader, school_admin, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:00+08:00"
    return_to_school(filed, by=reviewer, reason="事例再写具体些")
    notices = Message.objects.filter(about_type="works.work", about_id=filed.pk)
    assert {notice.user for notice in notices} == {head, leader, school_admin}
    assert not notices.arrived().exists()
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:12+08:00"
    assert notices.arrived().count() == 3
    assert "事例再写具体些" in notices.first().text and filed.title not in notices.first().text


@pytest.mark.parametrize("verb", VERBS)
def test_undo_within_ten_seconds_takes_back_state_columns_and_notice(verb, filed, officer, settings, head, programme, school,
                                                                     leader):  # fmt: skip
    work = make_work(head, programme, school, state=S.ACCEPTED, leader=leader, officer=officer) if verb == "award" else filed
    before = Work.objects.filter(pk=work.pk).values().get()
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:00+08:00"
    act(verb, work, officer)
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:09+08:00"
    outcome = take_back(work, officer)
    assert [row.pk for row in outcome.done] == [work.pk]
    assert Work.objects.filter(pk=work.pk).values().get() == before
    assert not Message.objects.filter(about_id=work.pk).exists()
    assert take_back(work, officer).done == []  # twice is once


def test_no_undo_after_ten_seconds_nor_of_what_moved_on(filed, reviewer, officer, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:00+08:00"
    accept_work(filed, by=reviewer)
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:13+08:00"
    assert take_back(filed, reviewer).refused == {filed.pk: TOO_LATE}
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:05+08:00"
    shortlist_work(filed, by=officer)
    assert take_back(filed, reviewer).refused == {filed.pk: MOVED_ON}
    assert fresh(filed).state == S.SHORTLISTED


def test_a_showing_comes_down_with_a_reason_and_not_by_an_undo(head, programme, school, leader, officer):
    work = make_work(head, programme, school, state=S.AWARDED, leader=leader, officer=officer)
    decide(work, WORK_MOVES, "publish", by=officer, level="district", published_at=now(), published_by=officer)
    assert undo_bar(officer) is None and take_back(work, officer).done == []
    assert fresh(work).state == S.PUBLISHED


def take_back(work, by):
    batch = Decision.objects.filter(about_id=work.pk, by=by).latest("pk").batch
    return undo_batch(Work, batch, by=by, lock=lambda pk: Work.objects.select_for_update(of=("self",)).get(pk=pk))


def test_many_at_once_tell_what_was_refused_and_name_nothing_foreign(
    head, programme, school, other_school, leader, officer, reviewer
):
    works = [make_work(head, programme, school, state=S.FILED, leader=leader) for _ in range(3)]
    gone = make_work(head, programme, school, state=S.RETURNED, leader=leader, filed_at=works[0].filed_at)
    own = make_work(make_user(Role.TEACHER, school=other_school), programme, other_school, state=S.FILED)
    add_post(reviewer, Role.TEACHER, school=other_school)
    there = make_school(make_authority("there"))
    foreign = make_work(make_user(Role.TEACHER, school=there), programme, there, state=S.FILED)
    ids = [work.pk for work in [*works, gone, own, foreign]]
    outcome = decide_many(Work.objects.visible_to(reviewer), ids, accept_work, by=reviewer)
    assert [work.pk for work in outcome.done] == [work.pk for work in works]
    assert set(outcome.refused) == {gone.pk, own.pk} and outcome.refused[own.pk] == NOT_YOURS
    assert fresh(foreign).state == S.FILED
    decisions = Decision.objects.filter(by=reviewer)
    assert decisions.count() == 3 and decisions.values("batch").distinct().count() == 1

    back = undo_batch(Work, decisions.first().batch, by=reviewer, lock=lambda pk: Work.objects.get(pk=pk))
    assert len(back.done) == 3 and {fresh(work).state for work in works} == {S.FILED}
