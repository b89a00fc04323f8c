"""Two officers at the same instant, or one who clicks twice: a school is asked once, has one pass and one reader."""

from datetime import date

import pytest

from core.tests.at_once import at_once
from reports.actions.duty import give_duty
from reports.actions.extend import extend
from reports.actions.nudge import nudge
from reports.actions.saved_view import save_view
from reports.models import Nudge, ReviewDuty, SavedView
from reports.tests.at_desk import Desk
from schools.models import Message
from schools.tests.factories import make_officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    desk = Desk()
    desk.schools = [desk.school(f"示例{name}小学") for name in ("望江", "云杉", "临溪")]
    desk.ids = [school.pk for school in desk.schools]
    desk.colleague = make_officer(desk.authority, name="贺兰")
    return desk


@pytest.mark.parametrize("turn", range(4))
def test_each_school_is_asked_once(desk, turn):
    officers = [desk.officer, desk.colleague][:: 1 if turn % 2 else -1]
    results = at_once(*[lambda by=by: nudge(desk.programme, desk.ids, by=by) for by in officers])
    assert sorted(result.done for result in results) == [0, 3]
    assert Nudge.objects.count() == Message.objects.count() == 3


def test_a_double_click_gives_one_pass_a_school(desk):
    given = {"by": desk.officer, "submission": "report", "until": date(2022, 10, 20), "reason": "停课"}
    results = at_once(*[lambda: extend(desk.programme, desk.ids, **given)] * 3)
    assert [result.done for result in results] == [3, 3, 3]
    assert desk.programme.late_passes.count() == Message.objects.count() == 3


def test_two_readers_named_at_once_leave_one_a_school(desk):
    readers = [desk.reviewer, desk.colleague]
    at_once(*[lambda who=who: give_duty(desk.programme, desk.ids, who, by=desk.officer) for who in readers])
    standing = ReviewDuty.objects.filter(ended_at__isnull=True)
    assert standing.count() == 3 and standing.values("reviewer").distinct().count() == 1


def test_a_view_saved_twice_at_once_is_one(desk):
    at_once(*[lambda: save_view(desk.officer, "desk", name="落后的", query="tab=behind")] * 4)
    assert SavedView.objects.count() == 1
