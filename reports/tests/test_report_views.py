"""The report's pages: who comes where, what is saved, what is refused."""

import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.models import Event, LatePass
from reports.actions.filing import approve_filing, file_filing, return_filing
from reports.actions.report import take_figures
from reports.enums import FilingState
from reports.models import SchoolReport
from reports.tests.filed import TEXTS, instant, make_around, make_campaign, make_life, make_report
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import add_post, make_leader, make_officer, make_school, make_user
from students.tests.factories import make_student
from visits.actions.register import set_due_facts
from visits.models import Due, HelpGiven, Opinion
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db
F = FilingState
EDITOR, ROWS = 28, 14  # queries, one of them for what the notice said


class Place:
    def __init__(self, settings):
        settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
        self.programme = make_campaign()
        self.school, self.heads, self.pupils = make_life(self.programme)
        make_around(self.programme, self.school, self.heads[0])
        self.leader = make_leader(self.school, name="沈文清")
        self.admin = make_user(Role.SCHOOL_ADMIN, school=self.school, name="何静")
        self.teacher = make_user(Role.TEACHER, school=self.school)
        self.officer = make_officer(self.programme.authority, name="周敏")
        settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"

    def report(self, **fields):
        return make_report(self.programme, self.school, by=self.leader, officer=self.officer, **fields)


@pytest.fixture
def place(settings):
    return Place(settings)


def url(name, report, *args):
    return reverse(f"reports:{name}", args=[report.pk, *args])


# ── Coming in ──


@pytest.mark.seed("S56")
def test_the_office_begins_the_one_report_of_the_school(client, place):
    client.force_login(place.admin)
    page = client.get(reverse("reports:report"))
    assert "晨曦小学还没有开始写" in page.text
    assert not SchoolReport.objects.exists()  # looking writes nothing
    for _ in range(2):
        client.post(reverse("reports:report_start"), {"school": place.school.pk})
    assert SchoolReport.objects.get().school == place.school


@pytest.mark.seed("S55", "S65", "S68", "S69")
def test_the_report_has_exactly_the_four_parts_in_their_order(client, place):
    place.report(state=F.DRAFT)
    client.force_login(place.leader)
    page = client.get(reverse("reports:report")).text
    heads = ["一、开展情况", "二、具体做法", "三、工作成效", "四、存在的问题及建议"]
    places = [page.index(f">{head}</h3>") for head in heads]
    assert places == sorted(places)
    assert page.count('id="part-') == 4
    assert "示例区示例晨曦小学\n“示例走万家”活动报告" in page


@pytest.mark.seed("S67")
def test_the_second_part_is_numbered(client, place):
    place.report(state=F.DRAFT)
    client.force_login(place.leader)
    page = client.get(reverse("reports:report")).text
    assert page.count("data-numbered") == 1
    assert "一条一行，按回车接着编号" in page


def test_who_runs_two_schools_says_which(client, place):
    second = make_school(place.programme.authority)
    add_post(place.admin, Role.SCHOOL_ADMIN, school=second)
    client.force_login(place.admin)
    assert second.short_name in client.get(reverse("reports:report"), {"school": second.pk}).context["chips"][1]["label"]
    other = make_school(place.programme.authority)
    assert client.get(reverse("reports:report"), {"school": other.pk}).status_code == 404
    assert client.post(reverse("reports:report_start"), {"school": other.pk}).status_code == 404


def test_staff_and_desk_read_once_it_is_filed(client, place):
    report = place.report(state=F.DRAFT)
    for user in (place.teacher, place.officer):
        client.force_login(user)
        assert client.get(url("report_view", report)).status_code == 404
    report.delete()
    report = place.report(state=F.FILED)
    for user in (place.teacher, place.officer):
        client.force_login(user)
        page = client.get(url("report_view", report))
        assert page.status_code == 200
        assert "撤回报送" not in page.text
        assert client.post(url("report_save", report), {}).status_code == 403
    client.force_login(place.teacher)
    assert client.get(reverse("reports:report")).url == url("report_view", report)


def test_a_filed_report_is_read_not_written(client, place):
    report = place.report(state=F.FILED)
    client.force_login(place.leader)
    assert client.get(reverse("reports:report")).url == url("report_view", report)
    assert "回执号" in client.get(url("report_view", report)).text
    answer = client.post(url("report_save", report), {"section": 1, "text": "改", "was": TEXTS[1]})
    assert (answer.status_code, answer.json()["reload"]) == (409, True)
    assert client.post(url("report_figures", report)).status_code == 409
    assert client.get(url("report_import", report)).status_code == 409


