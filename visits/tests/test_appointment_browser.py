"""Appointments in a real browser: made with warnings, moved, kept; declined at home and kept at school."""

import re

import pytest
from django.urls import reverse

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_user
from students.tests.factories import make_student
from visits.actions.register import check, open_register
from visits.models import ClassCount, Due, Visit
from visits.tests.factories import TEXTS, at, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_programme(config={**CONFIG, "visit": {**CONFIG["visit"], "decline_offers": ["at_school", "nearby"]}})
    school_class = make_class()
    head = make_class_head(school_class, name="陈晓")
    make_user(Role.TEACHER, school=school_class.school, name="罗一鸣")
    student = make_student(school_class, name="顾梓涵", guardian=("示例家长", "19900001234"))
    open_register(programme)
    return {"programme": programme, "head": head, "student": student, "school_class": school_class}


@pytest.mark.browser
def test_plan_with_warnings_confirm_move_and_arrive(page_at, sign_in, axe, place, settings):
    page, problems = page_at(390, 844), []
    sign_in(page, place["head"])
    page.goto("/visits/")
    page.click("text=怎么排的")
    page.wait_for_selector("text=定了日子要去的")
    problems += axe(page)
    page.click("[aria-label=约顾梓涵家]")
    page.wait_for_url(re.compile(r"/visits/plan/\d+/$"))
    assert page.is_visible("a[href='tel:19900001234']")
    assert page.inner_text("#plan-yes") == "约好了"
    assert page.is_hidden("#id_place")

    page.fill("#id_date", "2022-09-19")
    page.fill("#id_time", "07:30")
    page.dispatch_event("#id_time", "change")
    page.wait_for_selector("#plan-look >> text=21:00到08:00一般不上门")
    assert "离现在不到24小时" in page.inner_text("#plan-look")
    assert page.inner_text("#plan-yes") == "还是这样约"
    page.fill("#colleague", "罗")
    page.click("#colleagues-found input")
    page.wait_for_selector("#plan-look >> text=一般要2位同去", state="detached")
    assert page.is_checked("[data-picked] input[name=others]")
    page.fill("#id_preparation", "先夸他做值日认真。")
    problems += axe(page)
    page.click("#plan-yes")
    page.wait_for_url(re.compile(r"/visits/appointments/\d+/$"))
    page.wait_for_selector("text=约好了，明天07:30。")
    page.click("button:has-text('妈妈')")
    page.wait_for_selector("text=妈妈答应的")

    page.click("text=改期")
    page.fill("#id_date", "2022-09-20")
    page.fill("#id_time", "18:30")
    page.dispatch_event("#id_time", "change")
    page.wait_for_selector("#plan-look .note", state="detached")
    page.click("#plan-yes")
    page.wait_for_selector("text=改好了，后天18:30。")
    assert page.is_hidden("text=到家了，开始家访")
    problems += axe(page)

    settings.HOMEVISIT_CLOCK = "2022-09-20T18:34+08:00"
    page.goto("/visits/")
    page.wait_for_selector(".hero >> text=顾梓涵家")
    page.click("[aria-label=看约定]")
    page.wait_for_url(re.compile(r"/visits/appointments/\d+/$"))
    problems += axe(page)
    page.click("text=到家了，开始家访")
    page.wait_for_url(re.compile(r"/visits/\d+/log/"))
    visit = Visit.objects.get()
    assert (visit.state, visit.planned_at, visit.started_at, visit.rescheduled) == (
        "done", at("2022-09-20 18:30"), at("2022-09-20 18:34"), 1,
    )  # fmt: skip
    assert (page.input_value("#id_start"), visit.preparation) == ("18:34", "先夸他做值日认真。")
    assert problems == []


@pytest.mark.browser
@pytest.mark.prove
def test_family_declines_at_home_and_comes_to_school(page_at, sign_in, axe, place, settings):
    programme, head, student = place["programme"], place["head"], place["student"]
    visit = make_plan(student, by=head, programme=programme)
    page = page_at(390, 844)
    sign_in(page, head)
    page.goto(reverse("visits:appointment", args=[visit.pk]))
    page.click("text=家长不方便上门")
    page.click("input[name=offer][value=at_school]")
    page.click("button:has-text('记为婉拒')")
    page.click("[data-ask-yes]")
    page.wait_for_selector("text=家长婉拒了上门")
    assert axe(page) == []
    assert Due.objects.get().declined is True

    page.click("a:has-text('到学校见面')")
    page.wait_for_url("**?mode=at_school")
    assert page.is_checked("input[name=mode][value=at_school]")
    page.fill("#id_place", "一楼接待室")
    page.fill("#id_date", "2022-09-20")
    page.fill("#id_time", "16:30")
    page.dispatch_event("#id_time", "change")
    page.wait_for_selector("#plan-look >> text=到校不计入覆盖率，记录照样保存。")
    page.click("#plan-yes")
    page.wait_for_selector("text=约好了，后天16:30。")

    settings.HOMEVISIT_CLOCK = "2022-09-20T16:32+08:00"
    page.reload()
    page.click("text=到家了，开始家访")
    page.wait_for_url(re.compile(r"/visits/\d+/log/"))
    _record(page_at, sign_in, head, page.url, settings)

    met = Visit.objects.get(mode="at_school")
    row = Due.objects.get()
    assert (met.state, met.plan_place, met.visit_students.get().counted) == ("recorded", "一楼接待室", False)
    assert (row.in_scope, row.visits, row.declined) == (True, 0, True)  # due still, its own column, no fault
    assert list(ClassCount.objects.filter(dimension=0).values_list("due", "visited", "declined")) == [(1, 0, 1)]
    assert check(programme) == []
    page.goto("/visits/class/")
    assert "婉拒" in page.inner_text(".tiles")


def _record(page_at, sign_in, head, url, settings):
    """The record form on one long page, as a browser without script has it."""
    settings.HOMEVISIT_CLOCK = "2022-09-20T17:20+08:00"
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, head)
    page.goto(url)
    assert page.is_checked("input[name=mode][value=at_school]")
    page.fill("#id_end", "17:10")
    for code, text in TEXTS.items():
        if not page.is_visible(f"#id_text_{code}"):
            page.click(f"details:has(#id_text_{code}) summary")
        page.fill(f"#id_text_{code}", text)
    page.click("#id_gift_declined", force=True)
    page.click("text=提交记录")
    page.wait_for_selector("text=记好了。")


@pytest.mark.prove
@pytest.mark.browser
def test_without_script_warnings_are_asked_once_more(page_at, sign_in, place):
    page = page_at(390, 844, java_script_enabled=False)
    sign_in(page, place["head"])
    page.goto(reverse("visits:plan", args=[place["student"].pk]))
    assert page.is_visible("#id_place")
    page.select_option("#others-plain", label="罗一鸣")
    page.fill("#id_time", "21:30")
    page.click("text=约好了")
    page.wait_for_selector("text=没问题就点“还是这样约”。")
    page.click("button:has-text('还是这样约')")
    page.wait_for_selector("text=约好了，")
    assert Visit.objects.get().planned_at == at("2022-09-20 21:30")
