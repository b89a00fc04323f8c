"""Two colleagues save the first words of a plan at the same instant: one plan, and the slower one is told."""

import pytest

from core.tests.at_once import at_once
from programmes.tests.upward import make_upward
from reports.actions.plan import Overtaken, save_plan
from reports.models import SchoolPlan
from reports.queries.plan import suggested
from schools.enums import Role
from schools.tests.factories import make_leader, make_school, make_user

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("turn", range(4))
def test_two_first_saves_at_once(settings, turn):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme = make_upward()
    school = make_school(programme.authority)
    people = [make_leader(school), make_user(Role.SCHOOL_ADMIN, school=school)]

    def save(number):
        content = {**suggested(programme, school), "title": f"第{number}种写法"}
        return save_plan(programme, school, by=people[number], revision=0, content=content).title

    results = at_once(lambda: save(0), lambda: save(1), refusals=Overtaken)
    plan = SchoolPlan.objects.get()
    told = [result for result in results if isinstance(result, Overtaken)]
    assert plan.revision == 1 and len(told) == 1 and told[0].plan.title == plan.title
    assert plan.title in results and plan.members.count() == 3
