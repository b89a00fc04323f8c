"""按时刻看, as it is used: the district asks, a school opens names."""

import os

import pytest

from reports.tests.test_as_of import freeze, make_place
from reports.tests.test_as_of_whole import longer, rewrite
from reports.views import as_of as views
from schools.tests.factories import make_class, make_school
from students.tests.factories import make_student

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
    page.locator("tfoot a, .sl .num a").filter(visible=True).last.click()
    page.wait_for_url("**/as-of/rows/**")
    picture(page, f"as_of_rows_{size[0]}")
    assert axe(page) == []


@pytest.mark.prove
@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_the_sum_of_all_schools_comes_after_the_page_and_a_changed_notice_is_told(
    page_at, sign_in, axe, place, size, monkeypatch
):
    monkeypatch.setattr(views, "PAGE", 2)
    for name in ("柳堤小学", "云杉路小学"):
        make_student(make_class(make_school(place.programme.authority, short_name=name)))
    freeze(place.programme)
    rewrite(place.programme, {"ends_on", "config"}, longer)
    page = page_at(*size)
    sign_in(page, place.officer)
    page.goto("/desk/as-of/?at=9月30日")
    page.wait_for_selector("text=全区应访")
    assert page.locator("text=要算几秒").count() == 0
    assert page.locator("text=之后改过活动的设置").is_visible()
    picture(page, f"as_of_whole_{size[0]}")
    assert axe(page) == []
