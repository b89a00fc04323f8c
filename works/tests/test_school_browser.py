"""A leader reads what came in: one returned, two recommended, one of them taken back, the order changed, two sent."""

import os
from datetime import date

import pytest
from django.urls import reverse

from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_user
from visits.actions.register import open_register
from visits.tests.rows import add_visit
from works.actions.scan import add_scan
from works.models import Scan, Work
from works.tests.factories import make_work
from works.tests.test_scan import GOOD, upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
TITLES = ("阳台上的菜园", "爷爷的二十个电话", "一盏台灯")
BODY = """开学第二周，我敲开顾嘉树家的门。他正蹲在阳台上给小白菜浇水，妈妈林秋说，孩子放学回来第一件事就是看菜。

我们坐在小桌边商量：把种菜写进作文里，每晚八点前写完，外婆当第一个读者。过了两周，他交来的作文写满了一页半。"""


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.fixture
def stories(programme, school, head, student, leader, media):
    teacher = make_user(Role.TEACHER, school=school, name="罗一鸣")
    found = []
    for number, (title, author) in enumerate(zip(TITLES, (head, teacher, head), strict=True), 10):
        visit = add_visit(programme, [student], on=date(2022, 9, number), lead=author)
        found.append(make_work(author, programme, school, visit=visit, kind="story", state="submitted", title=title, body=BODY))
    return found


