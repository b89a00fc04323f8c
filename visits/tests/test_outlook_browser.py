"""The leader's page in a browser: what lies ahead, and the heads told of it."""

import pytest
from django.urls import reverse

from schools.models import Message
from schools.tests.factories import make_leader
from visits.tests.slow import SLOW, make_slow_school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.seed("S22", "S48")]


@pytest.fixture
def school(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    return make_slow_school()


def look(page, axe):
    return axe(page), page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("size", [(390, 844), pytest.param((1440, 900), marks=pytest.mark.prove)])
def test_a_leader_reads_what_lies_ahead_and_reminds_the_heads(page_at, sign_in, axe, school, size):
    page = page_at(*size)
    sign_in(page, make_leader(school))
    page.goto(reverse("visits:school", args=[school.pk]))
    page.get_by_text("已访3/14人").wait_for()  # the list of papers has come in
    page.get_by_text(SLOW).wait_for()
    assert look(page, axe) == ([], 0)
    page.get_by_role("button", name="提醒进度慢的班").click()
    page.get_by_role("button", name="提醒", exact=True).click()
    page.get_by_text("提醒了五（1）班的班主任。").wait_for()
    assert look(page, axe) == ([], 0)
    assert [row.text for row in Message.objects.all()] == [f"五（1）班：{SLOW}"]


@pytest.mark.prove
def test_without_script_the_papers_are_a_list_and_the_reminder_needs_no_question(page_at, sign_in, school):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, make_leader(school))
    page.goto(reverse("visits:school", args=[school.pk]))
    assert page.get_by_text("还有12天，其中10个工作日，差11人").is_visible()
    page.get_by_role("button", name="提醒进度慢的班").click()
    page.get_by_text("提醒了五（1）班的班主任。").wait_for()
