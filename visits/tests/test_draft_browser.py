"""Words survive what happens to a page, in Chromium: back, reload, a dead server, an expired login, a second tab."""

import re

import pytest
from django.contrib.sessions.models import Session

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Visit, VisitDraft
from visits.tests.factories import TEXTS

pytestmark = pytest.mark.browser
PHONE, DESKTOP = (390, 844), (1440, 900)
WORDS = "“她说：”作业<b>拖</b>到十点，\n  空两格；𠮷、🏠、\\n 都要在……"
SAVED = "#save-state:has-text('已保存')"


@pytest.fixture
def place(transactional_db, clock):
    programme = make_programme(config=CONFIG)
    school_class = make_class()
    place = {
        "programme": programme,
        "head": make_class_head(school_class, name="陈晓"),
        "student": make_student(school_class, name="顾梓涵"),
        "other": make_student(school_class, name="夏初晴"),
        "colleague": make_user(Role.TEACHER, school=school_class.school, name="罗一鸣"),
    }
    open_register(programme)
    return place


@pytest.fixture
def at_form(page_at, sign_in, place):
    """at_form(): a page at the record step of 顾梓涵's form, signed in as the class head."""

    def open_form(page=None, size=PHONE, pupil="student"):
        if page is None:
            page = page_at(*size)
            sign_in(page, place["head"])
        page.goto(f"/visits/new/{place[pupil].pk}/#record")
        page.wait_for_selector("#id_text_cause", state="attached")
        return page

    return open_form


def unfold(page):
    page.evaluate("document.querySelectorAll('[data-fold]').forEach(f => f.open = true)")


def write(page, **texts):
    unfold(page)
    for code, text in texts.items():
        page.fill(f"#id_text_{code}", text)


def written(page, *codes):
    return {code: page.input_value(f"#id_text_{code}") for code in codes or TEXTS}


def kept(draft=None):
    draft = draft or VisitDraft.objects.get(dropped_at=None)
    import json

    return {name.removeprefix("text_"): texts[0] for name, texts in json.loads(draft.data)["values"].items()
            if name.startswith("text_") and texts[0]}  # fmt: skip


def cut(context):
    """The server is gone, as the browser sees it."""
    context.route("**/*", lambda route: route.abort())


def fill_rest(page):
    """Everything else a record needs."""
    page.evaluate("location.hash = '#onsite'")
    page.evaluate("document.getElementById('times').hidden = false")
    page.fill("#id_start", "18:34")
    page.fill("#id_end", "19:26")
    page.evaluate("location.hash = '#review'")
    page.check("#id_gift_declined", force=True)


def test_words_are_on_the_server_after_a_rest_and_come_back_in_another_browser(at_form, page_at, sign_in, place):
    page = at_form()
    write(page, cause=WORDS)
    page.wait_for_selector(SAVED)
    assert kept() == {"cause": WORDS}

    other = page_at(*DESKTOP)
    sign_in(other, place["head"])
    at_form(other)
    assert other.is_visible("#restored")
    assert written(other, "cause") == {"cause": WORDS}


@pytest.mark.prove
def test_leaving_at_once_loses_nothing(at_form):
    page = at_form()
    write(page, cause=WORDS)
    page.reload()
    assert written(page, "cause") == {"cause": WORDS}
    write(page, process=WORDS)
    page.goto("/visits/")
    page.go_back()
    page.wait_for_selector("#restored:visible")
    assert written(page, "cause", "process") == {"cause": WORDS, "process": WORDS}
    page.wait_for_selector(SAVED)
    assert kept() == {"cause": WORDS, "process": WORDS}


@pytest.mark.prove
def test_dead_server_keeps_the_page_and_all_words(at_form):
    page = at_form()
    write(page, **TEXTS)
    fill_rest(page)
    page.wait_for_selector(SAVED)  # a save on its way would come back as an answer
    cut(page.context)
    page.click("[data-submit]")
    page.wait_for_selector("text=没连上，写的都在，稍后再点提交。")
    assert written(page) == TEXTS
    assert not Visit.objects.exists()

    page.context.unroute_all()
    page.click("[data-submit]")
    page.wait_for_selector("text=记好了。")
    assert {code: getattr(Visit.objects.get(), code) for code in TEXTS} == TEXTS
    assert not VisitDraft.objects.exists()


