"""One deadline from roster to report, in Chromium: the sentence the product exists for.

A school administrator imports a roster, the officer opens the programme, a class head marks a pupil, logs a visit on a
phone and sees the tile change; at 24:00 of 30 September the district compiles, downloads, and the workbook
says what an independent recount of the visits says.
"""

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone

from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from programmes.models import Category
from schools.enums import Role, SchoolKind, System
from schools.models import Authority, SchoolClass
from schools.tests.factories import make_class_head, make_officer, make_school, make_user
from students.models import Student
from visits.models import Due, Visit
from visits.tests.recount import recount, recount_days, register, register_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.prove]

ROSTER = Path("students/tests/rosters/04_shanghai_54.xlsx")
NOTICE = Path("programmes/data/baoshan-2022.toml")
PHONE, DESKTOP = (390, 844), (1440, 900)
TEXTS = {
    "cause": "开学后作业常常拖到很晚，想看看家里的学习环境。",
    "process": "先看了书桌和画作，再和妈妈聊了作息，孩子全程都在。",
    "analysis": "妈妈上夜班，一周三天由外婆照看，书桌挨着电视。",
    "measures": "约好每晚八点前半小时不开电视，两周后再看。",
    "reflection": "先说优点，孩子愿意开口。",
}


@pytest.fixture
def clock(settings):
    def set_to(text):
        settings.HOMEVISIT_CLOCK = text

    set_to("2022-09-18T19:40+08:00")
    return set_to


@pytest.fixture
def school(clock):
    """A school of the notice's authority, as in the roster's sidecar."""
    programme = load_programme(read_notice(django_settings.BASE_DIR / NOTICE)).programme
    return make_school(
        Authority.objects.get(pk=programme.authority_id), kind=SchoolKind.JUNIOR, code="3131990002",
        name="示例区晨曦路中学", short_name="晨曦路中学", system=System.FIVE_FOUR,
    )  # fmt: skip


def no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_from_roster_to_report(school, clock, page_at, sign_in, axe, tmp_path):
    programme = school.authority.programmes.get()
    officer = make_officer(school.authority)

    def shown(page):
        assert axe(page) == []
        assert no_sideways_scroll(page)

    # 1 The school administrator imports the roster, reads the preview and confirms.
    page = page_at(*DESKTOP)
    sign_in(page, make_user(Role.SCHOOL_ADMIN, school=school))
    page.goto(reverse("students:import"))
    shown(page)
    page.set_input_files("[name=file]", django_settings.BASE_DIR / ROSTER)
    page.get_by_role("button", name="上传并预览").click()
    page.get_by_text("87").first.wait_for()
    shown(page)
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**" + reverse("students:import") + "**")
    assert Student.objects.count() == 87

    # 2 The officer opens the programme: the register holds every pupil.
    open_programme(programme, by=officer)
    assert Due.objects.filter(programme=programme, in_scope=True).count() == 87

    # 3 The class head of 六（1）班 marks a pupil on the class board's pupil page.
    school_class = SchoolClass.objects.get(school=school, entry_year=2022, number=1)
    head = make_class_head(school_class, name="示例班主任")
    pupil = Student.objects.filter(school_class=school_class).order_by("pk").first()
    study = Category.objects.get(authority=school.authority, code="STUDY")
    page = page_at(*PHONE)
    sign_in(page, head)
    page.goto(reverse("students:marks", args=[pupil.pk]))
    shown(page)
    page.locator(f"[name=category][value='{study.pk}']").locator("xpath=ancestor::form").get_by_role("button").first.click()
    page.wait_for_load_state("networkidle")
    assert Due.objects.get(programme=programme, student=pupil).priority < 9

    # 4 The pupil now stands first on the phone; the visit is logged in four steps.
    page.goto(reverse("visits:home"))
    shown(page)
    assert page.locator(".todo .nm").first.inner_text().startswith(pupil.name)
    page.goto(reverse("visits:log", args=[pupil.pk]))
    page.check("#id_conduct_read")
    page.get_by_role("button", name="到家了，开始家访").click()
    shown(page)
    page.get_by_role("button", name="改时间").click()
    page.fill("[name=start]", "18:30")
    page.fill("[name=end]", "19:20")
    page.get_by_role("button", name="下一步，写记录").click()
    for code, text in TEXTS.items():
        fold = page.locator(f"#id_text_{code}").locator("xpath=ancestor::details")
        if fold.get_attribute("open") is None:
            fold.locator("summary").click()
        page.fill(f"#id_text_{code}", text)
    page.goto(page.url.split("#")[0] + "#review")
    page.get_by_role("button", name="提交记录").click()
    page.get_by_text("处要改").wait_for()  # the gift statement was forgotten
    assert page.input_value("#id_text_process") == TEXTS["process"]
    page.check("#id_gift_declined")
    page.get_by_role("button", name="提交记录").click()
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    shown(page)
    visit = Visit.objects.get()
    assert (visit.process, visit.visited_on, visit.lead) == (TEXTS["process"], date(2022, 9, 18), head)

    # 5 The tile of the pupil has changed, at both sizes.
    for size in (PHONE, DESKTOP):
        page = page_at(*size)
        sign_in(page, head)
        page.goto(reverse("visits:board", args=[school_class.pk]))
        tile = page.locator(".tile", has_text=pupil.name)
        assert "done" in tile.get_attribute("class")
        assert "9月18日" in tile.inner_text()
        shown(page)

    # 6 24:00 of 30 September: the district compiles, waits and downloads.
    clock("2022-10-01T00:00+08:00")
    for size in (PHONE, DESKTOP):
        page = page_at(*size)
        sign_in(page, officer)
        page.goto(reverse("desk:home"))
        shown(page)
    page.get_by_role("button", name="汇编报表").click()
    page.wait_for_load_state("networkidle")
    page.goto(reverse("reports:files"))
    shown(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").first.click()
    path = tmp_path / "package.zip"
    download.value.save_as(path)

    # 7 The workbook says what a recount says.
    day = date(2022, 9, 30)
    assert register(programme) == recount(programme, day)
    assert register_days(programme) == recount_days(programme) == {pupil.pk: (1, date(2022, 9, 18), date(2022, 9, 18))}
    everybody = [counts for (_, dimension), counts in recount(programme, day).items() if dimension == 0]
    due, visited, _ = (sum(column) for column in zip(*everybody, strict=True))
    with zipfile.ZipFile(path) as package:
        sheet = openpyxl.load_workbook(io.BytesIO(package.read("走访情况汇总表.xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    line = next(row for row in rows if "示例区晨曦路中学" in row)
    total = next(row for row in rows if row[0] == "合计" or row[1] == "合计")
    assert (due, visited) == (87, 1)
    for row in (line, total):
        assert {87, 1} <= set(row)
        assert "1.14%" in row
    assert programme.deadlines.get(kind="coverage").at == timezone.make_aware(datetime(2022, 10, 1))
