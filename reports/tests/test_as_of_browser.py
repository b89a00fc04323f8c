"""按时刻看, as it is used: the district asks, a school opens names."""

import os

import pytest

from reports.tests.test_as_of import make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")


@pytest.fixture
def place(settings):
    def turn(text):
        settings.HOMEVISIT_CLOCK = f"{text}+08:00"

    return make_place(turn)


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_an_instant_is_asked_for_and_a_number_opens_its_pupils(page_at, sign_in, axe, place, size):
    page = page_at(*size)
    sign_in(page, place.officer)
    page.goto("/desk/as-of/")
    page.wait_for_selector("h1:has-text('按时刻看')")
    assert "2022年9月30日24:00" in page.input_value("#as-of-at")
    picture(page, f"as_of_desk_{size[0]}")
    assert axe(page) == []
    page.fill("#as-of-at", "明天")
    page.keyboard.press("Enter")
    page.wait_for_selector("#as-of-error")
    assert page.input_value("#as-of-at") == "明天"
    picture(page, f"as_of_error_{size[0]}")
    assert axe(page) == []
    page.fill("#as-of-at", "9月20日")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=截至2022年9月20日24:00")
    page.context.clear_cookies()
    sign_in(page, place.leader)
    page.goto("/reports/as-of/")
    page.wait_for_selector("h1:has-text('按时刻看')")
    picture(page, f"as_of_school_{size[0]}")
    assert axe(page) == []
    page.locator("tfoot a, .sl .chip").filter(visible=True).last.click()
    page.wait_for_url("**/as-of/rows/**")
    picture(page, f"as_of_rows_{size[0]}")
    assert axe(page) == []
