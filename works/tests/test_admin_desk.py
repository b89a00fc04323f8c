"""The desk in the administration: scope, what is never shown or searched, acts on many, the export."""

import hashlib
import io
import json

import openpyxl
import pytest
import pyzipper
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.models import Decision
from schools.tests.factories import add_post, make_authority, make_officer, make_school, make_user
from schools.tests.place import client_of
from works.models import Work
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
LIST = "/admin/works/work/"
FACTS = {
    "name": "陈晓", "gender": "女", "birth_month": "1991-04", "position": "班主任", "politics": "中共党员",
    "phone": "19900005518", "target": "顾同学", "visited_on": "2022-09-16",
}  # fmt: skip


@pytest.fixture
def filed(head, programme, school, leader):
    return make_work(
        head, programme, school, state="filed", kind="deeds", leader=leader, title="顾嘉树的小桌", body="顾嘉树说想写作文。",
        aliases=json.dumps({"顾嘉树": "顾同学"}, ensure_ascii=False), facts=json.dumps(FACTS, ensure_ascii=False),
    )  # fmt: skip


def listed(client, **query):
    return [row.pk for row in client.get(LIST, query).context["cl"].result_list]


def act(client, action, *rows, **more):
    return client.post(LIST, {"action": action, "_selected_action": [row.pk for row in rows], **more}, follow=True)


def test_each_desk_sees_what_was_filed_with_it(filed, head, programme, school, leader, officer, reviewer):
    make_work(head, programme, school, state="approved", leader=leader)
    there = make_authority("there")
    elsewhere = make_school(there)
    theirs = make_work(make_user(Role.TEACHER, school=elsewhere), programme, elsewhere, state="filed")
    for user, mine in ((officer, filed), (reviewer, filed), (make_officer(there), theirs)):
        assert listed(client_of(user)) == [mine.pk]
    assert client_of(reviewer).get(f"{LIST}{theirs.pk}/change/").status_code == 302


def test_names_stand_by_alias_everywhere_and_nothing_sealed_is_shown(filed, reviewer, officer):
    for user in (reviewer, officer):
        client = client_of(user)
        pages = [LIST, f"{LIST}{filed.pk}/change/", f"{LIST}{filed.pk}/history/"]
        for address in pages:
            text = client.get(address).content.decode()
            assert "顾嘉树" not in text and "1991-04" not in text and "19900005518" not in text, address
        assert "顾同学的小桌" in client.get(LIST).content.decode()
        detail = client.get(f"{LIST}{filed.pk}/change/").content.decode()
        assert "顾同学说想写作文" in detail and "推荐表的基本情况填全了" in detail


def test_an_unseen_field_is_no_filter_search_or_order(filed, officer):
    client = client_of(officer)
    assert listed(client, q="顾嘉树") == []  # the alias hides it, so does the search
    assert listed(client, q="小桌") == [filed.pk]
    assert listed(client, q="晨曦") == [filed.pk]
    for query in ({"body__startswith": "顾嘉树"}, {"aliases__contains": "顾"}, {"facts__gt": ""}, {"author__phone__gt": ""},
                  {"title__contains": "顾嘉树"}, {"author__birth_month": "1991-04"}):  # fmt: skip
        answer = client.get(LIST, query)
        assert answer.status_code in (302, 400), query


def test_filters(filed, head, programme, school, other_school, leader, officer):
    other = make_work(
        make_user(Role.TEACHER, school=other_school), programme, other_school, state="accepted", officer=officer, late=True
    )
    client = client_of(officer)
    assert listed(client, state="filed") == [filed.pk]
    assert listed(client, kind__exact="essay") == [other.pk]
    assert listed(client, late__exact="1") == [other.pk]
    assert listed(client, school=other_school.pk) == [other.pk]
    assert sorted(listed(client, programme=programme.pk)) == sorted([filed.pk, other.pk])
    assert client.get(LIST, {"_facets": "True"}).status_code == 200  # numbers beside the filters
    there = make_school(make_authority("there"), short_name="示例外区校")
    assert there.short_name not in client.get(LIST).content.decode()


