"""Publicity and photos of a meeting as a school's office meets them; every page for axe on phone and desktop."""

import os
from datetime import date

import pytest
from playwright.sync_api import expect

from core.tests import pictures
from programmes.actions.event import create_event
from programmes.actions.publicity import add_publicity
from programmes.models import Publicity
from programmes.tests.upward import make_upward
from schools.tests.factories import make_leader, make_officer, make_school

pytestmark = [pytest.mark.browser, pytest.mark.prove, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.seed("W61")
@pytest.mark.seed("W29")
@pytest.mark.parametrize("size", SIZES)
def test_photos_and_publicity(page_at, sign_in, axe, settings, tmp_path, size):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = make_upward()
    school = make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    leader = make_leader(school, name="沈文清")
    event, _ = create_event(
        programme, school, by=leader, kind="training", title="走访培训", held_on=date(2022, 9, 16), minutes="请了两位老师讲经验。"
    )
    add_publicity(
        programme, school, by=leader, kind="media", title="老师上门听心声", channel="示例日报", on=date(2022, 9, 10),
        link="https://example.org/a",
    )  # fmt: skip
    page = page_at(*SIZES[size])
    sign_in(page, leader)
    page.goto(f"/programme/events/{event.pk}/")
    files = [
        {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg(pictures.drawn(600 + n, 400))} for n in (1, 2)
    ]
    page.get_by_label("加照片").set_input_files(files)
    page.get_by_role("button", name="上传").click()
    page.get_by_text("加了2张照片。").wait_for()
    page.get_by_role("button", name="删掉照片2").click()
    page.get_by_role("dialog").get_by_role("button", name="删掉").click()
    page.get_by_text("删掉了。").wait_for()
    assert page.get_by_role("button", name="删掉照片2").count() == 0
    expect(page.locator(".photo img").first).not_to_have_js_property("naturalWidth", 0)
    picture(page, f"event-{size}")
    assert axe(page) == []

    page.goto("/programme/publicity/")
    picture(page, f"publicity-{size}")
    assert axe(page) == []
    page.get_by_role("link", name="记一条").click()
    page.wait_for_url("**/publicity/new/")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("写上标题。").first.wait_for()
    picture(page, f"publicity-wrong-{size}")
    assert axe(page) == []
    page.get_by_label("发放材料", exact=True).check(force=True)
    page.get_by_label("标题").fill("致家长的一封信")
    page.get_by_label("日期").fill("2022-09-12")
    page.get_by_label("份数").fill("320")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("记好了。").wait_for()
    assert page.get_by_role("listitem").get_by_text("320份").is_visible()
    assert Publicity.objects.get(kind="material").copies == 320
    sign_in(page, make_officer(programme.authority))
    page.goto("/programme/publicity/?kind=media")
    picture(page, f"publicity-desk-{size}")
    assert axe(page) == []
