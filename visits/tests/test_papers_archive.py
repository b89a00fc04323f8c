"""A class's archive: one job a maker, encrypted, for its maker alone and for a day, and everything written down."""

import hashlib
import io
from datetime import date

import openpyxl
import pytest
import pyzipper
from docx import Document

from core import jobs, packing
from core.clock import today
from core.enums import JobState
from core.files import open_private
from core.models import AuditEntry, Job
from core.states import WrongState
from core.tests.test_documents import words
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_user
from students.tests.factories import make_student
from visits.actions import archive
from visits.models import Visit
from visits.tests.on_paper import make_place
from visits.tests.rows import add_visit


@pytest.fixture
def place(db, clock):
    place = make_place()
    second = make_student(place["school_class"], name="夏初晴", class_serial="08")
    place["early"] = add_visit(place["programme"], [place["student"]], on=date(2022, 9, 3), lead=place["head"])
    place["other"] = add_visit(place["programme"], [second], on=date(2022, 9, 5), lead=place["head"])
    elsewhere = make_student(make_class(place["school"], number=7))
    add_visit(place["programme"], [elsewhere], on=date(2022, 9, 5))
    return place


@pytest.fixture
def no_queue(monkeypatch):
    """The queue takes the message and nobody works yet."""
    monkeypatch.setattr(jobs, "send", lambda task, job_id: None)


def start(place, by=None):
    return archive.start_archive(place["programme"], place["school_class"], by=by or place["head"])


def made(place, by=None):
    job, _ = start(place, by)
    archive.run_archive(job.pk)
    return Job.objects.get(pk=job.pk)


def opened(job, password):
    with open_private(job.file) as file:
        data = file.read()
    zipped = pyzipper.AESZipFile(io.BytesIO(data))
    zipped.setpassword(password.encode())
    return data, zipped


def test_the_archive_holds_a_folder_a_pupil_a_paper_a_visit_and_the_list(place, no_queue):
    job = made(place)
    data, zipped = opened(job, packing.show_password(job, by=place["head"]))

    papers = [f"01/家访记录表-{place['early'].pk}.docx", f"01/家访记录表-{place['visit'].pk}.docx",
              f"02/家访记录表-{place['other'].pk}.docx"]  # fmt: skip
    assert zipped.namelist() == [*papers, "目录.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(zipped.read("目录.xlsx"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows() if row[7].value and row[7].value.endswith(".docx")]
    assert [(row[0], row[1], row[2], row[3], row[7]) for row in rows] == [
        ("01", "07", "顾梓涵", "2022年9月3日", papers[0]),
        ("01", "07", "顾梓涵", "2022年9月17日", papers[1]),
        ("02", "08", "夏初晴", "2022年9月5日", papers[2]),
    ]
    assert [row[8] for row in rows] == [hashlib.sha256(zipped.read(name)).hexdigest() for name in papers]
    entry = AuditEntry.objects.get(action="export.archive")
    assert (entry.facts["rows"], entry.facts["sha256"]) == (3, hashlib.sha256(data).hexdigest())
    assert entry.facts["filters"] == {"programme": place["programme"].pk, "school_class": place["school_class"].pk}
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)


def test_SEC_names_contacts_and_categories_are_in_no_plain_byte_and_every_page_is_marked(place, no_queue):
    job = made(place)
    password = packing.show_password(job, by=place["head"])
    data, zipped = opened(job, password)

    assert "顾梓涵".encode() not in data and len(password) == 12
    paper = zipped.read(f"01/家访记录表-{place['visit'].pk}.docx")
    said = "\n".join(words(paper))
    assert "199****1234" in said and "19900001234" not in said and "HARDSHIP" not in said
    mark = Document(io.BytesIO(paper)).sections[0].footer.paragraphs[-1].text
    assert mark == f"内部资料 严禁外传　陈晓（{place['head'].username}）　2022-09-18 20:00　编号{job.pk}"
    with pytest.raises(RuntimeError):
        zipped.setpassword(b"wrong-password")
        zipped.read("目录.xlsx")


def test_SEC_the_password_is_shown_once_and_then_nowhere(place, no_queue):
    job = made(place)
    assert "password" in job.args
    password = packing.show_password(job, by=place["head"])
    job.refresh_from_db()

    assert "password" not in job.args and password not in str(job.args)
    with pytest.raises(WrongState, match="只显示一次"):
        packing.show_password(job, by=place["head"])
    assert password not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def test_a_password_seen_while_packing_still_seals_the_file_and_goes_afterwards(place, no_queue):
    job, _ = start(place)
    password = packing.show_password(job, by=place["head"])
    archive.run_archive(job.pk)
    job.refresh_from_db()

    assert opened(job, password)[1].read("目录.xlsx") and "password" not in job.args


def test_starting_twice_is_one_running_job(place, no_queue):
    first, created = start(place)
    second, again = start(place)

    assert (first.pk, created, again) == (second.pk, True, False)
    other, created = start(place, by=place["leader"])
    assert created and other.pk != first.pk


def test_running_twice_changes_nothing(place, no_queue):
    job = made(place)
    before = Job.objects.filter(pk=job.pk).values().get()
    archive.run_archive(job.pk)

    assert Job.objects.filter(pk=job.pk).values().get() == before
    assert AuditEntry.objects.filter(action="export.archive").count() == 1


def test_five_a_day_and_what_failed_is_not_counted(place, no_queue):
    for _ in range(packing.A_DAY):
        made(place)
    packing.cancel_pack(_open_job(place), by=place["head"])

    with pytest.raises(WrongState, match="明天再来"):
        start(place)


