"""The desk's acts in Chromium: tick by mouse and keys, with and without script, on the desk and on the phone."""

from datetime import date

import pytest

from core.clock import now
from programmes.models import LatePass
from reports.actions.duty import duties, give_duty
from reports.enums import FilingState
from reports.models import Nudge, SavedView
from reports.tests.at_desk import Desk
from schools.models import Message
from schools.tests.factories import make_class, make_class_head
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:00+08:00"
    desk = Desk()
    desk.schools = [desk.school(f"示例{name}小学") for name in ("望江", "云杉", "临溪", "星禾")]
    for number, school in enumerate(desk.schools):
        school_class = make_class(school)
        students = [make_student(school_class) for _ in range(4)]
        for student in students[:number]:
            add_visit(desk.programme, [student], on=date(2022, 9, 2), lead=make_class_head(school_class))
    open_register(desk.programme)
    desk.plan(desk.schools[0], state=FilingState.ACCEPTED, accepted_at=now(), accepted_by=desk.officer)
    desk.report(desk.schools[1])
    return desk


def check(page, axe):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert axe(page) + ([f"{wide} px too wide"] if wide else []) == []


@pytest.mark.seed("S48")
def test_schools_are_ticked_by_keys_and_nudged(page_at, sign_in, axe, desk):
    page = page_at(1440, 900)
    sign_in(page, desk.officer)
    page.goto("/desk/")
    bar, boxes = page.locator(".selbar"), page.locator("tbody input[name=school]")
    assert not bar.is_visible()
    boxes.nth(0).focus()
    page.keyboard.press("Space")
    assert "已选 1 所" in bar.inner_text()
    boxes.nth(2).click(modifiers=["Shift"])
    assert "已选 3 所" in bar.inner_text() and page.locator("tr.sel").count() == 3
    page.keyboard.press("Escape")
    assert not bar.is_visible() and page.locator("tr.sel").count() == 0
    boxes.nth(0).check()
    boxes.nth(1).check()
    check(page, axe)
    assert page.evaluate("(s => s.scrollWidth - s.clientWidth)(document.querySelector('.scroll-x'))") == 0
    bar.get_by_role("button", name="催办").click()
    page.wait_for_url("**/desk/nudge/**")
    check(page, axe)
    page.get_by_label("附言").fill("有困难打电话来。")
    page.get_by_role("button", name="催2所").click()
    page.wait_for_url("**/desk/")
    assert "催了2所学校，2人会看到。" in page.locator("#messages").inner_text()
    assert {message.text.endswith("有困难打电话来。") for message in Message.objects.all()} == {True}


@pytest.mark.prove
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 720)])
def test_act_pages_are_accessible_and_fit(page_at, sign_in, axe, desk, width, height):
    give_duty(desk.programme, [desk.schools[0].pk], desk.reviewer, by=desk.officer)
    SavedView.objects.create(user=desk.officer, page="desk", name="落后的", query="tab=behind")
    page = page_at(width, height)
    sign_in(page, desk.officer)
    some = "&".join(f"school={school.pk}" for school in desk.schools)
    urls = ["", "?cols=visits", "?tab=waiting&reader=none", "nudge/", "views/?tab=behind", "register/", "jobs/"]
    urls += [f"{act}/?{some}" for act in ("nudge", "extend", "duty")]
    for url in urls:
        page.goto(f"/desk/{url}")
        check(page, axe)
    page.goto(f"/desk/extend/?{some}")
    page.get_by_role("button", name="延期4所").click()
    page.wait_for_selector("[data-error-summary]")
    check(page, axe)


@pytest.mark.prove
def test_filters_fold_on_the_phone_and_all_that_match_are_nudged(page_at, sign_in, desk):
    page = page_at(390, 844)
    sign_in(page, desk.officer)
    page.goto("/desk/")
    assert not page.get_by_label("方案").is_visible()
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("方案").select_option("missing")
    page.wait_for_url("**plan=missing**")
    page.get_by_role("link", name="催办").click()
    page.wait_for_url("**/desk/nudge/**")
    assert page.get_by_role("button", name="催3所").is_visible()


@pytest.mark.prove
def test_more_time_a_reader_and_a_view(page_at, sign_in, desk):
    page = page_at(1440, 900)
    sign_in(page, desk.officer)
    page.goto("/desk/?plan=missing")
    page.get_by_label("选本页全部学校").check()
    page.get_by_role("button", name="延期").click()
    page.wait_for_url("**/desk/extend/**")
    page.get_by_label("方案").check()
    page.get_by_label("延到哪天").fill("2022-10-10")
    page.get_by_label("原因").fill("新学校刚成立")
    page.get_by_role("button", name="延期3所").click()
    page.wait_for_url("**/desk/?plan=missing")
    assert LatePass.objects.standing().count() == 3
    page.get_by_label("选云杉小学").check()
    page.get_by_role("button", name="指定审核人").click()
    page.wait_for_url("**/desk/duty/**")
    page.get_by_label("丁宁").check()
    page.get_by_role("button", name="指定审核人").click()
    page.wait_for_url("**/desk/?plan=missing")
    assert list(duties(desk.programme).values()) == ["丁宁"]
    page.get_by_role("link", name="存为视图").click()
    page.wait_for_url("**/desk/views/**")
    page.get_by_label("视图名称").fill("没交方案的")
    page.get_by_role("button", name="存为视图").click()
    page.wait_for_url("**/desk/?plan=missing")
    assert page.locator(".linktabs a[aria-current=true]").inner_text() == "没交方案的"


@pytest.mark.prove
def test_without_script_the_bar_stands_and_the_boxes_work(page_at, sign_in, desk):
    page = page_at(1440, 900, java_script_enabled=False)
    sign_in(page, desk.officer)
    page.goto("/desk/")
    assert page.locator(".selbar").is_visible()
    page.locator("tbody input[name=school]").nth(0).check()
    page.locator(".selbar").get_by_role("button", name="催办").click()
    page.wait_for_url("**/desk/nudge/**")
    page.get_by_role("button", name="催1所").click()
    page.wait_for_url("**/desk/")
    assert Nudge.objects.count() == 1
    page.locator("input[name=all]").check()
    with page.expect_download() as download:
        page.locator(".selbar").get_by_role("button", name="导出").click()
    assert download.value.suggested_filename == "示例走万家走访进度.xlsx"
