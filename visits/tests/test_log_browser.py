"""The four steps as a teacher walks them on a phone, in Chromium."""

import pytest

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_user
from students.models import Household
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Visit
from visits.tests.factories import TEXTS

ITEMS = [{"code": "policy", "label": "教育政策"}, {"code": "praise", "label": "激励措施"}]
NOTICE = {
    **CONFIG,
    "checklist": [{"code": "four", "label": "四进家庭", "items": ITEMS}],
    "conduct": {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时到"}, {"kind": "dont", "text": "告状"}]},
}
KEPT = "Object.keys(sessionStorage).filter(k => k.startsWith('visit:')).length"


@pytest.fixture
def place(transactional_db, clock):
    """A class with its head, a colleague, and three families; one has a sister in another class."""
    programme = make_programme(config=NOTICE)
    school_class = make_class()
    home = Household.objects.create()
    place = {
        "head": make_class_head(school_class, name="陈晓"),
        "student": make_student(school_class, name="顾梓涵", household=home),
        "other": make_student(school_class, name="夏初晴"),
        "sister": make_student(make_class(school_class.school, grade=2), name="顾梓宁", household=home),
    }
    make_user(Role.TEACHER, school=school_class.school, name="罗一鸣")
    open_register(programme)
    return place


def step(page):
    return page.inner_text("[aria-current=step]")


def value(page, selector):
    return page.input_value(selector)


@pytest.mark.browser
@pytest.mark.parametrize(
    "size", [pytest.param((390, 844), id="phone"), pytest.param((1440, 900), id="desktop", marks=pytest.mark.prove)]
)
def test_teacher_walks_the_four_steps_and_loses_no_word(page_at, sign_in, axe, place, size):
    page = page_at(*size)
    sign_in(page, place["head"])
    problems = []

    page.goto("/visits/")
    problems += axe(page)
    page.goto("/visits/new/")
    page.fill("#family-search", "顾")
    assert page.locator("[data-names]:visible").count() == 1
    page.click(f"#family-{place['student'].pk}")
    page.wait_for_url(f"**/visits/new/{place['student'].pk}/")
    problems += axe(page)
    page.click(f"#sibling-{place['sister'].pk}")
    page.click("#id_conduct_read")

    page.click("[data-next]")
    assert step(page) == "现场"
    page.click("[data-times]")
    page.fill("#id_start", "18:34")
    page.fill("#id_end", "19:26")
    page.click("input[name=at_home][value=mother]")
    page.fill("#colleague", "罗")
    page.click("#colleagues-found input")
    page.click("input[value=policy]")
    assert page.inner_text("[data-check-group] .opt") == "聊到了 1/2"
    problems += axe(page)

    page.click("[data-next]")
    page.fill("#id_text_cause", TEXTS["cause"])
    assert page.inner_text("[data-next]") == "下一项：家访过程"
    page.click("[data-next]")
    page.fill("#id_text_process", TEXTS["process"])
    problems += axe(page)
    page.go_back()
    assert step(page) == "现场"

    page.wait_for_selector("#save-state:text-matches('已存本机|已保存')")
    page.reload()
    assert page.is_visible("#restored")
    assert (value(page, "#id_start"), value(page, "#id_text_cause")) == ("18:34", TEXTS["cause"])
    assert page.is_checked(f"#sibling-{place['sister'].pk}")
    assert page.is_checked("[data-picked] input[data-person=罗一鸣]")

    page.click("[data-step-mark=review] a")
    page.wait_for_selector("#look .red")
    page.click("[data-submit]")
    page.wait_for_selector("#mistakes")
    problems += axe(page)
    assert (value(page, "#id_text_process"), value(page, "#id_end")) == (TEXTS["process"], "19:26")
    page.click("#mistakes a:has-text('情况分析')")
    assert step(page) == "记录"
    for code in ("analysis", "measures", "reflection"):
        page.evaluate("document.querySelectorAll('[data-fold]').forEach(f => f.open = true)")
        page.fill(f"#id_text_{code}", TEXTS[code])
    page.click("[data-step-mark=review] a")
    page.click("[data-lines=opinion] [data-more]")
    page.fill("#id_opinion-0-text", "周末作业早点发。")
    page.select_option("#id_opinion-0-category", "作业")
    page.click("[data-lines=opinion] [data-more]")
    page.fill("#id_opinion-1-text", "多练口语。")
    page.select_option("#id_opinion-1-category", "教学")
    page.click("#id_gift_declined")
    page.wait_for_selector("#look .red", state="detached")
    problems += axe(page)
    page.click("[data-submit]")
    page.wait_for_url("**/visits/*/")
    page.wait_for_selector("text=记好了。")
    assert page.evaluate(KEPT) == 0
    problems += axe(page)

    visit = Visit.objects.get()
    assert {code: getattr(visit, code) for code in TEXTS} == TEXTS
    assert list(visit.visit_students.order_by("pk").values_list("student__name", flat=True)) == ["顾梓涵", "顾梓宁"]
    assert set(visit.visitors.values_list("user__name", flat=True)) == {"陈晓", "罗一鸣"}
    assert list(visit.opinions.values_list("text", flat=True)) == ["周末作业早点发。", "多练口语。"]
    assert problems == []


@pytest.mark.browser
@pytest.mark.prove
def test_words_go_along_to_another_family_and_end_at_sign_out(page_at, sign_in, place):
    page = page_at(390, 844)
    sign_in(page, place["head"])
    page.goto(f"/visits/new/{place['student'].pk}/#record")
    page.fill("#id_text_cause", TEXTS["cause"])
    page.wait_for_selector("#save-state:text-matches('已存本机|已保存')")

    page.click("[data-step-mark=prepare] a")
    page.click("text=换一家")
    page.click(f"#family-{place['other'].pk}")
    page.wait_for_url(f"**/visits/new/{place['other'].pk}/")
    assert value(page, "#id_text_cause") == TEXTS["cause"]
    assert page.evaluate(KEPT) == 1

    page.goto("/visits/")
    page.click("nav.tabs summary")
    page.click("nav.tabs >> text=退出登录")
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate(KEPT) == 0


@pytest.mark.prove
@pytest.mark.browser
def test_arrow_keys_walk_the_families_and_next_goes(page_at, sign_in, place):
    page = page_at(1440, 900)
    sign_in(page, place["head"])
    page.goto("/visits/new/")
    page.focus(f"#family-{place['student'].pk}")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.url.endswith("/visits/new/")
    page.click("[data-next]")
    page.wait_for_url(f"**/visits/new/{place['other'].pk}/")


@pytest.mark.browser
@pytest.mark.prove
def test_form_is_one_long_page_without_script(page_at, sign_in, place):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, place["head"])
    page.goto(f"/visits/new/{place['student'].pk}/")
    for section in ("prepare", "onsite", "record", "review"):
        assert page.is_visible(f"#{section}")
    assert page.locator(".dock button:visible").all_inner_texts() == ["存草稿", "提交记录"]

    page.fill("#id_start", "18:34")
    page.fill("#id_end", "19:26")
    page.select_option("#others-plain", label="罗一鸣")
    for code, text in TEXTS.items():
        if not page.is_visible(f"#id_text_{code}"):
            page.click(f"details:has(#id_text_{code}) summary")
        page.fill(f"#id_text_{code}", text)
    page.click("#id_gift_declined", force=True)
    page.click("#id_conduct_read", force=True)
    page.click("text=提交记录")
    page.wait_for_selector("text=记好了。")

    assert set(Visit.objects.get().visitors.values_list("user__name", flat=True)) == {"陈晓", "罗一鸣"}
