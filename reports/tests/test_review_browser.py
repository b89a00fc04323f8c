"""审核 in a browser: by keys on a desktop, by thumb on a phone; undo, the next opens, nothing axe objects to."""

import pytest
from playwright.sync_api import expect

from reports.tests.at_desk import Desk

URL = "/desk/review/?tab=report"


@pytest.fixture
def desk(transactional_db):
    """Today by the clock of the machine: the undo is ten real seconds."""
    desk = Desk()
    desk.schools = [desk.school(f"示例{name}小学") for name in ("晨曦", "柳堤", "望潮")]
    desk.reports = [desk.report(school) for school in desk.schools]
    desk.report(desk.school("示例白鹭小学"), version=2)
    desk.work(desk.schools[0])
    desk.plan(desk.schools[0])
    return desk


def title(page):
    return page.locator(".rv-m h2").first.inner_text()


@pytest.mark.browser
def test_the_queue_by_keys_and_on_a_phone(desk, page_at, sign_in, axe):
    page = page_at(1440, 900)
    sign_in(page, desk.reviewer)
    page.goto(URL)
    assert axe(page) == []
    page.keyboard.press("a")  # nothing happens while the focus is elsewhere
    assert "晨曦小学" in title(page)
    page.locator(".q.on").focus()
    page.keyboard.press("j")
    page.wait_for_url("**item=*")
    assert "柳堤小学" in title(page)
    page.keyboard.press("k")
    expect(page.locator(".rv-m h2").first).to_contain_text("晨曦小学")
    page.keyboard.press("a")
    page.wait_for_selector("[data-undo]")
    assert "柳堤小学" in title(page)  # the next opened by itself
    desk.reports[0].refresh_from_db()
    assert desk.reports[0].state == "accepted"
    assert axe(page) == []
    page.click("[data-undo] button")
    page.wait_for_selector("text=撤销了1件")
    desk.reports[0].refresh_from_db()
    assert desk.reports[0].state == "filed" and "晨曦小学" in title(page)

    page.locator(".q.on").focus()
    page.keyboard.press("r")  # no reason yet: the cursor goes where it is written
    page.keyboard.type("第四部分 asr 太短")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-undo]")
    desk.reports[0].refresh_from_db()
    assert (desk.reports[0].state, desk.reports[0].return_reason) == ("returned", "第四部分 asr 太短")
    page.uncheck("#keys-on")
    page.locator(".q.on").focus()
    page.keyboard.press("s")
    assert page.locator("#keys-on").is_checked() is False and "柳堤小学" in title(page)

    phone = page_at(390, 844)
    sign_in(phone, desk.reviewer)
    phone.goto(URL)
    assert axe(phone) == [] and not phone.locator(".rv-m").is_visible()
    phone.click("text=柳堤小学")
    phone.wait_for_selector(".dock button[value=accept]", state="visible")
    assert axe(phone) == [] and not phone.locator(".rv-l").is_visible()
    phone.click(".dock button[value=recommend]")
    phone.wait_for_selector("[data-undo]")
    desk.reports[1].refresh_from_db()
    assert desk.reports[1].recommended_at


@pytest.mark.browser
@pytest.mark.prove
def test_the_undo_leaves_by_itself_and_a_check_goes_into_the_opinion(desk, page_at, sign_in):
    page = page_at(1440, 900)
    sign_in(page, desk.officer)
    page.goto("/desk/review/?tab=plan")
    page.click("[data-add] >> nth=0")
    words = page.input_value("#decide-reason")
    assert words and "领导小组" in page.inner_text(".rv-r")
    page.click("[data-add] >> nth=0")
    assert page.input_value("#decide-reason") == words  # once
    page.click("#return")
    page.wait_for_selector("[data-undo]")
    page.wait_for_selector("[data-undo]", state="detached", timeout=15_000)


@pytest.mark.browser
@pytest.mark.prove
def test_without_script_the_desk_decides_and_takes_back(desk, page_at, sign_in):
    page = page_at(1440, 900, java_script_enabled=False)
    sign_in(page, desk.reviewer)
    page.goto(URL)
    page.click("#accept")
    page.wait_for_selector("text=秒内可以撤销")
    page.click("[data-undo] button")
    page.wait_for_selector("text=撤销了1件")


@pytest.mark.browser
@pytest.mark.prove
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_every_tab_and_the_packing_page_pass_axe(desk, page_at, sign_in, axe, size):
    page = page_at(*size)
    sign_in(page, desk.officer)
    work = desk.work(desk.schools[1], state="accepted")
    for address in (
        "/desk/review/?tab=essay", "/desk/review/?tab=plan", "/desk/review/?tab=case", "/desk/review/forms/",
        f"/desk/review/?tab=essay&state=accepted&item={work.pk}", f"/desk/review/?tab=report&item={desk.reports[2].pk}&compare=1",
    ):  # fmt: skip
        page.goto(address)
        assert axe(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
