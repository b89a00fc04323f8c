"""打包表格: a job of its maker; folders, list, checksums; sealed where telephones are; a dead worker does nothing twice."""

import hashlib
import io
import json
import zipfile

import openpyxl
import pytest
import pyzipper
from django.test import Client

from core import jobs, packing
from core.enums import JobState
from core.files import open_private
from core.models import AuditEntry, Job
from core.states import WrongState
from reports.actions import pack
from reports.queries.filters import QueueFilter
from reports.tests.at_desk import Desk
from schools.enums import Role
from schools.models import Post
from schools.tests.factories import make_authority, make_user
from schools.tests.place import client_of

pytestmark = pytest.mark.django_db
FACTS = {
    "name": "陈晓", "gender": "女", "birth_month": "1991-04", "position": "班主任", "politics": "中共党员",
    "phone": "19900005518", "target": "顾同学", "visited_on": "2022-09-16",
}  # fmt: skip


@pytest.fixture
def desk(settings, media, monkeypatch):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00+08:00"
    monkeypatch.setattr(jobs, "send", lambda task, job_id: None)  # the queue takes the message and nobody works yet
    return Desk()


def filed(desk, name, **fields):
    return desk.work(desk.school(name), kind="deeds", facts=json.dumps(FACTS, ensure_ascii=False), **fields)


def made(desk, by, tab="deeds", **more):
    job, _ = pack.start_pack(desk.programme, QueueFilter(tab=tab, state="every", **more), by=by)
    pack.run_pack(job.pk)
    return Job.objects.get(pk=job.pk)


def data_of(job):
    with open_private(job.file) as file:
        return file.read()


def test_the_officers_pack_of_works_is_sealed_and_holds_folders_list_and_checksums(desk):
    first, second = filed(desk, "示例一小学"), filed(desk, "示例二小学", state="accepted")
    job = made(desk, desk.officer)
    assert job.state == JobState.DONE and "19900005518" not in str(job.args)
    password = packing.show_password(job, by=desk.officer)
    data = data_of(job)
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        with pytest.raises(RuntimeError):
            archive.read("目录.xlsx")
        archive.setpassword(password.encode())
        papers = [name for name in archive.namelist() if name.endswith(".docx")]
        assert sorted(name.split("/")[0] for name in papers) == ["001-一小学", "002-二小学"]
        assert all(str(work.pk) in "".join(papers) for work in (first, second))
        sums = dict(reversed(line.split("  ")) for line in archive.read("SHA256SUMS.txt").decode().splitlines())
        assert sums == {name: hashlib.sha256(archive.read(name)).hexdigest() for name in papers}
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("目录.xlsx"))).active
        said = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
        assert "示例一小学" in said and "严禁外传" in said and "已通过" in said
    line = AuditEntry.objects.get(action="export.forms")
    assert (line.facts["rows"], line.facts["sha256"]) == (2, hashlib.sha256(data).hexdigest())
    with pytest.raises(WrongState):
        packing.show_password(job, by=desk.officer)


def test_a_reviewers_pack_and_a_pack_of_reports_have_no_telephones_and_no_password(desk):
    school = desk.school()
    desk.report(school)
    filed(desk, "示例一小学")
    for by, tab, start in ((desk.reviewer, "deeds", "001-一小学/"), (desk.officer, "report", "001-晨曦小学/活动报告")):
        job = made(desk, by, tab)
        assert job.state == JobState.DONE, job.message
        with zipfile.ZipFile(io.BytesIO(data_of(job))) as archive:
            (paper,) = [name for name in archive.namelist() if name.endswith(".docx")]
            assert paper.startswith(start)
            with zipfile.ZipFile(io.BytesIO(archive.read(paper))) as document:
                assert b"19900005518" not in document.read("word/document.xml")
        assert not packing.has_password(job)


def test_only_what_the_filter_shows_is_packed(desk):
    filed(desk, "示例一小学")
    keep = filed(desk, "示例二小学")
    job = made(desk, desk.reviewer, q="二小")
    with zipfile.ZipFile(io.BytesIO(data_of(job))) as archive:
        (paper,) = [name for name in archive.namelist() if name.endswith(".docx")]
    assert str(keep.pk) in paper
    with pytest.raises(WrongState):
        pack.start_pack(desk.programme, QueueFilter(tab="deeds", q="没有"), by=desk.reviewer)


