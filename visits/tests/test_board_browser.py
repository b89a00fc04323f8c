"""Class board and school page in a real browser: keyboard, menus, the chart, and life without script."""

import pytest
from django.urls import reverse

from programmes.tests.factories import make_programme
from schools.tests.factories import make_class_head, make_leader, make_school
from students.tests.factories import make_mark
from visits.tests.filled import fill_school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(390, 844), pytest.param((1440, 900), marks=pytest.mark.prove)]


@pytest.fixture
def school(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    return make_school(make_programme().authority)


@pytest.fixture
def school_class(school):
    return fill_school(school.authority.programmes.get(), school)["51"]


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def within(page, selector):
    """The first such thing stands inside the window, from left to right."""
    box = page.locator(selector).first.bounding_box()
    return 0 <= box["x"] and box["x"] + box["width"] <= page.viewport_size["width"]


def board(school_class, query=""):
    return reverse("visits:board", args=[school_class.pk]) + query


@pytest.mark.parametrize("size", SIZES)
def test_board_pages_are_accessible_and_do_not_scroll_sideways(page_at, sign_in, axe, school_class, size):
    head = make_class_head(school_class)
    make_mark(school_class.students.last(), "STUDY", by=None)
    due = school_class.students.first().due_rows.get()
    page = page_at(*size)
    sign_in(page, head)
    found = {}
    for address in (
        board(school_class),
        board(school_class, "?view=list"),
        board(school_class, "?state=exempt"),
        reverse("visits:due", args=[due.pk]),
        reverse("visits:waiting"),
    ):
        page.goto(address)
        found[address] = (axe(page), sideways(page))
    page.goto(board(school_class, "?state=exempt"))
    assert within(page, ".chips.scroll > [aria-current]"), "the filter in force is in sight"
    page.goto(board(school_class))
    if size == (390, 844):
        assert page.locator(".tile").first.bounding_box()["y"] < 500, "tiles come first on a phone"
    page.locator(".tiles summary").first.click()
    found["open menu"] = (axe(page), sideways(page))
    assert found == dict.fromkeys(found, ([], 0))


def test_narrow_phone_shows_everything_without_scrolling_sideways(page_at, sign_in, school, school_class):
    page = page_at(320, 700)
    sign_in(page, make_leader(school))
    addresses = [
        board(school_class),
        board(school_class, "?view=list"),
        reverse("visits:school", args=[school.pk]),
        reverse("visits:waiting"),
    ]
    found = []
    for address in addresses:
        page.goto(address)
        found.append(sideways(page))
    assert found == [0, 0, 0, 0]


@pytest.mark.parametrize("size", SIZES)
def test_school_page_is_accessible_and_draws_its_line(page_at, sign_in, axe, school, school_class, size):
    page = page_at(*size)
    sign_in(page, make_leader(school))
    page.goto(reverse("visits:school", args=[school.pk]))
    page.get_by_text("截止 9月30日").wait_for()  # drawn by the chart, at the end of its line
    assert (axe(page), sideways(page)) == ([], 0)
    assert page.locator("#trend-table").is_hidden()

    page.get_by_role("button", name="表").click()
    assert page.locator("#trend-table").is_visible()
    assert page.locator("#trend-chart").is_hidden()
    assert axe(page) == []


@pytest.mark.prove
def test_tiles_are_walked_and_opened_by_keyboard(page_at, sign_in, school_class):
    page = page_at(1440, 900)
    sign_in(page, make_class_head(school_class))
    page.goto(board(school_class))
    tiles = page.locator(".tiles .tile")
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    assert tiles.nth(1).evaluate("tile => tile === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "看学生"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "记家访"
    page.keyboard.press("Escape")
    assert page.locator(".tiles details[open]").count() == 0
    assert tiles.nth(1).evaluate("tile => tile === document.activeElement")


@pytest.mark.prove
def test_opening_one_tile_closes_the_other(page_at, sign_in, school_class):
    page = page_at(1440, 900)
    sign_in(page, make_class_head(school_class))
    page.goto(board(school_class))
    summaries = page.locator(".tiles summary")
    summaries.nth(0).click()
    summaries.nth(3).click()
    assert page.locator(".tiles details[open]").count() == 1
    assert page.locator(".tiles > li").nth(3).locator(".pop").is_visible()


@pytest.mark.prove
def test_class_head_exempts_a_family_after_being_asked(page_at, sign_in, school_class):
    page = page_at(390, 844)
    sign_in(page, make_class_head(school_class))
    page.goto(board(school_class))
    page.locator(".tiles summary").first.click()
    page.get_by_role("link", name="免访、婉拒").click()
    page.get_by_label("住院治疗").check()
    page.get_by_role("button", name="登记免访").click()
    dialog = page.locator("#ask-dialog")
    assert dialog.get_by_role("heading").text_content() == "登记免访？"
    dialog.get_by_role("button", name="登记免访").click()
    page.wait_for_url("**" + board(school_class))
    assert page.locator(".tiles .tile.off").count() == 1
    assert "已登记免访" in page.locator("#messages").text_content()


@pytest.mark.prove
def test_without_script_the_table_stands_and_tiles_open(page_at, sign_in, school, school_class):
    page = page_at(1440, 900, java_script_enabled=False)
    sign_in(page, make_leader(school))
    page.goto(reverse("visits:school", args=[school.pk]))
    assert page.locator("#trend-table").is_visible()
    assert page.locator("#trend-chart").is_hidden()
    assert page.locator("[data-chart-switch]").is_hidden()
    page.goto(board(school_class))
    page.locator(".tiles summary").first.click()
    assert page.locator(".tiles .pop").first.is_visible()
