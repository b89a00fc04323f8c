import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.models import AuditEntry
from core.states import WrongState
from honesty.actions.answer import NO_WORDS, UNFIT, answer
from honesty.enums import REASONS, HintKind, HintState, Reason
from honesty.models import Hint
from honesty.tests.factories import make_hint
from schools.actions.decide import decisions_on
from schools.models import Message

pytestmark = pytest.mark.django_db


@pytest.mark.seed("F59", "S29")
def test_a_teacher_says_what_it_is_and_the_leader_sees_it_from_then_on(head, leader, programme, school, settings):
    hint = make_hint(head, programme, school, leader_from="2022-09-21T04:00+08:00")
    assert not Hint.objects.visible_to(leader).exists()

    answer(hint, by=head, reason="common", text=" 都是学区的同一件事 ")

    hint.refresh_from_db()
    assert (hint.state, hint.reason, hint.answer) == ("answered", "common", "都是学区的同一件事")
    assert hint.answered_at.isoformat() == hint.leader_from.isoformat() == "2022-09-18T20:00:00+00:00"
    assert Hint.objects.visible_to(leader).get() == hint


def test_an_answer_stays_with_its_decision_but_not_in_the_log(head, programme, school):
    hint = make_hint(head, programme, school)

    answer(hint, by=head, reason="template", text="用了上学期的模板")

    decision = decisions_on(hint).get()
    assert (decision.level, decision.verb, decision.reason) == ("author", "answer", "用了自己的模板，会改：用了上学期的模板")
    line = AuditEntry.objects.get(action="hint.answer")
    assert (line.actor_id, line.school_id, line.facts) == (head.pk, school.pk, {"reason": ""})
    assert not Message.objects.exists()


def test_an_answer_twice_is_one_and_another_one_replaces_it(head, programme, school):
    hint = make_hint(head, programme, school)

    answer(hint, by=head, reason="common")
    answer(hint, by=head, reason="common")
    answer(hint, by=head, reason="other", text="两次活动写在一起")

    hint.refresh_from_db()
    assert (hint.reason, hint.answer) == ("other", "两次活动写在一起")
    assert [decision.reason for decision in decisions_on(hint)] == ["别的原因：两次活动写在一起", "说的本来是同一件事"]


def test_nobody_else_answers(head, teacher, leader, school_admin, officer, programme, school):
    hint = make_hint(head, programme, school)

    for person in (teacher, leader, school_admin, officer):
        with pytest.raises(PermissionDenied):
            answer(hint, by=person, reason="common")

    hint.refresh_from_db()
    assert hint.state == "told"


@pytest.mark.parametrize("state", [HintState.CONCLUDED, HintState.GONE])
def test_what_is_over_takes_no_answer(state, head, programme, school):
    hint = make_hint(head, programme, school, state=state)

    with pytest.raises(WrongState, match="现在是"):
        answer(hint, by=head, reason="common")


@pytest.mark.parametrize("kind", HintKind)
@pytest.mark.parametrize("reason", [*Reason, "", "nonsense"])
def test_only_the_reasons_of_its_kind_fit(kind, reason, head, programme, school):
    hint = make_hint(head, programme, school, kind=kind)

    if reason in REASONS[kind]:
        assert answer(hint, by=head, reason=reason, text="一句话").reason == reason
    else:
        with pytest.raises(ValidationError) as refused:
            answer(hint, by=head, reason=reason, text="一句话")
        assert refused.value.message_dict == {"reason": [UNFIT]}


@pytest.mark.parametrize(
    ("reason", "text", "errors"),
    [
        ("other", "  ", {"text": [NO_WORDS]}),
        ("other", None, {"text": [NO_WORDS]}),
        ("common", "字" * 301, {"text": ["最多300个字，现在有301个。"]}),
    ],
)
def test_words_that_are_missing_or_too_many_are_told(reason, text, errors, head, programme, school):
    hint = make_hint(head, programme, school)

    with pytest.raises(ValidationError) as refused:
        answer(hint, by=head, reason=reason, text=text)

    assert refused.value.message_dict == errors
