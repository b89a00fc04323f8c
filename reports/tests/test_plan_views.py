"""Pages of the plan: the editor, wrong input, two people at once, without script, the desk's list."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document

from core.models import AuditEntry
from programmes.tests.upward import make_upward
from reports.actions import filing
from reports.actions.plan import save_plan
from reports.models import SchoolPlan
from reports.queries import plan as queries
from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_school, make_user

pytestmark = pytest.mark.django_db
WHOLE = {"目标": "走到每一户。", "内容": "讲政策，听意见。", "形式": "上门为主。", "要求": "先备课，再出门。"}
PLAN = "/reports/plan/"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"


@pytest.fixture
def programme():
    return make_upward()


@pytest.fixture
def admin(school):
    return make_user(Role.SCHOOL_ADMIN, school=school, name="何静")


def written(programme, school, **changes):
    members = [{"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹", "phases": []}]
    return {**queries.suggested(programme, school), "sections": WHOLE, "members": members, **changes}


def make_plan(programme, school, *, state="draft", by=None, officer=None):
    by = by or make_leader(school)
    plan = save_plan(programme, school, by=by, revision=0, content=written(programme, school))
    if state != "draft":
        plan = filing.approve_filing(plan, by=by)
    if state in ("filed", "accepted", "returned"):
        plan = filing.file_filing(plan, by=by)
    if state == "accepted":
        plan = filing.accept_filing(plan, by=officer)
    if state == "returned":
        plan = filing.return_filing(plan, by=officer, reason="写明培训的时间")
    return plan


def fields(answer, **changes):
    """What the page would send back, as it stands."""
    form = answer.context["form"]
    found = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in found.items() if value is not None} | changes


@pytest.mark.seed("S46")
def test_the_page_opens_filled_in_and_writes_nothing(as_user, admin, programme, school):
    answer = as_user(admin).get(PLAN)
    page = answer.content.decode()
    assert answer.status_code == 200 and not SchoolPlan.objects.exists()
    told = ("通知里怎么说", "上门、就近第三地点", "2022-08-01", "报送截止 2022年8月31日24:00")
    for words in ("示例晨曦小学“示例走万家”活动方案", *told):
        assert words in page


def test_a_save_keeps_everything_and_shows_it_again(as_user, admin):
    client = as_user(admin)
    sent = fields(client.get(PLAN), s0="走到每一户。", **{
        "p0-starts_on": "2022-08-05", "m0-name": "沈文清", "m0-duty": "统筹", "m2-phases": ["visits"], "m2-office": "总务处",
    })  # fmt: skip
    assert client.post(PLAN, sent).status_code == 302
    assert client.post(PLAN, sent).status_code == 302  # the same again is one
    plan = SchoolPlan.objects.get()
    assert (plan.revision, plan.sections["目标"], plan.phases[0]["starts_on"]) == (1, "走到每一户。", "2022-08-05")
    assert [(row.seat, row.name, row.phases) for row in plan.members.all()] == [
        ("组长", "沈文清", []), ("组员", "", ["visits"]),
    ]  # fmt: skip
    assert fields(client.get(PLAN))["m0-duty"] == "统筹"


def test_wrong_input_is_told_at_its_field_and_nothing_is_lost(as_user, admin):
    client = as_user(admin)
    sent = fields(client.get(PLAN), s1="家长证件号 310101199001011234 记在本子上", **{
        "p0-starts_on": "2022-07-01", "p1-ends_on": "2022-10-01", "p1-starts_on": "2022-10-05", "m0-name": "沈文清",
        "m1-name": "沈文清", "m1-seat": "组长", "m2-duty": "说" * 201, "title": "",
    })  # fmt: skip
    answer = client.post(PLAN, sent)
    errors = {name: told[0] for name, told in answer.context["form"].errors.items()}
    assert answer.status_code == 422
    assert errors == {
        "title": "写上标题。",
        "s1": "像是有身份证号，删去再保存。系统不存证件号。",
        "p0-starts_on": "活动定的是8月1日到9月30日，日期要在这中间。",
        "p1-ends_on": "结束比开始早了，改一下。",
        "m1-name": "沈文清已经在第1行，删掉一行。",
        "m2-duty": "最多200个字，现在201个。",
    }
    assert "说" * 201 in answer.content.decode() and not SchoolPlan.objects.exists()


@pytest.mark.parametrize(
    ("act", "names"),
    [("add", ["甲", "乙", "", ""]), ("up:1", ["乙", "甲", ""]), ("down:0", ["乙", "甲", ""]), ("drop:0", ["乙", ""]),
     ("up:0", ["甲", "乙", ""]), ("down:9", ["甲", "乙", ""]), ("drop:x", ["甲", "乙", ""])],
)  # fmt: skip
def test_rows_come_go_and_move_without_script_and_with_it(as_user, admin, act, names):
    client = as_user(admin)
    sent = fields(client.get(PLAN), row=act, s0="写到一半", **{"m0-name": "甲", "m1-name": "乙"})
    whole = client.post(PLAN, sent)
    assert [whole.context["form"][f"m{i}-name"].value() for i in range(len(names))] == names
    assert "写到一半" in whole.content.decode() and "改动还没有存" in whole.content.decode()
    part = client.post(PLAN, sent, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "<html" not in part.content.decode()
    assert fields(part)["rows"] == len(names)
    assert not SchoolPlan.objects.exists()


def test_two_people_at_once_the_second_is_told_and_loses_nothing(as_user, admin, leader, programme, school):
    client = as_user(admin)
    sent = fields(client.get(PLAN), s0="我写的目标")
    save_plan(programme, school, by=leader, revision=0, content=written(programme, school))
    answer = client.post(PLAN, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "沈文清 10:00也存过这份方案" in page and "我写的目标" in page and "走到每一户。" in page
    assert client.post(PLAN, fields(answer)).status_code == 302
    assert SchoolPlan.objects.get().sections["目标"] == "我写的目标"


def test_an_earlier_plan_is_offered_and_brought_over(as_user, admin, leader, programme, school):
    old = make_upward(programme.authority, code="binhe-2021", starts_on=date(2021, 8, 1))
    earlier = save_plan(old, school, by=leader, revision=0, content=written(old, school))
    client = as_user(admin)
    assert f"from={earlier.pk}" in client.get(PLAN).content.decode()
    answer = client.get(PLAN, {"school": school.pk, "from": earlier.pk})
    assert "带过来了，存了才算" in answer.content.decode() and fields(answer)["s0"] == "走到每一户。"
    assert not SchoolPlan.objects.filter(programme=programme).exists()


@pytest.mark.seed("W28")
def test_from_draft_to_receipt_by_the_pages(as_user, admin, leader, programme, school):
    plan = make_plan(programme, school, by=leader)
    view = reverse("reports:plan_view", args=[plan.pk])
    assert "请学校负责人打开这一页审定" in as_user(admin).get(view).content.decode()
    assert as_user(leader).post(reverse("reports:plan_approve", args=[plan.pk])).status_code == 302
    assert as_user(admin).get(PLAN).url == view
    answer = as_user(admin).post(reverse("reports:plan_file", args=[plan.pk]), follow=True)
    assert f"FA20220820-{plan.pk:05d}-1" in answer.content.decode()
    teacher = make_user(Role.TEACHER, school=school)
    assert as_user(teacher).get(PLAN).url == view
    page = as_user(teacher).get(view).content.decode()
    assert "走到每一户。" in page and "撤回" not in page
    assert as_user(admin).post(reverse("reports:plan_recall", args=[plan.pk])).status_code == 302
    assert as_user(admin).post(reverse("reports:plan_reopen", args=[plan.pk])).url == f"{PLAN}?school={school.pk}"


def test_the_desk_goes_from_reading_to_deciding(as_user, programme, school):
    plan = make_plan(programme, school, state="filed")
    page = as_user(make_officer(programme.authority)).get(reverse("reports:plan_view", args=[plan.pk])).content.decode()
    assert f"/desk/review/?tab=plan&amp;item={plan.pk}" in page
    assert "去审核" not in as_user(make_user(Role.TEACHER, school=school)).get(PLAN, follow=True).content.decode()


def test_a_plan_with_gaps_is_not_settled(as_user, leader, programme, school):
    content = written(programme, school, sections={**WHOLE, "目标": ""})
    plan = save_plan(programme, school, by=leader, revision=0, content=content)
    answer = as_user(leader).post(reverse("reports:plan_approve", args=[plan.pk]))
    assert answer.status_code == 422 and "“目标”还没有写。" in answer.content.decode()


STATES = {
    # state: what POSTs answer to the leader: approve, reopen, file, recall, and the editor's GET
    "draft": ("302", "409", "409", "409", "200"),
    "approved": ("302", "302", "302", "409", "302"),
    "filed": ("409", "409", "302", "302", "302"),
    "returned": ("302", "409", "409", "409", "200"),
    "accepted": ("409", "409", "409", "409", "302"),
}


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["approve", "reopen", "file", "recall", "edit"])
def test_every_verb_in_every_state(as_user, leader, programme, school, state, verb):
    plan = make_plan(programme, school, state=state, by=leader, officer=make_officer(programme.authority))
    client = as_user(leader)
    if verb == "edit":
        got = client.get(PLAN).status_code
    else:
        got = client.post(reverse(f"reports:plan_{verb}", args=[plan.pk])).status_code
    assert str(got) == STATES[state][["approve", "reopen", "file", "recall", "edit"].index(verb)]


def test_a_page_left_open_cannot_write_into_a_settled_plan(as_user, admin, leader, programme, school):
    client = as_user(admin)
    sent = fields(client.get(PLAN), s0="晚到的字")
    make_plan(programme, school, state="approved", by=leader)
    assert client.post(PLAN, sent).status_code == 409
    assert SchoolPlan.objects.get().sections["目标"] == "走到每一户。"


def test_a_returned_plan_says_why_on_top(as_user, admin, programme, school):
    make_plan(programme, school, state="returned", officer=make_officer(programme.authority))
    assert "写明培训的时间" in as_user(admin).get(PLAN).content.decode()


def test_nobody_elses_school(as_user, programme, school):
    other = make_leader(make_school(programme.authority))
    plan = make_plan(programme, school, state="filed")
    client = as_user(other)
    assert client.get(PLAN, {"school": school.pk}).status_code == 404
    assert client.post(f"{PLAN}?school={school.pk}", {}).status_code == 404
    assert client.get(reverse("reports:plan_view", args=[plan.pk])).status_code == 404


def test_a_teacher_reads_no_draft(as_user, programme, school):
    plan = make_plan(programme, school)
    client = as_user(make_user(Role.TEACHER, school=school))
    assert "学校还没有报送方案" in client.get(PLAN).content.decode()
    assert client.get(reverse("reports:plan_view", args=[plan.pk])).status_code == 404


def test_the_paper_is_that_of_what_was_filed(as_user, leader, programme, school):
    officer = make_officer(programme.authority)
    plan = make_plan(programme, school, state="filed", by=leader)
    paper = reverse("reports:plan_docx", args=[plan.pk])
    answer = as_user(officer).get(paper)
    assert answer["Content-Type"].endswith("wordprocessingml.document") and answer["Cache-Control"] == "no-store, private"
    text = "\n".join(p.text for p in Document(BytesIO(b"".join(answer.streaming_content))).paragraphs)
    assert "走到每一户。" in text
    assert AuditEntry.objects.filter(action="paper.plan", actor_id=officer.pk).count() == 1
    filing.return_filing(plan, by=officer, reason="写明培训的时间")
    assert as_user(officer).get(paper).status_code == 409
    assert as_user(leader).get(paper).status_code == 200


def test_a_text_changed_since_it_was_read_is_not_settled(as_user, leader, admin, programme, school):
    plan = make_plan(programme, school, by=leader)
    save_plan(programme, school, by=admin, revision=1, content=written(programme, school, title="示例方案第二稿"))
    answer = as_user(leader).post(reverse("reports:plan_approve", args=[plan.pk]), {"revision": "1"})
    assert answer.status_code == 409 and "刚有人改过" in answer.content.decode()


def test_versions_tell_what_changed(as_user, admin, leader, programme, school):
    officer = make_officer(programme.authority)
    plan = make_plan(programme, school, state="returned", by=leader, officer=officer)
    save_plan(programme, school, by=leader, revision=1, content=written(programme, school, title="示例方案第二稿"))
    filing.file_filing(filing.approve_filing(plan, by=leader), by=leader)
    for reader in (admin, officer):
        page = as_user(reader).get(reverse("reports:plan_versions", args=[plan.pk])).content.decode()
        assert "第2次报送" in page and "第一次报送的内容。" in page and "<ins>" in page


# ── The desk ──


def lines(answer):
    return [(school.short_name, state) for school, state, _ in answer.context["lines"]]


@pytest.mark.seed("S46")
def test_the_district_sees_who_has_filed_who_not_and_who_was_late(as_user, programme, settings):
    officer = make_officer(programme.authority)
    schools = {name: make_school(programme.authority, name=f"示例{name}", short_name=name) for name in "甲乙丙丁戊"}
    make_plan(programme, schools["甲"], state="filed")
    make_plan(programme, schools["乙"], state="accepted", officer=officer)
    make_plan(programme, schools["丙"], state="returned", officer=officer)
    make_plan(programme, schools["丁"], state="approved")
    make_plan(make_upward(programme.authority, code="other", starts_on=date(2021, 8, 1)), schools["戊"], state="filed")
    SchoolPlan.objects.filter(school=schools["乙"]).update(late=True)
    client = as_user(officer)
    answer = client.get("/reports/plans/")
    assert dict(lines(answer)) == {"甲": "filed", "乙": "accepted", "丙": "returned", "丁": "missing", "戊": "missing"}
    counts = {chip["label"]: chip["count"] for chip in answer.context["chips"]}
    assert counts == {"全部": 5, "待审": 1, "已通过": 1, "已退回": 1, "未报": 2, "补报的": 1}
    assert [name for name, _ in lines(client.get("/reports/plans/?state=missing&q=丁"))] == ["丁"]
    assert [name for name, _ in lines(client.get("/reports/plans/?state=late"))] == ["乙"]
    assert "逾期未报" not in answer.content.decode()
    settings.HOMEVISIT_CLOCK = "2022-09-01T00:00+08:00"
    assert client.get("/reports/plans/?state=missing").content.decode().count("逾期未报") == 2
    assert "没有这样的学校" in client.get("/reports/plans/?q=没有").content.decode()


def test_the_list_costs_the_same_for_any_number_of_schools(as_user, programme, django_assert_num_queries):
    client = as_user(make_officer(programme.authority))
    make_plan(programme, make_school(programme.authority), state="filed")
    client.get("/reports/plans/")
    with django_assert_num_queries(11):
        client.get("/reports/plans/")
    for state in ("filed", "draft"):
        make_plan(programme, make_school(programme.authority), state=state)
    with django_assert_num_queries(11):
        client.get("/reports/plans/")
