"""A class head reviews: one returned, two accepted, one of them taken back; what each page looks like and says."""

import os

import pytest

from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_user
from students.tests.factories import make_mentor, make_student
from visits.actions.amend import amend_visit
from visits.actions.register import open_register
from visits.actions.review import accept_visit, void_visit
from visits.models import Promise, Visit
from visits.tests.factories import make_visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


@pytest.fixture
def people(settings):
    from programmes.tests.factories import make_programme

    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_programme()
    school_class = make_class()
    head = make_class_head(school_class, name="陈晓")
    mentor = make_user(Role.TEACHER, school=school_class.school, name="方老师")
    students = [make_student(school_class, name=name) for name in ("顾梓涵", "沈一诺", "徐星野")]
    for student in students:
        make_mentor(student, mentor)
    open_register(programme)
    visits = [
        make_visit(
            student, by=mentor, programme=programme, minutes=minutes,
            opinions=[{"category": "作业", "text": "周末作业早点发。", "answerer": "school"}],
        )
        for student, minutes in zip(students, (50, 5, 40), strict=True)
    ]  # fmt: skip
    Promise.objects.create(
        visit=visits[0], authority_id=programme.authority_id, school=school_class.school, text="每晚八点开始写作业"
    )
    return {
        "programme": programme, "class": school_class, "head": head, "mentor": mentor, "visits": visits,
        "leader": make_leader(school_class.school, name="沈文清"),
    }  # fmt: skip


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def states():
    return [(visit.state, visit.returned_at is None) for visit in Visit.objects.order_by("pk")]


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.prove)])
def test_three_records_one_returned_two_accepted_one_undone(page_at, sign_in, axe, people, size):
    page = page_at(*SIZES[size])
    sign_in(page, people["head"])
    page.goto(f"/visits/class/{people['class'].pk}/")
    picture(page, f"board-{size}")
    page.locator("main a[href$='/review/']:visible").click()
    page.wait_for_url(f"**/visits/class/{people['class'].pk}/review/")
    assert axe(page) == []
    assert page.locator("#accept-picked").is_disabled()
    picture(page, f"review-{size}")

    first = page.locator("[data-row]").first  # the last written: 徐星野
    first.locator("summary").first.click()
    assert page.get_by_text("看了书桌和作业").first.is_visible()
    first.get_by_text("退回给老师改").click()
    first.get_by_label("过程再写具体些").check()
    first.locator("textarea").fill("写写书桌。")
    assert axe(page) == []
    picture(page, f"review-open-{size}")
    first.get_by_role("button", name="退回").click()
    page.get_by_text("已退回").wait_for()
    assert states() == [("recorded", True), ("recorded", True), ("recorded", False)]

    page.locator("#pick-all").check()
    page.get_by_role("button", name="通过选中的2条").click()
    page.get_by_text("通过了2条").wait_for()
    assert states()[:2] == [("locked", True), ("locked", True)]
    assert axe(page) == []
    picture(page, f"review-undo-{size}")

    page.get_by_role("button", name="撤回").click()
    page.get_by_text("撤回了2条").wait_for()
    page.locator('[data-row] input[name="visit"]').first.check()
    page.get_by_role("button", name="通过选中的1条").click()
    page.get_by_text("通过了1条").wait_for()
    assert sorted(states()) == [("locked", True), ("recorded", False), ("recorded", True)]


@pytest.mark.prove
def test_keys_work_in_the_list_only_and_can_be_turned_off(page_at, sign_in, people):
    page = page_at(1440, 900)
    sign_in(page, people["head"])
    page.goto("/visits/to-review/")
    page.keyboard.press("a")  # the list has no focus: nothing happens
    assert {state for state, _ in states()} == {"recorded"}

    page.locator("[data-row] summary").first.focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")  # on the second of three
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type("ja")  # letters, not keys
    assert page.locator("[data-row]").nth(1).locator("textarea").input_value() == "ja"
    page.locator("[data-row]").nth(1).locator("summary").first.focus()
    page.keyboard.press("a")
    page.get_by_text("通过了1条").wait_for()
    assert [state for state, _ in states()] == ["recorded", "locked", "recorded"]

    page.locator("#keys-on").uncheck()
    page.reload()
    assert not page.locator("#keys-on").is_checked()
    page.locator("[data-row] summary").first.focus()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert sorted(state for state, _ in states()) == ["locked", "recorded", "recorded"]


@pytest.mark.prove
def test_reviewing_works_without_script(page_at, sign_in, people):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, people["head"])
    page.goto("/visits/to-review/")
    for tick in page.locator('[data-row] input[name="visit"]').all()[:2]:
        tick.check()
    page.locator("#accept-picked").click()
    page.get_by_text("通过了2条").wait_for()
    page.get_by_role("button", name="撤回").click()
    assert {state for state, _ in states()} == {"recorded"}


@pytest.mark.prove
@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.prove)])
def test_a_record_in_each_state_and_its_versions(page_at, sign_in, axe, people, size):
    first, second, third = people["visits"]
    accept_visit(first, by=people["head"])
    amend_visit(
        first, by=people["mentor"], reason="把外婆写成了奶奶",
        texts={"process": "看了书桌和课本，和外婆聊了一个小时。", "cause": "开学后了解暑期的情况。"},
    )  # fmt: skip
    void_visit(third, by=people["leader"], reason="和上一条重复")
    page = page_at(*SIZES[size])
    for user, visit, name in (
        ("leader", first, "locked"), ("head", second, "recorded"), ("leader", third, "voided"), ("mentor", first, "author"),
    ):  # fmt: skip
        sign_in(page, people[user])
        page.goto(f"/visits/{visit.pk}/")
        assert axe(page) == []
        picture(page, f"detail-{name}-{size}")
    sign_in(page, people["mentor"])
    for path, name in ((f"{first.pk}/versions/", "versions"), (f"{first.pk}/amend/", "amend")):
        page.goto(f"/visits/{path}")
        assert axe(page) == []
        picture(page, f"{name}-{size}")
    sign_in(page, people["leader"])
    page.goto(f"/visits/{first.pk}/amend/")
    assert axe(page) == []
    picture(page, f"amend-leader-{size}")
    page.goto("/visits/records/")
    assert axe(page) == []
    picture(page, f"records-{size}")
