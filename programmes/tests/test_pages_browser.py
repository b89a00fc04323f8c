"""The pages in Chromium, on a phone and on a desk."""

from pathlib import Path

import pytest

from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from schools.tests.factories import make_leader, make_school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTICE = Path(__file__).parents[1] / "data" / "wujin-2023.toml"
SIZES = [(390, 844), pytest.param((1440, 900), marks=pytest.mark.prove)]


@pytest.fixture
def leader(settings):
    settings.HOMEVISIT_CLOCK = "2023-10-18T10:00:00+08:00"
    programme = open_programme(load_programme(read_notice(NOTICE)).programme, by=None)
    return make_leader(make_school(programme.authority, short_name="晨曦路中学"), name="周远航")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("url", ["/programme/overview/", "/programme/form/"])
def test_page_is_accessible_and_fits(page_at, sign_in, axe, leader, url, size):
    page = page_at(*size)
    sign_in(page, leader)
    page.goto(url)
    assert (axe(page), fits(page)) == ([], True)


def test_form_preview_follows_the_answers_before_saving(page_at, sign_in, leader):
    page = page_at(1440, 900)
    sign_in(page, leader)
    page.goto("/programme/form/")
    page.get_by_label("引导问题").nth(0).fill("孩子最近睡得好吗？")
    preview = page.locator("#preview")
    preview.get_by_text("孩子最近睡得好吗？").wait_for()
    assert preview.get_by_text("还没有保存").is_visible()

    page.get_by_role("button", name="保存记录表").click()
    page.get_by_text("记录表已保存").wait_for()
    assert preview.get_by_text("孩子最近睡得好吗？").is_visible()
    assert preview.get_by_text("现在用的").is_visible()
