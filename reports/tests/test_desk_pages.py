"""The desk with what schools handed in: columns, tabs, filters, and the pages of what is done with ticked schools."""

import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import now
from programmes.models import LatePass
from reports.actions.duty import duties, give_duty
from reports.actions.extend import extend as extend_schools
from reports.actions.saved_view import save_view
from reports.enums import FilingState
from reports.forms.desk import DeskFilter
from reports.models import Nudge, SavedView, SchoolPlan
from reports.queries.desk import whole_desk
from reports.queries.review import tabs
from reports.tests.at_desk import Desk
from schools.enums import Role
from schools.models import Message, Post
from schools.tests.factories import (
    make_authority,
    make_class,
    make_class_head,
    make_officer,
    make_school,
    make_user,
)
from schools.tests.place import client_of
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from works.actions.late import give_late_pass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def desk(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-05T09:00+08:00"
    return Desk()


@pytest.fixture
def four(desk):
    """One with everything accepted or waiting, one returned, one with nothing, one with two essays."""
    done, back, none, works = (desk.school(f"示例{name}小学") for name in ("望江", "云杉", "临溪", "星禾"))
    desk.plan(done, state=FilingState.ACCEPTED, accepted_at=now(), accepted_by=desk.officer)
    desk.report(done)
    desk.report(back, state=FilingState.RETURNED, returned_at=now(), returned_by=desk.officer, return_reason="数据不全")
    desk.work(works)
    desk.work(works, state="accepted")
    return done, back, none, works


def names(page):
    return [line.school.short_name for line in page.context["page"]]


def said(page):
    return [str(message) for message in get_messages(page.wsgi_request)]


# ── What each school handed in ──


@pytest.mark.seed("S48")
def test_each_school_stands_with_its_papers(desk, four):
    page = client_of(desk.officer).get("/desk/?q=望江")
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page.content.decode().split("<tbody>")[1].split("</tbody>")[0])
    words = [re.sub(r"<[^>]+>", "", cell) for cell in cells]
    assert words[3:] == ["0", "0", "–", "–", "–", "0", "通过", "0/2", "待审", "0", "–"]
    both = client_of(desk.officer).get("/desk/?q=星禾").content.decode()
    assert '<span class="num">2</span>' in both and "/desk/review/?tab=essay" in both


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tab=unreported", ["临溪小学", "星禾小学"]),
        ("tab=waiting", ["望江小学", "星禾小学"]),
        ("tab=returned", ["云杉小学"]),
        ("tab=nonsense", ["望江小学", "云杉小学", "临溪小学", "星禾小学"]),
        ("plan=accepted", ["望江小学"]),
        ("report=returned", ["云杉小学"]),
        ("report=missing&plan=missing", ["临溪小学", "星禾小学"]),
        ("report=%27", ["望江小学", "云杉小学", "临溪小学", "星禾小学"]),
        ("reader=none", ["云杉小学", "临溪小学", "星禾小学"]),
        ("reader=999", ["望江小学", "云杉小学", "临溪小学", "星禾小学"]),
    ],
)
def test_tabs_and_filters_by_papers_and_readers(desk, four, query, expected):
    give_duty(desk.programme, [four[0].pk], desk.reviewer, by=desk.officer)
    page = client_of(desk.officer).get(f"/desk/?{query}")
    assert names(page) == expected
    assert {tab["label"]: tab["count"] for tab in page.context["tabs"]} == {
        "全部": 4, "报告未交": 2, "待审": 2, "退回中": 1, "进度落后": 0, "赶不上或扎堆": None,
    }  # fmt: skip


