"""/desk/review/: the queue of one authority, the open paper, the decision, the undo, and who is shown what."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import now
from reports.enums import FilingState
from reports.models import ReportVersion, SchoolPlan, SchoolReport
from reports.tests.at_desk import SENTENCE, Desk
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import add_post, make_authority, make_user
from schools.tests.place import client_of
from works.models import Work, WorkVersion

pytestmark = pytest.mark.django_db
URL = "/desk/review/"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00+08:00"


@pytest.fixture
def desk(clock):
    return Desk()


@pytest.fixture
def school(desk):
    return desk.school()


def decide(client, row, verb, **more):
    what = {Work: "work", SchoolReport: "report", SchoolPlan: "plan"}[type(row)]
    data = {"verb": verb, "version": row.version, "was": row.state, **more}
    return client.post(reverse(f"desk:decide_{what}", args=[row.pk]), data)


def test_tabs_count_what_waits_and_the_first_that_came_is_open(desk, school):
    other = desk.school("示例柳堤小学")
    later = desk.report(other)
    first = desk.report(school, filed_at=now() - timedelta(days=3))
    desk.work(school)
    page = client_of(desk.reviewer).get(URL)
    tabs = {tab.code: tab.count for tab in page.context["tabs"]}
    assert tabs == {"report": 2, "story": 0, "essay": 1, "case": 0, "deeds": 0, "plan": 0}
    assert [line.pk for line in page.context["lines"]] == [first.pk, later.pk]
    assert [line.since for line in page.context["lines"]] == ["等了3天", "今天 09:00"]
    assert page.context["sheet"]["row"] == first
    assert SENTENCE in page.content.decode() and "1,055 / 1,420人" in page.content.decode()


@pytest.mark.parametrize("kind", ["essay", "case", "deeds"])
def test_a_work_is_read_with_aliases(desk, school, kind):
    work = desk.work(
        school, kind=kind, title="顾嘉树的小桌", body="顾嘉树说想写作文。他妈妈林秋点头，电话19900001234。",
        aliases='{"顾嘉树": "顾同学", "林秋": "顾同学的妈妈"}',
    )  # fmt: skip
    text = client_of(desk.reviewer).get(URL, {"tab": kind, "item": work.pk}).content.decode()
    assert "顾同学的小桌" in text and "顾同学说想写作文" in text and "（电话）" in text
    assert "顾嘉树" not in text and "林秋" not in text and "19900001234" not in text


def test_each_authority_has_its_own_queue(desk, school):
    """宝山区 and 武进区: neither sees nor decides the other's."""
    there = Desk(make_authority("there"), code="there-2022")
    theirs, ours = there.report(there.school("示例湖塘小学")), desk.report(school)
    for mine, other, person in ((ours, theirs, desk.reviewer), (theirs, ours, there.officer)):
        client = client_of(person)
        page = client.get(URL)
        assert [line.pk for line in page.context["lines"]] == [mine.pk]
        assert client.get(URL, {"tab": "report", "item": other.pk}).status_code == 404
        assert decide(client, other, "accept").status_code == 404


@pytest.mark.parametrize("verb, state", [("accept", "accepted"), ("recommend", "accepted"), ("return", "returned")])
@pytest.mark.parametrize("what", ["report", "plan"])
def test_a_reviewer_decides_on_reports_and_plans_and_the_next_opens(desk, school, what, verb, state):
    row, following = getattr(desk, what)(school), getattr(desk, what)(desk.school("示例柳堤小学"))
    client = client_of(desk.reviewer)
    answer = decide(client, row, verb, reason="第四部分请补充", tab=what)
    assert answer["Location"] == f"{URL}?tab={what}&item={following.pk}"
    row.refresh_from_db()
    assert row.state == state and bool(row.recommended_at) == (verb == "recommend")
    page = client.get(answer["Location"])
    assert page.context["sheet"]["row"].pk == following.pk and page.context["undo"]["seconds"] == 10
    assert decide(client, following, "accept", tab=what)["Location"] == f"{URL}?tab={what}"


def test_reasons_by_one_tap_and_in_words_go_to_the_school(desk, school):
    report = desk.report(school)
    decide(client_of(desk.reviewer), report, "return", quick=["含个人信息"], reason="上门占比以系统为准。")
    report.refresh_from_db()
    assert report.return_reason == "含个人信息；上门占比以系统为准。"
    notice = Message.objects.get(user=school.leader)
    assert "含个人信息" in notice.text and notice.leaves_at > now()


