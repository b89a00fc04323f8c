"""A package in Chromium: started, followed, its missing school tried again, its password seen, corrected."""

import re

import pytest

from core.models import Job
from programmes.models import Deadline
from reports.actions.compile import run_compilation, start_compilation
from reports.models import Compilation
from reports.tests.factories import make_district
from reports.tests.filed import instant
from reports.tests.test_compile_parts import fails_for
from schools.tests.factories import make_officer

pytestmark = [
    pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media"),
]  # fmt: skip


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme, schools = make_district(schools=3)
    Deadline.objects.create(programme=programme, kind="report", title="报送活动报告", at=instant("2022-10-09T00:00"))
    officer = make_officer(programme.authority)
    settings.HOMEVISIT_CLOCK = "2022-10-01T08:30+08:00"
    return programme, schools, officer


def test_the_officer_compiles_mends_and_corrects(page_at, sign_in, axe, desk, monkeypatch, settings):
    programme, schools, officer = desk
    fails_for(monkeypatch, schools[1])
    page = page_at(1440, 900)
    sign_in(page, officer)
    page.goto("/reports/")
    assert axe(page) == []
    row = page.get_by_role("row").filter(has_text="走访全覆盖")
    row.get_by_label("加密").check()
    row.get_by_role("button", name=re.compile("^汇编")).click()
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    page.get_by_role("heading", name="缺1所学校").wait_for()
    assert axe(page) == []

    monkeypatch.undo()
    page.get_by_role("button", name="再试这几所").click()
    page.get_by_role("heading", name="缺1所学校").wait_for(state="detached")
    compilation = Compilation.objects.get()
    assert (compilation.state, compilation.missing) == ("ready", [])
    assert page.url.endswith(f"/reports/{compilation.pk}/"), "it stays on the package's own page"

    page.get_by_role("button", name="看密码").click()
    page.locator("#package-password").wait_for()
    assert page.locator("#package-password").inner_text() == compilation.password
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    page.get_by_label("更正的原因").fill("一所学校9月的走访10月才补录")
    page.get_by_role("button", name="做更正版").click()
    page.get_by_text("这是更正版").wait_for()
    assert Compilation.objects.get(revision=2).state == "ready"

    phone = page_at(390, 844)
    sign_in(phone, officer)
    for address in ("/reports/", f"/reports/{compilation.pk}/", f"/reports/{compilation.pk}/schools/"):
        phone.goto(address)
        assert axe(phone) == []


@pytest.mark.prove
def test_progress_counts_schools_and_ends_by_itself(page_at, sign_in, axe, desk):
    programme, _, officer = desk
    compilation = start_compilation(programme, "coverage", by=officer, queue=False)
    for width, height in ((1440, 900), (390, 844)):
        Job.objects.filter(pk=compilation.job_id).update(state="waiting", step=1, done=187, total=302)
        page = page_at(width, height)
        sign_in(page, officer)
        page.goto("/desk/")
        page.get_by_text("187 / 302所").wait_for()
        assert axe(page) == []
    Job.objects.filter(pk=compilation.job_id).update(state="queued", step=0, done=0, total=0)
    its_own = page_at(1440, 900)
    sign_in(its_own, officer)
    its_own.goto(f"/reports/{compilation.pk}/")
    assert not its_own.get_by_role("button", name="做更正版").count()
    run_compilation(compilation.job_id)
    page.get_by_text("完成了").wait_for()
    its_own.get_by_role("button", name="做更正版").wait_for()  # figures, correction and mail have come by themselves
