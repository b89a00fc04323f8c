"""The plan from an empty page to the receipt, on a phone and at a desk; rows moved by keyboard; two people at once."""

import os
import re

import pytest
from playwright.sync_api import expect

from programmes.tests.upward import make_upward
from reports.models import SchoolPlan
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_school, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
PHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture
def people(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme = make_upward()
    school = make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    return {
        "admin": make_user(Role.SCHOOL_ADMIN, school=school, name="何静"),
        "leader": make_leader(school, name="沈文清"),
        "officer": make_officer(programme.authority, name="周敏"),
    }


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.seed("S46")
@pytest.mark.seed("W28")
def test_from_an_empty_page_to_the_receipt(page_at, sign_in, axe, people):
    page = page_at(*PHONE)
    sign_in(page, people["admin"])
    page.goto("/reports/plan/")
    assert axe(page) == []
    page.locator("details", has=page.locator("button", has_text="放进“形式”")).locator("summary").click()
    page.get_by_role("button", name="放进“形式”").click()
    expect(page.get_by_label("形式", exact=True)).to_have_value(re.compile("计入的方式：上门"))
    for label in ("目标", "内容", "要求"):
        page.get_by_label(label, exact=True).fill(f"{label}写在这里。")
    page.get_by_label("姓名").nth(0).fill("沈文清")
    page.get_by_role("button", name="删掉第3行").click()
    page.get_by_role("button", name="删掉第3行").wait_for(state="detached")
    page.get_by_label("姓名").nth(1).fill("何静")
    page.get_by_role("button", name="第2行往上移").click()
    expect(page.get_by_label("姓名").nth(0)).to_have_value("何静")
    picture(page, "plan-phone")
    page.get_by_role("button", name="存好，看全文").click()
    page.wait_for_url("**/reports/plan/*/")
    assert page.get_by_text("请学校负责人打开这一页审定").is_visible()
    picture(page, "plan-view-phone")
    assert axe(page) == []

    desk = page_at(*DESKTOP)
    sign_in(desk, people["leader"])
    desk.goto("/reports/plan/")
    picture(desk, "plan-desktop")
    assert axe(desk) == []
    desk.get_by_role("link", name="看全文").click()
    desk.wait_for_url("**/reports/plan/*/")
    desk.get_by_role("button", name="审定").click()
    desk.get_by_role("button", name="报送区里").click()
    desk.get_by_text("回执号").first.wait_for()
    picture(desk, "plan-filed-desktop")
    assert axe(desk) == []
    plan = SchoolPlan.objects.get()
    assert (plan.state, plan.version) == ("filed", 1)
    assert [row.name for row in plan.members.all()] == ["何静", "沈文清"]

    sign_in(desk, people["officer"])
    desk.goto("/reports/plans/")
    assert desk.get_by_text(plan.receipt).is_visible()
    picture(desk, "plans-desktop")
    assert axe(desk) == []


@pytest.mark.prove
def test_two_people_at_once_and_wrong_input(page_at, sign_in, axe, people):
    first, second = page_at(*PHONE), page_at(*DESKTOP)
    for page, who in ((first, "admin"), (second, "leader")):
        sign_in(page, people[who])
        page.goto("/reports/plan/")
        page.get_by_label("目标", exact=True).fill(f"{people[who].name}写的目标")
    second.get_by_role("button", name="存好", exact=True).last.click()
    second.get_by_text("存好了。").wait_for()
    first.get_by_role("button", name="存好", exact=True).last.click()
    first.get_by_text("也存过这份方案").wait_for()
    first.get_by_text("对方写的和你的不同在哪里").click()
    assert axe(first) == []
    picture(first, "plan-overtaken-phone")
    assert first.get_by_label("目标", exact=True).input_value() == "何静写的目标"
    first.get_by_label("标题", exact=True).fill("")
    first.get_by_role("button", name="存好", exact=True).last.click()
    first.get_by_text("写上标题。").first.wait_for()
    assert axe(first) == []
    picture(first, "plan-wrong-phone")
    first.get_by_label("标题", exact=True).fill("示例方案")
    first.get_by_role("button", name="存好", exact=True).last.click()
    first.get_by_text("存好了。").wait_for()
    assert SchoolPlan.objects.get().sections["目标"] == "何静写的目标"


@pytest.mark.prove
def test_without_script_rows_come_and_go(page_at, sign_in, people):
    page = page_at(*PHONE, java_script_enabled=False)
    sign_in(page, people["admin"])
    page.goto("/reports/plan/")
    page.get_by_label("目标", exact=True).fill("写到一半")
    page.get_by_role("button", name="加一个人").click()
    expect(page.get_by_label("姓名")).to_have_count(4)
    assert page.get_by_label("目标", exact=True).input_value() == "写到一半"
    page.get_by_label("姓名").nth(3).fill("方老师")
    page.get_by_role("button", name="第4行往上移").click()
    expect(page.get_by_label("姓名").nth(2)).to_have_value("方老师")
    page.get_by_role("button", name="存好", exact=True).last.click()
    page.get_by_text("存好了。").wait_for()
    assert SchoolPlan.objects.get().members.filter(name="方老师").exists()