def test_a_return_without_a_reason_keeps_the_page_and_says_what_is_missing(desk, school):
    report = desk.report(school)
    answer = decide(client_of(desk.reviewer), report, "return", tab="report")
    assert answer.status_code == 422 and "写明退回原因" in answer.content.decode()
    assert SENTENCE in answer.content.decode()
    report.refresh_from_db()
    assert report.state == FilingState.FILED
    long = decide(client_of(desk.reviewer), report, "return", reason="长" * 301)
    assert long.status_code == 422 and "长" * 301 in long.content.decode()
    assert decide(client_of(desk.reviewer), report, "publish").status_code == 422


def test_undo_takes_it_back_and_the_school_hears_nothing(desk, school, settings):
    report = desk.report(school)
    client = client_of(desk.reviewer)
    decide(client, report, "return", reason="太短")
    bar = client.get(URL).context["undo"]
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:00:08+08:00"
    assert client.get(URL).context["undo"]["seconds"] == 2
    answer = client.post(reverse("desk:review_undo"), {"batch": bar["batch"]})
    assert answer["Location"] == f"{URL}?tab=report&item={report.pk}"
    report.refresh_from_db()
    assert report.state == FilingState.FILED and not Message.objects.exists()
    assert client.get(URL).context["undo"] is None
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:01+08:00"
    decide(client, report, "accept")
    settings.HOMEVISIT_CLOCK = "2022-10-09T09:01:13+08:00"
    assert client.get(URL).context["undo"] is None
    late = client.post(reverse("desk:review_undo"), {"batch": Decision.objects.latest("pk").batch})
    assert late.status_code == 409


def test_an_undo_is_only_ones_own(desk, school):
    report = desk.report(school)
    decide(client_of(desk.reviewer), report, "accept")
    batch = Decision.objects.get().batch
    for user in (desk.officer, school.leader):
        assert client_of(user).post(reverse("desk:review_undo"), {"batch": batch}).status_code in (403, 404)
    for bad in ("", "x", "00000000-0000-0000-0000-000000000000"):
        assert client_of(desk.reviewer).post(reverse("desk:review_undo"), {"batch": bad}).status_code == 404
    report.refresh_from_db()
    assert report.state == FilingState.ACCEPTED


def test_two_readers_of_one_report_the_second_is_told(desk, school):
    report = desk.report(school)
    first, second = client_of(desk.reviewer), client_of(desk.officer)
    decide(first, report, "accept")
    answer = decide(second, report, "return", reason="太短")
    assert answer.status_code == 409 and "刚有人处理过" in answer.content.decode()
    report.refresh_from_db()
    assert report.state == FilingState.ACCEPTED


@pytest.mark.seed("S54")
def test_awarding_is_the_officers(desk, school):
    work = desk.work(school, state="shortlisted")
    address = {"tab": "essay", "state": "recommended", "item": work.pk}
    assert "表彰等级" not in client_of(desk.reviewer).get(URL, address).content.decode()
    assert decide(client_of(desk.reviewer), work, "award", label="一等奖").status_code == 403
    client = client_of(desk.officer)
    assert "表彰等级" in client.get(URL, address).content.decode()
    assert decide(client, work, "award").status_code == 422
    assert decide(client, work, "award", label="特等奖").status_code == 422
    assert decide(client, work, "award", label="一等奖").status_code == 302
    work.refresh_from_db()
    assert (work.state, work.award, work.awarded_by) == ("awarded", "一等奖", desk.officer)
    shown = client.get(URL, {"tab": "essay", "state": "awarded"})
    assert [line.pk for line in shown.context["lines"]] == [work.pk]


def test_somebody_of_the_school_reads_and_is_not_shown_the_decision(desk, school):
    report, work = desk.report(school), desk.work(school)
    add_post(desk.reviewer, Role.TEACHER, school=school)
    client = client_of(desk.reviewer)
    text = client.get(URL, {"tab": "report", "item": report.pk}).content.decode()
    assert "由别人来审" in text and 'id="decide"' not in text
    assert decide(client, report, "accept").status_code == 403
    assert decide(client, work, "accept").status_code == 403


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
def test_a_school_has_no_desk(desk, school, role):
    report = desk.report(school)
    client = client_of(make_user(role, school=school))
    assert client.get(URL).status_code == 403
    assert decide(client, report, "accept").status_code in (403, 404)


def test_what_is_written_after_a_return_is_not_the_desks(desk, school):
    """The desk goes on reading what was filed, by alias, while the author writes on."""
    work = desk.work(school, body="第一稿写了顾嘉树。", aliases='{"顾嘉树": "顾同学"}')
    decide(client_of(desk.reviewer), work, "return", reason="再具体些")
    Work.objects.filter(pk=work.pk).update(body="草稿里的新句子。", aliases="")
    text = client_of(desk.officer).get(URL, {"tab": "essay", "state": "returned", "item": work.pk}).content.decode()
    assert "草稿里的新句子" not in text and "第一稿写了" in text
    report = desk.report(school)
    decide(client_of(desk.reviewer), report, "return", reason="再具体些")
    SchoolReport.objects.filter(pk=report.pk).update(sections=["", "改到一半", "", ""])
    text = client_of(desk.officer).get(URL, {"tab": "report", "state": "returned", "item": report.pk}).content.decode()
    assert "改到一半" not in text and SENTENCE in text


