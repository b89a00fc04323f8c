"""A record on the phone from the door to the last look: promises, follow-up, materials, siblings, keys, no script."""

import gzip
from datetime import date

import pytest

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.models import Household
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Due, Visit, VisitNote
from visits.tests.factories import TEXTS, make_visit

ITEMS = [{"code": "policy", "label": "教育政策"}, {"code": "praise", "label": "激励措施"}]
NOTICE = {
    **CONFIG,
    "record": {**CONFIG["record"], "observations": [{"code": "desk", "label": "学习环境"}]},
    "checklist": [{"code": "four", "label": "四进家庭", "items": ITEMS}],
    "materials": [{"code": "letter", "label": "致家长的一封信"}],
    "conduct": {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时到"}, {"kind": "dont", "text": "告状"}]},
}


@pytest.fixture
def place(transactional_db, clock):
    programme = make_programme(config=NOTICE)
    school_class = make_class()
    home = Household.objects.create()
    far = make_class(make_school(programme.authority, short_name="北岸小学"))
    place = {
        "programme": programme,
        "head": make_class_head(school_class, name="陈晓"),
        "student": make_student(school_class, name="顾梓涵", household=home),
        "brother": make_student(make_class(school_class.school, grade=2), name="顾梓宁", household=home),
        "sister": make_student(far, name="许嘉禾", household=home),
    }
    make_user(Role.TEACHER, school=school_class.school, name="罗一鸣")
    open_register(programme)
    return place


@pytest.fixture
def opened(page_at, sign_in, place):
    """opened(width, height, **options): the form of the pupil's family, and what was tapped and sent."""

    def open_form(width=390, height=844, **options):
        page = page_at(width, height, **options)
        sign_in(page, place["head"])
        page.goto(f"/visits/new/{place['student'].pk}/")
        return page

    return open_form


def times(page, start="18:34", end="19:26"):
    page.click("[data-times]")
    page.fill("#id_start", start)
    page.fill("#id_end", end)


def texts(page, **changed):
    """The five texts one after another, as 下一项 leads."""
    for code, text in {**TEXTS, **changed}.items():
        page.fill(f"#id_text_{code}", text)
        if code != "reflection":
            page.click("[data-next]")


def submitted(page):
    page.click("[data-submit]")
    page.wait_for_selector("text=记好了。")
    return Visit.objects.latest("pk")


@pytest.mark.browser
@pytest.mark.parametrize(
    "size", [pytest.param((390, 844), id="phone"), pytest.param((1440, 900), id="desktop", marks=pytest.mark.prove)]
)
def test_a_full_visit_in_four_steps(opened, axe, place, size):
    first = make_visit(
        place["student"], by=place["head"], programme=place["programme"], day="2022-09-12", follow_up_on=date(2022, 9, 25),
        promises=[{"who": "family", "text": "每晚一起阅读20分钟", "due_on": None}],
    )  # fmt: skip
    page, problems = opened(*size), []
    problems += axe(page)
    assert page.is_checked("#id_follows")
    page.click("[data-next]")
    assert page.inner_text("[data-next]") == "下一步，写记录"

    assert not page.is_visible("#id_start")
    times(page)
    assert page.inner_text("[data-when-line]") == "18:34–19:26，52分钟"
    page.click("input[name=at_home][value=student]")
    page.click("input[value=policy]")
    page.click("input[value=letter]")
    assert page.locator("[data-check-group] .opt").all_inner_texts() == ["聊到了 1/2", "送到了 1/1"]
    page.click("#help summary")
    page.click("#help [data-more]")
    page.select_option("#id_help-0-kind", "资助")
    page.fill("#id_help-0-amount", "120.50")
    problems += axe(page)

    page.click("[data-next]")
    page.click(f"#outcome-{first.promises.get().pk}-partly")
    texts(page)
    page.click(f"[data-child='{place['student'].pk}'] summary")
    page.fill(f"#id_strengths_{place['student'].pk}", "主动借书给同桌")
    assert not page.is_visible(f"#id_note_{place['student'].pk}")
    page.click("#observed summary")
    page.fill("#id_observed_desk", "书桌在电视旁边")
    problems += axe(page)

    page.click("[data-next]")
    page.click("[data-lines=promise] [data-more]")
    page.fill("#id_promise-0-text", "每晚八点关电视")
    page.click("[data-in-days='14']")
    page.fill("#id_follow_up_note", "安静半小时")
    page.click("#id_gift_declined")
    page.wait_for_selector("#look >> text=约定1条")
    page.wait_for_selector("#look .red", state="detached")
    problems += axe(page)
    second = submitted(page)

    assert (second.follows, second.kind, second.materials) == (first, "follow_up", ["letter"])
    assert second.follow_up_on == date(2022, 10, 2)
    assert (second.promises.get().text, first.promises.get().outcome) == ("每晚八点关电视", "partly")
    assert (str(second.help_given.get().amount), second.notes.get().strengths) == ("120.50", "主动借书给同桌")
    assert (second.observations, second.student_present) == ({"desk": "书桌在电视旁边"}, True)
    assert problems == []


@pytest.mark.prove
@pytest.mark.browser
def test_a_sibling_at_another_school_is_covered_by_one_tap(opened, axe, place):
    page = opened()
    page.click("#id_conduct_read")
    page.click(f"#sibling-{place['sister'].pk}")
    page.click(f"#sibling-{place['brother'].pk}")
    page.click("[data-next]")
    times(page)
    page.click("[data-next]")
    texts(page)
    assert page.locator("[data-child]:visible").count() == 2
    page.click(f"[data-child='{place['brother'].pk}'] summary")
    page.fill(f"#id_note_{place['brother'].pk}", "刚上二年级")
    page.click("[data-next]")
    page.click("#id_gift_declined")
    assert axe(page) == []
    visit = submitted(page)

    names = visit.visit_students.order_by("student__name").values_list("student__name", flat=True)
    assert sorted(names) == ["许嘉禾", "顾梓宁", "顾梓涵"]
    assert list(Due.objects.values_list("visits", flat=True)) == [1, 1, 1]
    assert list(VisitNote.objects.values_list("student__name", "text")) == [("顾梓宁", "刚上二年级")]
    assert page.locator("text=许嘉禾").count() == 0


@pytest.mark.browser
@pytest.mark.prove
def test_the_whole_record_by_keyboard(opened, place):
    page = opened(1440, 900)

    def reach(selector, backwards=False):
        """Tab to an element; radio groups and everything else is walked through as people do."""
        for _ in range(120):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Shift+Tab" if backwards else "Tab")
        raise AssertionError(f"not reached by Tab: {selector}")

    def press(selector, key="Enter"):
        reach(selector)
        page.keyboard.press(key)

    press("#id_conduct_read", "Space")
    press("[data-next]")
    page.wait_for_url("**#onsite")
    press("[data-times]")
    page.fill("#id_start", "18:34")
    page.fill("#id_end", "19:26")
    press("[name=at_home][value=mother]", "Space")
    press("[data-next]")
    page.wait_for_url("**#record")
    reach("#id_text_cause")
    for code, text in TEXTS.items():
        assert page.evaluate("document.activeElement.id") == f"id_text_{code}"
        page.keyboard.insert_text(text)
        press("[data-next]")
    page.wait_for_url("**#review")
    press("#id_gift_declined", "Space")
    press("[data-submit]")
    page.wait_for_selector("text=记好了。")
    assert Visit.objects.get().guardians_met == ["mother"]


@pytest.mark.browser
@pytest.mark.prove
def test_without_script_every_line_has_its_blanks(opened, place):
    page = opened(java_script_enabled=False)
    page.click("#id_conduct_read")
    page.fill("#id_start", "18:34")
    page.fill("#id_end", "19:26")
    page.check("input[value=letter]", force=True)
    for number in range(3):
        assert page.is_visible(f"#id_promise-{number}-text")
        assert page.is_visible(f"#id_opinion-{number}-text")
    page.fill("#id_promise-0-text", "每晚八点关电视")
    page.fill("#id_promise-1-text", "老师每周打一次电话")
    for code, text in TEXTS.items():
        if not page.is_visible(f"#id_text_{code}"):
            page.click(f"details:has(#id_text_{code}) summary")
        page.fill(f"#id_text_{code}", text)
    page.click("text=提交记录")
    page.wait_for_selector("#mistakes >> text=没有接受宴请和礼物")
    assert page.input_value("#id_promise-1-text") == "老师每周打一次电话"
    page.check("#id_gift_declined", force=True)
    page.click("text=提交记录")
    page.wait_for_selector("text=记好了。")

    visit = Visit.objects.get()
    assert list(visit.promises.values_list("position", "text")) == [(1, "每晚八点关电视"), (2, "老师每周打一次电话")]
    assert visit.materials == ["letter"]


@pytest.mark.browser
def test_wrong_input_keeps_everything_and_leads_to_the_place(opened, axe, place):
    page = opened()
    page.click("[data-next]")
    times(page, start="19:30")
    page.click("[data-next]")
    texts(page, analysis="证件31011320110101123X")
    page.click("[data-next]")
    for name, words in (("opinion", "周末作业早点发。"), ("promise", "每晚八点关电视")):
        page.click(f"[data-lines={name}] [data-more]")
        page.fill(f"#id_{name}-0-text", words)
    page.fill("#id_follow_up_on", "2022-09-01")
    page.click("[data-submit]")
    page.wait_for_selector("#mistakes")
    assert axe(page) == []
    said = page.locator("#mistakes a").all_inner_texts()
    assert said == ["结束", "回访日期", "确认一句", "五要五不能", "情况分析", "家长意见"]

    page.click("#mistakes a:has-text('结束')")
    assert page.is_visible("#id_end")
    page.fill("#id_end", "20:00")
    page.click("#mistakes a:has-text('情况分析')")
    assert page.input_value("#id_text_analysis") == "证件31011320110101123X"
    page.fill("#id_text_analysis", TEXTS["analysis"])
    page.click("#mistakes a:has-text('家长意见')")
    assert (page.input_value("#id_opinion-0-text"), page.input_value("#id_promise-0-text")) == (
        "周末作业早点发。", "每晚八点关电视",
    )  # fmt: skip
    page.select_option("#id_opinion-0-category", "作业")
    page.fill("#id_follow_up_on", "2022-10-01")
    page.click("#id_gift_declined")
    page.click("[data-step-mark=prepare] a")
    page.click("#id_conduct_read")
    page.click("[data-step-mark=review] a")
    page.wait_for_selector("#look .red", state="detached")
    visit = submitted(page)
    assert (visit.opinions.get().category, visit.promises.get().text) == ("作业", "每晚八点关电视")


@pytest.mark.prove
@pytest.mark.browser
def test_a_late_record_is_asked_for_one_word_only_then(opened, place):
    page = opened()
    page.click("[data-step-mark=review] a")
    assert not page.is_visible("[data-late]")
    page.click("[data-step-mark=onsite] a")
    page.click("[data-times]")
    page.fill("#id_day", "2022-09-08")
    page.click("[data-step-mark=review] a")
    page.click("input[name=late_reason][value=busy]")
    assert page.is_checked("input[name=late_reason][value=busy]")


@pytest.mark.browser
@pytest.mark.prove
def test_a_record_takes_few_taps_and_few_bytes(opened, place):
    page = opened(360, 740)
    taps = 0

    def tap(selector):
        nonlocal taps
        page.click(selector)
        taps += 1

    tap("#id_conduct_read")
    tap("[data-next]")
    page.evaluate("document.getElementById('id_start').value = '18:34'")
    tap("input[name=at_home][value=student]")
    tap("input[name=at_home][value=mother]")
    tap("[data-now]")
    page.evaluate("document.getElementById('id_end').value = '19:26'")  # the test's clock is not the browser's
    tap("[data-next]")
    tap("#id_text_cause")
    for code, text in TEXTS.items():
        assert page.evaluate("document.activeElement.id") == f"id_text_{code}"
        page.keyboard.insert_text(text)
        tap("[data-next]")
    tap("#id_gift_declined")
    tap("[data-submit]")
    page.wait_for_selector("text=记好了。")
    assert taps <= 25, taps
    assert (taps, Visit.objects.get().guardians_met) == (14, ["mother"])

    html = page.request.get(f"/visits/new/{place['student'].pk}/").body()
    assert len(gzip.compress(html)) < 40_000
