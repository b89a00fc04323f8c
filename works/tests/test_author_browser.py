"""From a visit to a story the school has: phone and desktop; two windows, no network, no script."""

import os
from datetime import date

import pytest
from playwright.sync_api import expect

from programmes.tests.upward import make_upward
from schools.tests.factories import make_class, make_class_head, make_leader, make_school, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit
from works.actions.author import save_work, start_work
from works.models import Highlight, Work
from works.tests.factories import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
PHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture
def here(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T21:14+08:00"
    programme = make_upward()
    school = make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    school_class = make_class(school)
    head = make_class_head(
        school_class, name="陈晓", gender="2", birth_month="1991-04", politics="01", phone="19900005518",
        position="class_head", subject="语文",
    )  # fmt: skip
    leader = make_leader(school, name="沈文清")
    make_user("teacher", school=school, name="罗一鸣")
    student = make_student(school_class, name="顾嘉树", guardian=("林秋", "19900001234"))
    visit = add_visit(programme, [student], on=date(2022, 9, 16), lead=head)
    type(visit).objects.filter(pk=visit.pk).update(process="看了阳台上的菜园。", measures="每晚八点前写完。")
    add_visit(programme, [make_student(school_class, name="沈一诺")], on=date(2022, 9, 12), lead=head)
    open_register(programme)
    return {"programme": programme, "head": head, "visit": visit, "leader": leader}


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def saved(page):
    page.locator('#save-state[data-state="saved"]').wait_for()


def test_a_visit_becomes_a_story_and_the_school_has_it(page_at, sign_in, axe, here):
    head, visit = here["head"], here["visit"]
    page = page_at(*PHONE)
    sign_in(page, head)
    page.goto("/works/")
    assert axe(page) == []
    picture(page, "mine-phone")
    page.goto(f"/visits/{visit.pk}/")
    page.locator("#of-visit").wait_for()
    assert axe(page) == []
    picture(page, "visit-phone")
    page.get_by_role("link", name="写成感人故事").click()
    page.wait_for_url("**/works/new/**")
    assert axe(page) == []
    page.get_by_role("button", name="开始写").click()
    page.wait_for_url("**/edit/")
    assert axe(page) == []
    page.get_by_label("题目").fill("菜园里的作文课")
    page.locator("#id_body").fill("顾嘉树的阳台上有六个泡沫箱。\n我们四个人坐在小桌边商量。")
    page.locator("#id_title").focus()
    saved(page)
    assert page.locator("#named").inner_text().strip() == "有“顾嘉树”，出了学校会显示成“顾同学”"
    assert page.locator('[data-mirror="body"] p').count() == 2
    picture(page, "edit-phone")

    page.get_by_role("button", name="提交学校评审").click()  # the tick is missing
    page.locator("[data-error-summary]").wait_for()
    assert axe(page) == []
    picture(page, "edit-refused-phone")

    desk = page_at(*DESKTOP)
    sign_in(desk, head)
    desk.goto(page.url.replace("/submit/", "/edit/"))
    assert desk.get_by_label("题目").input_value() == "菜园里的作文课"
    assert axe(desk) == []
    picture(desk, "edit-desktop")
    desk.locator("#id_confirmed").check()
    desk.get_by_role("button", name="提交学校评审").click()
    desk.wait_for_url(f"**/works/{Work.objects.get().pk}/")
    assert axe(desk) == []
    picture(desk, "detail-desktop")
    work = Work.objects.get()
    assert (work.state, work.version, work.title) == ("submitted", 1, "菜园里的作文课")


@pytest.fixture
def story(here):
    work, _ = start_work(here["programme"], by=here["head"], kind="story", visit=here["visit"])
    return save_work(work, by=here["head"], revision=0, title="菜园里的作文课", body=TEXT)


def two_windows(page_at, sign_in, here, story):
    one, other = page_at(*DESKTOP), None
    sign_in(one, here["head"])
    other = one.context.new_page()
    for page in (one, other):
        page.goto(f"/works/{story.pk}/edit/")
    one.locator("#id_body").fill("左边写的。")
    one.locator("#id_title").focus()
    saved(one)
    expect(one.locator("#id_revision")).to_have_value("2")
    other.locator("#id_body").fill("右边写的。")
    other.locator("#id_title").focus()
    other.locator("#conflict").wait_for()
    return other


@pytest.mark.prove
@pytest.mark.parametrize(
    ("button", "kept"), [("用这里的", "右边写的。"), ("用别处的", "左边写的。"), ("两段都留", "右边写的。\n\n左边写的。")]
)
def test_two_windows_are_told_and_one_chooses(page_at, sign_in, axe, here, story, button, kept):
    page = two_windows(page_at, sign_in, here, story)
    assert "左边写的。" in page.locator("#conflict-body").inner_text()
    assert page.locator("#id_body").input_value() == "右边写的。"
    assert Work.objects.get().body == "左边写的。"
    assert axe(page) == []
    picture(page, "edit-conflict-desktop")
    page.get_by_role("button", name=button).click()
    saved(page)
    page.wait_for_timeout(300)
    assert page.locator("#id_body").input_value() == kept
    assert Work.objects.get().body == kept
    assert page.locator("#left-over").is_visible() == (button != "两段都留")


@pytest.mark.prove
def test_words_written_without_network_wait_in_the_tab(page_at, sign_in, here, story):
    page = page_at(*PHONE)
    sign_in(page, here["head"])
    page.goto(f"/works/{story.pk}/edit/")
    page.route("**/save/", lambda route: route.abort())
    page.locator("#id_body").fill("没有网时写的。")
    page.locator("#id_title").focus()
    page.get_by_role("button", name="重试").wait_for()
    page.get_by_role("button", name="提交学校评审").click()
    page.wait_for_timeout(500)
    assert page.url.endswith("/edit/") and Work.objects.get().body == TEXT
    page.reload()  # the tab came back, still without network
    expect(page.locator("#id_body")).to_have_value("没有网时写的。")
    page.unroute("**/save/")
    page.reload()
    saved(page)
    assert Work.objects.get().body == "没有网时写的。"
    assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('work:')).length") == 0


