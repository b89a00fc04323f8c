from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEntry
from core.states import WrongState
from honesty.actions.answer import answer
from honesty.actions.conclude import AGAIN, ANSWERED, NO_NOTE, UNFIT, conclude, reopen, undo_conclusion
from honesty.enums import HintState
from honesty.models import Hint, SchoolLook
from honesty.tests.factories import add_call, make_hint
from schools.actions.decide import decisions_on
from schools.models import Message
from schools.tests.factories import make_leader
from students.tests.factories import make_student

pytestmark = pytest.mark.django_db


def later(settings, seconds):
    settings.HOMEVISIT_CLOCK = f"2022-09-19T04:00:{seconds:02d}+08:00"


@pytest.mark.seed("F59", "S29")
def test_what_the_leader_finds_out_is_kept(head, leader, programme, school, school_class):
    visits = [
        add_call(programme, make_student(school_class), head, f"2022-09-13 1{n}:00", reflection="一样") for n in range(3)
    ]
    hint = make_hint(head, programme, school, state="answered", visits=visits)

    conclude(hint, by=leader, finding="fine")

    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.finding_note, hint.weight) == ("concluded", "fine", "", 3)
    assert (hint.concluded_by, hint.concluded_at) == (leader, datetime.fromisoformat("2022-09-19T04:00+08:00"))
    assert (hint.reason, hint.answer) == ("common", "几家在一个小区")
    assert not Message.objects.exists()


def test_records_to_be_written_again_are_told_to_the_teacher_once_no_undo_is_left(head, leader, programme, school, settings):
    hint = make_hint(head, programme, school, state="answered")

    conclude(hint, by=leader, finding="again", note="反思要写各家的事")

    message = Message.objects.get()
    assert (message.user, message.text, message.url) == (head, AGAIN, f"/honesty/{hint.pk}/")
    assert not Message.objects.arrived().exists()
    later(settings, 13)
    assert Message.objects.arrived().exists()


def test_a_note_stays_with_its_decision_but_not_in_the_log_or_the_notice(head, leader, programme, school):
    hint = make_hint(head, programme, school, state="answered")

    conclude(hint, by=leader, finding="again", note="示例生家没有去过")

    decision = decisions_on(hint).get()
    assert (decision.level, decision.verb, decision.reason) == ("school", "conclude", "需要补访或重写：示例生家没有去过")
    assert AuditEntry.objects.get(action="hint.conclude").facts == {"reason": ""}
    assert "示例生" not in Message.objects.get().text


def test_without_an_answer_the_leader_writes_what_the_teacher_said(head, leader, programme, school):
    hint = make_hint(head, programme, school)

    with pytest.raises(ValidationError) as refused:
        conclude(hint, by=leader, finding="fine", note=" ")
    assert refused.value.message_dict == {"note": [NO_NOTE]}
    conclude(hint, by=leader, finding="fine", note="电话里说都在一个院里")

    hint.refresh_from_db()
    assert (hint.state, hint.finding_note) == ("concluded", "电话里说都在一个院里")


@pytest.mark.parametrize(
    ("finding", "note", "errors"),
    [
        ("", "", {"finding": [UNFIT]}),
        ("nonsense", "", {"finding": [UNFIT]}),
        ("fine", "字" * 301, {"note": ["最多300个字，现在有301个。"]}),
    ],
)
def test_what_is_missing_or_too_long_is_told(finding, note, errors, head, leader, programme, school):
    hint = make_hint(head, programme, school, state="answered")

    with pytest.raises(ValidationError) as refused:
        conclude(hint, by=leader, finding=finding, note=note)

    assert refused.value.message_dict == errors


def test_the_teacher_comes_first(head, leader, programme, school):
    hint = make_hint(head, programme, school, leader_from="2022-09-21T04:00+08:00")

    with pytest.raises(WrongState, match="先等老师说明，9月21日起"):
        conclude(hint, by=leader, finding="fine", note="谈过")

    answer(hint, by=head, reason="common")
    assert conclude(hint, by=leader, finding="fine").state == "concluded"


def test_an_answer_given_meanwhile_is_read_first(head, leader, programme, school):
    hint = make_hint(head, programme, school)
    answer(hint, by=head, reason="common")

    with pytest.raises(WrongState, match=ANSWERED):
        conclude(hint, by=leader, finding="fine", note="没有说", was="told")


