"""Looks, answers and conclusions at the same instant: one hint, one notice, nobody waits for ever."""

import threading

import pytest
from django.db import connections

from core.states import WrongState
from honesty.actions.answer import answer
from honesty.actions.conclude import conclude, reopen
from honesty.actions.look import look
from honesty.models import Hint, HintVisit, SchoolLook
from honesty.tests.factories import make_hint
from honesty.tests.test_look import OTHER, SAME, calls
from schools.models import Decision, Message
from schools.tests.factories import make_leader
from visits.actions.review import void_visit

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts):
    """Start all at the same instant; → what each returned, or the error it met."""
    gate, results = threading.Barrier(len(acts)), {}

    def run(number, act):
        try:
            gate.wait(60)
            results[number] = act()
        except Exception as error:  # noqa: BLE001 (looked at by the test)
            results[number] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return [results[number] for number in range(len(acts))]


@pytest.mark.seed("S29")
@pytest.mark.parametrize("turn", range(6))
def test_four_workers_at_once_tell_a_teacher_once(turn, programme, school, school_class, head):
    calls(programme, school_class, head, 4, reflection=SAME, process=OTHER)

    results = at_once(*[lambda: look(programme, school)] * 4)

    assert sorted(len(told) for told in results) == [0, 0, 0, 2]
    assert (Hint.objects.count(), HintVisit.objects.count(), Message.objects.count()) == (2, 8, 1)
    assert SchoolLook.objects.count() == 1


@pytest.mark.parametrize("turn", range(6))
def test_an_answer_and_a_look_both_arrive(turn, programme, school, school_class, head):
    calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    calls(programme, school_class, head, 1, first=10, reflection=SAME)

    results = at_once(lambda: look(programme, school), lambda: answer(hint, by=head, reason="common", text="同一件事"))

    hint.refresh_from_db()
    assert results[0] == []
    assert (hint.state, hint.answer, hint.facts["records"], hint.hint_visits.count()) == ("answered", "同一件事", 4, 4)


@pytest.mark.parametrize("turn", range(6))
def test_a_hint_concluded_while_its_cause_goes_is_one_of_both(turn, programme, school, school_class, head, leader):
    copied = calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    answer(hint, by=head, reason="common")
    void_visit(copied[0], by=leader, reason="重复")

    _, concluded = at_once(lambda: look(programme, school), lambda: conclude(hint, by=leader, finding="fine"))

    hint.refresh_from_db()
    assert hint.state == ("gone" if isinstance(concluded, WrongState) else "concluded")


@pytest.mark.parametrize("turn", range(6))
def test_a_reopening_and_a_look_do_not_wait_for_each_other(turn, programme, school, school_class, head, leader):
    calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    answer(hint, by=head, reason="common")
    conclude(hint, by=leader, finding="fine")

    results = at_once(lambda: reopen(hint, by=leader), *[lambda: look(programme, school)] * 2)

    hint.refresh_from_db()
    assert (hint.state, [type(result) for result in results]) == ("answered", [Hint, list, list])


@pytest.mark.parametrize("turn", range(6))
def test_two_leaders_at_once_conclude_once(turn, programme, school, head, leader):
    hint, other = make_hint(head, programme, school, state="answered"), make_leader(school)

    results = at_once(
        lambda: conclude(hint, by=leader, finding="fine"), lambda: conclude(hint, by=other, finding="again")
    )

    assert sorted(type(result).__name__ for result in results) == ["Hint", "WrongState"]
    assert Decision.objects.count() == 1
