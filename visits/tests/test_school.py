"""School coverage: figures by class and grade, the names behind every number, and who may look."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from programmes.models import Category, Deadline
from programmes.tests.factories import make_programme
from schools.enums import Role, SchoolKind
from schools.tests.factories import (
    add_post,
    make_authority,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_mark, make_mentor, make_student
from visits.actions.due import set_exempt
from visits.actions.register import open_register
from visits.models import Due, Opinion
from visits.queries.coverage import Count, Figure
from visits.queries.school import ClassRow
from visits.tests.factories import make_visit
from visits.tests.filled import fill_school
from visits.tests.rows import add_visit

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


def address(school):
    return reverse("visits:school", args=[school.pk])


def kpis(page):
    """{label: (value, unit)} without the links around the numbers."""
    words = {card["label"]: (card["value"], card["unit"]) for card in page.context["kpis"]}
    return {label: tuple(strip_tags(word).strip() for word in pair) for label, pair in words.items()}


def test_school_figures_are_sums_over_its_classes(client, school, leader, classes):
    client.force_login(leader)
    page = client.get(address(school))
    assert page.context["page"].figure.all == Count(due=8, visited=4, declined=1)
    assert kpis(page) == {
        "走访覆盖": ("50.0", "%"),
        "重点学生已访": ("1", "/ 2"),
        "待访": ("4", "人"),
        "婉拒": ("1", "人"),
    }
    assert "9名学生，3个班，1位老师参与" in page.text
    assert "更新于10:00" in page.text


def test_opinions_heard_and_answered_stand_with_the_school(client, programme, school, leader):
    school_class = make_class(school, grade=5)
    head, students = make_class_head(school_class), [make_student(school_class) for _ in range(2)]
    open_register(programme)
    for student, answerers in zip(students, (("answered", "me", "school"), ("answered",)), strict=True):
        lines = [{"category": "作业", "text": f"意见{n}。", "answerer": one} for n, one in enumerate(answerers)]
        make_visit(student, by=head, programme=programme, day="2022-09-17", opinions=lines)
    for user in (leader, make_user(Role.SCHOOL_ADMIN, school=school)):
        client.force_login(user)
        page = client.get(address(school))
        assert kpis(page)["家长意见答复"] == ("50.0", "%")
        assert "2 / 4条，还有2条待答复" in page.text
        assert "意见1。" not in page.text
        assert "家长意见答复" not in kpis(client.get(address(school), {"grade": "5"}))  # heard by the school, not a grade
    Opinion.objects.exclude(answerer="answered").delete()
    assert kpis(client.get(address(school)))["家长意见答复"] == ("100", "%")


def test_matrix_has_grades_by_class_numbers_and_sums_by_grade(client, school, leader, classes):
    client.force_login(leader)
    page = client.get(address(school)).context["page"]
    assert page.numbers == [1, 2]
    assert [
        (row.label, [cell and (cell.short, cell.step) for cell in row.cells], row.count) for row in page.grades
    ] == [
        ("四年级", [("50", 2), None], Count(2, 1, 0)),
        ("五年级", [("25", 1), ("100", 5)], Count(6, 3, 1)),
    ]


@pytest.mark.parametrize(
    "visited, due, short, step",
    [
        (0, 0, "–", 0),
        (0, 9, "0", 1),
        (399, 1000, "39", 1),
        (2, 5, "40", 2),
        (599, 1000, "59", 2),
        (3, 5, "60", 3),
        (749, 1000, "74", 3),
        (3, 4, "75", 4),
        (899, 1000, "89", 4),
        (9, 10, "90", 5),
        (999, 1000, "99", 5),
        (7, 7, "100", 5),
    ],
)
def test_matrix_cell_rounds_down_and_says_100_only_when_equal(visited, due, short, step):
    row = ClassRow(None, 5, "五（1）班", Figure(1, Count(due, visited), due))
    assert (row.short, row.step) == (short, step)


def test_class_of_exempt_pupils_only_has_a_dash(client, programme, school, leader, classes):
    student = make_student(make_class(school, grade=4, number=2))
    open_register(programme)
    set_exempt(Due.objects.get(student=student), by=leader, reason="abroad")
    client.force_login(leader)
    page = client.get(address(school))
    row = page.context["page"].grades[0]
    assert ([cell.short for cell in row.cells], row.count) == (["50", "–"], Count(2, 1, 0))
    assert "10名学生，4个班" in page.text


def test_grade_in_the_address_narrows_every_figure(client, school, leader, classes):
    client.force_login(leader)
    page = client.get(address(school), {"grade": "5"})
    assert page.context["page"].figure.all == Count(6, 3, 1)
    assert page.context["trend"].reached == 3
    assert kpis(page)["重点学生已访"] == ("0", "/ 1")
    assert "走访覆盖 五年级" in page.text


@pytest.mark.parametrize("grade", ["", "7", "五", "5.0", "-1", "9" * 40])
def test_grade_the_school_does_not_have_shows_the_whole_school(client, school, leader, classes, grade):
    client.force_login(leader)
    page = client.get(address(school), {"grade": grade})
    assert (page.context["grade"], page.context["page"].figure.all.due) == (None, 8)


LINK = re.compile(r'<a[^>]*href="(/visits/waiting/\?[^"]*)"[^>]*>\s*([\d,]+)(?:家|人)?\s*(?:优先学生)?</a>')


@pytest.mark.parametrize("query", ["", "?grade=5", "?grade=4"])
def test_every_number_of_the_page_equals_the_names_behind_it(client, school, leader, classes, query):
    client.force_login(leader)
    links = LINK.findall(client.get(address(school) + query).text)
    assert len(links) >= 10
    for url, number in links:
        rows = client.get(unescape(url)).context["page"].paginator
        assert (url, rows.count) == (url, int(number))


def test_every_number_of_the_board_equals_the_names_behind_it(client, school, leader, classes):
    client.force_login(leader)
    links = LINK.findall(client.get(reverse("visits:board", args=[classes["51"].pk])).text)
    assert [int(number) for _, number in links] == [0, 1, 1]
    for url, number in links:
        assert client.get(unescape(url)).context["page"].paginator.count == int(number)


@pytest.mark.seed("S20")
def test_school_says_where_others_were_visited_while_priority_families_wait(client, school, leader, classes):
    client.force_login(leader)
    page = client.get(address(school))
    text = re.sub(r"<[^>]+>", "", page.text)
    assert "还有1名优先学生待访，同时已走访其他学生3人。" in text
    assert [(row.label, one.waiting, one.others) for row, one in page.context["hints"]] == [("五（1）班", 1, 1)]


@pytest.mark.seed("S16", "S17")
def test_each_priority_category_has_its_own_line(client, school, leader, classes):
    client.force_login(leader)
    rows = client.get(address(school)).context["categories"]
    assert [(row["label"], row["count"]) for row in rows] == [
        ("HARDSHIP", Count(1, 0, 0)),
        ("STUDY", Count(1, 1, 0)),
    ]


def test_restricted_category_is_counted_for_named_leaders_only(client, school, leader, classes):
    Category.objects.filter(code="STUDY").update(restricted=True)
    named = make_user()
    add_post(named, Role.SCHOOL_LEADER, school=school)
    named.posts.update(reads_restricted=True)
    seen = {}
    for who, user in (("leader", leader), ("named leader", named)):
        client.force_login(user)
        seen[who] = [row["label"] for row in client.get(address(school)).context["categories"]]
    assert seen == {"leader": ["HARDSHIP"], "named leader": ["HARDSHIP", "STUDY"]}


def test_school_admin_sees_no_priority_and_no_category(client, school, classes):
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    page = client.get(address(school))
    assert list(kpis(page)) == ["走访覆盖", "待访", "婉拒"]
    assert (page.context["categories"], bool(page.context["hint"]), page.context["hints"]) == ([], False, [])


def test_deadlines_are_listed_with_what_is_left(client, programme, school, leader, classes):
    Deadline.objects.create(programme=programme, kind="plan", title="走访方案", at="2022-09-04T00:00+08:00")
    Deadline.objects.create(programme=programme, kind="submissions", title="材料报送", at="2022-10-09T00:00+08:00")
    client.force_login(leader)
    assert [(t["title"], t["text"], t["state"]) for t in client.get(address(school)).context["tasks"]] == [
        ("走访方案", "9月3日已截止", ""),
        ("走访全覆盖", "还有12天，其中10个工作日，差4人", "进行中"),
        ("材料报送", "还有20天，其中11个工作日", ""),
    ]


@pytest.mark.parametrize(
    "clock, text, state",
    [
        ("2022-09-29T23:59:59+08:00", "还有1天，是工作日，差4人", "进行中"),
        ("2022-09-30T23:59:59+08:00", "今天截止，差4人", "进行中"),
        ("2022-10-01T00:00:00+08:00", "9月30日已截止，差4人", "没走完"),
    ],
)
def test_coverage_ends_with_the_last_second_of_its_day(client, school, leader, classes, settings, clock, text, state):
    settings.HOMEVISIT_CLOCK = clock
    client.force_login(leader)
    task = client.get(address(school)).context["tasks"][0]
    assert (task["text"], task["state"]) == (text, state)


def test_complete_school_says_100_and_done(client, programme, leader, school):
    student = make_student(make_class(school))
    add_visit(programme, [student], on=date(2022, 9, 2))
    open_register(programme)
    client.force_login(leader)
    page = client.get(address(school))
    assert kpis(page)["走访覆盖"] == ("100", "%")
    assert (page.context["tasks"][0]["text"], page.context["tasks"][0]["state"]) == ("还有12天，其中10个工作日", "完成")
    assert "1人已全部走到" in page.text


def test_chart_comes_with_its_table_sentence_and_description(client, school, leader, classes):
    client.force_login(leader)
    page = client.get(address(school))
    chart = page.context["chart"]
    assert (chart["days"][0], chart["days"][-1], len(chart["days"])) == ("8月1日", "9月30日", 61)
    assert (chart["target"], chart["visited"][-1], chart["deadline"]) == (8, 4, 60)
    assert chart["description"] == f"累计走访折线图。{page.context['trend'].finding}。"
    assert 'id="trend-data" type="application/json"' in page.text
    assert '<th scope="row">9月2日</th><td class="n">4</td><td class="n">4</td>' in page.text


def test_school_without_pupils_and_without_programme_says_so(client, programme, school, leader):
    client.force_login(leader)
    page = client.get(address(school))
    assert (page.status_code, "还没有应访的学生" in page.text, "echarts" in page.text) == (200, True, False)
    programme.state = "draft"
    programme.save()
    page = client.get(address(school))
    assert (page.status_code, "还没有走访活动" in page.text) == (200, True)


def test_my_school_opens_mine_or_asks_which(client, programme, school, leader):
    url = reverse("visits:school")
    client.force_login(leader)
    assert client.get(url).headers["Location"] == address(school)
    other = make_school(programme.authority)
    add_post(leader, Role.SCHOOL_LEADER, school=other)
    client.force_login(leader)
    page = client.get(url)
    assert (school.short_name in page.text, other.short_name in page.text) == (True, True)
    client.force_login(make_user(Role.TEACHER, school=school))
    assert client.get(url).status_code == 403


def people(programme, school, classes):
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(classes["51"].students.first(), mentor)
    return {
        "leader": make_leader(school),
        "school admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "leader elsewhere": make_leader(make_school(programme.authority)),
        "class head": make_class_head(classes["51"]),
        "teacher": make_user(Role.TEACHER, school=school),
        "mentor": mentor,
        "psychologist": make_user(Role.PSYCH_TEACHER, school=school),
        "district": make_officer(programme.authority),
        "reviewer": make_user(Role.REVIEWER, authority=programme.authority),
        "other district": make_officer(make_authority("elsewhere")),
        "nobody": make_user(),
    }


def test_every_role_meets_its_own_door(client, programme, school, classes):
    answers = {}
    for who, user in people(programme, school, classes).items():
        client.force_login(user)
        answers[who] = (client.get(address(school)).status_code, client.get(reverse("visits:waiting")).status_code)
    assert answers == {
        "leader": (200, 200),
        "school admin": (200, 200),
        "leader elsewhere": (404, 200),
        "class head": (403, 200),
        "teacher": (403, 403),
        "mentor": (403, 403),
        "psychologist": (403, 403),
        "district": (403, 403),
        "reviewer": (403, 403),
        "other district": (404, 403),
        "nobody": (404, 403),
    }
    client.logout()
    assert client.get(address(school)).status_code == 302
    assert client.get(reverse("visits:waiting")).status_code == 302


def test_what_was_told_is_asked_for_by_itself(client, programme, school, leader, django_assert_num_queries):
    url = reverse("visits:school_told", args=[school.pk])
    client.force_login(leader)
    assert "还没有走访记录" in client.get(url).text
    assert client.get(url, headers={"HX-Request": "true"}).text.strip() == ""
    student = make_student(make_class(school))
    add_visit(programme, [student], on=date(2022, 9, 2))
    open_register(programme)
    assert f'hx-get="{url}"' in client.get(address(school)).text
    for headers, whole in (({}, True), ({"HX-Request": "true"}, False)):
        answer = client.get(url, headers=headers)
        assert ("已记录1家" in answer.text, "<html" in answer.text) == (True, whole)
    assert client.get(reverse("visits:school_told", args=[make_school().pk])).status_code == 404
    with django_assert_num_queries(7):  # session, user, posts, school, programmes, told, given
        client.get(url, headers={"HX-Request": "true"})


@pytest.mark.parametrize("items", (1, 3))
def test_school_query_count_does_not_grow(client, programme, school, leader, django_assert_num_queries, items):
    for number in range(1, items + 1):
        school_class = make_class(school, grade=number, number=number)
        student = make_student(school_class)
        make_mark(student, by=leader)
        add_visit(programme, [student], on=date(2022, 9, number))
        make_student(school_class)
    open_register(programme)
    client.force_login(leader)
    with django_assert_num_queries(16):
        client.get(address(school))


@pytest.mark.seed("W26")
def test_school_page_of_a_programme_with_twelve_categories(client, school, leader):
    codes = [f"KIND{number:02d}" for number in range(12)]
    programme = make_programme(school.authority, code="twelve-2022", categories=codes, starts_on=date(2022, 8, 2))
    student = make_student(make_class(school))
    for code in codes:
        make_mark(student, code, by=leader)
    add_visit(programme, [student], on=date(2022, 9, 2))
    open_register(programme)
    client.force_login(leader)
    page = client.get(address(school))
    assert [(row["label"], row["count"]) for row in page.context["categories"]] == [(c, Count(1, 1, 0)) for c in codes]
    assert page.context["page"].figure.all == Count(1, 1, 0)


@pytest.mark.seed("S2")
@pytest.mark.parametrize(
    "kind, stage, grade, label", [("kindergarten", "kindergarten", 0, "大班"), ("vocational", "senior", 11, "高二")]
)
def test_units_that_are_not_schools_have_their_own_grades(client, programme, kind, stage, grade, label):
    school = make_school(programme.authority, kind=SchoolKind(kind))
    make_student(make_class(school, grade=grade, number=1, stage=stage))
    open_register(programme)
    client.force_login(make_leader(school))
    page = client.get(address(school))
    assert [row.label for row in page.context["page"].grades] == [label]
    assert client.get(address(school), {"grade": str(grade)}).context["grade"] == grade


def test_closed_programme_keeps_its_classes_years_later(client, programme, school, leader, classes, settings):
    programme.state = "closed"
    programme.save()
    settings.HOMEVISIT_CLOCK = "2026-11-01T10:00+08:00"
    client.force_login(leader)
    page = client.get(address(school))
    assert [row.label for row in page.context["page"].grades] == ["四年级", "五年级"]
    assert "到2022年9月30日截止时走到4人，差4人" in page.text