def test_the_desk_reads_what_was_filed_while_the_school_rewrites(client, place):
    report = place.report(state=F.RETURNED)
    report.sections = ["", "还没有写完的话", "", ""]
    report.save()
    client.force_login(place.officer)
    page = client.get(url("report_view", report)).text
    assert "还没有写完的话" not in page
    assert "分层先访" in page
    assert "缺分工" not in page  # the reason stands on the school's page
    client.force_login(place.leader)
    page = client.get(reverse("reports:report")).text
    assert "区里退回：缺分工" in page
    assert "还没有写完的话" in page


def test_beyond_the_school_a_name_that_slipped_in_is_read_by_alias(client, place):
    report = place.report(state=F.DRAFT, sections=["", TEXTS[1], "顾嘉树有进步。", TEXTS[3]])
    take_figures(report, by=place.leader)
    return_filing(file_it(report, place), by=place.officer, reason="改")
    file_it(report, place)
    for user, shown in ((place.officer, "顾同学有进步"), (place.teacher, "顾嘉树有进步")):
        client.force_login(user)
        assert shown in client.get(url("report_view", report)).text
        for page in ("report_view", "report_versions"):
            assert ("顾嘉树" in client.get(url(page, report)).text) is (user == place.teacher and page == "report_view")
        paper = zipfile.ZipFile(io.BytesIO(client.get(url("report_docx", report)).getvalue()))
        assert shown in paper.read("word/document.xml").decode()


def file_it(report, place):
    return file_filing(approve_filing(report, by=place.leader), by=place.leader)


# ── Saving ──


def test_a_section_is_saved_by_itself_and_the_time_is_told(client, place):
    report = place.report(state=F.DRAFT)
    client.force_login(place.admin)
    data = {"section": 3, "text": "建议周末也算。\r\n ", "was": TEXTS[3]}
    answers = [client.post(url("report_save", report), data).json() for _ in range(2)]
    assert answers[0] == {"revision": 1, "text": "建议周末也算。", "saved": "20:00"}
    assert answers[1]["revision"] == 1  # twice is once
    report.refresh_from_db()
    assert report.sections == [*TEXTS[:3], "建议周末也算。"]
    assert report.updated_by == place.admin


def test_two_people_write_two_sections_at_once(client, place):
    report = place.report(state=F.DRAFT)
    for user, section, text in ((place.admin, 1, "1. 先访。"), (place.leader, 3, "少开会。")):
        client.force_login(user)
        data = {"section": section, "text": text, "was": TEXTS[section]}
        assert client.post(url("report_save", report), data).status_code == 200
    report.refresh_from_db()
    assert report.sections == ["", "1. 先访。", TEXTS[2], "少开会。"]


