"""后台任务: what ran, runs, failed and was tried again; nobody's file leaves by it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import jobs
from core.beat import KEPT, beat_run, remove_old_runs
from core.clock import now
from core.enums import JobState
from core.models import Job
from reports.actions.compile import restart_compilation, run_compilation, start_compilation
from reports.queries.jobs import desk_jobs, job_lines
from reports.tests.factories import make_district
from reports.tests.test_compile_parts import fails_for
from schools.enums import Role
from schools.tests.factories import make_authority, make_officer, make_user
from visits import tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(settings, media, monkeypatch):
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:00+08:00"
    monkeypatch.setattr(jobs, "send", lambda task, job_id: None)
    programme, _ = make_district(schools=2, pupils=2, visited=1)
    return programme


@pytest.fixture
def officer(district):
    return make_officer(district.authority, name="周敏")


@pytest.fixture
def page(officer):
    client = Client()
    client.force_login(officer)
    return lambda query="": client.get(f"/desk/jobs/{query}")


def export_of(other, authority, **fields):
    return jobs.create("reports.tasks.pack_forms", label="打包表格", by=other, authority_id=authority.pk, **fields)


def test_it_lists_what_runs_for_the_authority_whoever_made_it(district, officer, page):
    colleague = make_officer(district.authority, name="贺兰")
    export_of(colleague, district.authority)
    export_of(make_officer(make_authority("linjiang")), make_authority("linjiang"), name="x")
    start_compilation(district, "coverage", by=officer)
    words = page().content.decode()
    assert "贺兰" in words and "周敏" in words and "2项正在做" in words
    assert desk_jobs(officer).count() == 2


def test_of_what_a_school_made_the_school_is_named_and_no_teacher(district, officer, page):
    school = district.authority.schools.first()
    teacher = make_user(Role.TEACHER, school=school, name="罗一鸣")
    job = export_of(teacher, district.authority, school_id=school.pk)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    words = page().content.decode()
    assert f"由{school.short_name}再做" in words
    assert "罗一鸣" not in words


def test_what_failed_can_be_done_again_by_whom_it_belongs_to(district, officer, page):
    compilation = start_compilation(district, "coverage", by=officer)
    mine = export_of(make_officer(district.authority, name="贺兰"), district.authority)
    Job.objects.update(state=JobState.FAILED, message="核对没有通过", attempts=2)
    words = page("?state=failed").content.decode()
    assert reverse("reports:retry", args=[compilation.pk]) in words
    assert "由贺兰再做" in words and "核对没有通过" in words
    client = Client()
    client.force_login(officer)
    assert client.get(f"/desk/review/forms/{mine.pk}/download/").status_code == 404


def test_parts_are_folded_into_the_whole_and_counted(district, officer):
    whole = jobs.create("test.whole", label="汇编", authority_id=district.authority_id, shared=True)
    for state in (JobState.DONE, JobState.DONE, JobState.FAILED):
        Job.objects.create(kind="test.part", label="一所", parent=whole, authority_id=district.authority_id, state=state)
    (line,) = job_lines(desk_jobs(officer), user=officer)
    assert (line.job.parts, line.job.parts_done, line.job.parts_failed) == (3, 2, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_jobs(district, officer, page, number):
    page()
    for _ in range(number):
        start_compilation(district, "coverage", by=officer, at=now() - timedelta(hours=Job.objects.count()))
    with CaptureQueriesContext(connection) as queries:
        page()
    assert len(queries) == 11


def test_each_night_leaves_a_line_and_an_error_says_so(district, officer, page):
    tasks.refresh_registers()
    tasks.lock_records()
    tasks.purge_drafts()
    with pytest.raises(RuntimeError), beat_run("broken", "夜间试一试"):
        raise RuntimeError("secret words of the program")
    words = page().content.decode()
    assert "夜间核对应访名单" in words and "1个活动" in words and "定时" in words
    assert "夜间试一试" in words and "到点会再做" in words and "secret words" not in words
    assert Job.objects.filter(state=JobState.DONE).count() == 3


def test_a_night_that_was_killed_is_closed_by_the_tick_not_done_twice(district, settings):
    with pytest.raises(KeyboardInterrupt), beat_run("locks", "夜间归档"):
        raise KeyboardInterrupt
    assert Job.objects.get().state == JobState.RUNNING
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:05+08:00"
    assert jobs.requeue_stale() == []
    assert Job.objects.get().state == JobState.FAILED


def test_lines_of_the_nights_go_after_three_months(district, settings):
    with beat_run("locks", "夜间归档"):
        pass
    export_of(make_officer(district.authority), district.authority)
    Job.objects.update(created_at=now() - KEPT - timedelta(days=1))
    remove_old_runs()
    assert [job.label for job in Job.objects.all()] == ["打包表格"]


def test_an_unknown_state_is_all_and_an_empty_list_says_so(district, officer, page):
    assert "还没有后台任务" in page().content.decode()
    assert page("?state=nonsense&page=9").status_code == 200
    assert "没有这样的任务" in page("?state=failed").content.decode()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.SECURITY_ADMIN])
def test_other_desks_have_no_jobs_page(district, role):
    client = Client()
    client.force_login(make_user(role, authority=district.authority))
    assert client.get("/desk/jobs/").status_code == 403


def test_a_package_that_went_through_ran_once_though_its_schools_woke_it(district, officer, page, monkeypatch):
    fails_for(monkeypatch, district.authority.schools.first())
    compilation = start_compilation(district, "coverage", by=officer, queue=False)
    run_compilation(compilation.job_id)
    job = Job.objects.get(pk=compilation.job_id)
    assert (job.attempts, job.runs) == (2, 1)
    words = page().content.decode().partition("<tbody>")[2]
    assert "做过" not in words and "缺几所学校" in words and "再试这几所" in words
    restart_compilation(compilation, by=officer)
    run_compilation(compilation.job_id)
    assert Job.objects.get(pk=compilation.job_id).runs == 2
    assert "做过2次" in page().content.decode()