def test_what_waits_is_counted_with_the_longest_wait_and_leads_to_the_queue(desk, four, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-08T09:00+08:00"
    text = client_of(desk.officer).get("/desk/").content.decode()
    assert "待我审核" in text and "2<small> 份" in text and "最早一份等了3天" in text and 'href="/desk/review/"' in text
    give_duty(desk.programme, [four[0].pk], desk.officer, by=desk.officer)
    text = client_of(desk.officer).get("/desk/").content.decode()
    assert "1<small> 份" in text and "/desk/review/?mine=1" in text


def test_what_waits_on_the_desk_is_what_the_queue_lists(desk, four):
    """Of kinds the notice does not ask for as well, and nothing that is a draft, decided or back at the school."""
    for kind in ("case", "deeds", "survey"):
        desk.work(four[2], kind=kind)
        desk.work(four[3], kind=kind, state="returned")
        desk.work(four[0], kind=kind, state="submitted")
    desk.plan(four[2])
    told = {line.school.pk: line.waiting.count for line in whole_desk(desk.programme, user=desk.officer).lines}
    assert told == {four[0].pk: 1, four[1].pk: 0, four[2].pk: 4, four[3].pk: 1}
    assert sum(told.values()) == sum(tab.count for tab in tabs(desk.officer, desk.programme))
    since = {line.school.pk: line.waiting.since for line in whole_desk(desk.programme, user=desk.officer).lines}
    assert since[four[2].pk] == SchoolPlan.objects.get(school=four[2]).filed_at and since[four[1].pk] is None


def test_categories_stand_behind_the_switch_and_a_notice_without_papers_has_no_switch(desk, four):
    client = client_of(desk.officer)
    assert "审核人</th>" in client.get("/desk/").content.decode()
    visits = client.get("/desk/?cols=visits").content.decode()
    assert "HARDSHIP" in visits and "审核人</th>" not in visits
    assert "审核人</th>" not in client.get("/desk/?sort=-c1").content.decode()
    desk.programme.config = {**desk.programme.config, "submissions": []}
    desk.programme.save()
    bare = client.get("/desk/").content.decode()
    assert "报送情况" not in bare and "HARDSHIP" in bare and "待审<" not in bare


PAGES = ["/desk/", "/desk/nudge/?all=1", "/desk/extend/?all=1", "/desk/duty/?all=1", "/desk/views/?tab=behind"]


@pytest.mark.parametrize("url", PAGES)
def test_pages_cost_the_same_for_three_and_thirty_schools(desk, url):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    client = client_of(desk.officer)
    for number in range(3):
        desk.report(desk.school(f"示例{number}小学"))
    client.get(url)
    few = cost()
    for number in range(3, 30):
        desk.report(desk.school(f"示例{number}小学"))
    assert cost() == few


def test_an_address_says_only_what_is_asked():
    filters = DeskFilter(town="顾村镇", tab="behind")
    assert filters.pairs == {"town": "顾村镇", "tab": "behind"} and DeskFilter().address() == ""
    assert filters.address(tab="") == "?town=%E9%A1%BE%E6%9D%91%E9%95%87"


def test_ticked_schools_are_exported_and_all_that_match_too(desk, four):
    def rows(query):
        answer = client_of(desk.officer).get(f"/desk/export/?{query}")
        sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
        return [row[1].value for row in sheet.iter_rows() if str(row[1].value).startswith("示例")], sheet["A2"].value

    ticked, words = rows(f"school={four[2].pk}&school={four[0].pk}&school=x")
    assert ticked == ["示例望江小学", "示例临溪小学"] and "选中的2所" in words
    every, words = rows(f"school={four[2].pk}&all=1&tab=returned")
    assert every == ["示例云杉小学"] and "退回中" in words


# ── 催办 ──


@pytest.mark.seed("S48")
def test_a_nudge_is_shown_before_it_is_sent_and_tells_who_was_left_out(desk, four):
    done, back, none, _ = four
    Post.objects.filter(user=none.leader).delete()
    client = client_of(desk.officer)
    page = client.get(f"/desk/nudge/?school={back.pk}&school={none.pk}&tab=returned")
    text = page.content.decode()
    assert "会告诉1所" in text and "活动报告（退回待改）" in text and "学校还没有校长或管理员账号" in text
    assert "临溪小学：" in page.context["copied"] and not Message.objects.exists()
    sent = client.post("/desk/nudge/", {"school": f"{back.pk},{none.pk}", "back": "tab=returned", "words": "有困难打电话。"})
    assert sent.status_code == 302 and sent.url == "/desk/?tab=returned"
    assert said(sent) == ["催了1所学校，1人会看到。", "没有催：临溪小学（学校还没有校长或管理员账号）。"]
    assert Message.objects.get().text.endswith("有困难打电话。") and back.teacher.name not in Message.objects.get().text
    again = client.post("/desk/nudge/", {"school": str(back.pk)})
    assert said(again)[-1] == "没有催：云杉小学（今天已经催过）。" and Nudge.objects.count() == 1


def test_all_that_match_are_nudged_and_others_are_not(desk, four):
    page = client_of(desk.officer).get("/desk/nudge/?all=1&tab=returned&school=1")
    assert [line.school.short_name for line in page.context["lines"]] == ["云杉小学"]


def test_words_too_long_come_back_with_the_words(desk, four):
    page = client_of(desk.officer).post("/desk/nudge/", {"school": str(four[2].pk), "words": "催" * 121})
    assert page.status_code == 422 and "催" * 121 in page.content.decode() and not Message.objects.exists()


def test_schools_of_another_authority_cannot_be_ticked(desk, four):
    other = make_school(make_authority("linjiang"))
    client = client_of(desk.officer)
    for act in ("nudge", "extend", "duty"):
        assert "还没有选学校" in client.get(f"/desk/{act}/?school={other.pk}").content.decode()
    client.post("/desk/extend/", {"school": str(other.pk), "submission": "report", "until": "2022-10-20", "reason": "停课"})
    assert not LatePass.objects.exists()


# ── 延期 ──


def extend(client, schools, **data):
    values = {"submission": "report", "until": "2022-10-20", "reason": "学校停课一周", **data}
    return client.post("/desk/extend/", {"school": ",".join(str(school.pk) for school in schools), **values})


@pytest.mark.seed("S48")
def test_many_schools_get_more_time_with_one_reason_and_each_answer_is_told(desk, four):
    done, back, none, works = four
    give_late_pass(desk.programme, works, by=desk.officer, submission="report", until=date(2022, 10, 30), reason="停课两周")
    client = client_of(desk.officer)
    answer = extend(client, [done, back, none, works])
    assert said(answer) == [
        "给2所学校延期了，学校会收到通知。", "没有延期：望江小学（已经报了，不用延期）；星禾小学（原来就延到10月30日）。",
    ]  # fmt: skip
    passes = LatePass.objects.standing().filter(reason="学校停课一周")
    assert {(p.school_id, p.submission) for p in passes} == {(school.pk, "report") for school in (back, none)}
    told = Message.objects.count()
    extend(client, [back, none])
    assert LatePass.objects.count() == 3 and Message.objects.count() == told
    assert "活动报告到2022年10月20日24:00" in client.get(f"/desk/extend/?school={back.pk}").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": " "}, "写明延期的原因"),
        ({"until": "2022-10-04"}, "这一天已经过了"),
        ({"until": "2022-10-07"}, "补报要晚于这一天"),
        ({"submission": "essay"}, "换一项"),
        ({"until": "明天"}, "日期写成"),
    ],
)
def test_an_extension_without_reason_or_day_gives_nobody_time(desk, four, wrong, sentence):
    page = extend(client_of(desk.officer), four[1:3], **wrong)
    assert page.status_code == 422 and sentence in page.content.decode() and not LatePass.objects.exists()


