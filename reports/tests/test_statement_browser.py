"""A teacher's statement from the count to its end, and the display page, as they are used."""

import os
from datetime import date

import pytest

from programmes.tests.upward import make_upward
from reports.models import Statement
from schools.tests.factories import make_class, make_class_head, make_leader, make_officer, make_school
from students.actions.consent import give_consent
from students.enums import ConsentPurpose
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.models import Promise, Visit
from visits.tests.rows import add_visit
from works.actions.showing import publish_work, show_at_school
from works.tests.factories import make_work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES")
TEXT = """开学后的一个傍晚，我敲开了顾同学家的门。屋子不大，书桌靠着窗，窗台上摆着三盆小葱，是孩子自己种的。

我没有先问作业，先问葱怎么种。他从浇水讲到换盆，讲了十分钟，妈妈在一旁说：“他在家从来没说过这么多话。”

那天我们商量了一件小事：每天写三句话，写葱也行，写妈妈也行，写完念给外婆听。走的时候，他把第一句写在我的本子上。

后来的一个月，我收到了四十多张小纸条。"""


@pytest.fixture
def people(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-10T09:00+08:00"
    programme = make_upward()
    school = make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    school_class = make_class(school)
    head = make_class_head(school_class, name="陈晓", position="班主任", politics="01")
    leader, officer = make_leader(school, name="沈文清"), make_officer(programme.authority, name="周敏")
    students = [make_student(school_class, name=name) for name in ("顾嘉树", "沈一诺", "徐星野", "方可心", "邹雨桐")]
    make_mark(students[0], by=head)
    visits = [
        add_visit(programme, [student], on=date(2022, 9, day), lead=head)
        for student, day in zip(students, (5, 9, 12), strict=False)
    ]
    Visit.objects.filter(pk=visits[0].pk).update(follow_up_on=date(2022, 9, 20))
    Promise.objects.create(
        visit=visits[0], authority_id=programme.authority_id, school=school, who="teacher", text="每周五看一次小纸条",
        outcome="kept", outcome_at=visits[0].created_at,
    )  # fmt: skip
    for number, name in enumerate(("罗一鸣", "何静", "丁宁")):
        other = make_class_head(make_class(school, number=5 + number), name=name)
        make_work(leader, programme, school, kind="deeds", honoree=other, title="把灯留到最后", state="approved",
                  leader=make_leader(school), school_award="特等奖" if number else "")  # fmt: skip
    open_register(programme)
    give_consent(students[0], ConsentPurpose.PUBLICATION, by=head, relation="mother")
    story = make_work(
        head, programme, school, visit=visits[0], kind="story", state="awarded", leader=leader, officer=officer,
        title="顾嘉树的小葱", aliases='{"顾嘉树": "顾同学"}',
    )  # fmt: skip
    publish_work(story, by=officer, title="窗台上的小葱", body=TEXT, confirmed=True)
    show_at_school(story, by=leader, title="窗台上的小葱", body=TEXT, confirmed=True)
    for title in ("爷爷的二十个电话", "一盏台灯"):
        essay = make_work(head, programme, school, kind="essay", state="awarded", leader=leader, officer=officer)
        publish_work(essay, by=officer, title=title, body=TEXT, confirmed=True)
    return {"head": head, "leader": leader, "officer": officer, "story": story, "school": school, "students": students}


def picture(page, name):
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def test_a_statement_is_objected_to_answered_agreed_and_final_and_stories_are_read(page_at, sign_in, axe, people):
    desk, phone = page_at(1440, 900), page_at(390, 844)
    sign_in(desk, people["leader"])
    sign_in(phone, people["head"])

    desk.goto("/reports/statements/")
    picture(desk, "statements-empty-desktop")
    desk.get_by_role("button", name="算一遍").click()
    desk.get_by_text("算好4份。").wait_for()
    assert axe(desk) == []
    picture(desk, "statements-counted-desktop")
    desk.get_by_role("button", name="公示给本人").click()
    desk.get_by_role("button", name="公示", exact=True).click()
    desk.get_by_text("公示给4位老师").wait_for()

    phone.goto("/reports/statements/mine/")
    phone.get_by_role("heading", name="我的走访情况表").wait_for()
    phone.get_by_text("走访到的家庭").click()
    phone.get_by_role("link", name="顾嘉树").wait_for()
    assert axe(phone) == []
    picture(phone, "statement-own-phone")
    phone.get_by_text("有不对的").click()
    phone.get_by_role("button", name="提出异议").click()
    phone.get_by_text("有1处要改").wait_for()
    assert axe(phone) == []
    phone.get_by_label("哪里不对").fill("9月8日去过方可心家，没有算上。")
    phone.get_by_role("button", name="提出异议").click()
    phone.get_by_text("交给学校负责人了").wait_for()
    picture(phone, "statement-objected-phone")

    desk.goto("/reports/statements/?state=objected")
    desk.get_by_role("link", name="陈晓").click()
    desk.get_by_role("button", name="答复老师").wait_for()
    desk.get_by_label("答复").fill("查到了，补记以后算上了。")
    desk.get_by_label("按现在的记录重新算一遍").check()
    assert axe(desk) == []
    picture(desk, "statement-answer-desktop")
    desk.get_by_role("button", name="答复老师").click()
    desk.get_by_text("答复了，老师会收到通知。").wait_for()

    phone.reload()
    phone.get_by_role("button", name="没有异议").click()
    phone.get_by_text("你确认没有异议").wait_for()
    desk.reload()
    desk.get_by_role("button", name="定稿").click()
    desk.get_by_text("定稿了。").wait_for()
    assert Statement.objects.get(teacher=people["head"]).state == "final"
    assert axe(desk) == []
    picture(desk, "statement-final-desktop")

    for page, size in ((desk, "desktop"), (phone, "phone")):
        page.goto("/works/stories/")
        page.get_by_role("link", name="窗台上的小葱").wait_for()
        assert axe(page) == []
        picture(page, f"showings-{size}")
        page.get_by_role("link", name="窗台上的小葱").click()
        page.get_by_text("四十多张小纸条").wait_for()
        assert axe(page) == []
        picture(page, f"showing-{size}")


@pytest.mark.prove
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=["phone", "desktop"])
def test_every_page_about_showing_and_honours_passes_axe(page_at, sign_in, axe, people, size):
    page, name = page_at(*size), "phone" if size[0] < 500 else "desktop"
    story, pupil = people["story"], people["students"][0]
    for person, path, tag in (
        ("leader", "/works/honours/", "honours"),
        ("leader", "/works/stories/?at=school", "showings-school"),
        ("leader", f"/works/{story.pk}/show-school/", "show-school"),
        ("leader", "/reports/statements/", "statements"),
        ("leader", "/reports/statements/school/", "statement-school"),
        ("head", f"/works/{story.pk}/consents/", "consents"),
        ("head", f"/works/consent/{pupil.pk}/", "consent-pupil"),
        ("head", f"/students/{pupil.pk}/", "pupil"),
        ("head", "/reports/statements/mine/", "statement-none"),
        ("head", "/works/stories/?q=没有", "showings-none"),
        ("officer", "/works/honours/", "honours-desk"),
    ):
        sign_in(page, people[person])
        page.goto(path)
        page.wait_for_selector("h1")
        picture(page, f"{tag}-{name}")
        assert axe(page) == [], path
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, path


@pytest.mark.prove
def test_the_publisher_edits_reads_and_shows(page_at, sign_in, axe, people):
    page = page_at(1440, 900)
    sign_in(page, people["officer"])
    page.goto("/works/stories/")
    page.get_by_role("link", name="窗台上的小葱").click()
    page.get_by_text("撤下这一篇").click()
    page.get_by_label("为什么撤下").fill("换一稿")
    page.get_by_role("button", name="撤下").click()
    page.get_by_text("撤下了，作者会收到通知。").wait_for()
    page.goto(f"/works/{people['story'].pk}/publish/")
    assert page.get_by_label("题目").input_value() == "顾同学的小葱"
    page.get_by_label("正文").fill("9月5日，五（3）班。")
    page.get_by_label("通读过，没有真实姓名").check()
    page.get_by_role("button", name="展示").click()
    page.get_by_text("第1段有日期").wait_for()
    assert axe(page) == []
    picture(page, "publish-refused-desktop")
    page.get_by_label("正文").fill(TEXT)
    page.get_by_role("button", name="展示").click()
    page.get_by_text("展示了，作者会收到通知。").wait_for()
