"""Compiling from the desk, progress, and the file: checked for scope once more when it leaves."""

import hashlib
import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core import jobs
from core.enums import JobState
from core.files import checksum_of, private_path
from core.models import AuditEntry, Job
from programmes.models import Deadline
from reports.actions.compile import run_compilation, start_compilation
from reports.models import Compilation
from reports.tests.factories import make_district
from schools.enums import Role
from schools.models import Post
from schools.tests.factories import make_authority, make_leader, make_officer, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]


@pytest.fixture
def programme():
    return make_district()[0]


@pytest.fixture
def desk_client(client, officer):
    client.force_login(officer, backend="schools.backends.StaffBackend")
    return client


@pytest.fixture
def package(programme, officer, midnight):
    midnight()
    compilation = start_compilation(programme, "coverage", by=officer, queue=False)
    run_compilation(compilation.job_id)
    return Compilation.objects.get()


def start(client, programme, **data):
    return client.post("/desk/compile/", {"programme": programme.code, **data}, follow=True)


@pytest.mark.seed("S23")
def test_the_officer_compiles_follows_and_downloads(
    desk_client, programme, midnight, django_capture_on_commit_callbacks
):
    midnight()
    with django_capture_on_commit_callbacks(execute=True):
        assert start(desk_client, programme).status_code == 200
    page = desk_client.get("/desk/").content.decode()
    compilation = Compilation.objects.get()
    address = reverse("reports:download", args=[compilation.pk])
    assert "汇编走访全覆盖（截至9月30日24:00），完成了" in page and address in page
    answer = desk_client.get(address)
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as archive:
        sheet = openpyxl.load_workbook(BytesIO(archive.read("走访情况汇总表.xlsx"))).active
    assert sheet["A2"].value.startswith("数据截至2022年9月30日24:00")


def test_a_second_press_makes_nothing_new(desk_client, programme, package):
    page = start(desk_client, programme)
    assert "截止数据已经汇编好了，可以直接下载。" in page.content.decode()
    assert Compilation.objects.get() == package


