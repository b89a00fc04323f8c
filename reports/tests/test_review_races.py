"""Two desks at the same instant: one decision wins, the other is told; a double click decides once."""


import pytest

from core.states import WrongState
from core.tests.at_once import at_once
from reports.actions.filing import accept_filing, return_filing
from reports.tests.at_desk import Desk
from schools.models import Decision, Message
from works.actions.district import accept_work, return_to_school

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
ACTS = {"work": (accept_work, return_to_school), "report": (accept_filing, return_filing), "plan": (accept_filing, return_filing)}


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00+08:00"
    return Desk()


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("turn", range(4))
def test_approve_and_return_at_once_one_wins_and_the_other_is_told(desk, what, turn):
    row, (accept, send_back) = getattr(desk, what)(desk.school()), ACTS[what]
    seen = {"version": row.version, "was": row.state}
    acts = [
        lambda: accept(row, by=desk.reviewer, **seen),
        lambda: send_back(row, by=desk.officer, reason="太短", **seen),
    ]
    results = at_once(*(acts if turn % 2 else acts[::-1]), refusals=WrongState)
    assert len([result for result in results if isinstance(result, WrongState)]) == 1
    row.refresh_from_db()
    decision = Decision.objects.get()
    assert decision.became == row.state
    assert Message.objects.values("text").distinct().count() == 1  # the school hears of one decision


def test_a_double_click_decides_once(desk):
    work = desk.work(desk.school())
    results = at_once(*[lambda: accept_work(work, by=desk.reviewer)] * 4, refusals=WrongState)
    assert not any(isinstance(result, WrongState) for result in results)
    assert Decision.objects.count() == 1
