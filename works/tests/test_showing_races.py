"""A showing and the taking back of its consent at the same moment: never a story on display without the family's yes."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from core.states import WrongState
from students.actions.consent import give_consent, withdraw_consent
from students.enums import ConsentPurpose
from works.actions.showing import publish_work, take_down
from works.models import Showing, Work
from works.tests.factories import make_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove, pytest.mark.postgres]
CLEAN = {"title": "阳台上的作文", "body": "秋天的傍晚，我敲开了顾同学家的门。", "confirmed": True}


def at_once(*works):
    gate, results = threading.Barrier(len(works)), {}

    def run(number, work):
        try:
            gate.wait(60)
            results[number] = work()
        except (WrongState, ValidationError) as error:
            results[number] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return [results[number] for number in range(len(works))]


@pytest.fixture
def work(head, programme, school, visit, leader, officer, student):
    give_consent(student, ConsentPurpose.PUBLICATION, by=head)
    return make_work(head, programme, school, visit=visit, kind="story", state="awarded", leader=leader, officer=officer)


@pytest.mark.parametrize("turn", range(6))
def test_shown_and_taken_back_at_once(work, officer, head, student, turn):
    at_once(
        lambda: publish_work(work, by=officer, **CLEAN),
        lambda: withdraw_consent(student, ConsentPurpose.PUBLICATION, by=head),
    )
    assert not Showing.objects.standing().exists()
    assert Work.objects.get(pk=work.pk).state == "awarded"


def test_published_by_many_at_once_is_one_showing(work, officer):
    results = at_once(*[lambda: publish_work(work, by=officer, **CLEAN)] * 5)
    assert len({row.pk for row in results}) == 1
    assert Showing.objects.count() == 1


def test_taken_down_by_two_at_once_is_once(work, officer):
    showing = publish_work(work, by=officer, **CLEAN)
    at_once(*[lambda: take_down(showing, by=officer, reason="再核实")] * 2)
    assert Work.objects.get(pk=work.pk).state == "awarded"
