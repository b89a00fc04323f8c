"""A notice that nobody closes: its families are told of for some weeks more, then the district is told of the end."""

import pytest

from programmes.queries.current import address_without
from reminders.enums import LineKind as K
from reminders.queries.hours import open_programmes
from reminders.queries.mine import my_lines
from reminders.queries.school_text import school_texts
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db


def of(user, kind):
    return [(line.text, address_without(line.url)) for line in my_lines(user) if line.kind == kind]


def test_families_are_told_of_until_a_month_after_the_last_day_and_then_the_district_of_the_end(
    programme, school, pupils, head, officer, at, client
):
    at("2022-11-07 09:00")  # thirty days after the last deadline, 8 October
    assert [text for text, _ in of(head, K.FAMILIES)] == ["还有3家没走访也没约时间"]
    assert len(of(head, K.CLASS_LEFT)) == 1 and "没走访" in school_texts([school], open_programmes())[school.pk]
    assert of(officer, K.OVER) == []

    at("2022-11-08 09:00")
    assert of(head, K.FAMILIES) == of(head, K.CLASS_LEFT) == []
    assert school_texts([school], open_programmes()) == {}
    [(text, url)] = of(officer, K.OVER)
    assert text == f"{programme}的期限都过了，不再提醒还没走访的；做完了就在后台结束这个活动"
    client.force_login(officer, backend="schools.backends.StaffBackend")
    assert client.get(my_lines(officer)[0].url, follow=True).status_code == 200
    assert client.get(url).status_code == 200

    type(programme).objects.update(state="closed")
    assert my_lines(officer) == []


def test_what_came_back_is_told_as_long_as_the_notice_is_open(programme, school, head, at):
    at("2023-01-09 09:00")
    make_work(head, programme, school, state="returned")
    assert [text for text, _ in of(head, K.RETURNED)] == ["1篇作品退回来了，改好再交"]


def test_the_notice_says_how_long_families_are_told_of(programme, pupils, head, at):
    config = {**programme.config, "reminders": {"families_after_days": 0}}
    type(programme).objects.update(config=config)
    at("2022-10-08 09:00")
    assert len(of(head, K.FAMILIES)) == 1
    at("2022-10-09 09:00")
    assert of(head, K.FAMILIES) == []
