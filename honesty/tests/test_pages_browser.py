"""A teacher says what it is on the phone, the leader finds out at the desk, takes it back and finds out again."""

import os
import re

import pytest
from django.urls import reverse

from honesty.enums import HintState
from honesty.models import Hint
from honesty.tests.scene import all_kinds, copied_texts, day_of_calls, pupils
from programmes.tests.factories import make_programme
from visits.actions.register import open_register
from visits.tests.photo_place import ASKED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


@pytest.fixture
def programme(db, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return make_programme(config={**ASKED, "hints": {"authority_sees_counts": True}})


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def send_without_choice(page, button):
    """Past the browser's own check, as an old one sends it."""
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
    page.get_by_role("button", name=button).click()


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def looked_at(page, axe, name):
    picture(page, name)
    assert (axe(page), fits(page)) == ([], True), name


def test_a_hint_is_answered_on_the_phone_and_concluded_at_the_desk(
    page_at, sign_in, axe, programme, school_class, head, leader
):  # fmt: skip
    hint = copied_texts(head, programme, pupils(school_class, 6))
    address = reverse("honesty:hint", args=[hint.pk])
    phone = page_at(*SIZES["phone"])
    sign_in(phone, head)
    phone.goto(reverse("honesty:mine"))
    looked_at(phone, axe, "mine-phone")
    phone.get_by_role("link", name="文字雷同").click()
    phone.wait_for_url("**" + address)
    looked_at(phone, axe, "teacher-phone")
    phone.get_by_role("link", name="去说明").click()
    phone.get_by_label("用了自己的模板，会改").check()
    phone.get_by_label("再写一句").fill("几家情况差不多，用了同一段话。")
    phone.get_by_role("button", name="交说明").click()
    phone.get_by_text("说明交了。").wait_for()
    looked_at(phone, axe, "answered-phone")

    desk = page_at(*SIZES["desktop"])
    sign_in(desk, leader)
    desk.goto(reverse("honesty:school"))
    looked_at(desk, axe, "list-desktop")
    desk.get_by_role("link", name=re.compile("核实.*陈晓")).click()
    desk.wait_for_url("**" + address)
    looked_at(desk, axe, "leader-desktop")
    desk.get_by_label("需要补访或重写").check()
    desk.get_by_role("button", name="记下结果").click()
    undo = desk.get_by_role("button", name="撤销")
    undo.wait_for()
    looked_at(desk, axe, "undo-desktop")
    undo.click()
    desk.get_by_text("撤销了，还是核实前的样子。").wait_for()
    desk.get_by_label("记录已改正").focus()
    desk.keyboard.press("Space")
    desk.get_by_label("核实情况").fill("当面看过，改好了两份。")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="撤销").wait_for()
    assert list(Hint.objects.values_list("state", "finding")) == [(HintState.CONCLUDED, "mended")]


@pytest.mark.prove
@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_the_leader_fits_and_reads_well(
    page_at, sign_in, axe, programme, school, school_class, head, leader, size
):  # fmt: skip
    hints = all_kinds(head, programme, school_class)
    open_register(programme)
    page = page_at(*SIZES[size])
    sign_in(page, leader)
    page.goto(reverse("visits:school", args=[school.pk]))
    page.get_by_role("heading", name="真实性提醒").wait_for()
    page.get_by_role("heading", name="真实性提醒").scroll_into_view_if_needed()
    looked_at(page, axe, f"school-page-{size}")
    pages = {"list": reverse("honesty:school"), "rules": reverse("honesty:rules"), "card": reverse("honesty:card")}
    pages |= {hint.kind: reverse("honesty:hint", args=[hint.pk]) for hint in hints}
    for name, address in pages.items():
        page.goto(address)
        looked_at(page, axe, f"{name}-{size}")
    send_without_choice(page, "记下结果")
    page.locator("[data-error-summary]").wait_for()
    looked_at(page, axe, f"wrong-{size}")


@pytest.mark.prove
@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_the_teacher_fits_and_reads_well(
    page_at, sign_in, axe, programme, school_class, head, size
):  # fmt: skip
    hints = all_kinds(head, programme, school_class, state=HintState.TOLD)
    hints.append(day_of_calls(head, programme, pupils(school_class, 9), state=HintState.CONCLUDED, key="2022-09-12"))
    open_register(programme)
    page = page_at(*SIZES[size])
    sign_in(page, head)
    page.goto(reverse("visits:home"))
    page.get_by_text("3条真实性提醒等你说明").wait_for()
    looked_at(page, axe, f"home-{size}")
    page.goto(reverse("honesty:mine"))
    looked_at(page, axe, f"mine-{size}")
    for hint in hints:
        page.goto(reverse("honesty:hint", args=[hint.pk]))
        looked_at(page, axe, f"own-{hint.kind}-{hint.state}-{size}")
        if hint.state == HintState.TOLD:
            send_without_choice(page, "交说明")
            page.locator("[data-error-summary]").wait_for()
            looked_at(page, axe, f"own-wrong-{hint.kind}-{size}")
