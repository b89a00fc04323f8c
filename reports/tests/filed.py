"""A school of two grades in September 2022 with visits of every sort, and its report in any state. Names are invented."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from core.clock import now
from programmes.models import Attendance, Event, Publicity
from programmes.tests.upward import UPWARD, make_upward
from reports.enums import FilingState
from reports.models import PlanMember, PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.models import HelpGiven, Opinion, Visit, VisitVisitor
from visits.tests.rows import add_visit

F = FilingState
CHECKED = {
    **UPWARD,
    "checklist": [
        {
            "code": "four", "label": "四进家庭",
            "items": [
                {"code": "policy", "label": "教育政策"}, {"code": "incentives", "label": "学生激励措施"},
                {"code": "guidance", "label": "家庭教育指导"}, {"code": "health", "label": "心理生理健康辅导"},
            ],
        },
        {"code": "content", "label": "活动内容", "items": [{"code": "known", "label": "了解家庭情况"}]},
    ],
    "materials": [{"code": "letter", "label": "致家长的一封信"}],
}  # fmt: skip
TEXTS = ["", "1. 分层先访。\n2. 带着优点出门。", "走访以后，收到意见2条，都有人答复。", "晚上不好约，建议把周末也算进来。"]


def instant(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def make_campaign(authority=None, **fields):
    programme = make_upward(authority, **fields)
    programme.config = CHECKED
    programme.save()
    return programme


def make_life(programme, school=None):
    """(school, heads, pupils): two classes of two grades, four pupils each; visits by hand, in several forms."""
    school = school or make_school(programme.authority, name="示例晨曦小学", short_name="晨曦小学")
    classes = [make_class(school, grade=1, number=1), make_class(school, grade=2, number=1)]
    heads = [make_class_head(one, name=name, politics=politics, position="class_head")
             for one, name, politics in zip(classes, ("陈晓", "罗一鸣"), ("01", "13"), strict=True)]  # fmt: skip
    names = ("顾嘉树", "林小满", "何知秋", "许晴川", "沈一诺", "周念慈", "丁若谷", "叶知微")
    pupils = [make_student(classes[at // 4], name=name) for at, name in enumerate(names)]
    make_mark(pupils[0], "HARDSHIP", by=heads[0])
    make_mark(pupils[1], "STUDY", by=heads[0])
    visit = add_visit(programme, [pupils[0]], on=date(2022, 9, 2), lead=heads[0])
    VisitVisitor.objects.create(visit=visit, user=heads[1])
    _told(visit, 40, ["policy", "guidance"], ["letter"])
    _told(add_visit(programme, [pupils[0]], on=date(2022, 9, 9), lead=heads[0], mode="phone"), 10, ["policy"])
    again = add_visit(programme, [pupils[0]], on=date(2022, 9, 12), lead=heads[0])
    _told(again, 51, ["policy", "known"], [], kind="follow_up")
    _told(add_visit(programme, [pupils[2]], on=date(2022, 9, 5), lead=heads[0], mode="nearby"), 30, ["health"])
    _told(add_visit(programme, [pupils[4]], on=date(2022, 9, 6), lead=heads[1]), 33, ["policy"])
    _told(add_visit(programme, [pupils[5]], on=date(2022, 9, 6), lead=heads[1], mode="phone"), 12, [])
    at = {"authority_id": school.authority_id, "school": school}
    Opinion.objects.create(visit=visit, category="作业", text="顾嘉树写得晚，请陈晓老师少布置些，电话19900001234",
                           created_at=visit.recorded_at, **at)  # fmt: skip
    Opinion.objects.create(visit=again, category="作业", text="周末少一点", created_at=again.recorded_at, **at)
    HelpGiven.objects.create(visit=visit, kind="资助", amount=300, **at)
    HelpGiven.objects.create(visit=visit, kind="学习辅导", position=2, **at)
    open_register(programme)
    return school, heads, pupils


def make_around(programme, school, by):
    """One meeting with two teachers and three guests, one report in the media, fifty letters."""
    at = {"programme": programme, "authority_id": school.authority_id, "school": school, "created_by": by,
          "created_at": instant("2022-09-01T09:00")}  # fmt: skip
    event = Event.objects.create(kind="mobilisation", title="动员会", held_on=date(2022, 9, 1), guests=3, **at)
    for user in (by, make_user(name="示例来人")):
        Attendance.objects.create(event=event, school=school, user=user, marked_by=by, marked_at=at["created_at"])
    Publicity.objects.create(kind="media", title="示例报道", channel="各级媒体", on=date(2022, 9, 8), **at)
    Publicity.objects.create(kind="material", title="一封信", on=date(2022, 9, 3), copies=50, **at)
    return event


def _told(visit, minutes, checklist, materials=(), **fields):
    Visit.objects.filter(pk=visit.pk).update(
        ended_at=visit.started_at + timedelta(minutes=minutes), checklist=checklist, materials=list(materials), **fields
    )


def make_filing(model, programme, school, *, state=F.DRAFT, by, officer=None, **fields):
    """A plan or report with every column its state needs, ready to be settled."""
    moment = now()
    values = {"authority_id": school.authority_id, "state": state, "created_by": by, "updated_at": moment}
    if model is SchoolPlan:
        values |= {"sections": dict.fromkeys(programme.rules.plan_fields, "写好了")}
    else:
        values |= {"sections": list(TEXTS), "figures": {"lines": [], "paragraph": "截至…", "grades": []},
                   "figures_at": moment}  # fmt: skip
    if state in (F.APPROVED, F.FILED, F.ACCEPTED, F.RETURNED):
        values |= {"approved_at": moment, "approved_by": by}
    if state in (F.FILED, F.ACCEPTED, F.RETURNED):
        values |= {"filed_at": moment, "filed_by": by, "version": 1, "receipt": "1"}
    if state == F.ACCEPTED:
        values |= {"accepted_at": moment, "accepted_by": officer}
    if state == F.RETURNED:
        values |= {"returned_at": moment, "returned_by": officer, "return_reason": "缺分工"}
    filing = model.objects.create(programme=programme, school=school, **(values | fields))
    if model is SchoolPlan:
        PlanMember.objects.create(plan=filing, seat="组长", name="沈文清", office="校长", duty="统筹")
    if filing.version:
        rows, name = (PlanVersion, "plan") if model is SchoolPlan else (ReportVersion, "report")
        rows.objects.create(**{name: filing}, number=1, data=filing.content(), filed_by=by)
    return filing


def make_report(programme, school, **fields):
    return make_filing(SchoolReport, programme, school, **fields)
