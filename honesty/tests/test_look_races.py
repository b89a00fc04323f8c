"""Looks, answers and conclusions at the same instant: one hint, one notice, nobody waits for ever."""


import pytest
from django.db import OperationalError, connection

from core.states import WrongState
from core.tests.at_once import at_once
from honesty.actions import look as look_module
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


@pytest.mark.seed("S29")
@pytest.mark.parametrize("turn", range(6))
def test_four_workers_at_once_tell_a_teacher_once(turn, programme, school, school_class, head):
    calls(programme, school_class, head, 4, reflection=SAME, process=OTHER)

    results = at_once(*[lambda: look(programme, school)] * 4, refusals=Exception)

    assert sorted(len(told) for told in results) == [0, 0, 0, 2]
    assert (Hint.objects.count(), HintVisit.objects.count(), Message.objects.count()) == (2, 8, 1)
    assert SchoolLook.objects.count() == 1


@pytest.mark.parametrize("turn", range(6))
def test_an_answer_and_a_look_both_arrive(turn, programme, school, school_class, head):
    calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    calls(programme, school_class, head, 1, first=10, reflection=SAME)

    acts = (lambda: look(programme, school), lambda: answer(hint, by=head, reason="common", text="同一件事"))
    results = at_once(*acts, refusals=Exception)

    hint.refresh_from_db()
    assert results[0] == []
    assert (hint.state, hint.answer, hint.facts["records"], hint.hint_visits.count()) == ("answered", "同一件事", 4, 4)


@pytest.mark.parametrize("turn", range(6))
def test_a_hint_concluded_while_its_cause_goes_is_one_of_both(turn, programme, school, school_class, head, leader):
    copied = calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    answer(hint, by=head, reason="common")
    void_visit(copied[0], by=leader, reason="重复")

    _, concluded = at_once(lambda: look(programme, school), lambda: conclude(hint, by=leader, finding="fine"), refusals=Exception)

    hint.refresh_from_db()
    assert hint.state == ("gone" if isinstance(concluded, WrongState) else "concluded")


@pytest.mark.parametrize("turn", range(6))
def test_a_reopening_and_a_look_do_not_wait_for_each_other(turn, programme, school, school_class, head, leader):
    calls(programme, school_class, head, 3, reflection=SAME)
    (hint,) = look(programme, school)
    answer(hint, by=head, reason="common")
    conclude(hint, by=leader, finding="fine")

    results = at_once(lambda: reopen(hint, by=leader), *[lambda: look(programme, school)] * 2, refusals=Exception)

    hint.refresh_from_db()
    assert (hint.state, [type(result) for result in results]) == ("answered", [Hint, list, list])


@pytest.mark.parametrize("turn", range(6))
def test_two_leaders_at_once_conclude_once(turn, programme, school, head, leader):
    hint, other = make_hint(head, programme, school, state="answered"), make_leader(school)

    results = at_once(
        lambda: conclude(hint, by=leader, finding="fine"), lambda: conclude(hint, by=other, finding="again")
    , refusals=Exception)

    assert sorted(type(result).__name__ for result in results) == ["Hint", "WrongState"]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("step", ["workdays_after", "matched", "record_each", "tell_about"])
def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_one_does_it_all(
    step, programme, school, school_class, head, monkeypatch
):
    calls(programme, school_class, head, 4, reflection=SAME)

    def die(*args, **kwargs):
        connection.connection.close()  # as the server sees a process that is killed
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(look_module, step, die)
    with pytest.raises(OperationalError):
        look(programme, school)
    connection.close()
    monkeypatch.undo()

    assert (Hint.objects.count(), SchoolLook.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert len(look(programme, school)) == 1
    assert (HintVisit.objects.count(), Message.objects.count()) == (4, 1)
