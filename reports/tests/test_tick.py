"""What the tick of each minute sets going in other rooms."""

from datetime import datetime

import pytest

from programmes.tests.upward import make_upward
from reports import tasks
from schools.tests.factories import make_leader, make_school
from works.tests.judging import opened, school_round, score_all

pytestmark = pytest.mark.django_db


def test_a_round_whose_time_is_over_closes(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_upward()
    school = make_school(programme.authority)
    closes_at = datetime.fromisoformat("2022-09-30T00:00+08:00")
    round_ = opened(school_round(programme, school, make_leader(school), closes_at=closes_at))
    score_all(round_)
    settings.HOMEVISIT_CLOCK = "2022-09-30T00:00+08:00"
    tasks.tick()
    tasks.tick()
    round_.refresh_from_db()
    assert (round_.state, round_.closed_at) == ("closed", closes_at)
