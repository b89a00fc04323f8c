"""The school's plan: written once, settled, filed with a receipt, recalled, returned, filed again."""

from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from core.states import WrongState
from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from programmes.models import LatePass
from programmes.tests.factories import make_programme
from programmes.tests.upward import UPWARD, make_upward
from reports.actions import filing
from reports.actions.plan import Overtaken, save_plan
from reports.enums import FilingState
from reports.models import SchoolPlan
from reports.queries import plan as queries
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_leader, make_school, make_user

pytestmark = pytest.mark.django_db
WHOLE = {"目标": "走到每一户。", "内容": "讲政策，听意见。", "形式": "上门为主。", "要求": "先备课，再出门。"}


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
    content = queries.suggested(programme, school)
    members = [{"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹", "phases": []}]
    return {**content, "sections": WHOLE, "members": members, **changes}


def save(programme, school, by, revision=0, **changes):
    return save_plan(programme, school, by=by, revision=revision, content=written(programme, school, **changes))


@pytest.mark.seed("S46")
@pytest.mark.seed("W28")
def test_a_plan_starts_from_the_notice(programme, school):
    content = queries.suggested(programme, school)
    assert content["title"] == "示例晨曦小学“示例走万家”活动方案"
    assert list(content["sections"]) == UPWARD["plan_fields"]
    assert [(row["name"], row["starts_on"], row["ends_on"]) for row in content["phases"]] == [
        ("走访", "2022-08-01", "2022-09-30"), ("总结报送", "2022-10-01", "2022-10-08"),
    ]  # fmt: skip
    said = queries.hints(programme)
    assert said["形式"] == ["计入的方式：上门、就近第三地点", "不计入、可以作补充：到校、视频、电话"]
    assert "2022年9月30日" in said["目标"][0]


@pytest.mark.seed("W9")
@pytest.mark.seed("S47")
def test_a_leading_group_has_seats_offices_duties_and_phases(programme, school, admin, leader):
    suggested = queries.suggested(programme, school)["members"]
    assert [(row["seat"], row["office"]) for row in suggested] == [("组长", "校长"), ("副组长", ""), ("组员", "")]
    rows = [
        {"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹，审定方案", "phases": []},
        {"seat": "组员", "name": "外聘的方老师", "office": "总务处", "duty": "排车", "phases": ["visits"]},
    ]
    plan = save(programme, school, admin, members=rows)
    kept = list(plan.members.values_list("seat", "name", "user_id", "office", "duty", "phases"))
    assert kept == [
        ("组长", "沈文清", leader.pk, "校长", "统筹，审定方案", []),
        ("组员", "外聘的方老师", None, "总务处", "排车", ["visits"]),
    ]
    plan = save(programme, school, admin, revision=1, members=rows[::-1])
    assert [row.name for row in plan.members.all()] == ["外聘的方老师", "沈文清"]


@pytest.mark.seed("W9")
@pytest.mark.seed("W28")
def test_a_real_notice_gives_its_group_phases_and_words(settings):
    settings.HOMEVISIT_CLOCK = "2023-06-10T10:00+08:00"
    notice = read_notice(settings.BASE_DIR / "programmes/data/wujin-2023.toml")
    programme = open_programme(load_programme(notice).programme, by=None)
    school = make_school(programme.authority)
    content = queries.suggested(programme, school)
    assert [(row["seat"], row["office"]) for row in content["members"]][:5] == [
        ("组长", "校长"), ("组长", "书记"), ("副组长", "副校长"), ("副组长", "副书记"), ("组员", "政教处"),
    ]  # fmt: skip
    assert len(content["members"]) == 11
    assert [row["name"] for row in content["phases"]] == ["宣传动员", "家访实施", "反馈交流", "总结提高"]
    assert content["phases"][0]["text"].startswith("制定学校家访方案\n开动员会")
    assert content["sections"]["阶段安排"].startswith("宣传动员：2023年6月8日至2023年6月20日")
    said = queries.hints(programme)
    assert "要备课：分析在校情况，准备好聊什么" in said["要求"]
    assert said["内容"][1] == "四进家庭：教育政策、学生激励措施、家庭教育指导、心理生理健康辅导"
    assert said["内容"][-2].startswith("先走这些家庭：心理健康发展有困难、家庭经济有困难")  # as the notice names them


@pytest.mark.seed("S47")
def test_a_notice_without_a_group_still_knows_seats_priorities_and_rules(settings):
    notice = read_notice(settings.BASE_DIR / "programmes/data/baoshan-2022.toml")
    programme = open_programme(load_programme(notice).programme, by=None)
    assert list(queries.seats(programme)) == ["组长", "副组长", "组员"]
    assert queries.suggested(programme, make_school(programme.authority))["members"] == []
    said = queries.hints(programme)
    first = "、".join(use.label for use in programme.categories.all() if use.priority)
    assert said["走访对象和先后"] == [f"先走这些家庭：{first}", "再走其他家庭，一家不漏"]
    assert said["走访制度"] and said["培训安排"] and said["总结和激励办法"]


def test_a_name_two_colleagues_have_is_nobodys_account(programme, school, admin):
    for _ in range(2):
        make_user(Role.TEACHER, school=school, name="王老师")
    rows = [{"seat": "组员", "name": "王老师", "office": "", "duty": "", "phases": []}]
    assert save(programme, school, admin, members=rows).members.get().user is None