def test_one_at_a_time_five_a_day_cancel_and_retry(desk):
    filed(desk, "示例一小学")
    job, created = pack.start_pack(desk.programme, QueueFilter(tab="deeds"), by=desk.officer)
    assert created and pack.start_pack(desk.programme, QueueFilter(tab="deeds"), by=desk.officer) == (job, False)
    packing.cancel_pack(job, by=desk.officer)
    pack.run_pack(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file) == (JobState.CANCELLED, "")
    pack.retry_pack(job, by=desk.officer)
    pack.run_pack(job.pk)
    for _ in range(4):
        made(desk, desk.officer)
    with pytest.raises(WrongState, match="今天已经做了5次"):
        pack.start_pack(desk.programme, QueueFilter(tab="deeds"), by=desk.officer)


def test_a_worker_that_lost_the_job_leaves_nothing_and_the_next_finishes_once(desk, monkeypatch):
    filed(desk, "示例一小学")
    filed(desk, "示例二小学")
    job, _ = pack.start_pack(desk.programme, QueueFilter(tab="deeds", state="every"), by=desk.reviewer)
    real, seen = pack.form_docx, []

    def dies(row, *, user):
        seen.append(row.pk)
        if len(seen) == 2:  # another worker takes the job over in between
            Job.objects.filter(pk=job.pk).update(attempts=9)
        return real(row, user=user)

    monkeypatch.setattr(pack, "form_docx", dies)
    pack.run_pack(job.pk)
    assert not AuditEntry.objects.filter(action="export.forms").exists()
    assert Job.objects.get(pk=job.pk).file == ""
    monkeypatch.setattr(pack, "form_docx", real)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    pack.run_pack(job.pk)
    pack.run_pack(job.pk)  # a second message finds nothing to do
    assert AuditEntry.objects.filter(action="export.forms").count() == 1
    assert Job.objects.get(pk=job.pk).state == JobState.DONE


def test_whoever_left_the_desk_gets_nothing(desk):
    filed(desk, "示例一小学")
    job = made(desk, desk.reviewer)
    client = client_of(desk.reviewer)
    assert client.get(f"/desk/review/forms/{job.pk}/download/").status_code == 200
    for other in (desk.officer, make_user(Role.REVIEWER, authority=make_authority("there"))):
        assert client_of(other).get(f"/desk/review/forms/{job.pk}/download/").status_code == 404
    waiting, _ = pack.start_pack(desk.programme, QueueFilter(tab="deeds"), by=desk.reviewer)
    Post.objects.filter(user=desk.reviewer).update(ends_on="2022-10-01")
    assert client_of(desk.reviewer).get(f"/desk/review/forms/{job.pk}/download/").status_code == 404
    pack.run_pack(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == JobState.FAILED and "不在这个教育局" in waiting.message


def test_after_a_day_the_file_is_gone(desk, settings):
    filed(desk, "示例一小学")
    job = made(desk, desk.officer)
    settings.HOMEVISIT_CLOCK = "2022-10-10T09:01+08:00"
    assert client_of(desk.officer).get(f"/desk/review/forms/{job.pk}/download/").status_code == 404
    pack.remove_old_packs()
    job.refresh_from_db()
    assert job.file == "" and "password" not in job.args and "name" not in job.args


def test_the_page_from_choice_to_password(desk):
    filed(desk, "示例一小学")
    client: Client = client_of(desk.officer)
    assert "共1份" in client.get("/desk/review/forms/", {"of": "works", "tab": "deeds"}).content.decode()
    assert client.post("/desk/review/forms/start/", {"tab": "deeds", "state": "every"}).status_code == 302
    job = Job.objects.get()
    assert "看密码" in client.get("/desk/review/forms/").content.decode()
    shown = client.post(f"/desk/review/forms/{job.pk}/password/")
    assert "解压密码" in shown.content.decode()
    assert client.post(f"/desk/review/forms/{job.pk}/password/").status_code == 409
    pack.run_pack(job.pk)
    assert "1份，已加密" in client.get(f"/desk/review/forms/{job.pk}/").content.decode()
    assert client.post(f"/desk/review/forms/{job.pk}/cancel/").status_code == 409
    empty = client.post("/desk/review/forms/start/", {"tab": "case"})
    assert empty.status_code == 409 and "没有可以打包的材料" in empty.content.decode()