def states():
    return list(Work.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.prove
@pytest.mark.parametrize("size", SIZES)
def test_the_schools_page_leads_to_what_waits(page_at, sign_in, axe, programme, school, stories, leader, size):
    open_register(programme)
    page = page_at(*SIZES[size])
    sign_in(page, leader)
    page.goto(reverse("visits:school", args=[school.pk]))
    page.get_by_role("heading", name="作品评审").wait_for()
    page.get_by_role("heading", name="报送清单").scroll_into_view_if_needed()
    assert (axe(page), fits(page)) == ([], True)
    picture(page, f"school-page-{size}")
    page.locator("a:visible", has_text=f"去审：{TITLES[0]}").click()
    page.wait_for_selector("#approve-form")


@pytest.mark.seed("S54")
def test_a_leader_returns_recommends_and_sends(page_at, sign_in, axe, stories, leader):
    page = page_at(*SIZES["desktop"])
    sign_in(page, leader)
    page.goto("/works/school/")
    assert axe(page) == []
    picture(page, "school-list-d")

    page.click(f"text={TITLES[0]}")
    page.wait_for_selector("#approve-form")
    assert axe(page) == []
    picture(page, "school-review-d")
    page.click("text=退回修改")
    page.get_by_label("走访时间或对象没写清").check()
    page.click("#return button[type=submit]")
    page.wait_for_url(f"**/works/school/{stories[1].pk}/**")
    assert states() == ["returned", "submitted", "submitted"]
    assert "退回了《阳台上的菜园》" in page.inner_text("[data-vanish]")

    page.click("text=情况属实，事迹感人，同意推荐。")
    page.get_by_label("我核实过").check()
    page.click("[data-approve]")
    page.wait_for_url(f"**/works/school/{stories[2].pk}/**")
    page.click("[data-vanish] button")  # taken back
    page.wait_for_selector("text=撤销了")
    assert states() == ["returned", "submitted", "submitted"]

    phone = page_at(*SIZES["phone"])
    sign_in(phone, leader)
    phone.goto("/works/school/")
    assert axe(phone) == []
    assert fits(phone)
    picture(phone, "school-list-p")
    for title in TITLES[1:]:
        phone.goto("/works/school/?which=waiting")
        phone.click(f"text={title} >> visible=true")
        phone.wait_for_selector("#approve-form")
        phone.click("text=真实具体，做法有效，同意推荐。")
        phone.get_by_label("我核实过").check()
        assert fits(phone)
        picture(phone, "school-review-p")
        phone.click(".dock button")
        phone.wait_for_selector(f"text=推荐了《{title}》")
    assert axe(phone) == []

    phone.goto("/works/school/?which=approved")
    assert fits(phone)
    picture(phone, "school-order-p")
    phone.click(f"[aria-label='《{TITLES[2]}》往前排'] >> visible=true")
    phone.wait_for_url("**#w*")
    assert list(Work.objects.filter(state="approved").order_by("school_order").values_list("title", flat=True)) == [
        TITLES[2], TITLES[1],
    ]  # fmt: skip
    assert axe(phone) == []
    phone.click("text=报送区里 >> visible=true")
    phone.wait_for_url("**/file/**")
    assert axe(phone) == []
    picture(phone, "school-file-p")
    phone.click("text=核对名单")
    phone.wait_for_selector("text=报给区里的2篇")
    assert axe(phone) == []
    picture(phone, "school-confirm-p")
    phone.click("text=报送2篇")
    phone.wait_for_selector("text=报给区里了")
    assert states() == ["returned", "filed", "filed"]


@pytest.mark.prove
@pytest.mark.parametrize("size", SIZES)
def test_keys_scan_level_and_recall(page_at, sign_in, axe, stories, programme, school, head, leader, size):
    sealed = make_work(head, programme, school, state="approved", leader=leader, title="家校一条心")
    add_scan(sealed, upload(GOOD), by=leader)
    Work.objects.filter(pk=sealed.pk).update(version=2)
    page = page_at(*SIZES[size])
    sign_in(page, leader)
    if size == "desktop":
        page.goto(f"/works/school/{stories[0].pk}/#keys")
        page.wait_for_selector("#queue a:focus")
        page.keyboard.press("j")
        page.wait_for_url(f"**/{stories[1].pk}/#keys")
        page.wait_for_selector("#queue a:focus")
        page.keyboard.press("k")
        page.wait_for_url(f"**/{stories[0].pk}/#keys")
        page.wait_for_selector("#queue a:focus")
        page.keyboard.press("r")
        page.wait_for_selector("#return[open] textarea:focus")
        page.keyboard.type("jka")  # words, not keys
        assert page.input_value("#return textarea") == "jka"
        page.focus("#queue a[aria-current]")
        page.keyboard.press("a")
        page.wait_for_selector("#id_approve-opinion:focus")  # the browser asks for the opinion

    page.goto(f"/works/school/{sealed.pk}/")
    assert axe(page) == []
    picture(page, f"school-sealed-{size}")
    page.set_input_files("input[type=file]", {"name": "盖章2.pdf", "mimeType": "application/pdf", "buffer": GOOD + b"\n"})
    page.click("button:has-text('上传')")
    page.wait_for_selector("text=盖章件传好了")
    assert Scan.objects.standing().count() == 2
    page.click("summary:has-text('校级等级')")
    page.get_by_label("一等奖").check()
    page.click("text=记下等级")
    page.wait_for_selector("text=记下了：校级一等奖")
    assert axe(page) == []


@pytest.mark.prove
@pytest.mark.parametrize("size", SIZES)
def test_an_empty_list_a_refused_form_and_more_time(page_at, sign_in, axe, programme, school, head, leader, settings, size):
    page = page_at(*SIZES[size])
    sign_in(page, leader)
    for address in ("/works/school/", "/works/school/file/"):
        page.goto(address)
        assert axe(page) == []
        picture(page, f"school-empty-{address.strip('/').split('/')[-1]}-{size}")
    work = make_work(leader, programme, school, kind="diary", state="submitted")
    page.goto(f"/works/school/{work.pk}/")
    assert axe(page) == []
    other = make_leader(school)
    work = make_work(head, programme, school, kind="diary", state="submitted")
    sign_in(page, other)
    page.goto(f"/works/school/{work.pk}/")
    page.evaluate("document.getElementById('approve-form').noValidate = true")
    page.click(".dock button" if size == "phone" else "[data-approve]")
    page.wait_for_selector("[data-error-summary]")
    assert axe(page) == []

    sign_in(page, make_officer(programme.authority))
    page.goto(reverse("works:late_passes"))
    assert axe(page) == []
    page.fill("#find-school", "晨曦")
    page.get_by_label("感人故事推荐表").check()
    page.fill("#id_until", "2022-10-12")
    page.fill("#id_reason", "校舍停电")
    page.click("text=开通补报 >> visible=true")
    page.wait_for_selector("text=给晨曦小学开通了补报")
    assert axe(page) == []
    picture(page, f"school-late-{size}")
