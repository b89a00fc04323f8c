"""A showing and the taking back of its consent at the same moment: never a story on display without the family's yes."""


import pytest
from django.core.exceptions import ValidationError

from core.states import WrongState
from core.tests.at_once import at_once
from students.actions.consent import give_consent, withdraw_consent
from students.enums import ConsentPurpose
from works.actions.showing import publish_work, take_down
from works.models import Showing, Work
from works.tests.factories import make_work

REFUSALS = (WrongState, ValidationError)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove, pytest.mark.postgres]
CLEAN = {"title": "阳台上的作文", "body": "秋天的傍晚，我敲开了顾同学家的门。", "confirmed": True}


@pytest.fixture
def work(head, programme, school, visit, leader, officer, student):
    give_consent(student, ConsentPurpose.PUBLICATION, by=head)
    return make_work(head, programme, school, visit=visit, kind="story", state="awarded", leader=leader, officer=officer)


@pytest.mark.parametrize("turn", range(6))
def test_shown_and_taken_back_at_once(work, officer, head, student, turn):
    at_once(
        lambda: publish_work(work, by=officer, **CLEAN),
        lambda: withdraw_consent(student, ConsentPurpose.PUBLICATION, by=head),
        refusals=REFUSALS,
    )
    assert not Showing.objects.standing().exists()
    assert Work.objects.get(pk=work.pk).state == "awarded"


def test_published_by_many_at_once_is_one_showing(work, officer):
    results = at_once(*[lambda: publish_work(work, by=officer, **CLEAN)] * 5, refusals=REFUSALS)
    assert len({row.pk for row in results}) == 1
    assert Showing.objects.count() == 1


def test_taken_down_by_two_at_once_is_once(work, officer):
    showing = publish_work(work, by=officer, **CLEAN)
    at_once(*[lambda: take_down(showing, by=officer, reason="再核实")] * 2, refusals=REFUSALS)
    assert Work.objects.get(pk=work.pk).state == "awarded"
