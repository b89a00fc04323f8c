"""提醒 in Chromium: from the bell to the thing itself, the settings, the school's group; phone and desktop."""

import pytest

from core.models import Job
from reminders.actions.robot import RobotRefused, run_trial, set_robot
from reminders.actions.round import start_due_rounds
from reminders.enums import Channel
from reminders.models import Delivery
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan
from works.tests.factories import make_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example"


@pytest.fixture
def morning(programme, school, pupils, head, teacher, leader, at):
    """A Monday with something of most kinds; the leader's deadline is near."""
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-19 18:30"))
    make_work(head, programme, school, state="returned")
    make_work(teacher, programme, school, state="submitted")
    start_due_rounds()


def test_from_the_bell_to_the_family_on_the_phone(morning, head, leader, page_at, sign_in, axe):
    page = page_at(390, 844)
    sign_in(page, head)
    page.goto("/messages/")
    page.get_by_role("button", name="今天有1次约好的家访，18:30").click()
    page.wait_for_url("**/reminders/")
    assert page.locator(".todo").count() == 4
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="还有2家没走访也没约时间").click()
    page.wait_for_url("**/visits/mine/?state=next")

    page.goto("/reminders/")
    page.get_by_role("link", name="提醒设置").click()
    page.wait_for_url("**/reminders/settings/")
    assert axe(page) == []
    page.get_by_label("邮箱", exact=True).fill("不是邮箱")
    page.get_by_role("button", name="保存").click()
    page.wait_for_selector("[data-error-summary]")
    assert axe(page) == []
    page.get_by_label("邮箱", exact=True).fill("chenxiao@example.com")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/reminders/")
    assert page.get_by_text("提醒设置存好了").is_visible()

    desk = page_at(1440, 900)
    sign_in(desk, leader)
    desk.goto("/reminders/")
    assert axe(desk) == []
    desk.locator("#main").get_by_role("link", name="发到学校群里").click()
    desk.wait_for_url("**/reminders/robot/")
    assert axe(desk) == []
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="复制文字").click()
    desk.get_by_text("复制好了，到群里粘贴。").wait_for()
    assert desk.evaluate("navigator.clipboard.readText()").startswith("家访提醒（9月19日）")
    desk.get_by_label("机器人地址").fill(WECOM)
    desk.get_by_role("button", name="保存").click()
    desk.get_by_text("机器人设置好了，试发一条看看").wait_for()
    assert axe(desk) == []


@pytest.mark.prove
def test_every_page_fits_phone_and_desktop(morning, school, head, leader, page_at, sign_in, axe):
    hook = set_robot(school, by=leader, platform="wecom", address=WECOM, secret="", is_active=True)
    for on, state, error in (("16", "sent", ""), ("15", "failed", "机器人地址不对，或者机器人被移出了群。")):
        Delivery.objects.create(
            channel=Channel.ROBOT, hook=hook, on=f"2022-09-{on}", state=state, attempts=1, error=error, text="家访提醒",
            sent_at=moment(f"2022-09-{on} 08:31") if state == "sent" else None,
        )  # fmt: skip
    for width, height in ((320, 640), (390, 844), (1440, 900)):
        page = page_at(width, height)
        for user, path in (
            (head, "/reminders/"), (leader, "/reminders/"), (head, "/reminders/settings/"), (leader, "/reminders/robot/"),
        ):  # fmt: skip
            sign_in(page, user)
            page.goto(path)
            assert axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.prove
def test_all_works_without_script(morning, leader, page_at, sign_in):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, leader)
    page.goto("/reminders/robot/")
    assert not page.get_by_role("button", name="复制文字").is_visible()
    assert page.get_by_role("textbox", name="今天可以发的话").input_value().startswith("家访提醒")
    page.get_by_label("机器人地址").fill("https://example.org/x?key=1")
    page.get_by_role("button", name="保存").click()
    assert page.locator("[data-error-summary]").is_visible()


@pytest.mark.prove
def test_a_trial_shows_how_it_stands_without_reloading(morning, school, leader, page_at, sign_in, axe, monkeypatch):
    monkeypatch.setattr("core.jobs.send", lambda task, job_id: True)
    set_robot(school, by=leader, platform="wecom", address=WECOM, secret="", is_active=True)
    for width, height, refused in ((390, 844, False), (1440, 900, True)):
        page = page_at(width, height)
        sign_in(page, leader)
        page.goto("/reminders/robot/")
        page.get_by_role("button", name="试发一条").click()
        page.wait_for_url("**#trial")
        page.get_by_text("正在试发").wait_for()
        assert axe(page) == []
        monkeypatch.setattr("reminders.actions.robot.send_text", _refuse if refused else lambda hook, text: None)
        run_trial(Job.objects.latest("pk").pk)
        page.get_by_text("机器人发得太勤" if refused else "发出去了，到群里看看").wait_for()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _refuse(hook, text):
    raise RobotRefused("机器人发得太勤，平台暂时不收。")