def test_extending_many_costs_no_more_queries(desk, four):
    def cost(schools, until):
        with CaptureQueriesContext(connection) as queries:
            given = {"submission": "story", "until": until, "reason": "停课"}
            extend_schools(desk.programme, [school.pk for school in schools], by=desk.officer, **given)
        return len(queries)

    assert desk.officer.reach  # asked for once a request
    one = cost(four[:1], date(2022, 10, 20))
    back = 1  # one of the others has a paper that came back: what was decided on it is read as well
    assert cost(four[1:], date(2022, 10, 20)) == one + back and LatePass.objects.standing().count() == 4


# ── 指定审核人, 我负责的 ──


def test_a_reader_is_named_for_many_and_sees_just_those(desk, four):
    client = client_of(desk.officer)
    ids = f"{four[0].pk},{four[1].pk}"
    answer = client.post("/desk/duty/", {"school": ids, "reviewer": str(desk.reviewer.pk)})
    assert said(answer) == ["2所学校改成由丁宁审。"]
    assert said(client.post("/desk/duty/", {"school": ids, "reviewer": str(desk.reviewer.pk)}))[-1] == "这些学校本来就由丁宁审。"
    desk.report(four[3])
    queue = client_of(desk.reviewer)
    assert len(queue.get("/desk/review/?tab=report").context["lines"]) == 2
    mine = queue.get("/desk/review/?tab=report&mine=1")
    assert [line.school for line in mine.context["lines"]] == ["望江小学"] and "我负责的" in mine.content.decode()
    assert {tab.code: tab.count for tab in mine.context["tabs"]}["essay"] == 0
    assert "我负责的" not in client.get("/desk/review/").content.decode()
    client.post("/desk/duty/", {"school": ids, "reviewer": "nobody"})
    assert duties(desk.programme) == {}


