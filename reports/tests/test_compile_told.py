"""Who runs the desk hears how a package came out, and why one was not even begun; once each."""

import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, close_old_connections
from django.urls import reverse

from core import jobs
from core.clock import now
from core.enums import JobState
from core.models import Job
from core.tests.at_once import at_once
from programmes.models import Deadline
from reports import tasks
from reports.actions.compile import restart_compilation, run_compilation, start_compilation
from reports.actions.compile import start as starting
from reports.actions.compile.told import tell_failed
from reports.models import Compilation
from reports.tests.factories import make_district
from reports.tests.test_compile import compiled
from reports.tests.test_compile_parts import fails_for
from schools.enums import Role
from schools.models import Message, User
from schools.tests.factories import make_authority, make_leader, make_officer, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]


@pytest.fixture
def district(midnight):
    programme, schools = make_district(schools=2)
    officer = make_officer(programme.authority, name="周敏")
    make_officer(make_authority("linjiang"))
    make_user(Role.REVIEWER, authority=programme.authority)
    make_leader(schools[0])
    User.objects.filter(pk=make_officer(programme.authority, name="贺兰").pk).update(is_active=False)
    midnight()
    return programme, schools, officer


def told(officer):
    """Notices of the packages; nobody else has any."""
    rows = Message.objects.order_by("pk")
    assert set(rows.values_list("user_id", flat=True)) <= {officer.pk}
    return [(row.text, row.url) for row in rows]


def test_a_package_that_is_ready_is_told_once(district, client):
    programme, _, officer = district
    compilation = compiled(programme)
    compiled(programme)
    tasks.tick()
    [(text, url)] = told(officer)
    assert text == f"{programme.short_title}，“走访全覆盖”汇编（截止数据，第1版）：做好了，2所学校都在，可以下载。"
    assert url == reverse("reports:snapshot", args=[compilation.pk])
    client.force_login(officer, backend="schools.backends.StaffBackend")
    assert client.get(url).status_code == 200


def test_one_that_lacks_schools_names_them_and_gives_way_to_the_whole_one(district, monkeypatch):
    programme, schools, officer = district
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    [(text, _)] = told(officer)
    assert f"做了1所，缺1所：{schools[1].name}。打开看原因，再试这几所。" in text
    monkeypatch.undo()
    restart_compilation(compilation, by=officer)
    run_compilation(compilation.job_id)
    [(text, _)] = told(officer)  # the first was not read, and is not true any more
    assert "2所学校都在" in text


def test_what_was_read_stays_beside_what_came_later(district, monkeypatch):
    programme, schools, officer = district
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    Message.objects.update(read_at=now())
    monkeypatch.undo()
    restart_compilation(compilation, by=officer)
    run_compilation(compilation.job_id)
    assert len(told(officer)) == 2


def test_one_that_failed_is_told_once_each_time_it_failed(district, monkeypatch, settings):
    programme, schools, officer = district
    fails_for(monkeypatch, *schools)
    compilation = compiled(programme)
    for _ in range(3):
        tasks.tick()
    [(text, _)] = told(officer)
    assert "没有做成。没有一所学校汇编成，第一所的原因：任务中途出错" in text
    restart_compilation(compilation, by=officer)
    run_compilation(compilation.job_id)
    Message.objects.update(read_at=now())
    tell_failed()
    tell_failed()
    assert len(told(officer)) == 2
    settings.HOMEVISIT_CLOCK = "2022-10-20T09:00+08:00"
    Job.objects.update(args={})
    tell_failed()
    assert len(told(officer)) == 2  # long ago


def test_one_whose_worker_died_five_times_is_told(district):
    programme, _, officer = district
    compilation = start_compilation(programme, "coverage", queue=False)
    silent = now() - timedelta(minutes=3)
    Job.objects.filter(pk=compilation.job_id).update(state=JobState.RUNNING, attempts=jobs.MAX_ATTEMPTS, heartbeat_at=silent)
    tasks.tick()
    [(text, _)] = told(officer)
    assert "没有做成。试了5次都没有完成" in text


