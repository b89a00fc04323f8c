"""明确责任分工 (W96): each phase of a plan with who does what, what is due in it, and how far that is."""

from datetime import date

import pytest
from django.urls import reverse

from programmes.tests.upward import make_upward
from reports.actions import filing
from reports.actions.plan import save_plan
from reports.queries import plan as queries
from reports.queries.duties import duties
from schools.enums import Role
from schools.tests.factories import (
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit

pytestmark = [pytest.mark.django_db, pytest.mark.seed("W96")]

MEMBERS = [
    {"seat": "组长", "name": "沈文清", "office": "校长", "duty": "统筹", "phases": []},
    {"seat": "组员", "name": "何静", "office": "政教处", "duty": "排班", "phases": ["visits"]},
    {"seat": "组员", "name": "", "office": "总务处", "duty": "", "phases": ["summary"]},
]


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"


@pytest.fixture
def programme():
    return make_upward()


@pytest.fixture
def leader(school):
    return make_leader(school)


@pytest.fixture
def plan(programme, school, leader):
    content = queries.suggested(programme, school) | {
        "sections": dict.fromkeys(("目标", "内容", "形式", "要求"), "写好了。"), "members": MEMBERS,
    }  # fmt: skip
    return save_plan(programme, school, by=leader, revision=0, content=content)


def seen(plan, user, *, office=True):
    return duties(plan.programme, plan.school, plan.content(), user=user, office=office)


def filed(plan, leader):
    plan.members.filter(name="").update(name="钱平")
    return filing.file_filing(filing.approve_filing(plan, by=leader), by=leader)


def papers(found):
    return [(paper.label, paper.said) for phase in found for asked in phase.asked for paper in asked.papers]


def test_each_phase_names_its_people_and_those_of_every_phase(plan, leader):
    found = [(one.name, one.state, one.countdown, one.owners, one.throughout) for one in seen(plan, leader)]
    assert found == [
        ("走访", "now", "还有41天，其中29个工作日", [("何静", "排班")], [("沈文清", "统筹")]),
        ("总结报送", "coming", "还有42天开始", [("", "总务处")], [("沈文清", "统筹")]),
    ]


def test_what_is_due_stands_in_its_phase_with_the_schools_own_state(plan, leader, programme, school, settings):
    school_class = make_class(school)
    students = [make_student(school_class) for _ in range(3)]
    add_visit(programme, students[:2], on=date(2022, 8, 9), lead=make_class_head(school_class))
    open_register(programme)
    found = seen(plan, leader)
    assert [[(one.title, one.countdown) for one in phase.asked] for phase in found] == [
        [("报送方案", "还有11天，其中8个工作日"), ("走访全覆盖", "还有41天，其中29个工作日")],
        [("报送故事和报告", "还有49天，其中30个工作日")],
    ]
    assert papers(found) == [
        ("学校走访方案", "草稿"), ("走访", "66.6%"), ("感人故事推荐表", "未交"), ("活动报告", "未交"),
    ]  # fmt: skip
    plan = filed(plan, leader)
    assert papers(seen(plan, leader))[0] == ("学校走访方案", "已报区，待审")
    officer = make_officer(programme.authority)
    filing.accept_filing(plan, by=officer)
    settings.HOMEVISIT_CLOCK = "2022-09-01T00:00+08:00"
    asked = seen(plan, leader)[0].asked[0]
    assert (asked.countdown, asked.tone, asked.papers[0].said) == ("已截止", "sec", "区里已通过")


def test_the_desk_and_the_staff_are_told_no_drafts(plan, leader):
    assert papers(seen(plan, leader, office=False))[0] == ("学校走访方案", "未交")


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        ("2022-09-30T23:59:59+08:00", "now", "今天结束"),
        ("2022-10-01T00:00:00+08:00", "past", ""),
        ("2022-07-31T23:00:00+08:00", "coming", "还有1天开始"),
    ],
)
def test_the_state_of_a_phase_is_that_of_the_schools_own_days(plan, leader, settings, moment, state, words):
    settings.HOMEVISIT_CLOCK = moment
    assert (seen(plan, leader)[0].state, seen(plan, leader)[0].countdown) == (state, words)


def test_a_phase_nobody_was_named_for_says_so(client, plan, leader):
    plan.members.all().delete()
    client.force_login(leader)
    page = client.get(reverse("reports:plan_view", args=[plan.pk])).text
    assert "阶段和分工" in page and page.count("还没有定") == 2


def test_the_page_shows_owner_and_state_to_the_school_and_after_filing_to_the_desk(client, plan, leader, programme):
    address = reverse("reports:plan_view", args=[plan.pk])
    client.force_login(leader)
    page = client.get(address).text
    assert all(words in page for words in ("何静", "（排班）", "进行中", "8月31日前", "草稿"))
    officer, teacher = make_officer(programme.authority), make_user(Role.TEACHER, school=plan.school)
    for user in (officer, teacher, make_leader(make_school(programme.authority))):
        client.force_login(user)
        assert client.get(address).status_code == 404
    filed(plan, leader)
    for user in (officer, teacher):
        client.force_login(user)
        page = client.get(address)
        assert (page.status_code, "已报区，待审" in page.text, "何静" in page.text) == (200, True, True)


@pytest.mark.parametrize("more", (0, 2))
def test_duties_take_the_same_queries_for_any_number_of_deadlines(programme, plan, leader, django_assert_num_queries, more):
    for n, kind in enumerate(["essays", "report"][:more]):
        programme.phases.create(code=f"more-{n}", name="再来", starts_on="2022-10-09", ends_on="2022-10-20", position=9)
        programme.deadlines.create(kind=kind, title=kind, at="2022-10-20T16:00+00:00", position=n + 5)
    content = plan.content()
    fresh = type(programme).objects.get(pk=programme.pk)
    leader.reach  # noqa: B018  posts are read once a request
    # time given, deadlines twice, plans, reports, works, their decisions; restricted categories, figures; workdays, phases
    with django_assert_num_queries(11):
        duties(fresh, plan.school, content, user=leader, office=True)


def test_a_plan_without_phases_asks_nothing(plan, leader, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert duties(plan.programme, plan.school, {}, user=leader, office=True) == []


def test_the_arrangement_of_the_activity_leads_to_the_schools_duties(client, plan, leader):
    client.force_login(leader)
    assert f'href="{reverse("reports:plan")}"' in client.get(reverse("programmes:overview")).text
    client.force_login(make_officer(plan.authority))
    assert "本校各阶段谁负责" not in client.get(reverse("programmes:overview")).text
