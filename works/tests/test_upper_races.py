"""Two at once on real threads: the city's quota holds, and a work neither lies above nor goes back both."""

import pytest

from core.states import WrongState
from core.tests.at_once import at_once
from schools.models import Decision
from schools.tests.factories import make_officer
from works.actions.district import return_to_school
from works.actions.upper import send_up, take_back_up
from works.models import Work
from works.queries.upper import city_quota
from works.tests.factories import make_work
from works.tests.test_school_races import told
from works.tests.test_upper_actions import with_quota

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def make(head, programme, school, leader, officer):
    def make():
        return make_work(head, programme, school, kind="case", state="shortlisted", leader=leader, officer=officer)

    return make


@pytest.mark.seed("W86")
def test_the_quota_holds_when_two_send_at_once(programme, authority, make, officer):
    with_quota(programme, 1)
    other, works = make_officer(authority), [make(), make()]
    acts = [lambda: send_up([works[0].pk], by=officer), lambda: send_up([works[1].pk], by=other)]
    results = at_once(*acts, refusals=WrongState)
    assert len(told(results)) == 1 and city_quota(programme, "case").used == 1


@pytest.mark.parametrize("turn", range(4))
def test_sent_on_and_returned_at_once_one_wins(make, officer, reviewer, turn):
    work = make()
    acts = [lambda: send_up([work.pk], by=officer), lambda: return_to_school(work, by=reviewer, reason="写具体些")]
    results = at_once(*(acts if turn % 2 else acts[::-1]), refusals=WrongState)
    assert len(told(results)) == Decision.objects.count() == 1
    row = Work.objects.get(pk=work.pk)
    assert bool(row.sent_up_at) == (row.state == "shortlisted")


def test_the_same_at_once_is_one(make, officer, authority):
    work, other = make(), make_officer(authority)
    at_once(lambda: send_up([work.pk], by=officer), lambda: send_up([work.pk], by=other))
    at_once(lambda: take_back_up(work, by=officer), lambda: take_back_up(work, by=other))
    assert list(Decision.objects.order_by("pk").values_list("verb", flat=True)) == ["send_up", "take_back_up"]