def test_a_cancelled_one_is_told_nobody(district):
    programme, _, officer = district
    compilation = start_compilation(programme, "coverage", queue=False)
    jobs.cancel(compilation.job)
    tasks.tick()
    assert told(officer) == []


# ── Not even begun ──


def _breaks(*args, **kwargs):
    raise ValueError("19900001234")


@pytest.fixture
def broken(monkeypatch):
    monkeypatch.setattr(starting, "_made", _breaks)
    return monkeypatch


def errors(caplog):
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_deadline_that_cannot_start_is_logged_and_told_once(district, broken, caplog, settings, client):
    programme, _, officer = district
    for minute in range(3):
        settings.HOMEVISIT_CLOCK = f"2022-10-01T00:0{minute}+08:00"
        tasks.tick()
    assert len(errors(caplog)) == 1
    [(text, url)] = told(officer)
    assert text == f"{programme.short_title}，走访全覆盖的汇编没有开始：程序出错（ValueError），每分钟会再试。请管理员看日志。"
    row = Job.objects.get()
    assert (row.state, row.attempts, row.authority_id) == (JobState.FAILED, 3, programme.authority_id)
    client.force_login(officer, backend="schools.backends.StaffBackend")
    for address in (url, reverse("desk:home"), reverse("desk:jobs")):
        assert "程序出错（ValueError），每分钟会再试" in client.get(address).content.decode(), address
    assert "走访全覆盖的汇编没有开始" in client.get(reverse("desk:home")).content.decode()


def test_once_it_starts_nothing_is_said_of_it_any_more(district, broken, client):
    programme, _, officer = district
    tasks.tick()
    assert len(told(officer)) == 1
    broken.undo()
    tasks.tick()
    assert Compilation.objects.count() == 1 and told(officer) == []
    assert Job.objects.get(kind="beat.deadline").state == JobState.DONE
    client.force_login(officer, backend="schools.backends.StaffBackend")
    assert "没有开始" not in client.get(reverse("desk:home")).content.decode()
    assert "程序出错" not in client.get(reverse("reports:files")).content.decode()


def test_another_reason_is_worth_telling_again(district, broken, caplog, monkeypatch):
    tasks.tick()

    def refuses(*args, **kwargs):
        raise starting.CannotCompile("没有教育局的邮箱。")

    monkeypatch.setattr(starting, "_made", refuses)
    tasks.tick()
    tasks.tick()
    assert len(errors(caplog)) == 2
    assert Job.objects.get().message == "没有教育局的邮箱。"


def test_two_deadlines_are_told_apart_and_one_that_was_moved_is_forgotten(district, broken, client):
    programme, _, officer = district
    Deadline.objects.create(programme=programme, kind="report", title="报送报告", at=now())
    tasks.tick()
    tasks.tick()
    assert Job.objects.count() == 2 == len(told(officer))
    programme.deadlines.filter(kind="report").update(at=now() + timedelta(days=3))
    client.force_login(officer, backend="schools.backends.StaffBackend")
    home = client.get(reverse("desk:home")).content.decode()
    assert "走访全覆盖的汇编没有开始" in home and "报送报告的汇编没有开始" not in home


def test_a_database_that_is_away_is_no_reason(district, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(starting, "_made", away)
    with pytest.raises(ExceptionGroup):
        tasks.tick()
    assert not Job.objects.exists() and not Message.objects.exists()


def test_the_command_tells_them_too(district):
    programme, _, officer = district
    call_command("compile_deadline", programme.code, "coverage")
    assert len(told(officer)) == 1


@pytest.mark.django_db(transaction=True)
def test_three_beats_at_once_tell_once_each_what_failed_and_what_cannot_start(district, monkeypatch):
    programme, _, officer = district
    failed = start_compilation(programme, "coverage", queue=False)
    Job.objects.filter(pk=failed.job_id).update(state=JobState.FAILED, finished_at=now(), attempts=1)
    Deadline.objects.create(programme=programme, kind="report", title="报送报告", at=now())
    monkeypatch.setattr(starting, "_made", _breaks)

    at_once(*[tasks.tick] * 3)
    close_old_connections()
    assert len(told(officer)) == 2
    assert Job.objects.get(kind="beat.deadline").attempts == 3
