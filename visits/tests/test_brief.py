"""One page before a visit: strengths first, what was agreed and asked, who lives there; and only what one may read."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from core.clock import now
from programmes.actions.conduct import sign
from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from schools.enums import Role, SchoolKind
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.models import Assignment, Guardian, Household, PortraitNote
from students.tests.factories import make_change, make_mentor, make_student
from visits.models import Opinion, Promise, Visit, VisitNote, VisitStudent, VisitVisitor
from visits.queries.brief import brief
from visits.tests.factories import at, make_visit

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[2] / "programmes" / "data"


def note(student, by, text, *, aspect="strengths", on=date(2022, 9, 3), source="school"):
    return PortraitNote.objects.create(
        student=student, aspect=aspect, text=text, observed_on=on, source=source, written_by=by
    )


def places(visit):
    return {"authority_id": visit.authority_id, "school_id": visit.school_id}


def promise(visit, text, position=1, **fields):
    return Promise.objects.create(visit=visit, text=text, position=position, **places(visit), **fields)


def planned(student, lead, programme, *others, day="2022-09-20", **fields):
    visit = Visit.objects.create(
        programme=programme, authority_id=student.authority_id, school=student.school, lead=lead, state="planned",
        planned_at=at(f"{day} 18:30"), **fields,
    )  # fmt: skip
    VisitStudent.objects.create(
        visit=visit, student=student, programme=programme, authority_id=student.authority_id, school=student.school,
        school_class=student.school_class, mode=visit.mode,
    )  # fmt: skip
    VisitVisitor.objects.create(visit=visit, user=lead, role="lead")
    for other in others:
        VisitVisitor.objects.create(visit=visit, user=other)
    return visit


def page(client, user, student, status=200):
    client.force_login(user, backend="schools.backends.StaffBackend")
    response = client.get(reverse("visits:brief", args=[student.pk]))
    assert response.status_code == status
    return words(response)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split("<main", 1)[1]))


def part(text, title, *nexts):
    """What stands under a heading, up to the next one."""
    rest = text.split(f" {title} ", 1)[1]
    return re.split("|".join(f" {name} " for name in nexts), rest)[0] if nexts else rest


# ── strengths first ──


@pytest.mark.seed("S27", "W67")
def test_strengths_come_first_newest_first_from_portrait_and_earlier_visits(client, programme, student, head):
    note(student, head, "主动借书给同桌", on=date(2022, 9, 3))
    visit = make_visit(student, by=head, programme=programme, day="2022-09-10")
    VisitNote.objects.create(visit=visit, student=student, strengths="会照顾妹妹", **places(visit))
    note(student, head, "运动会报了800米", on=date(2022, 9, 15))
    note(student, head, "数学跟得上", aspect="study")

    found = brief(head, [student], programme)
    assert [fact.text for fact in found.strengths] == ["运动会报了800米", "会照顾妹妹", "主动借书给同桌"]
    text = page(client, head, student)
    assert text.index("先说优点") < text.index("在校情况") < text.index("上次约定")
    assert "会照顾妹妹 9月10日 家访" in text


def test_without_a_noted_strength_the_page_asks_for_one(client, programme, student, head):
    assert "带一件具体的好事去" in page(client, head, student)


def test_removed_notes_are_gone(programme, student, head):
    row = note(student, head, "手巧")
    row.removed_at = now()
    row.save()

    assert brief(head, [student], programme).strengths == []


# ── school facts ──


@pytest.mark.seed("S32", "W12", "W64")
def test_brief_holds_school_facts_family_facts_last_visit_and_open_promises(client, programme, student, head):
    for aspect, text in (
        ("study", "数学跟得上"), ("peers", "足球小组愿意收他"), ("mind", "话少"), ("life", "会扫地"), ("family", "随爷爷住"),
    ):  # fmt: skip
        note(student, head, text, aspect=aspect)
    Guardian.objects.create(student=student, name="顾父", relation="father", lives_with=False)
    Guardian.objects.create(student=student, name="顾爷爷", relation="paternal", lives_with=True, position=2)
    student.boarding, student.left_behind = "2", "2"
    student.save()
    make_change(student, by=head, kind="family", occurred_on=date(2022, 9, 12))
    visit = make_visit(student, by=head, programme=programme, day="2022-09-10")
    promise(visit, "每晚一起读二十分钟", due_on=date(2022, 9, 24))
    promise(visit, "周五通一次电话", 2, who="teacher", outcome="kept", outcome_at=now())

    text = page(client, head, student)
    school = part(text, "在校情况", "上次约定")
    assert "学业与习惯 数学跟得上" in school and "足球小组愿意收他" in school and "随爷爷住" not in school
    agreed = part(text, "上次约定", "家里")
    assert "家里 每晚一起读二十分钟 ，9月24日看 问问怎样了 9月10日" in agreed
    assert "老师 周五通一次电话 坚持了" in agreed
    home = text.split(" 家里 同住", 1)[1]
    assert "祖父母；住校；父母不常在身边" in home and "近来有变化：家庭" in home and "随爷爷住" in home
    assert "顾爷爷" not in text  # names of the family stay in the file


def test_earlier_open_promises_stay_until_told(programme, student, head):
    first = make_visit(student, by=head, programme=programme, day="2022-09-02")
    promise(first, "还没说的")
    promise(first, "说过的", 2, outcome="partly", outcome_at=now())
    second = make_visit(student, by=head, programme=programme, day="2022-09-10")
    promise(second, "新的")

    assert [row.text for row in brief(head, [student], programme).promises] == ["新的", "还没说的"]


def test_without_promises_the_last_records_measures_stand_in(client, programme, student, head):
    make_visit(student, by=head, programme=programme, day="2022-09-10")

    assert "约好每晚八点开始写作业。 9月10日" in page(client, head, student)


def test_open_opinions_are_to_be_answered_and_answered_ones_are_not(client, programme, student, head):
    visit = make_visit(student, by=head, programme=programme, day="2022-09-10")
    for position, (text, answerer) in enumerate([("能否延到18:30", "school"), ("作业多", "me"), ("问过了", "answered")], 1):
        Opinion.objects.create(
            visit=visit, category="课后服务", text=text, answerer=answerer, position=position, **places(visit)
        )

    text = page(client, head, student)
    assert "课后服务 能否延到18:30 转学校答复" in text and "作业多 我来答复" in text and "问过了" not in text


# ── brothers and sisters ──


def test_siblings_at_the_own_school_by_name_with_who_visits_elsewhere_by_one_character(
    client, programme, school, student, head, teacher
):
    home = Household.objects.create()
    student.household = home
    student.save()
    other_class = make_class(school, number=7)
    make_class_head(other_class, name="丁宁")
    plain = make_student(other_class, name="顾小明", household=home)
    asked = make_student(other_class, name="顾小华", household=home)
    Assignment.objects.create(
        programme=programme, student=asked, authority_id=asked.authority_id, school=school, visitor=teacher,
        assigned_by=head,
    )  # fmt: skip
    junior = make_school(programme.authority, kind=SchoolKind.JUNIOR, short_name="海棠中学")
    away_head = make_class_head(make_class(junior, grade=7, number=1), name="远方老师")
    away = make_student(make_class(junior, grade=7, number=1), name="顾远大", household=home)
    make_visit(away, by=away_head, programme=programme, day="2022-09-10")

    found = {one.student.pk: (one.name, one.visitor, one.reached) for one in brief(head, [student], programme).siblings}
    assert found == {
        plain.pk: ("顾小明", "班主任丁宁", False),
        asked.pk: ("顾小华", "罗一鸣去", False),
        away.pk: ("顾**", "", True),
    }
    text = page(client, head, student)
    assert "顾** 海棠中学" in text and "顾远大" not in text and "远方老师" not in text


def test_twins_of_one_class_are_one_brief_with_their_names(client, programme, school_class, student, head):
    student.household = Household.objects.create()
    student.save()
    twin = make_student(school_class, name="顾梓萱", household=student.household)
    note(student, head, "借书给同桌")
    note(twin, head, "会吹笛子")

    text = page(client, head, student)
    assert "顾梓涵 借书给同桌" in text and "顾梓萱 会吹笛子" in text


# ── who reads, and what ──


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("head", 200), ("mentor", 200), ("assigned", 200), ("leader", 200), ("teacher", 404), ("admin", 403),
        ("officer", 404), ("other head", 404),
    ],
)  # fmt: skip
def test_brief_is_for_who_visits_the_class_head_and_the_leader(client, programme, school, student, head, who, status):
    def assigned():
        user = make_user(Role.TEACHER, school=school)
        Assignment.objects.create(
            programme=programme, student=student, authority_id=student.authority_id, school=school, visitor=user,
            assigned_by=head,
        )  # fmt: skip
        return user

    def mentor():
        user = make_user(Role.TEACHER, school=school)
        make_mentor(student, user)
        return user

    user = {
        "head": lambda: head, "mentor": mentor, "assigned": assigned, "leader": lambda: make_leader(school),
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "admin": lambda: make_user(Role.SCHOOL_ADMIN, school=school),
        "officer": lambda: make_officer(programme.authority),
        "other head": lambda: make_class_head(make_class(school, number=8)),
    }[who]()  # fmt: skip
    client.force_login(user, backend="schools.backends.StaffBackend")

    assert client.get(reverse("visits:brief", args=[student.pk])).status_code == status


def test_assigned_visitor_learns_the_promises_but_not_the_record(client, programme, school, student, head, teacher):
    visit = make_visit(student, by=head, programme=programme, day="2022-09-10")
    VisitNote.objects.create(visit=visit, student=student, strengths="会照顾妹妹", **places(visit))
    promise(visit, "每晚读书")
    Assignment.objects.create(
        programme=programme, student=student, authority_id=student.authority_id, school=school, visitor=teacher,
        assigned_by=head,
    )  # fmt: skip

    found = brief(teacher, [student], programme)
    assert ([row.text for row in found.promises], found.last, found.strengths) == (["每晚读书"], None, [])
    assert "约好每晚八点" not in page(client, teacher, student)


def test_leader_reads_without_buttons_of_a_visitor(client, programme, school, student):
    text = page(client, make_leader(school), student)

    assert "带着这些出门" in text and "记家访" not in text


@pytest.mark.seed("S5")
def test_a_record_feeds_the_next_visit_not_only_the_archive(client, programme, student, head, teacher):
    make_mentor(student, teacher)
    visit = make_visit(student, by=head, programme=programme, day="2022-09-10")
    promise(visit, "每晚读书")
    VisitNote.objects.create(visit=visit, student=student, strengths="会照顾妹妹", **places(visit))
    Opinion.objects.create(visit=visit, category="作业", text="作业多", answerer="school", **places(visit))

    text = page(client, teacher, student)
    assert all(word in text for word in ("每晚读书", "会照顾妹妹", "作业多"))


def test_brief_costs_the_same_whatever_the_family(client, programme, school_class, student, head, django_assert_num_queries):
    student.household = Household.objects.create()
    student.save()
    make_student(school_class, name="一", household=student.household)
    page(client, head, student)

    def load(queries):
        with django_assert_num_queries(queries):
            client.get(reverse("visits:brief", args=[student.pk]))

    load(16)  # nothing was written yet, so nothing of it is asked
    for number in (2, 3, 4):
        make_student(school_class, name=f"妹{number}", household=student.household)
        note(student, head, f"优点{number}")
        visit = make_visit(student, by=head, programme=programme, day=f"2022-09-0{number}")
        promise(visit, "读书")
        Opinion.objects.create(visit=visit, category="作业", text="作业多", answerer="school", **places(visit))
        load(20)


# ── what the notices ask to bring along ──


def opened(name):
    return open_programme(load_programme(read_notice(DATA / f"{name}.toml")).programme, by=None)


@pytest.fixture
def baoshan(clock):
    return opened("baoshan-2022")


def pupil_of(programme):
    school_class = make_class(make_school(programme.authority))
    return make_student(school_class), make_class_head(school_class)


@pytest.mark.seed("S30", "S31", "S32", "S33", "S37", "S40")
def test_reading_list_and_code_of_the_notice_stand_on_the_brief(client, baoshan):
    pupil, head = pupil_of(baoshan)
    text = page(client, head, pupil)

    for title in (
        "国家教育法规和政策", "学校教育教学改革发展计划", "孩子的在校表现和家庭情况", "沟通与家庭教育指导",
        "文明城区与文明校园创建的做法", "不吃请，不收礼",
    ):  # fmt: skip
        assert title in text


def test_talking_points_of_the_notice_stand_on_the_brief(client, baoshan):
    pupil, head = pupil_of(baoshan)
    text = page(client, head, pupil)

    for point in ("介绍了区里、学校的师德榜样", "交通安全", "文明行为", "志愿服务", "介绍了新时代文明实践活动"):
        assert point in text
    assert "带上：致家长的一封信" in text


@pytest.mark.seed("W12")
def test_wujin_points_name_what_to_tell_and_the_facts_to_tell_it_with(client, settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T20:00+08:00"
    pupil, head = pupil_of(opened("wujin-2023"))
    for aspect, text in (("study", "作业按时交"), ("peers", "愿意帮同学"), ("mind", "愿意说心事")):
        note(pupil, head, text, aspect=aspect, on=date(2023, 9, 3))

    text = page(client, head, pupil)
    assert "反馈孩子在校的情况 （思想、学习、交往，只说事实）" in text
    assert all(fact in text for fact in ("作业按时交", "愿意帮同学", "愿意说心事"))


# ── the code and the training ──


def test_code_is_signed_from_the_brief_and_leads_back(client, baoshan):
    pupil, head = pupil_of(baoshan)
    assert "我已读过，会照着做" in page(client, head, pupil)

    url = reverse("visits:brief", args=[pupil.pk])
    data = {"programme": baoshan.code, "version": 1, "next": url}
    assert client.post(reverse("programmes:conduct_sign"), data)["Location"] == url
    assert "我已读过" not in page(client, head, pupil)


def test_who_is_not_trained_is_told_without_blame(client, baoshan):
    pupil, head = pupil_of(baoshan)
    sign(baoshan, by=head)

    assert "还没参加家访培训，学校会另外安排" in page(client, head, pupil)
