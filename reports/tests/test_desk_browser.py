"""The desk in Chromium: readable by everybody, filters in the address, progress that moves by itself."""

from datetime import timedelta

import pytest

from core import jobs
from core.clock import now
from core.models import Job
from honesty.models import Hint
from honesty.tests.factories import make_hint
from reports.actions.compile import run_compilation, start_compilation
from reports.tests.factories import make_district
from schools.enums import Role
from schools.tests.factories import make_officer, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media", "august")]


def problems(page, axe, urls):
    """{address: what is wrong with the page}"""
    found = {}
    for url in urls:
        page.goto(url)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[url] = axe(page) + ([f"{wide} px too wide"] if wide else [])
    return {url: wrong for url, wrong in found.items() if wrong}


@pytest.mark.parametrize(("width", "height"), [(1440, 900), pytest.param(390, 844, marks=pytest.mark.prove)])
def test_desk_pages_are_accessible_and_fit(page_at, sign_in, axe, settings, width, height):
    programme, (school, _) = make_district(classes=2, pupils=6)
    settings.HOMEVISIT_CLOCK = "2022-09-18T16:30+08:00"
    officer = make_officer(programme.authority, name="周敏")
    ready = start_compilation(programme, "coverage", by=officer, queue=False)
    run_compilation(ready.job_id)
    page = page_at(width, height)
    sign_in(page, officer)
    urls = ("/desk/", "/desk/?q=nothing", f"/desk/school/{school.pk}/", "/reports/", f"/reports/{ready.pk}/")
    assert problems(page, axe, urls) == {}


@pytest.mark.prove
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_where_hints_are_counted_every_page_is_accessible_and_fits(page_at, sign_in, axe, width, height):
    programme, schools = make_district(schools=3)
    programme.config = programme.config | {"hints": {"authority_sees_counts": True}}
    programme.save()
    for school, kind, state in zip(schools, ("bunched", "alike", "photo"), ("told", "answered", "concluded"), strict=True):
        make_hint(make_user(Role.TEACHER, school=school), programme, school, kind=kind, state=state)
    Hint.objects.filter(kind="bunched").update(leader_from=now() - timedelta(days=8))
    page = page_at(width, height)
    sign_in(page, make_officer(programme.authority))
    urls = ("/desk/", "/desk/?tab=hints", "/desk/?tab=warned", f"/desk/school/{schools[0].pk}/", "/desk/nudge/?all=1")
    assert problems(page, axe, urls) == {}
    page.goto("/desk/")
    page.locator(".strip").get_by_role("link", name="1所", exact=True).last.click()
    page.wait_for_url("**tab=overdue**")
    assert schools[0].short_name in page.locator("#schools").inner_text()


def test_filters_go_to_the_address_and_the_table_follows(page_at, sign_in):
    programme, schools = make_district(schools=3)
    page = page_at(1440, 900)
    sign_in(page, make_officer(programme.authority))
    page.goto("/desk/")
    page.get_by_placeholder("学校名或代码").fill(schools[1].short_name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    assert page.locator("#schools tbody th").all_inner_texts() == [schools[1].short_name]
    page.get_by_role("link", name="清除").click()
    page.locator("th[aria-sort=ascending]").get_by_role("link", name="走访覆盖").click()
    page.wait_for_url("**sort=-coverage**")
    assert page.locator("#schools tbody th").count() == 3


@pytest.mark.seed("S23")
def test_progress_moves_without_reload_and_ends_in_a_download(page_at, sign_in):
    programme, _ = make_district()
    officer = make_officer(programme.authority)
    compilation = start_compilation(programme, "coverage", by=officer, queue=False)
    job = jobs.claim(compilation.job_id)
    jobs.progress(job, step=1, label="冻结各校数据", done=1, total=2)
    page = page_at(390, 844)
    sign_in(page, officer)
    page.goto("/desk/")
    row = page.locator(f"#job-{job.pk}")
    assert "1 / 2所" in row.inner_text()
    page.evaluate("window.stays = true")
    Job.objects.update(state="queued")
    run_compilation(job.pk)
    with page.expect_download() as download:
        row.get_by_role("link", name="下载").click()
    assert download.value.suggested_filename == "示例走万家走访全覆盖汇编-截至20220820-1000.zip"
    assert page.evaluate("window.stays") is True


@pytest.mark.prove
def test_lower_rows_are_kept_for_the_one_who_chose_them(page_at, sign_in):
    programme, _ = make_district()

    def height():
        return page.locator("#desk-table tbody tr").first.evaluate("row => row.offsetHeight")

    page = page_at(1440, 900)
    sign_in(page, make_officer(programme.authority))
    page.goto("/desk/")
    ordinary = height()
    page.get_by_role("button", name="紧凑").press("Enter")
    lower = height()
    page.reload()
    assert page.locator("[data-tight][aria-pressed=true]").count() == 1 and height() == lower < ordinary
    page.get_by_role("button", name="紧凑").click()
    assert height() == ordinary