def test_only_a_leader_of_the_school_concludes(
    head, teacher, school_admin, officer, other_school, programme, school
):
    hint = make_hint(head, programme, school, state="answered")

    for person in (head, teacher, school_admin, officer, make_leader(other_school)):
        with pytest.raises(PermissionDenied):
            conclude(hint, by=person, finding="fine")
        with pytest.raises(PermissionDenied):
            reopen(hint, by=person)
        with pytest.raises(PermissionDenied):
            undo_conclusion(hint, by=person)


def test_nobody_concludes_on_the_own_records(leader, programme, school):
    hint = make_hint(leader, programme, school, state="answered")

    with pytest.raises(PermissionDenied):
        conclude(hint, by=leader, finding="fine")

    assert conclude(hint, by=make_leader(school), finding="fine").state == "concluded"


def test_the_same_conclusion_twice_is_one_and_another_is_told_what_stands(head, leader, programme, school):
    hint = make_hint(head, programme, school, state="answered")
    conclude(hint, by=leader, finding="again")
    conclude(hint, by=leader, finding="again")

    assert decisions_on(hint).count() == Message.objects.count() == 1
    with pytest.raises(WrongState, match="已核实"):
        conclude(hint, by=leader, finding="fine")
    with pytest.raises(WrongState, match="已核实"):
        conclude(hint, by=make_leader(school), finding="again")


def test_what_is_gone_is_not_concluded(head, leader, programme, school):
    hint = make_hint(head, programme, school, state="gone")

    with pytest.raises(WrongState, match="已不存在"):
        conclude(hint, by=leader, finding="fine", note="谈过")
    with pytest.raises(WrongState, match="已不存在"):
        reopen(hint, by=leader)


def test_a_conclusion_is_undone_within_ten_seconds_and_its_notice_never_leaves(head, leader, programme, school, settings):
    hint = make_hint(head, programme, school, state="answered")
    conclude(hint, by=leader, finding="again", note="重写")
    later(settings, 9)

    undo_conclusion(hint, by=leader)

    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.finding_note, hint.concluded_by, hint.concluded_at, hint.weight) == (
        "answered", "", "", None, None, 0,
    )  # fmt: skip
    assert not Message.objects.exists() and not decisions_on(hint).exists()


def test_later_or_by_somebody_else_nothing_is_undone(head, leader, programme, school, settings):
    hint = make_hint(head, programme, school, state="answered")
    conclude(hint, by=leader, finding="fine")

    with pytest.raises(WrongState, match="之后又有变化"):
        undo_conclusion(hint, by=make_leader(school))
    later(settings, 13)
    with pytest.raises(WrongState, match="已经过了10秒"):
        undo_conclusion(hint, by=leader)


def test_an_answer_is_not_undone_by_the_school(head, leader, programme, school):
    hint = make_hint(head, programme, school)
    answer(hint, by=head, reason="common")

    with pytest.raises(WrongState):
        undo_conclusion(hint, by=leader)


@pytest.mark.parametrize(("state", "before"), [("answered", "answered"), ("told", "told")])
def test_looked_into_anew_it_is_as_before_and_the_history_stays(state, before, head, leader, programme, school):
    hint = make_hint(head, programme, school, state=state)
    conclude(hint, by=leader, finding="fine", note="在一个院里")

    reopen(hint, by=leader)
    reopen(hint, by=leader)

    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.weight) == (before, "", 0)
    conclude(hint, by=leader, finding="mended", note="改好了")
    assert [(row.verb, row.reason) for row in decisions_on(hint)] == [
        ("conclude", "记录已改正：改好了"), (f"reopen_{before}", ""), ("conclude", "情况属实：在一个院里"),
    ]  # fmt: skip


def test_looked_into_anew_its_school_is_looked_through_the_next_night(head, leader, programme, school):
    hint = make_hint(head, programme, school, state="concluded")
    SchoolLook.objects.create(programme=programme, school=school, looked_at=hint.found_at)

    reopen(hint, by=leader)

    assert not SchoolLook.objects.exists()


def test_a_reopening_is_undone_too(head, leader, programme, school):
    hint = make_hint(head, programme, school, state="answered")
    conclude(hint, by=leader, finding="fine")
    reopen(hint, by=leader)

    undo_conclusion(hint, by=leader)

    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.concluded_by) == (HintState.CONCLUDED, "fine", leader)


@pytest.mark.seed("S29")
def test_the_bureau_reads_neither_hints_nor_what_was_decided_on_them(head, leader, officer, programme, school):
    hint = make_hint(head, programme, school, state="answered")
    answer(hint, by=head, reason="other", text="换了说法")
    conclude(hint, by=leader, finding="fine", note="谈过")

    assert not Hint.objects.visible_to(officer).exists()
    assert not decisions_on(hint).model.objects.visible_to(officer).exists()