def test_a_resubmission_is_marked_and_tells_what_changed(desk, school):
    report = desk.report(school, version=2)
    old = dict(report.content(), sections=["", "以前的做法。", "", ""])
    ReportVersion.objects.create(report=report, number=1, data=old, filed_by=school.leader)
    client = client_of(desk.reviewer)
    assert "第2次提交" in client.get(URL).content.decode()
    page = client.get(URL, {"tab": "report", "item": report.pk, "compare": "1"})
    assert {change.label for change in page.context["sheet"]["changes"]} == {"具体做法", "工作成效", "存在的问题及建议"}


def test_a_work_filed_again_is_compared_with_what_was_filed_before(desk, school):
    moment = now()
    work = desk.work(school, version=3, submitted_at=moment, body="第三稿。")
    WorkVersion.objects.filter(work=work).update(submitted_at=moment - timedelta(days=9), body="第一稿。")
    for number, days in ((2, 5), (3, 1)):
        WorkVersion.objects.create(
            work=work, number=number, title=work.title, body=f"第{'一二三'[number - 1]}稿。", submitted_by=school.teacher,
            submitted_at=moment - timedelta(days=days),
        )  # fmt: skip
    for days in (8, 1):
        Decision.objects.create(
            about_type="works.work", about_id=work.pk, level="school", verb="file", was="approved", became="filed",
            by=school.leader, at=moment - timedelta(days=days) + timedelta(hours=1), authority=desk.authority, school=school,
        )  # fmt: skip
    page = client_of(desk.reviewer).get(URL, {"tab": "essay", "item": work.pk, "compare": "1"})
    (change,) = page.context["sheet"]["changes"]
    assert "".join(run.text for run in change.rows[0] if run.kind == "del") == "一"  # never the version the school sent back


def test_filters_of_the_list(desk, school):
    other = desk.school("示例柳堤小学")
    desk.report(school)
    late = desk.report(other, late=True, version=2)
    client = client_of(desk.officer)
    for query in ({"q": "柳堤"}, {"late": "1"}, {"again": "1"}):
        assert [line.pk for line in client.get(URL, {"tab": "report", **query}).context["lines"]] == [late.pk]
    nothing = client.get(URL, {"tab": "report", "q": "没有这所"})
    assert "没有这样的材料" in nothing.content.decode()
    for odd in ({"tab": "x"}, {"state": "x"}, {"page": "x"}, {"item": "x"}, {"page": "999"}, {"item": "9" * 30}):
        assert client.get(URL, odd).status_code == 200


def test_an_empty_desk_and_a_desk_without_a_programme(desk, school):
    assert "这一类审完了" in client_of(desk.officer).get(URL).content.decode()
    lonely = make_user(Role.REVIEWER, authority=make_authority("there"))
    assert "还没有走访活动" in client_of(lonely).get(URL).content.decode()


@pytest.mark.parametrize("what, budget", [("report", 22), ("work", 16), ("plan", 19)])
def test_the_page_costs_the_same_for_one_and_three(desk, what, budget, django_assert_num_queries):
    client = client_of(desk.officer)
    make = getattr(desk, what)
    tab = {"work": "essay"}.get(what, what)
    make(desk.school("示例一小学"))
    client.get(URL, {"tab": tab})
    with django_assert_num_queries(budget):
        client.get(URL, {"tab": tab})
    make(desk.school("示例二小学"))
    make(desk.school("示例三小学"))
    with django_assert_num_queries(budget):
        client.get(URL, {"tab": tab})


def test_each_row_opens_its_paper_under_the_same_filters(desk, school):
    work = desk.work(school, late=True)
    page = client_of(desk.officer).get(URL, {"tab": "essay", "state": "every", "late": "1", "page": "1", "item": work.pk})
    assert f'href="?tab=essay&amp;state=every&amp;late=1&amp;item={work.pk}"' in page.content.decode()


def test_the_list_is_paged_and_the_open_paper_is_on_its_page(desk, school):
    works = [desk.work(school, title=f"第{n}篇", filed_at=now() - timedelta(hours=60 - n)) for n in range(52)]
    client = client_of(desk.officer)
    page = client.get(URL, {"tab": "essay"})
    assert len(page.context["lines"]) == 50 and page.context["total"] == 52
    second = client.get(URL, {"tab": "essay", "item": works[51].pk})
    assert [line.pk for line in second.context["lines"]] == [works[50].pk, works[51].pk]
    assert (second.context["number"], second.context["previous"]) == (52, works[50].pk)