def _open_job(place):
    return jobs.create(archive.KIND, label="", by=place["head"], school_class=0, programme=0, name="x")


def test_nothing_to_pack_is_told_before_a_job_is_made(place, no_queue):
    Visit.objects.update(state="done")

    with pytest.raises(WrongState, match="还没有可以打包"):
        start(place)
    assert not Job.objects.exists()


def test_a_cancelled_archive_leaves_no_file_and_can_be_tried_again(place, no_queue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job, _ = start(place)
    old = job.args["password"]
    packing.cancel_pack(job, by=place["head"])
    archive.run_archive(job.pk)
    assert list(tmp_path.rglob("*.zip")) == []

    archive.retry_archive(job, by=place["head"])
    archive.run_archive(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE and job.args["password"] != old and job.message.startswith("3份记录")


def test_cancelling_in_the_middle_stops_the_work(place, no_queue, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    job, _ = start(place)
    render = archive.render

    def render_and_cancel(*args, **kwargs):
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
        return render(*args, **kwargs)

    monkeypatch.setattr(archive, "render", render_and_cancel)
    archive.run_archive(job.pk)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not AuditEntry.objects.filter(action="export.archive").exists()


def test_SEC_who_lost_the_class_before_the_worker_came_gets_nothing(place, no_queue):
    job, _ = start(place)
    place["head"].posts.update(ends_on="2022-09-17")
    archive.run_archive(job.pk)
    job.refresh_from_db()

    assert job.state == JobState.FAILED and "不负责这个班" in job.message


def test_after_a_day_file_and_password_are_gone(place, no_queue, settings):
    job = made(place)
    name = job.file
    settings.HOMEVISIT_CLOCK = "2022-09-19T19:59+08:00"
    archive.remove_old_archives()
    assert open_private(name)

    settings.HOMEVISIT_CLOCK = "2022-09-19T20:01+08:00"
    archive.remove_old_archives()
    job.refresh_from_db()
    assert job.file == "" and "24小时" in job.message and not {"password", "name"} & set(job.args)
    with pytest.raises(FileNotFoundError):
        open_private(name)


# ── Pages ──


def sign_in(client, user):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client


def page(place):
    return f"/visits/class/{place['school_class'].pk}/archive/"


def test_from_the_page_to_the_file(place, client, django_capture_on_commit_callbacks):
    sign_in(client, place["head"])
    assert "3份家访记录" in client.get(page(place)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page(place) + "start/")["Location"] == page(place)
    job = Job.objects.get()
    shown = client.get(page(place)).content.decode()
    assert f"/visits/archive/{job.pk}/download/" in shown and "看密码" in shown

    seen = client.post(f"/visits/archive/{job.pk}/password/")
    assert "只显示这一次" in seen.content.decode() and seen["Cache-Control"].startswith("no-store")
    assert "看密码" not in client.get(page(place)).content.decode()
    assert client.post(f"/visits/archive/{job.pk}/password/").status_code == 409
    file = client.get(f"/visits/archive/{job.pk}/download/")
    assert file.status_code == 200 and b"".join(file.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.filter(action="export.download").count() == 1


def test_SEC_only_its_maker_fetches_it_and_only_while_the_class_is_his(place, client, no_queue):
    job = made(place)
    address = f"/visits/archive/{job.pk}/download/"
    assert sign_in(client, place["leader"]).get(address).status_code == 404
    assert sign_in(client, place["head"]).get(address).status_code == 200

    place["head"].posts.update(ends_on=today().replace(day=17))
    add_post(place["head"], Role.TEACHER, school=place["school"])
    for verb, part in (("get", "download/"), ("get", ""), ("post", "password/"), ("post", "cancel/"), ("post", "retry/")):
        assert getattr(client, verb)(f"/visits/archive/{job.pk}/{part}").status_code == 404, part
    assert client.get(page(place)).status_code == 403


def test_a_finished_archive_cannot_be_cancelled_or_tried_again(place, client, no_queue):
    job = made(place)
    sign_in(client, place["head"])

    for verb in ("cancel", "retry"):
        answer = client.post(f"/visits/archive/{job.pk}/{verb}/")
        assert answer.status_code == 409 and "已完成" in answer.content.decode()


def test_a_file_older_than_a_day_is_gone_even_before_the_tick(place, client, no_queue, settings):
    job = made(place)
    settings.HOMEVISIT_CLOCK = "2022-09-19T20:01+08:00"

    assert sign_in(client, place["head"]).get(f"/visits/archive/{job.pk}/download/").status_code == 404


def test_a_sixth_archive_is_refused_on_the_page(place, client, no_queue):
    for _ in range(packing.A_DAY):
        made(place)
    answer = sign_in(client, place["head"]).post(page(place) + "start/")

    assert answer.status_code == 409 and "明天再来" in answer.content.decode()


def test_a_teacher_who_only_visits_may_not_pack_a_class(place, client):
    assert sign_in(client, make_user(Role.TEACHER, school=place["school"])).get(page(place)).status_code == 403


@pytest.mark.parametrize("number", (1, 3))
def test_the_page_takes_the_same_queries_for_any_number_of_archives(
    place, client, no_queue, django_assert_num_queries, number
):
    for _ in range(number):
        made(place)
    sign_in(client, place["head"]).get("/visits/records/")
    with django_assert_num_queries(7):
        client.get(page(place))
