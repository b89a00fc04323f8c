"""The names behind the figures: what can be asked for, by whom, and in which order they come."""

import re

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.models import Category
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_school, make_user
from students.tests.factories import make_mentor, make_student
from visits.actions.register import open_register
from visits.tests.filled import fill_school

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def programme():
    return make_programme()


@pytest.fixture
def school(programme):
    return make_school(programme.authority)


@pytest.fixture
def leader(school):
    return make_leader(school)


@pytest.fixture
def classes(programme, school):
    return fill_school(programme, school)


def names(client, **query):
    return client.get(reverse("visits:waiting"), query)


def shown(page):
    return [(row["label"], row["kind"], row["text"]) for row in page.context["rows"]]


def test_names_are_sorted_by_priority_then_the_unreached(client, school, leader, classes):
    client.force_login(leader)
    page = names(client, grade="5")
    assert shown(page) == [
        ("五（1）班", "todo", "待访"),
        ("五（1）班", "soon", "婉拒"),
        ("五（1）班", "todo", "待访"),
        ("五（1）班", "done", "9月2日已访"),
        ("五（2）班", "done", "9月2日已访"),
        ("五（2）班", "done", "9月2日已访"),
    ]
    assert [row["rank"] for row in page.context["rows"]] == [2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "query, count, title",
    [
        ({}, 8, "应访"),
        ({"state": "waiting"}, 4, "待访"),
        ({"state": "open"}, 3, "待访（不含婉拒）"),
        ({"state": "visited"}, 4, "已访"),
        ({"state": "declined"}, 1, "婉拒"),
        ({"state": "exempt"}, 1, "免访"),
        ({"grade": "4", "state": "visited"}, 1, "四年级 已访"),
        ({"first": "1"}, 2, "重点学生 应访"),
        ({"first": "0", "state": "visited"}, 3, "其他家庭 已访"),
        ({"category": "STUDY"}, 1, "STUDY 应访"),
        ({"category": "HARDSHIP", "state": "visited"}, 0, "HARDSHIP 已访"),
    ],
)
def test_filters_narrow_the_names(client, school, leader, classes, query, count, title):
    client.force_login(leader)
    page = names(client, **query)
    assert (page.context["page"].paginator.count, page.context["title"], page.context["filters"].dropped) == (
        count,
        title,
        False,
    )


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    "query",
    [
        {"state": "gone"},
        {"grade": "99"},
        {"grade": "x"},
        {"school_class": "0"},
        {"school_class": "9" * 30},
        {"school": "'"},
        {"category": "NOPE"},
        {"first": "yes"},
        {"page": "-4"},
        {"page": "x"},
        {"page": "9999"},
        {"sort": "phone", "student__address__startswith": "月"},
    ],
)
def test_nonsense_in_the_address_is_left_out(client, school, leader, classes, query):
    client.force_login(leader)
    page = names(client, **query)
    assert (page.status_code, page.context["page"].paginator.count) == (200, 8)
    known = {"state", "grade", "school_class", "school", "category", "first"} & query.keys()
    assert page.context["filters"].dropped == bool(known)


def test_a_category_one_may_not_see_filters_as_little_as_one_that_does_not_exist(client, school, leader, classes):
    Category.objects.filter(code="STUDY").update(restricted=True)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    answers = {}
    for who, user, code in (
        ("leader, restricted", leader, "STUDY"),
        ("leader, unknown", leader, "NOPE"),
        ("admin, plain", admin, "HARDSHIP"),
    ):
        client.force_login(user)
        page = names(client, category=code)
        answers[who] = (page.context["page"].paginator.count, page.context["filters"].dropped)
    assert answers == dict.fromkeys(answers, (8, True))


def test_school_admin_can_neither_filter_nor_sort_by_priority(client, school, classes):
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    page = names(client, first="1", grade="5")
    assert (page.context["page"].paginator.count, page.context["filters"].dropped) == (6, True)
    assert {row["rank"] for row in page.context["rows"]} == {0}
    assert "select" not in re.findall(r'<(\w+)[^>]*name="(?:first|category)"', page.text)
    # Unvisited first, then as the roster has them: a rank would put its family on top of its class.
    assert [row["kind"] for row in page.context["rows"]] == ["todo", "soon", "todo", "done", "done", "done"]


def test_class_head_reads_the_own_class_only(client, programme, school, classes):
    head = make_class_head(classes["52"])
    make_mentor(classes["51"].students.first(), head)
    client.force_login(head)
    page = names(client)
    assert {row["label"] for row in page.context["rows"]} == {"五（2）班"}
    assert names(client, school_class=classes["51"].pk).context["filters"].dropped


def test_leader_of_one_school_reads_no_other(client, programme, school, classes):
    client.force_login(make_leader(make_school(programme.authority)))
    assert names(client, school=school.pk).context["page"].paginator.count == 0


def test_reading_names_of_a_restricted_category_leaves_a_line(client, programme, school, classes):
    Category.objects.filter(code="STUDY").update(restricted=True)
    head = make_class_head(classes["41"])
    client.force_login(head)
    names(client, category="STUDY")
    names(client, category="HARDSHIP")
    entry = AuditEntry.objects.get(action="due.read_restricted")
    assert (entry.actor_id, entry.facts) == (head.pk, {"category": "STUDY", "count": 1})


def test_exempt_reason_is_for_those_who_know_the_family(client, school, leader, classes):
    client.force_login(leader)
    assert shown(names(client, state="exempt")) == [("四（1）班", "mute", "免访：长期在外地或境外")]
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    assert shown(names(client, state="exempt")) == [("四（1）班", "mute", "免访")]


def test_names_come_fifty_to_a_page(client, programme, school, leader):
    school_class = make_class(school)
    for _ in range(53):
        make_student(school_class)
    open_register(programme)
    client.force_login(leader)
    page = names(client, page="2")
    assert (len(page.context["rows"]), page.context["page"].paginator.count) == (3, 53)
    assert "第51–53人，共53人" in page.text


def test_names_without_programme_and_without_rows_say_so(client, programme, school, leader):
    client.force_login(leader)
    assert "没有符合的学生" in names(client).text
    programme.state = "draft"
    programme.save()
    assert "还没有走访活动" in names(client).text


@pytest.mark.parametrize("items", (1, 3))
def test_names_query_count_does_not_grow(client, programme, school, leader, django_assert_num_queries, items):
    for number in range(1, items + 1):
        make_student(make_class(school, grade=number, number=number))
    open_register(programme)
    client.force_login(leader)
    with django_assert_num_queries(9):
        names(client)