def test_expired_login_says_so_and_everything_is_there_after_signing_in(at_form, sign_in, place):
    page = at_form()
    Session.objects.all().delete()
    write(page, cause=WORDS)
    page.wait_for_selector("#save-state:has-text('登录过期')")
    page.wait_for_selector("[data-note=expired]:visible")
    assert written(page, "cause") == {"cause": WORDS}

    page.click("[data-note=expired] a")
    page.wait_for_url("**/accounts/login/**")
    assert f"next=%2Fvisits%2Fnew%2F{place['student'].pk}%2F%23record" in page.url
    sign_in(page, place["head"])
    at_form(page)
    page.wait_for_selector(SAVED)
    assert written(page, "cause") == {"cause": WORDS}
    assert kept() == {"cause": WORDS}


@pytest.mark.prove
def test_signing_in_anew_in_another_tab_is_enough(at_form, sign_in, place):
    page = at_form()
    Session.objects.all().delete()
    write(page, cause=WORDS)
    page.wait_for_selector("#save-state:has-text('登录过期')")
    page.context.clear_cookies()  # a new session and a new token, as after the sign-in form
    sign_in(page, place["head"])
    page.context.new_page().goto("/visits/")
    page.bring_to_front()
    page.fill("#id_text_cause", WORDS + "。")
    page.wait_for_selector(SAVED)
    assert kept() == {"cause": WORDS + "。"}


@pytest.mark.prove
def test_somebody_else_who_signed_in_gets_no_word(at_form, sign_in, place):
    page = at_form()
    write(page, cause=WORDS)
    page.wait_for_selector(SAVED)
    page.context.clear_cookies()
    sign_in(page, place["colleague"])
    page.context.new_page().goto("/visits/")
    page.fill("#id_text_cause", WORDS + "秘密")
    page.wait_for_selector("[data-note=stranger]:visible")
    assert [draft.user for draft in VisitDraft.objects.all()] == [place["head"]]


@pytest.mark.prove
def test_two_tabs_submit_one_record(at_form):
    page = at_form()
    other = at_form(page.context.new_page())
    write(page, **TEXTS)
    fill_rest(page)
    page.wait_for_selector(SAVED)
    other.bring_to_front()
    other.reload()
    fill_rest(other)
    assert written(other) == TEXTS

    page.bring_to_front()
    page.click("[data-submit]")
    page.wait_for_selector("text=记好了。")
    other.bring_to_front()
    other.click("[data-submit]")
    other.wait_for_selector("text=这次走访已经提交过，没有重复记。")
    assert Visit.objects.count() == 1
    assert written(other) == TEXTS
    other.click("[data-note=submitted] a")
    other.wait_for_url(re.compile(r"/visits/\d+/$"))


def test_two_versions_stand_side_by_side_and_no_word_of_either_is_lost(at_form, page_at, sign_in, axe, place):
    phone = at_form()
    desk = page_at(*DESKTOP)
    sign_in(desk, place["head"])
    at_form(desk)
    write(phone, cause="手机上写的起因", process="手机上写的过程", measures="只在手机上")
    phone.wait_for_selector(SAVED)

    write(desk, cause="电脑上写的起因", process="电脑上写的过程", analysis="只在电脑上")
    desk.wait_for_selector("#draft-compare:visible")
    heads = desk.locator("[data-head=theirs]").all_inner_texts()
    assert heads == ["已保存的（手机 20:00）"] * 2
    assert desk.locator("#draft-compare legend").all_inner_texts() == ["家访起因", "家访过程"]
    assert axe(desk) == []
    assert kept() == {"cause": "手机上写的起因", "process": "手机上写的过程", "measures": "只在手机上"}

    desk.focus("#compare-1-both")  # 家访过程 by the keys alone: 两条都留 is set, to 用那份
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(SAVED)
    expected = {
        "cause": "电脑上写的起因\n手机上写的起因", "process": "手机上写的过程", "analysis": "只在电脑上",
        "measures": "只在手机上",
    }  # fmt: skip
    assert kept() == expected
    assert written(desk, *expected) == expected
    assert desk.text_content("#draft-spare dd") == "电脑上写的过程"

    desk.reload()
    assert desk.text_content("#draft-spare dd") == "电脑上写的过程"
    phone.bring_to_front()
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_timeout(2000)
    assert written(phone, *expected) == expected


