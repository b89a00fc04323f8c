"""A visit with something in every field of the 家访记录表, written as bare rows."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_user
from students.models import Guardian, Household
from students.tests.factories import make_mark, make_student
from visits.enums import VisitState
from visits.models import HelpGiven, Opinion, Promise, VisitNote, VisitVisitor
from visits.tests.factories import TEXTS
from visits.tests.rows import add_visit

ITEMS = [{"code": "policy", "label": "教育政策"}, {"code": "praise", "label": "激励措施"}]
NOTICE = {
    **CONFIG,
    "record": {**CONFIG["record"], "observations": [{"code": "environment", "label": "学习环境"}]},
    "checklist": [{"code": "four", "label": "四进家庭", "items": ITEMS}],
    "materials": [{"code": "guide", "label": "家庭教育指导手册"}],
    "visit": {**CONFIG["visit"], "photos": "optional"},
}  # fmt: skip


def moment(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def make_place():
    """A class with its head, a colleague, a leader; a pupil with a brother at another school; their visit, complete."""
    programme = make_programme(config=deepcopy(NOTICE))
    school_class = make_class()
    school, home = school_class.school, Household.objects.create()
    head = make_class_head(school_class, name="陈晓")
    colleague = make_user(Role.TEACHER, school=school, name="罗一鸣")
    leader = make_leader(school, name="沈文清")
    student = make_student(
        school_class, name="顾梓涵", gender="2", household=home, address="晨曦路88弄6号302室", guardian=("林晚秋", "19900001234"),
        class_serial="07",
    )  # fmt: skip
    Guardian.objects.create(student=student, name="顾长风", phone="19900005678", relation="father", position=2)
    brother = make_student(make_class(number=9), name="顾梓宁", gender="1", household=home)
    make_mark(student, "HARDSHIP", by=head)
    visit = add_visit(programme, [student, brother], on=date(2022, 9, 17), lead=head)
    fill(visit, colleague, student, brother, leader)
    return {
        "programme": programme, "school": school, "school_class": school_class, "head": head, "colleague": colleague,
        "leader": leader, "student": student, "brother": brother, "visit": visit,
    }  # fmt: skip


def fill(visit, colleague, student, brother, leader):
    for name, value in TEXTS.items():
        setattr(visit, name, value)
    visit.process = "看了书桌和作业，聊了一个小时。\n妈妈说孩子睡得晚 <十点半> & 起不来。"
    visit.preparation = "先聊长处，再聊作业习惯。"
    visit.started_at = moment("2022-09-17 18:30")
    visit.ended_at = visit.started_at + timedelta(minutes=50)
    visit.student_present, visit.guardians_met = True, ["mother", "paternal"]
    visit.observations, visit.checklist, visit.materials = {"environment": "有自己的书桌"}, ["policy"], ["guide"]
    visit.follow_up_on, visit.follow_up_note, visit.gift_declined = date(2022, 10, 8), "看看作业时间", True
    visit.recorded_at, visit.locked_at = moment("2022-09-18 09:00"), moment("2022-09-18 15:00")
    visit.accepted_by, visit.state = leader, VisitState.LOCKED
    visit.save()
    VisitVisitor.objects.create(visit=visit, user=colleague, role="other")
    at = {"visit": visit, "authority_id": visit.authority_id, "school_id": visit.school_id}
    VisitNote.objects.create(student=student, strengths="会修自行车，手很巧", text="愿意和体育老师聊", **at)
    there = {"visit": visit, "authority_id": visit.authority_id, "school_id": brother.school_id}
    VisitNote.objects.create(student=brother, strengths="爱唱歌", **there)
    Opinion.objects.create(category="作业", text="希望作业少一点", answerer="school", **at)
    Promise.objects.create(who="family", text="每晚一起读十分钟书", due_on=date(2022, 10, 8), **at)
    HelpGiven.objects.create(kind="物品", text="课外书两本", amount=Decimal("30.00"), **at)