def test_the_present_state_may_be_compiled_besides(desk_client, programme, package, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    start(desk_client, programme, at="now")
    assert list(Compilation.objects.order_by("revision").values_list("revision", "state")) == [(1, "ready"), (2, "waiting")]


def test_what_cannot_be_compiled_is_said_on_the_desk(desk_client, programme):
    Deadline.objects.all().delete()
    assert "请先在“后台管理—截止事项”里添加" in start(desk_client, programme).content.decode()


def test_progress_is_told_with_step_count_and_time_left(desk_client, programme, settings):
    start(desk_client, programme)
    job = Job.objects.get()
    waiting = desk_client.get(reverse("reports:job", args=[job.pk])).content.decode()
    assert "在排队" in waiting and 'hx-trigger="every 2s"' in waiting
    mine = jobs.claim(job.pk)
    jobs.progress(mine, step=1, label="冻结各校数据", total=300)
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00:20+08:00"
    jobs.progress(mine, done=100, total=300)
    row = desk_client.get(reverse("reports:job", args=[job.pk])).content.decode()
    for words in ("第1步，共3步：冻结各校数据", "100 / 300所", "大约还要40秒"):
        assert words in row
    assert "<html" not in row


def test_a_finished_row_stops_asking(desk_client, package):
    row = desk_client.get(reverse("reports:job", args=[package.job_id])).content.decode()
    assert "every 2s" not in row and "2所学校，覆盖率50.00%" in row


def test_cancel_and_go_on(desk_client, programme, django_capture_on_commit_callbacks):
    start(desk_client, programme)
    compilation = Compilation.objects.get()
    desk_client.post(reverse("reports:cancel", args=[compilation.pk]))
    assert Job.objects.get().state == JobState.CANCELLED
    assert desk_client.post(reverse("reports:cancel", args=[compilation.pk])).status_code == 409
    assert "已取消" in desk_client.get("/desk/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk_client.post(reverse("reports:retry", args=[compilation.pk]))
    assert (Job.objects.get(parent=None).state, Compilation.objects.get().state) == (JobState.DONE, "ready")


def test_who_stops_a_package_stays_on_the_page_of_the_button(desk_client, programme):
    start(desk_client, programme)
    compilation = Compilation.objects.get()
    own = reverse("reports:snapshot", args=[compilation.pk])
    for asked, name, lands in (
        ("?page=1", "cancel", own), ("?list=1", "retry", "/desk/jobs/"), ("", "cancel", "/desk/"),
    ):  # fmt: skip
        answer = desk_client.post(reverse(f"reports:{name}", args=[compilation.pk]) + asked)
        assert (answer.status_code, answer.url) == (302, lands)
    refused = desk_client.post(reverse("reports:cancel", args=[compilation.pk]) + "?page=1")
    assert refused.status_code == 409 and f'href="{own}"' in refused.content.decode()
    assert "?page=1" in desk_client.get(own).content.decode()


def test_a_phone_reads_the_frozen_figures_of_each_school_as_a_card(desk_client, package):
    page = desk_client.get(reverse("reports:snapshot", args=[package.pk])).content.decode()
    cards = page.split('<div class="only-p">')[1].split("scroll-x only-d")[0]
    assert cards.count('class="sl num"') == 3 and "50.00%" in cards and "合计" in cards


def test_download_is_the_kept_file_unsniffed_uncached_and_written_down(desk_client, package, officer):
    answer = desk_client.get(reverse("reports:download", args=[package.pk]))
    assert answer.getvalue() == private_path(package.file).read_bytes()
    assert checksum_of(package.file) == package.checksum
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store, private")
    assert answer["Content-Disposition"].startswith("attachment;")
    entry = AuditEntry.objects.get(action="report.download")
    assert (entry.actor_id, entry.object_id, entry.facts["sha256"]) == (officer.pk, str(package.pk), package.checksum)


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize(
    ("who", "status"),
    [("other_officer", 404), ("teacher", 404), ("leader", 404), ("reviewer", 404), ("former_officer", 404), ("anonymous", 302)],
)
def test_nobody_else_gets_the_file_its_figures_or_its_progress(client, programme, package, who, status):
    school = package.schools.first().school
    users = {
        "other_officer": lambda: make_officer(make_authority("elsewhere")),
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "leader": lambda: make_leader(school),
        "reviewer": lambda: make_user(Role.REVIEWER, authority=programme.authority),
        "former_officer": lambda: make_officer(programme.authority),
    }
    if who in users:
        user = users[who]()
        client.force_login(user, backend="schools.backends.StaffBackend")
        if who == "former_officer":
            Post.objects.filter(user=user).update(ends_on="2022-09-30")
    assert client.get(reverse("reports:download", args=[package.pk])).status_code == status
    assert client.get(reverse("reports:job", args=[package.job_id])).status_code == status
    assert client.post(reverse("reports:cancel", args=[package.pk])).status_code == status
    snapshot = client.get(reverse("reports:snapshot", args=[package.pk])).status_code
    assert snapshot == (status if who in ("other_officer", "anonymous") else 403)
    assert not AuditEntry.objects.filter(action="report.download").exists()


def test_an_unfinished_package_has_no_file_and_a_row_instead_of_figures(desk_client, programme):
    start(desk_client, programme)
    compilation = Compilation.objects.get()
    assert desk_client.get(reverse("reports:download", args=[compilation.pk])).status_code == 404
    page = desk_client.get(reverse("reports:snapshot", args=[compilation.pk])).content.decode()
    assert "正在汇编走访全覆盖（" in page and "合计" not in page


def test_past_figures_can_be_opened(desk_client, package):
    page = desk_client.get(reverse("reports:snapshot", args=[package.pk])).content.decode()
    names = list(package.schools.values_list("name", flat=True))
    assert [name for name in (*names, "2所学校", "50.00%", package.checksum) if name not in page] == []


@pytest.mark.parametrize("packages", (1, 3))
def test_the_list_of_packages_takes_the_same_queries_for_any_number(
    desk_client, programme, settings, packages, django_assert_num_queries
):
    for minute in range(packages):
        settings.HOMEVISIT_CLOCK = f"2022-08-20T10:{minute:02}+08:00"
        compilation = start_compilation(programme, "coverage", queue=False)
        run_compilation(compilation.job_id)
    # session, user, posts, authorities below; programmes of the shell, count, packages; deadlines, theirs, authority
    with django_assert_num_queries(4 + 3 + 3):
        page = desk_client.get("/reports/")
    assert len(page.context["page"]) == packages


@pytest.mark.parametrize("schools", (1, 3))
def test_past_figures_take_the_same_queries_for_any_number_of_schools(
    client, schools, midnight, django_assert_num_queries
):
    programme, _ = make_district(schools=schools)
    client.force_login(make_officer(programme.authority), backend="schools.backends.StaffBackend")
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    run_compilation(compilation.job_id)
    # session, user, posts, authorities below; package, categories, schools, figures, correction, programmes of the shell
    with django_assert_num_queries(4 + 6):
        client.get(reverse("reports:snapshot", args=[compilation.pk]))


@pytest.mark.parametrize("name", ["reports:cancel", "reports:retry"])
def test_acts_need_a_post(desk_client, package, name):
    before = package.job.state
    assert desk_client.get(reverse(name, args=[package.pk])).url == reverse("reports:snapshot", args=[package.pk])
    package.job.refresh_from_db()
    assert package.job.state == before
    assert desk_client.get("/desk/compile/").status_code == 405


def test_a_package_is_compiled_checked_and_downloaded_from_s3(s3_storage, media, desk_client, package):
    answer = desk_client.get(reverse("reports:download", args=[package.pk]))
    assert hashlib.sha256(answer.getvalue()).hexdigest() == package.checksum == checksum_of(package.file)
    assert not media.exists() or list(media.iterdir()) == []
