"""导出走访登记: rows without names, made by a job of its maker, kept for a day."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import jobs
from core.enums import JobState
from core.files import open_private
from core.models import AuditEntry, Job
from core.states import WrongState
from reports.actions import register_export
from reports.queries.register import register_rows, register_schools
from reports.tests.factories import make_district
from schools.enums import Role
from schools.models import Post
from schools.tests.factories import make_authority, make_leader, make_officer, make_school, make_user
from students.models import Student
from visits.actions.register import rebuild
from visits.models import Due
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db
HEAD = ["学校标识码", "学校", "学段", "年级", "班级", "序号", "应访", "走访次数", "首次走访", "最近走访", "形式"]


@pytest.fixture
def district(settings, media, monkeypatch):
    settings.HOMEVISIT_CLOCK = "2022-09-20T09:00+08:00"
    monkeypatch.setattr(jobs, "send", lambda task, job_id: None)  # the queue takes the message and nobody works yet
    return make_district(schools=2, pupils=3, visited=1)


@pytest.fixture
def officer(district):
    return make_officer(district[0].authority, name="周敏")


def made(programme, officer, form):
    job, _ = register_export.start_register_export(programme, by=officer, form=form)
    register_export.run_register_export(job.pk)
    return Job.objects.get(pk=job.pk)


def read(job):
    with open_private(job.file) as file:
        return file.read()


def test_the_csv_has_a_row_a_pupil_and_no_name_number_or_category(district, officer):
    programme, (school, _) = district
    visited = Due.objects.get(school=school, visits=1).student
    school_class = school.classes.get()
    add_visit(programme, [visited], on=date(2022, 9, 5), mode="nearby", lead=make_leader(school))
    rebuild(programme)
    Due.objects.filter(school=school, visits=0).update(in_scope=False, exempt_reason="boarding")
    data = read(made(programme, officer, "csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data)))
    assert rows[0] == HEAD
    assert len(rows) == 1 + 6
    first = [row for row in rows[1:] if row[0] == school.code]
    assert [row[5:] for row in first] == [
        ["1", "是", "2", "2022-09-02", "2022-09-05", "上门、就近第三地点"],
        ["2", "免访", "0", "", "", ""],
        ["3", "免访", "0", "", "", ""],
    ]
    assert first[0][1:5] == [school.name, "小学", school_class.grade_label(), school_class.label()]
    for student in Student.objects.all():
        assert student.name not in data and (not student.student_no or student.student_no not in data)
    assert "困境" not in data


def test_the_workbook_holds_the_same_rows(district, officer):
    programme, _ = district
    sheet = openpyxl.load_workbook(io.BytesIO(read(made(programme, officer, "xlsx")))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "严禁外传" in rows[2][0] and rows[3] == HEAD
    found = list(csv.reader(io.StringIO(read(made(programme, officer, "csv")).decode("utf-8-sig"))))[1:]
    assert [[str(value) if value is not None else "" for value in row] for row in rows[4:]] == found


def test_whoever_left_the_school_is_in_no_row(district, officer):
    programme, (school, _) = district
    Due.objects.filter(school=school, visits=0).update(in_scope=False)
    assert sum(row[0] == school.code for row in register_rows(programme, register_schools(programme))) == 1


def test_rows_cost_three_queries_for_any_number_of_schools(district):
    programme, _ = district
    schools = list(register_schools(programme))
    for some in (schools[:1], schools):
        with CaptureQueriesContext(connection) as queries:
            list(register_rows(programme, some))
        assert len(queries) == 3


def test_rows_of_a_class_stand_by_the_first_visit_not_by_the_roster(district):
    programme, (school, _) = district
    late = Due.objects.filter(school=school).order_by("-student_id").first().student
    add_visit(programme, [late], on=date(2022, 9, 1), lead=make_leader(school))
    rebuild(programme)
    rows = [row for row in register_rows(programme, register_schools(programme)) if row[0] == school.code]
    assert [row[8] for row in rows] == ["2022-09-01", "2022-09-02", ""]


def test_one_at_a_time_and_a_form_must_be_chosen(district, officer):
    programme, _ = district
    job, created = register_export.start_register_export(programme, by=officer, form="csv")
    again, twice = register_export.start_register_export(programme, by=officer, form="xlsx")
    assert (job.pk, created, twice) == (again.pk, True, False)
    assert job.label == "导出走访登记（CSV 文本，9月20日09:00）"
    with pytest.raises(WrongState, match="选"):
        register_export.start_register_export(programme, by=officer, form="pdf")


def test_without_a_register_there_is_nothing_to_export(district, officer):
    programme, _ = district
    Due.objects.all().delete()
    with pytest.raises(WrongState, match="还没有学生"):
        register_export.start_register_export(programme, by=officer, form="csv")


def test_a_second_message_and_a_lost_post_make_no_second_file(district, officer):
    programme, _ = district
    job = made(programme, officer, "csv")
    register_export.run_register_export(job.pk)
    assert Job.objects.get(pk=job.pk).attempts == 1
    other, _ = register_export.start_register_export(programme, by=officer, form="csv")
    Post.objects.filter(user=officer).delete()
    register_export.run_register_export(other.pk)
    other.refresh_from_db()
    assert other.state == JobState.FAILED and "不管这个教育局" in other.message


def test_only_the_maker_fetches_it_and_only_for_a_day(district, officer, settings):
    programme, _ = district
    job = made(programme, officer, "xlsx")
    url = f"/desk/register/{job.pk}/download/"
    client = Client()
    client.force_login(officer)
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store, private"
    assert AuditEntry.objects.filter(action="register.download").count() == 1
    others = make_officer(programme.authority), make_officer(make_authority("linjiang"))
    for other in (*others, make_user(Role.REVIEWER, authority=programme.authority)):
        client.force_login(other)
        assert client.get(url).status_code == 404
    settings.HOMEVISIT_CLOCK = "2022-09-21T09:01+08:00"
    client.force_login(officer)
    assert client.get(url).status_code == 404
    register_export.remove_old_registers()
    job.refresh_from_db()
    assert job.file == "" and "name" not in job.args


def test_the_page_tells_what_leaves_and_starts_it_once(district, officer):
    client = Client()
    client.force_login(officer)
    page = client.get("/desk/register/")
    assert "应访6人" in page.content.decode() and "没有姓名" in page.content.decode()
    for _ in range(2):
        assert client.post("/desk/register/start/", {"form": "csv"}).status_code == 302
    assert register_export.exports(officer).count() == 1
    job = register_export.exports(officer).get()
    assert "在排队" in client.get(f"/desk/register/{job.pk}/").content.decode()
    assert client.post(f"/desk/register/{job.pk}/cancel/").status_code == 302
    assert client.post(f"/desk/register/{job.pk}/cancel/").status_code == 409
    assert client.post(f"/desk/register/{job.pk}/retry/").status_code == 302
    assert register_export.exports(officer).get().state == JobState.QUEUED


@pytest.mark.parametrize("role", [Role.SCHOOL_LEADER, Role.TEACHER])
def test_a_school_has_no_register_of_the_district(district, role):
    programme, (school, _) = district
    client = Client()
    client.force_login(make_user(role, school=school))
    assert client.get("/desk/register/").status_code == 403
    assert client.post("/desk/register/start/", {"form": "csv"}).status_code == 403


def test_the_officer_of_another_authority_gets_the_own_one_only(district):
    programme, _ = district
    other = make_district(schools=1, authority=make_authority("linjiang"), code="other-2022")[0]
    make_school(other.authority)
    codes = {row[0] for row in register_rows(other, register_schools(other))}
    assert codes.isdisjoint({row[0] for row in register_rows(programme, register_schools(programme))})