@pytest.mark.prove
def test_writing_works_without_script(page_at, sign_in, here):
    page = page_at(*PHONE, java_script_enabled=False)
    sign_in(page, here["head"])
    page.goto("/works/new/?kind=story")
    page.locator('input[name="visit"]').first.check()
    page.get_by_role("button", name="开始写").click()
    page.get_by_label("题目").fill("菜园里的作文课")
    page.locator("#id_body").fill("一段话。")
    page.get_by_role("button", name="存草稿").click()
    page.get_by_text("存好了，还没有提交。").wait_for()
    page.locator("#id_confirmed").check()
    page.get_by_role("button", name="提交学校评审").click()
    page.get_by_text("已提交，等学校看。").wait_for()
    assert Work.objects.get().state == "submitted"


@pytest.mark.prove
@pytest.mark.parametrize("size", (PHONE, DESKTOP), ids=("phone", "desktop"))
def test_the_other_pages_can_be_read_by_everybody(page_at, sign_in, axe, here, story, size):
    page, name = page_at(*size), "phone" if size == PHONE else "desktop"
    sign_in(page, here["head"])
    paths = {
        "mine": "/works/", "kinds": "/works/new/", "choose": "/works/new/?kind=story", "deeds": "/works/new/?kind=deeds",
        "essay": "/works/new/?kind=essay", "change": f"/works/{story.pk}/visit/", "facts": f"/works/me/?work={story.pk}",
        "versions": f"/works/{story.pk}/versions/", "detail": f"/works/{story.pk}/", "edit": f"/works/{story.pk}/edit/",
    }  # fmt: skip
    for title, path in paths.items():
        page.goto(path)
        assert axe(page) == [], title
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), title
        picture(page, f"{title}-{name}")


@pytest.mark.prove
@pytest.mark.parametrize("size", (PHONE, DESKTOP), ids=("phone", "desktop"))
def test_marks_are_made_in_the_record_and_gathered_for_the_leader(page_at, sign_in, axe, here, size):
    name = "phone" if size == PHONE else "desktop"
    page = page_at(*size)
    sign_in(page, here["head"])
    page.goto(f"/visits/{here['visit'].pk}/")
    page.get_by_text("标为亮点").click()
    page.locator("#note-bright").fill("阳台上的菜园成了作文课")
    page.locator("#note-bright").locator("xpath=..").get_by_role("button", name="标好").click()
    page.get_by_text("阳台上的菜园成了作文课").wait_for()
    assert Highlight.objects.count() == 1
    page.get_by_text("记一位好老师").click()
    page.get_by_role("button", name="记下").click()
    page.get_by_text("选一位老师。").wait_for()
    page.get_by_placeholder("输入姓名找老师").fill("罗")
    page.locator("#id_praise-words").fill("每晚等孩子问完问题才走")
    assert axe(page) == []
    picture(page, f"visit-marks-{name}")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("每晚等孩子问完问题才走").wait_for()
    sign_in(page, here["leader"])
    for shown in ("praises", "highlights"):
        page.goto(f"/works/leads/?show={shown}")
        assert axe(page) == []
        picture(page, f"leads-{shown}-{name}")