def test_the_same_save_twice_is_one_and_another_in_between_is_told(programme, school, admin, leader):
    first = save(programme, school, admin)
    assert save(programme, school, admin).revision == first.revision == 1
    save(programme, school, leader, revision=1, title="示例方案，校长改过")
    with pytest.raises(Overtaken) as overtaken:
        save(programme, school, admin, revision=1, title="示例方案，另一种写法")
    assert overtaken.value.plan.title == "示例方案，校长改过"
    assert overtaken.value.plan.updated_by == leader
    assert SchoolPlan.objects.get().title == "示例方案，校长改过"


def test_who_may_write(programme, school, admin, officer):
    other = make_leader(make_school(programme.authority))
    teacher = make_user(Role.TEACHER, school=school)
    for stranger, why in ((other, ValueError), (officer, PermissionDenied), (teacher, PermissionDenied)):
        with pytest.raises(why):
            save(programme, school, stranger)
    assert not SchoolPlan.objects.exists()


def test_what_is_missing_is_told_before_it_is_settled(programme, school, admin, leader):
    plan = save(programme, school, admin, sections={**WHOLE, "目标": ""}, members=[
        {"seat": "组员", "name": "", "office": "总务处", "duty": "", "phases": []}
    ])  # fmt: skip
    with pytest.raises(ValidationError) as told:
        filing.approve_filing(plan, by=leader)
    assert told.value.messages == ["“目标”还没有写。", "领导小组有1行没有姓名：写上，或者删掉那一行。"]


@pytest.mark.seed("S46")
@pytest.mark.seed("W28")
def test_settled_filed_returned_and_filed_again_as_a_new_version(programme, school, admin, leader, officer, settings):
    plan = save(programme, school, admin)
    plan = filing.approve_filing(plan, by=leader)
    with pytest.raises(WrongState):
        save(programme, school, admin, revision=1, title="改")
    plan = filing.file_filing(plan, by=admin)
    assert (plan.receipt, plan.version, plan.late) == (f"FA20220820-{plan.pk:05d}-1", 1, False)
    plan = filing.return_filing(plan, by=officer, reason="写明培训的时间")
    assert Message.objects.filter(user=admin, text__contains="写明培训的时间").exists()
    plan = save(programme, school, admin, revision=1, sections={**WHOLE, "要求": "8月25日培训，再出门。"})
    settings.HOMEVISIT_CLOCK = "2022-08-21T10:00+08:00"
    plan = filing.file_filing(filing.approve_filing(plan, by=leader), by=admin)
    assert (plan.version, plan.receipt, plan.state) == (2, f"FA20220821-{plan.pk:05d}-2", FilingState.FILED)
    (second, changes), (first, none) = queries.versions(plan)
    assert (second.number, first.number, none) == (2, 1, None)
    assert [change.label for change in changes] == ["要求"]


def test_after_the_deadline_only_with_more_time_and_marked(programme, school, admin, leader, officer, settings):
    plan = filing.approve_filing(save(programme, school, admin), by=leader)
    settings.HOMEVISIT_CLOCK = "2022-09-01T00:00+08:00"
    with pytest.raises(WrongState, match="报送时间过了"):
        filing.file_filing(plan, by=admin)
    LatePass.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, submission="plan", given_by=officer,
        until=timezone.make_aware(datetime(2022, 9, 6)), reason="新校长刚到任",
    )  # fmt: skip
    assert filing.file_filing(plan, by=admin).late is True


def test_others_read_what_was_filed_while_the_school_writes_on(programme, school, admin, leader, officer):
    plan = filing.file_filing(filing.approve_filing(save(programme, school, admin), by=leader), by=admin)
    plan = filing.return_filing(plan, by=officer, reason="写明培训的时间")
    plan = save(programme, school, admin, revision=1, title="示例方案，正在改")
    teacher = make_user(Role.TEACHER, school=school)
    for reader in (teacher, officer):
        assert queries.readable(plan, reader)["title"] == "示例晨曦小学“示例走万家”活动方案"
        assert queries.is_being_changed(plan, reader)
    assert queries.readable(plan, leader)["title"] == "示例方案，正在改"


def test_an_earlier_plan_is_carried_over_into_the_frame_of_this_notice(programme, school, admin):
    old = make_programme(
        programme.authority, code="binhe-2021", config={**UPWARD, "plan_fields": ["目标", "形式", "安全"]}, school_year=2021
    )
    old.phases.create(code="visits", name="走访", starts_on="2021-08-01", ends_on="2021-09-30")
    earlier = save_plan(old, school, by=admin, revision=0, content={
        "title": "去年的方案", "sections": {"目标": "去年的目标", "形式": "去年的形式", "安全": "结伴"},
        "phases": [{"code": "visits", "name": "走访", "starts_on": "2021-08-01", "ends_on": "2021-09-30", "text": "一起走"}],
        "members": [{"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹", "phases": ["visits", "gone"]}],
    })  # fmt: skip
    assert queries.earlier_plans(admin, programme, school) == [earlier]
    fresh = queries.carried(earlier, programme, school)
    assert fresh["title"] == "示例晨曦小学“示例走万家”活动方案"
    assert fresh["sections"] == {"目标": "去年的目标", "内容": "", "形式": "去年的形式", "要求": ""}
    assert [(row["starts_on"], row["text"]) for row in fresh["phases"]] == [("2022-08-01", "一起走"), ("2022-10-01", "")]
    assert fresh["members"][0]["phases"] == ["visits"]
