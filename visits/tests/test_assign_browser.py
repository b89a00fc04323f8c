"""Assigning in a real browser: tick, look at the bars, press, take back; by keyboard, on the phone, without script."""

import pytest

from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_school, make_user
from students.tests.factories import make_mark
from visits.tests.assigning import address, five_families, leads

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(390, 844), pytest.param((1440, 900), marks=pytest.mark.prove)]


@pytest.fixture
def school_class(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    return make_class(make_school(make_programme().authority))


@pytest.fixture
def by_name(school_class, head):
    school = school_class.school
    wu, ding = (make_user(Role.TEACHER, school=school, name=name) for name in ("吴晓岚", "丁宁"))
    rows = five_families(school.authority.programmes.get(), school_class, wu, ding)
    make_mark(rows["马思齐"], by=head)
    return rows


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def open_board(page, sign_in, head, school_class):
    sign_in(page, head)
    page.goto(address(school_class))


def ticks(page, *names):
    for name in names:
        page.get_by_role("checkbox", name=f"选{name}").check()


@pytest.mark.parametrize("size", SIZES)
def test_three_families_in_one_step_and_back(page_at, sign_in, axe, school_class, head, by_name, size):
    page = page_at(*size)
    open_board(page, sign_in, head, school_class)
    page.get_by_role("button", name="分配5家").wait_for()

    ticks(page, "唐屿", "蒋若溪", "马思齐")
    button = page.get_by_role("button", name="分配3家")
    button.wait_for()
    panel = page.locator("#assign")
    assert "+ 蒋若溪、唐屿" in panel.text_content() and panel.locator("svg.bar").count() == 2
    assert (axe(page), sideways(page)) == ([], 0)
    if size == SIZES[0]:
        bar = page.locator(".pickbar")
        assert "已选 3 家" in bar.text_content()
        assert page.locator("nav.tabs").is_hidden()
        bar.get_by_role("link", name="按导师分配").click()
    button.click()

    page.locator("#assigned").wait_for()
    assert "分配了3家" in page.locator("#assigned").text_content()
    assert page.locator(".tile.assigned").count() == 3
    assert leads() == {"蒋若溪": "吴晓岚", "唐屿": "吴晓岚", "马思齐": "丁宁"}
    assert (axe(page), sideways(page)) == ([], 0)

    page.get_by_role("button", name="撤回").click()
    page.get_by_text("已撤回，和分配前一样").wait_for()
    assert (leads(), page.locator(".tile.assigned").count()) == ({}, 0)


@pytest.mark.prove
def test_by_hand_with_a_name_typed(page_at, sign_in, axe, school_class, head, by_name):
    page = page_at(1440, 900)
    open_board(page, sign_in, head, school_class)
    ticks(page, "潘可心")
    page.get_by_role("button", name="分配1家").wait_for()
    page.get_by_role("button", name="改成手动指派").click()
    page.get_by_label("找老师").fill("丁")
    assert page.get_by_label("走访老师").evaluate("s => s.selectedOptions[0].text").startswith("丁宁")
    assert (axe(page), sideways(page)) == ([], 0)
    ticks(page, "罗一川")  # the choice of by hand stays while families are added
    page.get_by_role("button", name="指派2家").click()
    page.locator("#assigned").wait_for()
    assert leads() == {"潘可心": "丁宁", "罗一川": "丁宁"}


@pytest.mark.prove
def test_arrows_move_and_space_ticks(page_at, sign_in, school_class, head, by_name):
    page = page_at(1440, 900)
    open_board(page, sign_in, head, school_class)
    page.locator(".tiles .tile").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.get_by_role("button", name="分配1家").wait_for()
    assert page.get_by_role("checkbox", name="选唐屿").is_checked()
    assert page.locator(".tiles details[open]").count() == 0
    page.keyboard.press("Space")
    page.get_by_role("button", name="分配5家").wait_for()
    page.keyboard.press("Enter")
    assert page.locator(".tiles details[open]").count() == 1


@pytest.mark.prove
def test_the_cross_on_the_phone_clears_the_ticks(page_at, sign_in, school_class, head, by_name):
    page = page_at(390, 844)
    open_board(page, sign_in, head, school_class)
    ticks(page, "唐屿", "潘可心")
    page.get_by_role("link", name="取消选择").click()
    page.get_by_role("button", name="分配5家").wait_for()
    assert page.locator(".tick:checked").count() == 0
    assert page.locator("nav.tabs").is_visible()


@pytest.mark.prove
def test_without_script_the_look_comes_before_the_button(page_at, sign_in, school_class, head, by_name):
    page = page_at(390, 844, java_script_enabled=False)
    open_board(page, sign_in, head, school_class)
    ticks(page, "唐屿", "马思齐")
    page.get_by_role("button", name="分配5家").click()  # what was shown is not what is ticked
    assert "选的家庭变了" in page.locator("#assign").text_content()
    assert leads() == {}
    page.get_by_role("button", name="改成手动指派").click()
    page.get_by_label("走访老师").select_option(label="丁宁，现有0家")
    page.get_by_role("button", name="指派2家").click()
    assert leads() == {"唐屿": "丁宁", "马思齐": "丁宁"}
    page.get_by_role("button", name="撤回").click()
    assert leads() == {}
