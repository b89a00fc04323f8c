"""The pages of a package: started for any deadline, followed school by school, corrected, opened, mailed."""

import pytest
from django.core import mail
from django.urls import reverse

from core.models import AuditEntry, Job
from programmes.enums import DeadlineKind
from programmes.models import Deadline
from reports.actions.compile import run_compilation, start_compilation
from reports.models import Compilation
from reports.tests.factories import make_district
from reports.tests.test_compile import DEADLINE, compiled
from reports.tests.test_compile_parts import fails_for
from schools.models import Authority
from schools.tests.factories import make_authority, make_leader, make_officer, make_school

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]
ADDRESS = "jiafang@example.org"
ACTS = ("reports:package_correct", "reports:package_mail", "reports:package_password")


@pytest.fixture
def district(client, midnight):
    programme, schools = make_district(schools=2)
    Deadline.objects.create(programme=programme, kind=DeadlineKind.REPORT, title="报送报告", at=DEADLINE)
    officer = make_officer(programme.authority)
    client.force_login(officer, backend="schools.backends.StaffBackend")
    midnight()
    return programme, schools


def text(answer):
    return answer.content.decode()


def start(client, programme, **data):
    return client.post(reverse("reports:package_start"), {"programme": programme.code, **data})


def test_every_deadline_stands_there_and_can_be_compiled(client, district, django_capture_on_commit_callbacks):
    programme, _ = district
    page = text(client.get("/reports/"))
    assert page.count("还没有汇编") == 2 * 2 + 1  # both deadlines in table and cards, and no package below
    assert "报送报告" in page and "走访全覆盖" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = start(client, programme, kind="report", locked="1")
    compilation = Compilation.objects.get()
    assert answer.url == reverse("reports:snapshot", args=[compilation.pk])
    assert (compilation.kind, compilation.state, len(compilation.password)) == ("report", "ready", 12)
    start(client, programme, kind="report")
    assert Compilation.objects.count() == 1
    assert "第1版" in text(client.get("/reports/"))


def test_the_present_moment_twice_is_one_package(client, district, settings):
    programme, _ = district
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    start(client, programme, kind="coverage", at="now")
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00:01+08:00"
    start(client, programme, kind="coverage", at="now")
    client.post("/desk/compile/", {"programme": programme.code, "at": "now"})
    assert [c.stage for c in Compilation.objects.all()] == ["截止后"]


def test_a_deadline_nobody_set_is_answered_in_words(client, district):
    programme, _ = district
    answer = client.post(reverse("reports:package_start"), {"programme": programme.code, "kind": "essays"}, follow=True)
    assert "这个活动没有“征文”截止时间" in text(answer)


@pytest.mark.seed("S70")
def test_missing_schools_are_named_and_tried_again(client, district, monkeypatch, django_capture_on_commit_callbacks):
    programme, schools = district
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    place = reverse("reports:snapshot", args=[compilation.pk])
    for page in (text(client.get(place)), text(client.get("/desk/"))):
        assert "再试这几所" in page and f"缺1所：{schools[1].name}" in page
    page = text(client.get(place))
    assert "缺1所学校" in page and "任务中途出错" in page
    assert client.get(reverse("reports:download", args=[compilation.pk])).status_code == 200
    monkeypatch.undo()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("reports:retry", args=[compilation.pk])).status_code == 302
    compilation.refresh_from_db()
    assert (compilation.state, compilation.missing) == ("ready", [])
    assert client.post(reverse("reports:retry", args=[compilation.pk])).status_code == 409
    assert "再试这几所" not in text(client.get(place))


def test_the_schools_of_a_package_by_state(client, district, monkeypatch):
    programme, schools = district
    compilation = start_compilation(programme, "coverage", queue=False)
    place = reverse("reports:package_schools", args=[compilation.pk])
    assert "还没有分到各校" in text(client.get(place))
    fails_for(monkeypatch, schools[1])
    run_compilation(compilation.job_id)
    page = text(client.get(place))
    assert all(school.name in page for school in schools)
    missing = text(client.get(place, {"state": "missing"}))
    assert schools[1].name in missing and schools[0].name not in missing
    assert "没有这样的学校" in text(client.get(place, {"state": "open"}))
    assert "任务中途出错" in missing