def test_nothing_is_typed_here(filed, officer):
    client = client_of(officer)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{filed.pk}/change/", {"title": "改"}).status_code == 403
    assert client.post(f"{LIST}{filed.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{LIST}import/").status_code in (302, 404)
    filed.refresh_from_db()
    assert filed.title == "顾嘉树的小桌"


def test_many_are_accepted_recommended_and_taken_back(filed, head, programme, school, leader, reviewer):
    other = make_work(head, programme, school, state="filed", leader=leader)
    client = client_of(reviewer)
    page = act(client, "accept_many", filed, other)
    assert "通过了2件" in page.content.decode() and 'data-undo="10"' in page.content.decode()
    assert set(Work.objects.values_list("state", flat=True)) == {"accepted"}
    assert Decision.objects.values("batch").distinct().count() == 1
    back = client.post(reverse("desk:review_undo"), {"batch": Decision.objects.first().batch, "next": LIST})
    assert back["Location"] == LIST and set(Work.objects.values_list("state", flat=True)) == {"filed"}
    act(client, "recommend_many", filed)
    filed.refresh_from_db()
    assert filed.state == "shortlisted"
    assert AuditEntry.objects.filter(action="work.shortlist", object_id=str(filed.pk)).exists()


def test_an_undo_leads_nowhere_else(filed, reviewer):
    client = client_of(reviewer)
    act(client, "accept_many", filed)
    batch = Decision.objects.get().batch
    answer = client.post(reverse("desk:review_undo"), {"batch": batch, "next": "https://example.com/"})
    assert answer["Location"].startswith("/desk/review/")


def test_a_return_asks_for_the_reason_first(filed, head, programme, school, leader, reviewer):
    gone = make_work(head, programme, school, state="returned", leader=leader, filed_at=filed.filed_at)
    client = client_of(reviewer)
    page = act(client, "return_many", filed, gone)
    assert "选了2件" in page.content.decode() and "顾同学的小桌" in page.content.decode()
    assert "顾嘉树" not in page.content.decode()
    empty = act(client, "return_many", filed, gone, said="yes", reason=" ")
    assert empty.status_code == 422 and "写明退回原因" in empty.content.decode()
    done = act(client, "return_many", filed, gone, said="yes", reason="推荐意见请写具体")
    text = done.content.decode()
    assert "退回了1件" in text and "1件没有处理" in text
    filed.refresh_from_db()
    assert (filed.state, filed.return_reason) == ("returned", "推荐意见请写具体")


@pytest.mark.seed("S54")
def test_awards_are_the_officers(filed, reviewer, officer):
    Work.objects.filter(pk=filed.pk).update(state="accepted", accepted_at=filed.filed_at, accepted_by=officer)
    assert "award_many" not in client_of(reviewer).get(LIST).content.decode()
    act(client_of(reviewer), "award_many", filed, said="yes", label="一等奖")
    filed.refresh_from_db()
    assert filed.state == "accepted"
    act(client_of(officer), "award_many", filed, said="yes", label="一等奖")
    filed.refresh_from_db()
    assert (filed.state, filed.award) == ("awarded", "一等奖")


@pytest.mark.seed("W86")
def test_what_goes_on_to_the_office_above(filed, head, programme, school, leader, reviewer, officer):
    """All of the chosen or none; the officer's alone; through the same acts as the desk's page."""
    ready = make_work(head, programme, school, kind="case", state="shortlisted", leader=leader, officer=officer)
    assert "send_up_many" not in client_of(reviewer).get(LIST).content.decode()
    act(client_of(reviewer), "send_up_many", ready)
    client = client_of(officer)
    assert "都没有报：先进事迹不报市教育局" in act(client, "send_up_many", ready, filed).content.decode()
    ready.refresh_from_db()
    assert ready.sent_up_at is None
    page = act(client, "send_up_many", ready).content.decode()
    assert "报了1件。" in page and "秒内可以撤销" in page
    assert listed(client, upper="sent") == [ready.pk] and listed(client, upper="result") == []
    assert "已报市教育局" in client.get(f"{LIST}{ready.pk}/change/").content.decode()
    early = {"said": "yes", "label": "一等奖", "on": "2022-09-17"}
    assert "1件没有处理：9月18日才报上去" in act(client, "upper_award_many", ready, **early).content.decode()
    assert act(client, "upper_award_many", ready, said="yes", label="", on="x").status_code == 422
    page = act(client, "upper_award_many", ready, filed, said="yes", label="一等奖", on="2022-09-18").content.decode()
    assert "记下了1件。" in page and "1件没有处理：还没有报市教育局" in page
    assert listed(client, upper="result") == [ready.pk]
    add_post(officer, Role.TEACHER, school=school)
    assert "都没有报：这件不归你审" in act(client, "send_up_many", ready).content.decode()