def test_the_same_section_written_elsewhere_is_told_and_not_overwritten(client, place):
    report = place.report(state=F.DRAFT)
    client.force_login(place.leader)
    client.post(url("report_save", report), {"section": 1, "text": "1. 校长写的。", "was": TEXTS[1]})
    client.force_login(place.admin)
    answer = client.post(url("report_save", report), {"section": 1, "text": "1. 何静写的。", "was": TEXTS[1]})
    assert answer.status_code == 409
    assert answer.json() == {"text": "1. 校长写的。", "revision": 1, "message": "沈文清20:00改过这一部分，没有覆盖。"}
    report.refresh_from_db()
    assert report.sections[1] == "1. 校长写的。"


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"section": "9", "text": "x", "was": ""}, 422),
        ({"section": "x", "text": "x"}, 422),
        ({"section": "1"}, 422),
        ({"section": "1", "text": "字" * 20_001, "was": TEXTS[1]}, 422),
        ({"section": "1", "text": "身份证110101201001011234", "was": TEXTS[1]}, 422),
        ({"revision": "x"}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(client, place, data, status):
    report = place.report(state=F.DRAFT)
    client.force_login(place.admin)
    assert client.post(url("report_save", report), data).status_code == status
    report.refresh_from_db()
    assert report.sections == TEXTS


def test_without_script_all_sections_are_saved_and_a_conflict_keeps_every_word(client, place):
    report = place.report(state=F.DRAFT)
    client.force_login(place.admin)
    data = {f"section-{at}": text for at, text in enumerate(["补一句", *TEXTS[1:]])}
    assert client.post(url("report_save", report), {**data, "revision": 0}).status_code == 302
    page = client.post(url("report_save", report), {**data, "section-1": "我写的", "revision": 0})
    assert page.status_code == 409
    assert "我写的" in page.text
    assert "分层先访" in page.text
    report.refresh_from_db()
    assert report.sections == ["补一句", *TEXTS[1:]]


# ── Figures and their rows ──


@pytest.mark.seed("S65", "S66")
def test_the_first_part_is_filled_locked_and_opens_to_its_rows(client, place):
    report = place.report(state=F.DRAFT, figures={}, figures_at=None)
    client.force_login(place.admin)
    assert "还没有数据" in client.get(reverse("reports:report")).text
    client.post(url("report_figures", report))
    page = client.get(reverse("reports:report")).text
    assert "自动数据，截至2022年9月18日20:00" in page
    assert f'<a href="{url("report_rows", report, "visited")}">3</a>人' in page
    rows = client.get(url("report_rows", report, "visited"))
    assert [row.cells[:2] for row in rows.context["table"].rows] == [
        ("一（1）班", "顾嘉树"), ("一（1）班", "何知秋"), ("二（1）班", "沈一诺"),
    ]  # fmt: skip


def test_once_the_coverage_deadline_has_passed_either_instant_may_be_chosen(client, place, settings):
    report = place.report(state=F.DRAFT)
    client.force_login(place.leader)
    assert client.post(url("report_figures", report), {"at": "deadline"}).status_code == 409
    settings.HOMEVISIT_CLOCK = "2022-10-03T09:00+08:00"
    page = client.get(reverse("reports:report")).text
    assert "截至覆盖截止日" in page
    assert "截至现在" in page
    client.post(url("report_figures", report), {"at": "deadline"})
    report.refresh_from_db()
    assert report.figures_at == instant("2022-10-01T00:00")
    assert report.figures["paragraph"].startswith("截至2022年9月30日24:00，全校")
    client.post(url("report_figures", report))
    report.refresh_from_db()
    assert report.figures_at == instant("2022-10-03T09:00")


def test_the_desk_and_teachers_read_counts_never_names(client, place):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    SchoolReport.objects.filter(pk=report.pk).update(
        state=F.FILED, filed_at=instant("2022-09-18T20:00"), filed_by=place.leader, version=1, receipt="1",
        approved_at=instant("2022-09-18T20:00"), approved_by=place.leader,
    )  # fmt: skip
    report.refresh_from_db()
    names = [pupil.name for pupil in place.pupils]
    codes = [line["code"] for line in report.figures["lines"]]
    for user in (place.officer, place.teacher):
        client.force_login(user)
        assert "怎么算的" in client.get(url("report_meaning", report)).text
        for code in codes:
            page = client.get(url("report_rows", report, code))
            assert page.status_code == 200, code
            assert not [name for name in names if name in page.text], code
        assert client.get(url("report_rows", report, "category_0")).status_code == 404


def test_a_category_opens_for_the_leader_only(client, place):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    for user, status in ((place.leader, 200), (place.admin, 404)):
        client.force_login(user)
        assert client.get(url("report_rows", report, "category_0")).status_code == status
        assert ("HARDSHIP" in client.get(url("report_meaning", report)).text) is (status == 200)
        assert client.get(url("report_rows", report, "nothing")).status_code == 404


def test_who_comes_first_is_named_to_the_leader_not_to_the_administrator(client, place):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    told = {}
    for user in (place.leader, place.admin):
        client.force_login(user)
        first = client.get(url("report_rows", report, "priority")).text
        visits = client.get(url("report_rows", report, "visits"))
        told[user] = ("顾嘉树" in first, "顾嘉树" in visits.text, len(visits.context["table"].rows))
    assert told == {place.leader: (True, True, 4), place.admin: (False, False, 4)}


def test_a_figure_that_has_no_history_says_so_when_it_has_moved(client, place):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    report.refresh_from_db()
    meeting = Event.objects.filter(school=place.school, cancelled_at=None).first()
    before = next(line["value"] for line in report.figures["lines"] if line["code"] == "attendance")
    Event.objects.filter(pk=meeting.pk).update(guests=meeting.guests + 5)
    client.force_login(place.leader)
    page = client.get(url("report_rows", report, "attendance")).text
    assert f"照现在的登记重算是{before + 5}人次" in page


def test_an_exemption_entered_later_moves_no_figure_of_the_report(client, place, settings):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    set_due_facts(Due.objects.get(student=place.pupils[7]), exempt_reason="abroad")
    client.force_login(place.leader)
    page = client.get(url("report_rows", report, "due"))
    assert (page.context["number"], page.context["moved"]) == (8, "")


def test_a_pupil_who_left_stays_a_row_without_a_name(client, place):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    other = make_school(place.programme.authority)
    type(place.pupils[0]).objects.filter(pk=place.pupils[0].pk).update(school=other, school_class=None)
    client.force_login(place.admin)
    rows = client.get(url("report_rows", report, "due")).context["table"].rows
    assert len(rows) == 8
    assert [row.cells[1] for row in rows][0] == "（已不在本校）"


# ── Settled, filed ──


def test_settling_needs_every_part(client, place):
    report = place.report(state=F.DRAFT, sections=["", "", "", ""], figures={}, figures_at=None)
    client.force_login(place.leader)
    page = client.post(url("report_approve", report))
    assert page.status_code == 422
    assert "“开展情况”还没有数据" in page.text
    assert "“具体做法”还没有写" in page.text


def test_the_administrator_asks_and_the_leader_is_told_once(client, place):
    report = place.report(state=F.DRAFT)
    client.force_login(place.admin)
    for _ in range(2):
        assert client.post(url("report_ask", report)).status_code == 302
    (message,) = Message.objects.all()
    assert (message.user, message.url) == (place.leader, f"{reverse('reports:report')}?school={place.school.pk}")
    assert client.post(url("report_approve", report)).status_code == 403


def test_from_settled_to_a_second_filing_with_differences(client, place):
    report = place.report(state=F.DRAFT)
    client.force_login(place.leader)
    assert client.post(url("report_approve", report), {"revision": 0}).status_code == 302
    client.post(url("report_file", report))
    page = client.get(url("report_view", report)).text
    assert f"BG20220918-{report.pk:05d}-1" in page
    return_filing(report, by=place.officer, reason="写明时间")
    client.post(url("report_save", report), {"section": 3, "text": "建议把周末也算进来。", "was": TEXTS[3]})
    client.post(url("report_approve", report))
    client.post(url("report_file", report))
    page = client.get(url("report_versions", report)).text
    assert "第2次" in page
    assert "<del>" in page
    client.post(url("report_recall", report))
    client.post(url("report_reopen", report))
    report.refresh_from_db()
    assert (report.state, report.version, report.versions.count()) == (F.DRAFT, 2, 2)


def test_after_the_deadline_filing_says_what_to_do(client, place, settings):
    report = place.report(state=F.APPROVED)
    settings.HOMEVISIT_CLOCK = "2022-10-20T10:00+08:00"
    client.force_login(place.admin)
    page = client.post(url("report_file", report))
    assert page.status_code == 409
    assert "请区里给本校开通" in page.text
    LatePass.objects.create(
        programme=place.programme, authority=place.programme.authority, school=place.school, submission="report",
        reason="停电", until=instant("2022-10-25T00:00"), given_by=place.officer,
    )  # fmt: skip
    client.post(url("report_file", report))
    assert "补报" in client.get(url("report_view", report)).text


def test_the_paper_leaves_as_word_and_is_written_down(client, place):
    report = place.report(state=F.FILED)
    client.force_login(place.officer)
    answer = client.get(url("report_docx", report))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.filter(action="paper.report", actor_id=place.officer.pk).count() == 1


# ── Cost ──


@pytest.mark.parametrize("more", (0, 3))
def test_the_editor_costs_the_same_for_any_history(client, place, more, django_assert_num_queries):
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    for at in range(more):
        visit = add_visit(place.programme, [place.pupils[at]], on=date(2022, 9, 3), lead=place.heads[0])
        at_school = {"authority_id": place.school.authority_id, "school": place.school}
        Opinion.objects.create(visit=visit, category=f"类{at}", text="少一点", created_at=visit.recorded_at, **at_school)
        HelpGiven.objects.create(visit=visit, kind=f"帮{at}", **at_school)
    client.force_login(place.leader)
    client.get(reverse("reports:report"))
    with django_assert_num_queries(EDITOR):
        client.get(reverse("reports:report"))


@pytest.mark.parametrize("more", (0, 3))
def test_rows_cost_the_same_for_any_number(client, place, more, django_assert_num_queries):
    for _ in range(more):
        make_student(place.pupils[0].school_class)
    report = place.report(state=F.DRAFT)
    take_figures(report, by=place.leader)
    client.force_login(place.leader)
    client.get(url("report_rows", report, "due"))
    with django_assert_num_queries(ROWS):
        client.get(url("report_rows", report, "due"))