def test_a_second_try_that_is_cancelled_leaves_the_first_to_be_fetched(client, district, monkeypatch):
    programme, schools = district
    fails_for(monkeypatch, schools[1])
    compilation = compiled(programme)
    retry, cancel = (reverse(f"reports:{act}", args=[compilation.pk]) for act in ("retry", "cancel"))
    download = reverse("reports:download", args=[compilation.pk])
    client.post(retry)
    client.post(cancel)
    for address in (reverse("desk:home"), reverse("reports:job", args=[compilation.job_id])):
        row = text(client.get(address))
        assert "已取消" in row and "之前做好的一份还在" in row and "没有留下文件" not in row
        assert f'href="{download}"' in row
    page = text(client.get(reverse("reports:snapshot", args=[compilation.pk])))
    assert "没有留下文件" not in page and page.count(f'href="{download}"') == 1
    assert "补好以后才能更正" in page and "做更正版" not in page
    assert client.get(download).status_code == 200


def test_a_cancelled_one_that_made_nothing_offers_no_file(client, district):
    compilation = start_compilation(district[0], "coverage", queue=False)
    client.post(reverse("reports:cancel", args=[compilation.pk]))
    row = text(client.get(reverse("reports:job", args=[compilation.job_id])))
    assert "没有留下文件，可以再开始" in row
    assert reverse("reports:download", args=[compilation.pk]) not in row


def test_its_page_comes_anew_when_the_package_is_over(client, district):
    compilation = start_compilation(district[0], "coverage", queue=False)
    page = text(client.get(reverse("reports:snapshot", args=[compilation.pk])))
    poll = reverse("reports:job", args=[compilation.job_id])
    assert f'hx-get="{poll}?page=1"' in page
    assert "HX-Refresh" not in client.get(f"{poll}?page=1").headers
    run_compilation(compilation.job_id)
    assert client.get(f"{poll}?page=1").headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(poll).headers  # elsewhere the row is enough


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", [*ACTS, "reports:cancel", "reports:retry"])
def test_the_address_of_an_act_opened_leads_to_the_package_and_does_nothing(client, district, name):
    compilation = compiled(district[0])
    entries = AuditEntry.objects.count()
    address = reverse(name, args=[compilation.pk])
    assert client.get(address).url == reverse("reports:snapshot", args=[compilation.pk])
    assert client.put(address).status_code == 405
    assert AuditEntry.objects.count() == entries


def test_a_deadline_of_papers_tells_papers(client, district):
    compilation = compiled(district[0], "report")
    assert compilation.job.message == "2所学校，0份材料"


@pytest.mark.parametrize("schools", (1, 3))
def test_the_schools_take_the_same_queries_for_any_number(client, district, django_assert_num_queries, schools):
    programme, _ = district
    for _ in range(schools):
        make_school(programme.authority)
    compilation = compiled(programme)
    # session, user, posts, authorities below; package, counts, number, schools, programmes of the shell
    with django_assert_num_queries(4 + 5):
        client.get(reverse("reports:package_schools", args=[compilation.pk]))


def test_progress_on_the_desk_counts_schools(client, district, django_capture_on_commit_callbacks):
    programme, _ = district
    compilation = start_compilation(programme, "coverage", queue=False)
    from reports.actions.compile import run_lead, run_schools

    run_lead(compilation.job_id)
    first = Job.objects.filter(parent=compilation.job_id).first()
    run_schools([first.pk])
    row = text(client.get(reverse("reports:job", args=[compilation.job_id])))
    assert "第1步，共3步：冻结各校数据、收齐材料" in row and "1 / 2所" in row and "看各校" in row
    assert 'hx-trigger="every 2s"' in row


