"""A report, a plan and a statement with something in every field, as bare rows."""

from copy import deepcopy
from datetime import datetime

from django.utils import timezone

from programmes.tests.upward import UPWARD, make_upward
from reports.models import SchoolPlan, SchoolReport, Statement
from schools.enums import Role
from schools.tests.factories import make_leader, make_school, make_user

PARAGRAPH = "截至2022年9月30日24:00，应访238人，实访216人，覆盖率90.7%。"
GRADES = [
    {"grade": "一年级", "due": 120, "visited": 120, "rate": "100%", "priority_due": 9, "priority_visited": 9},
    {"grade": "二年级", "due": 118, "visited": 96, "rate": "81.3%", "priority_due": 7, "priority_visited": 0},
]
FIGURES = {
    "as_of": "2022-10-01T00:00:00+08:00",
    "lines": [{"code": "visited", "label": "实访学生", "value": 216, "of": 238, "rate": "90.7%", "unit": "人"},
              {"code": "opinions", "label": "征集意见", "value": None, "of": None, "rate": "", "unit": "条"}],
    "paragraph": PARAGRAPH,
    "grades": GRADES,
    "checklist": [{"group": "四进家庭", "label": "教育政策", "count": 96}],
}  # fmt: skip
SECTIONS = [
    "另有3户改到学校谈。", "先访困难家庭，再访其他家庭。\n\n两人同行，先备课再出门。\n回来当天记。", "按时写完作业的孩子多了。",
    "晚上不好约。\n建议把周末也算进来。",
]  # fmt: skip
PHASES = [
    {"code": "visits", "name": "走访", "starts_on": "2022-08-01", "ends_on": "2022-09-30", "text": "先访困难家庭。"},
    {"code": "summary", "name": "总结报送", "starts_on": "2022-10-01", "ends_on": "2022-10-08", "text": ""},
]
DO, DONT = {"kind": "do", "text": "出门前备课。"}, {"kind": "dont", "text": "不收礼。"}
CONDUCT = {"title": "走访守则", "version": 1, "rules": [DO, DONT]}


def moment(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def make_filings():
    programme = make_upward()
    programme.config = deepcopy(UPWARD) | {"conduct": CONDUCT}
    programme.save()
    school = make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    leader = make_leader(school, name="沈文清")
    at = {"programme": programme, "authority_id": school.authority_id, "school": school}
    settled = {"state": "approved", "approved_by": leader, "created_by": leader, **at}
    report = SchoolReport.objects.create(
        sections=list(SECTIONS), figures=deepcopy(FIGURES), figures_at=moment("2022-10-01 00:00"),
        approved_at=moment("2022-10-07 23:30"), **settled,
    )  # fmt: skip
    plan = SchoolPlan.objects.create(
        sections={"目标": "走到每一户。", "内容": "听孩子说，听家里说。", "形式": "上门为主。", "要求": "不收礼。"},
        phases=deepcopy(PHASES), approved_at=moment("2022-08-30 09:00"), **settled,
    )  # fmt: skip
    plan.members.create(seat="组长", name="沈文清", office="校长", duty="统筹走访", position=0)
    plan.members.create(seat="组员", name="何静", office="德育主任", duty="排班、收记录", phases=["visits"], position=1)
    plan.members.create(seat="组员", name="罗一鸣", office="", position=2)
    teacher = make_user(Role.TEACHER, school=school, name="陈晓", position="class_head")
    statement = Statement.objects.create(
        teacher=teacher, state="final", counted_at=moment("2022-10-09 17:00"), shown_at=moment("2022-10-09 18:00"),
        objection="少算了一户。", objected_at=moment("2022-10-10 08:00"), answer="已补记9月20日的一次。",
        answered_at=moment("2022-10-11 08:00"), answered_by=leader, agreed_at=moment("2022-10-12 08:00"),
        final_at=moment("2022-10-18 08:00"), final_by=leader, rule_version=2,
        facts=[{"code": "families", "label": "走访到的家庭", "value": 38, "of": 42, "unit": "户"},
               {"code": "training", "label": "参加走访培训", "value": "是", "of": None, "unit": ""},
               {"code": "works", "label": "交给学校的作品", "value": 0, "of": None, "unit": "篇"}], **at,
    )  # fmt: skip
    return {
        "programme": programme, "school": school, "leader": leader, "report": report, "plan": plan,
        "statement": statement, "teacher": teacher,
    }  # fmt: skip