def test_somebody_of_the_school_decides_nothing(filed, reviewer, school):
    add_post(reviewer, Role.TEACHER, school=school)
    assert "1件没有处理：这件不归你审" in act(client_of(reviewer), "accept_many", filed).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same(number, head, programme, school, leader, officer, django_assert_num_queries):
    for _ in range(number):
        make_work(head, programme, school, state="filed", leader=leader)
    client = client_of(officer)
    client.get(LIST)
    with django_assert_num_queries(11):
        client.get(LIST)


# ── export ──


def sheet(data):
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows())
    head = next(n for n, row in enumerate(rows) if row[0].value == "编号")
    return rows, [cell.value for cell in rows[head]], rows[head + 1]


def export(client, query="", **data):
    return client.post(f"{LIST}export/{query}", {"format": "0", "resource": "0", **data})


def test_the_filtered_list_leaves_as_text_cells_marked_and_written_down(filed, head, programme, school, leader, reviewer):
    Work.objects.filter(pk=filed.pk).update(title="=1+1 顾嘉树", opinion="=HYPERLINK(1)")
    make_work(head, programme, school, state="filed", leader=leader)
    answer = export(client_of(reviewer), "?kind__exact=deeds")
    rows, head_row, first = sheet(answer.content)
    values = dict(zip(head_row, [cell.value for cell in first], strict=True))
    assert values["题目"] == "=1+1 顾同学" and values["学校推荐意见"] == "=HYPERLINK(1)"
    assert {cell.data_type for cell in first if cell.value is not None} == {"s"}
    assert not {"联系电话", "出生年月", "政治面貌"} & set(head_row)
    said = "".join(str(cell.value) for row in rows for cell in row if cell.value)
    assert "内部资料 严禁外传" in said and reviewer.name in said and reviewer.username in said and "顾嘉树" not in said
    line = AuditEntry.objects.get(action="admin.export")
    assert line.facts["rows"] == 1 and line.facts["filters"] == {"kind__exact": ["deeds"]}
    assert line.facts["sha256"] == hashlib.sha256(answer.content).hexdigest()


def test_telephones_leave_only_for_the_officer_and_only_sealed(filed, officer, reviewer):
    client = client_of(officer)
    assert "带联系方式的名单要设密码" in export(client, resource="1").content.decode()
    assert "至少" in export(client, resource="1", password="short").content.decode()
    answer = export(client, resource="1", password="open-sesame-9")
    assert answer["Content-Type"] == "application/zip" and b"19900005518" not in answer.content
    with pyzipper.AESZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        with pytest.raises(RuntimeError):
            archive.read(name)
        archive.setpassword(b"open-sesame-9")
        _, head_row, first = sheet(archive.read(name))
    values = dict(zip(head_row, [cell.value for cell in first], strict=True))
    assert (values["联系电话"], values["出生年月"], values["政治面貌"]) == ("19900005518", "1991-04", "中共党员")
    assert AuditEntry.objects.get(action="admin.export").facts["sealed"] is True
    again = export(client_of(reviewer), resource="1", password="open-sesame-9")
    assert again["Content-Type"].startswith("text/html")  # there is no such list for a reviewer


def test_a_school_exports_nothing(filed, leader, school_admin):
    assert export(client_of(leader)).status_code == 302
    assert export(client_of(school_admin)).status_code == 403


def test_no_page_of_it_carries_inline_script_or_style(filed, officer):
    client = client_of(officer)
    act(client, "accept_many", filed)
    pages = [client.get(LIST), client.get(f"{LIST}export/"), act(client, "return_many", filed)]
    for page in pages:
        text = page.content.decode()
        assert " onclick=" not in text and " style=" not in text and "<style" not in text