def test_characters_no_database_holds_are_no_error(client, district, settings):
    programme, _ = district
    compilation = compiled(programme)
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    place = reverse("reports:package_start")
    assert client.post(place, {"programme": f"x{programme.code}\x00", "kind": "coverage"}).status_code == 404
    client.post(reverse("reports:package_correct", args=[compilation.pk]), {"reason": "补\x00录\x0b"})
    assert Compilation.objects.get(corrects=compilation).reason == "补录"
    assert client.get(reverse("desk:review"), {"q": "晨\x00曦"}).status_code == 200


def test_a_correction_needs_its_reason_and_keeps_what_was_typed(client, district, settings):
    programme, _ = district
    compilation = compiled(programme)
    settings.HOMEVISIT_CLOCK = "2022-10-06T10:00+08:00"
    place = reverse("reports:package_correct", args=[compilation.pk])
    answer = client.post(place, {"reason": "  "})
    assert (answer.status_code, "写明更正的原因" in text(answer)) == (422, True)
    long = "补录" * 101
    answer = client.post(place, {"reason": long})
    assert (answer.status_code, long in text(answer)) == (422, True)
    answer = client.post(place, {"reason": "两所学校补录"})
    correction = Compilation.objects.get(corrects=compilation)
    assert answer.url == reverse("reports:snapshot", args=[correction.pk])
    assert client.post(place, {"reason": "两所学校补录"}).url == answer.url
    assert client.post(place, {"reason": "另一个原因"}).status_code == 409
    run_compilation(correction.job_id)
    assert "这一版后来更正过" in text(client.get(reverse("reports:snapshot", args=[compilation.pk])))
    page = text(client.get(answer.url))
    assert "这是更正版" in page and "两所学校补录" in page and "第2版" in page


def test_the_password_is_seen_on_request_and_each_look_is_written_down(client, district):
    programme, _ = district
    compilation = compiled(programme, locked=True)
    assert compilation.password not in text(client.get(reverse("reports:snapshot", args=[compilation.pk])))
    place = reverse("reports:package_password", args=[compilation.pk])
    for looks in (1, 2):
        assert compilation.password in text(client.post(place))
        assert AuditEntry.objects.filter(action="compilation.password").count() == looks
    open_one = compiled(programme, kind="report")
    assert client.post(reverse("reports:package_password", args=[open_one.pk])).status_code == 404


def test_mailing_again_says_where_to_and_when(client, district, settings, django_capture_on_commit_callbacks):
    programme, _ = district
    Authority.objects.update(package_email=ADDRESS)
    programme.authority.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        compilation = compiled(programme)
    place = reverse("reports:snapshot", args=[compilation.pk])
    page = text(client.get(place))
    assert f"发到了{ADDRESS}" in page and "再发一次" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("reports:package_mail", args=[compilation.pk])).url == place
    assert len(mail.outbox) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("reports:package_mail", args=[compilation.pk])).url == place
    assert len(mail.outbox) == 2  # pressed twice
    settings.HOMEVISIT_CLOCK = "2022-10-01T00:05+08:00"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("reports:package_mail", args=[compilation.pk]))
    assert len(mail.outbox) == 3
    Compilation.objects.update(mail_error="邮件服务器没有收下。", mailed_at=None)
    assert "没有确认发出：邮件服务器没有收下。" in text(client.get(place))
    Compilation.objects.update(password="")
    assert client.post(reverse("reports:package_mail", args=[compilation.pk])).status_code == 409


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("name", ["reports:package_schools", *ACTS])
def test_another_district_and_a_school_do_not_find_it(client, district, name):
    programme, schools = district
    compilation = compiled(programme)
    place = reverse(name, args=[compilation.pk])
    ask = client.get if name == "reports:package_schools" else client.post
    for stranger in (make_officer(make_authority(code="elsewhere")), make_leader(schools[0])):
        client.force_login(stranger, backend="schools.backends.StaffBackend")
        assert ask(place).status_code == 404
        assert client.post(reverse("reports:package_start"), {"programme": programme.code}).status_code in (403, 404)


def test_a_start_needs_a_post(client, district):
    assert client.get(reverse("reports:package_start")).status_code == 405