@pytest.mark.prove
def test_words_carried_to_a_family_that_has_some_meet_them(at_form, place):
    page = at_form(pupil="other")
    write(page, cause="初晴家的起因")
    page.wait_for_selector(SAVED)
    at_form(page)
    write(page, cause="写错了家的起因")
    page.wait_for_selector(SAVED)
    page.click("[data-step-mark=prepare] a")
    page.click("text=换一家")
    page.click(f"#family-{place['other'].pk}")
    page.wait_for_url(f"**/visits/new/{place['other'].pk}/")
    page.wait_for_selector("#draft-compare:visible")
    page.click("[data-done]")
    page.wait_for_selector(SAVED)
    assert written(page, "cause") == {"cause": "初晴家的起因\n写错了家的起因"}


@pytest.mark.prove
def test_sign_out_waits_for_the_server_and_leaves_nothing_readable(at_form, sign_in, place):
    page = at_form(size=DESKTOP)
    write(page, cause=WORDS)
    page.click(".side details.me summary")
    page.click(".side >> text=退出登录")
    page.wait_for_url("**/accounts/login/**")
    assert kept() == {"cause": WORDS}
    assert page.evaluate("sessionStorage.length") == 0

    sign_in(page, place["colleague"])
    page.goto("/visits/")
    rows = page.evaluate(COPIES)
    assert rows
    assert not any(WORDS[4:8] in row for row in rows)


COPIES = """() => new Promise(done => {
  const open = indexedDB.open('homevisit-drafts', 1);
  open.onsuccess = () => {
    const all = open.result.transaction('copies').objectStore('copies').getAll();
    all.onsuccess = () => done(all.result.map(row => JSON.stringify(row) + new TextDecoder().decode(row.box)));
  };
})"""


@pytest.mark.prove
def test_sign_out_without_server_asks_first(at_form):
    page = at_form(size=DESKTOP)
    write(page, cause=WORDS)
    page.context.route("**/drafts/**", lambda route: route.abort())
    page.click(".side details.me summary")
    page.click(".side >> text=退出登录")
    page.wait_for_selector("[data-note=signout]:visible")
    assert written(page, "cause") == {"cause": WORDS}
    page.click("[data-note=signout] [data-anyway]")
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.prove
def test_clearing_the_form_can_be_taken_back(at_form, place):
    page = at_form()
    write(page, cause=WORDS)
    page.reload()
    page.click("[data-drop-draft]")
    page.wait_for_selector("#restored", state="hidden")
    assert written(page, "cause") == {"cause": ""}
    assert kept(VisitDraft.objects.get(dropped_at__isnull=False)) == {"cause": WORDS}


@pytest.mark.prove
def test_looking_at_a_form_makes_no_draft(at_form):
    page = at_form()
    page.click("[data-step-mark=onsite] a")
    page.goto("/visits/")
    page.wait_for_timeout(300)
    assert not VisitDraft.objects.exists()


@pytest.mark.prove
def test_without_script_a_button_keeps_everything(page_at, sign_in, place):
    page = page_at(*PHONE, java_script_enabled=False)
    sign_in(page, place["head"])
    page.goto(f"/visits/new/{place['student'].pk}/")
    page.fill("#id_text_cause", WORDS)
    page.fill("#id_start", "18:34")
    page.click("text=存草稿")
    page.wait_for_selector("text=草稿存好了，20:00。")
    assert written(page, "cause") == {"cause": WORDS}
    assert page.input_value("#id_start") == "18:34"
    assert not page.is_visible("#mistakes")

    with page.expect_navigation():
        page.click("text=清空重写")
    page.goto(f"/visits/new/{place['student'].pk}/")
    assert written(page, "cause") == {"cause": ""}
