"""The report in a browser: from nothing to filed, saved while one writes, on desktop and phone."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.actions.report import save_section, take_figures
from reports.models import SchoolReport
from reports.tests.filed import TEXTS, make_around, make_campaign, make_life, make_report
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Place:
    def __init__(self, settings):
        settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
        self.programme = make_campaign()
        self.school, heads, _ = make_life(self.programme)
        make_around(self.programme, self.school, heads[0])
        self.leader = make_leader(self.school, name="沈文清")
        self.admin = make_user(Role.SCHOOL_ADMIN, school=self.school, name="何静")
        settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"


@pytest.fixture
def place(settings):
    return Place(settings)


def write(page, section, text):
    page.fill(f"#section-{section}", text)
    page.locator(f"#section-{section}").blur()
    page.wait_for_selector("[data-save-state]:has-text('已保存 20:00')")


@pytest.mark.seed("S55", "S56", "S65", "S67", "S68", "S69")
def test_a_report_from_empty_to_accepted(page_at, sign_in, axe, place):
    page = page_at(1440, 900)
    sign_in(page, place.admin)
    page.goto(reverse("reports:report"))
    page.click("button:has-text('开始写')")
    page.wait_for_selector(".ed-m")
    page.click("button:has-text('取数')")
    page.wait_for_selector("text=自动数据，截至2022年9月18日20:00")
    page.click("#section-1")
    page.keyboard.type("1. 先备课。")
    page.keyboard.press("Enter")
    page.keyboard.type("两人同行。")
    assert page.input_value("#section-1") == "1. 先备课。\n2. 两人同行。"
    write(page, 3, "晚上不好约。")
    page.click("#section-2")
    page.click("[data-insert='征集家长意见2条']")
    assert page.input_value("#section-2") == "征集家长意见2条"
    page.keyboard.type("，都有人答复。")
    page.locator("#section-2").blur()
    page.wait_for_selector("#report-checks:has-text('第三部分有数据支撑')")
    assert axe(page) == []
    page.click("text=送校长审定")
    page.wait_for_selector("text=告诉校长了")
    report = SchoolReport.objects.get()
    assert report.sections == ["", "1. 先备课。\n2. 两人同行。", "征集家长意见2条，都有人答复。", "晚上不好约。"]

    phone = page_at(390, 844)
    sign_in(phone, place.leader)
    phone.goto(reverse("reports:report"))
    assert axe(phone) == []
    phone.click(".page-head button:has-text('审定')")
    phone.click("#ask-dialog [data-ask-yes]")
    phone.wait_for_url(re.compile(r"/reports/report/\d+/$"))
    phone.click("button:has-text('报送区里')")
    phone.click("#ask-dialog [data-ask-yes]")
    phone.wait_for_selector("text=回执号")
    assert f"BG20220918-{report.pk:05d}-1" in phone.inner_text("main")
    assert axe(phone) == []

    sign_in(page, make_officer(place.programme.authority))
    page.goto(reverse("desk:review") + f"?tab=report&item={report.pk}")
    page.click("#accept")
    page.wait_for_selector("text=撤销")
    report.refresh_from_db()
    assert report.state == "accepted"


@pytest.mark.prove
def test_what_somebody_else_wrote_meanwhile_is_shown_and_nothing_is_lost(page_at, sign_in, axe, place):
    report = make_report(place.programme, place.school, by=place.leader, state="draft")
    page = page_at(1440, 900)
    sign_in(page, place.admin)
    page.goto(reverse("reports:report"))
    save_section(report, 3, "校长写的。", by=place.leader, was=TEXTS[3])
    page.fill("#section-3", "何静写的。")
    page.locator("#section-3").blur()
    page.wait_for_selector("#clash-3:has-text('沈文清20:00改过这一部分')")
    assert "校长写的。" in page.inner_text("#clash-3")
    assert axe(page) == []
    write(page, 1, "1. 别的部分照样存。")
    page.click("#clash-3 >> text=两段都留")
    page.wait_for_selector("[data-save-state]:has-text('已保存')")
    expect(page.locator("#clash-3")).to_be_hidden()
    page.reload()
    assert page.input_value("#section-3") == "校长写的。\n何静写的。"
    assert page.input_value("#section-1") == "1. 别的部分照样存。"


@pytest.mark.prove
def test_without_a_network_the_words_wait_and_go_later(page_at, sign_in, place):
    make_report(place.programme, place.school, by=place.leader, state="draft")
    page = page_at(1440, 900)
    sign_in(page, place.admin)
    page.goto(reverse("reports:report"))
    page.route("**/save/", lambda route: route.abort())
    page.fill("#section-3", "断网时写的。")
    page.locator("#section-3").blur()
    page.wait_for_selector("[data-save-state]:has-text('没有存上，会再试')")
    page.unroute("**/save/")
    page.wait_for_selector("[data-save-state]:has-text('已保存')")
    assert SchoolReport.objects.get().sections[3] == "断网时写的。"


@pytest.mark.prove
def test_material_is_numbered_in_the_numbered_part(page_at, sign_in, axe, place):
    report = make_report(place.programme, place.school, by=place.leader, state="draft")
    take_figures(report, by=place.leader)
    page = page_at(390, 844)
    sign_in(page, place.admin)
    page.goto(reverse("reports:report"))
    page.click("summary:has-text('会议和培训')")
    page.click("[data-insert^='9月1日召开']")
    assert page.input_value("#section-1") == f"{TEXTS[1]}\n3. 9月1日召开动员会“动员会”，5人参加。"
    assert axe(page) == []


@pytest.mark.prove
def test_the_page_saves_without_script(page_at, sign_in, place):
    make_report(place.programme, place.school, by=place.leader, state="draft")
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, place.admin)
    page.goto(reverse("reports:report"))
    page.fill("#section-3", "不用脚本写的。")
    page.click("#report-form >> text=保存")
    page.wait_for_selector("text=已保存")
    assert SchoolReport.objects.get().sections[3] == "不用脚本写的。"