def test_nobody_is_named_for_the_own_school_or_from_elsewhere(desk, four):
    Post.objects.create(user=desk.reviewer, role=Role.TEACHER, school=four[0])
    client = client_of(desk.officer)
    page = client.post("/desk/duty/", {"school": str(four[0].pk), "reviewer": str(desk.reviewer.pk)})
    assert page.status_code == 422 and "要回避" in page.content.decode()
    for wrong in ("", "x", str(four[0].leader.pk)):
        assert client.post("/desk/duty/", {"school": str(four[0].pk), "reviewer": wrong}).status_code == 422
    assert duties(desk.programme) == {}


# ── 存为视图 ──


def test_filters_are_kept_under_a_name_and_stand_as_a_tab(desk, four):
    client = client_of(desk.officer)
    saved = client.post("/desk/views/?tab=returned&page=2&sort=due", {"name": "要再看的"})
    assert saved.url == "/desk/?sort=due&tab=returned"
    page = client.get(saved.url)
    (view,) = page.context["views"]
    assert view["current"] and names(page) == ["云杉小学"]
    client.post(f"/desk/views/{view['pk']}/rename/", {"name": "退回的"})
    assert "退回的" in client.get("/desk/").content.decode()
    assert client.post(f"/desk/views/{view['pk']}/rename/", {"name": ""}).status_code == 422
    client.post(f"/desk/views/{view['pk']}/remove/")
    assert not SavedView.objects.exists() and client.post(f"/desk/views/{view['pk']}/remove/").status_code == 404


@pytest.mark.parametrize(("query", "name"), [("?tab=returned", ""), ("", "空的"), ("?tab=returned", "同名")])
def test_a_view_without_name_or_filter_or_with_a_name_taken_comes_back(desk, query, name):
    save_view(desk.officer, "desk", name="同名", query="tab=behind")
    page = client_of(desk.officer).post(f"/desk/views/{query}", {"name": name})
    assert page.status_code == 422 and SavedView.objects.count() == 1


def test_a_view_is_ones_own(desk):
    view = save_view(desk.officer, "desk", name="我的", query="tab=behind")
    other = client_of(make_officer(desk.authority))
    assert "我的</a>" not in other.get("/desk/").content.decode()
    for act in ("rename", "remove"):
        assert other.post(f"/desk/views/{view.pk}/{act}/", {"name": "你的"}).status_code == 404
    assert SavedView.objects.get().name == "我的"


# ── Who may, and what nobody reads ──


def test_no_page_of_the_desk_names_a_pupil_and_no_message_does(desk):
    school = desk.school()
    school_class = make_class(school)
    students = [make_student(school_class, name=name) for name in ("甲乙丙丁", "子丑寅卯")]
    make_mark(students[0], "HARDSHIP", by=make_class_head(school_class))
    open_register(desk.programme)
    client = client_of(desk.officer)
    client.post("/desk/nudge/", {"school": str(school.pk)})
    pages = ["", "?cols=visits", *(f"{act}/?school={school.pk}" for act in ("nudge", "extend", "duty")), f"school/{school.pk}/"]
    texts = [client.get(f"/desk/{page}").content.decode() for page in pages] + [Message.objects.get().text]
    assert "还有2人没走访" in texts[-1] and "HARDSHIP" not in texts[-1]
    assert [text for text in texts if "甲乙丙丁" in text or "子丑寅卯" in text] == []


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.SCHOOL_LEADER, Role.TEACHER])
def test_only_the_district_administrator_acts(desk, role):
    school = desk.school()
    place = {"authority": desk.authority} if role in (Role.REVIEWER, Role.AUDITOR) else {"school": school}
    client = client_of(make_user(role, **place))
    for act in ("nudge", "extend", "duty", "views"):
        assert client.get(f"/desk/{act}/?school={school.pk}").status_code == 403
        assert client.post(f"/desk/{act}/", {"school": str(school.pk)}).status_code == 403
    assert not Nudge.objects.exists()
