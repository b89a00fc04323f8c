"""The class board: tiles, chips, figures, hints, and who may look."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from programmes.models import Category
from programmes.tests.factories import make_programme
from schools.enums import Role
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
from students.actions.assign import assign
from students.tests.factories import make_mark, make_mentor, make_student
from visits.actions.due import set_declined, set_exempt
from visits.actions.register import open_register, recompute
from visits.models import Due, Visit
from visits.queries.board import SHOWN, class_tiles, hint, label_year
from visits.tests.assigning import plan_row
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def families(programme, school_class, head):
    """One family of each state: 许 waits and is 重点, 李 was visited, 王 declined, 周 is exempt, 钱 just waits."""
    names = {"xu": "示例许", "li": "示例李", "wang": "示例王", "zhou": "示例周", "qian": "示例钱"}
    rows = {
        key: make_student(school_class, name=name, class_serial=str(number))
        for number, (key, name) in enumerate(names.items(), start=1)
    }
    make_mark(rows["xu"], by=head)
    add_visit(programme, [rows["li"]], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    set_declined(Due.objects.get(student=rows["wang"]), by=head)
    set_exempt(Due.objects.get(student=rows["zhou"]), by=head, reason="abroad")
    return rows


def address(school_class, query=""):
    return reverse("visits:board", args=[school_class.pk]) + query


def test_tiles_say_for_each_family_how_it_stands(programme, school_class, head, families):
    tiles = class_tiles(programme, school_class, user=head)
    assert [(t.student.name, t.state, t.is_first) for t in tiles] == [
        ("示例许", "waiting", True),
        ("示例李", "visited", False),
        ("示例王", "declined", False),
        ("示例周", "exempt", False),
        ("示例钱", "waiting", False),
    ]


@pytest.mark.parametrize(
    "state, shown",
    [
        ("", ["示例许", "示例李", "示例王", "示例周", "示例钱"]),
        ("open", ["示例许", "示例钱"]),
        ("assigned", []),
        ("planned", []),
        ("visited", ["示例李"]),
        ("first", ["示例许"]),
        ("declined", ["示例王"]),
        ("exempt", ["示例周"]),
        ("waiting", ["示例许", "示例李", "示例王", "示例周", "示例钱"]),  # for who may not know who goes
        ("nonsense", ["示例许", "示例李", "示例王", "示例周", "示例钱"]),
        ("'--", ["示例许", "示例李", "示例王", "示例周", "示例钱"]),
    ],
)
@pytest.mark.parametrize("view", ["", "list"])
def test_chip_in_the_address_shows_the_families_it_counts(client, school_class, head, families, state, shown, view):
    client.force_login(head)
    page = client.get(address(school_class), {"state": state, "view": view})
    assert [tile["name"] for tile in page.context["tiles"]] == shown
    current = next(chip for chip in page.context["chips"] if chip["current"])
    assert current["count"] == len(shown)


def test_board_counts_due_visited_declined_as_the_register_does(client, school_class, head, families):
    client.force_login(head)
    page = client.get(address(school_class))
    count = page.context["figure"].all
    assert (count.due, count.visited, count.declined, count.waiting) == (4, 1, 1, 3)
    assert "25.0%" in page.text
    assert "其中婉拒1人" in page.text
    assert "走访截止9月30日，还有12天，其中10个工作日" in page.text


def test_grade_average_is_the_sum_of_its_classes(client, programme, school_class, head, families):
    neighbour = make_class(school_class.school, number=4)
    add_visit(programme, [make_student(neighbour) for _ in range(4)], on=date(2022, 9, 3))
    make_student(make_class(school_class.school, grade=4, number=1))
    open_register(programme)
    client.force_login(head)
    page = client.get(address(school_class))
    assert (page.context["grade"].visited, page.context["grade"].due) == (5, 8)
    assert "年级 62.5%" in page.text


@pytest.mark.seed("S20")
def test_board_says_when_others_were_visited_while_priority_families_wait(client, school_class, head, families):
    client.force_login(head)
    page = client.get(address(school_class)).text
    assert "重点关注还有1人没走访" in page
    address_of_names = reverse("visits:waiting") + f"?school_class={school_class.pk}&amp;state=open&amp;first=1"
    assert address_of_names in page
    assert [row["name"] for row in client.get(unescape(address_of_names)).context["rows"]] == ["示例许"]
    assert "还有1名优先学生待访，同时已走访其他学生1人" in page


@pytest.mark.seed("S20")
def test_hint_is_silent_without_other_visits_and_without_waiting_priority(programme, school_class, head):
    first, other = make_student(school_class), make_student(school_class)
    make_mark(first, by=head)
    open_register(programme)
    assert not hint(class_tiles(programme, school_class, user=head))
    add_visit(programme, [first, other], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    assert not hint(class_tiles(programme, school_class, user=head))


@pytest.mark.seed("S20")
def test_priority_family_that_declined_is_no_reproach(programme, school_class, head):
    first, other = make_student(school_class), make_student(school_class)
    make_mark(first, by=head)
    add_visit(programme, [other], on=date(2022, 9, 2), lead=head)
    open_register(programme)
    set_declined(Due.objects.get(student=first), by=head)
    assert not hint(class_tiles(programme, school_class, user=head))


@pytest.mark.seed("S16", "S17")
@pytest.mark.parametrize("code", ["HARDSHIP", "STUDY"])
def test_pupil_of_a_priority_category_is_first_on_the_board(programme, school_class, head, code):
    marked, plain = make_student(school_class), make_student(school_class)
    make_mark(marked, code, by=head)
    open_register(programme)
    tiles = {tile.student: tile.is_first for tile in class_tiles(programme, school_class, user=head)}
    assert tiles == {marked: True, plain: False}


def test_no_category_is_named_on_tiles_or_list(client, school_class, head, families):
    client.force_login(head)
    for view in ("", "list"):
        page = client.get(address(school_class), {"view": view}).text
        tiles = page.split('id="tiles"' if not view else "<table")[1].split("</ul>" if not view else "</table>")[0]
        assert "示例许" in tiles
        assert "HARDSHIP" not in tiles


def test_tile_names_the_mentor_or_says_there_is_none(client, school_class, head, families):
    make_mentor(families["xu"], make_user(Role.TEACHER, school=school_class.school, name="陈示例"))
    client.force_login(head)
    tiles = {tile["name"]: tile["under"] for tile in client.get(address(school_class)).context["tiles"]}
    assert (tiles["示例许"], tiles["示例李"]) == ("导师 陈", "未定导师")


def test_returned_record_is_shown_and_still_counts(client, school_class, head, families):
    Visit.objects.update(returned_at="2022-09-10T10:00+08:00", returned_by=head, return_reason="过程太短")
    client.force_login(head)
    page = client.get(address(school_class))
    assert [(t["name"], t["kind"]) for t in page.context["tiles"] if t["returned"]] == [("示例李", "done")]
    assert "1条记录退回待改" in page.text
    assert page.context["figure"].all.visited == 1


def test_roster_suggestions_wait_for_the_class_head_only(client, school_class, head, leader, families):
    make_mark(families["li"], "STUDY", by=None)
    client.force_login(head)
    assert "类别建议待确认1条" in client.get(address(school_class)).text
    client.force_login(leader)
    assert "类别建议待确认" not in client.get(address(school_class)).text


def test_newly_arrived_is_marked_but_not_counted_as_priority(programme, school_class, head):
    student = make_student(school_class)
    type(student).objects.filter(pk=student.pk).update(arrived_on=date(2022, 9, 1))
    open_register(programme)
    tile = class_tiles(programme, school_class, user=head)[0]
    assert (tile.rank, tile.is_first) == (3, False)


def test_pupil_who_came_after_the_deciding_day_is_shown_outside_the_list(programme, school_class, head, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-10T10:00+08:00"
    student = make_student(school_class, starts_on=date(2022, 10, 8))
    recompute([(programme.pk, student.pk)])
    assert [tile.state for tile in class_tiles(programme, school_class, user=head)] == ["outside"]


def test_tile_menu_has_steps_for_the_class_head_only(client, school_class, head, leader, families):
    labels = {}
    for who, user in (("head", head), ("leader", leader)):
        client.force_login(user)
        tiles = {t["name"]: [link["label"] for link in t["links"]] for t in client.get(address(school_class)).context["tiles"]}
        labels[who] = (tiles["示例许"], tiles["示例李"])
    assert labels == {
        "head": (["看学生", "记家访", "标记", "免访、婉拒", "指派老师"], ["看学生", "记家访", "标记"]),
        "leader": (["看学生"], ["看学生"]),
    }


def test_school_admin_sees_states_but_no_rank_and_no_category(client, school_class, families):
    admin = make_user(Role.SCHOOL_ADMIN, school=school_class.school)
    client.force_login(admin)
    page = client.get(address(school_class), {"state": "first"})
    assert [chip["label"] for chip in page.context["chips"]] == ["全部", "待访", "已访", "婉拒", "免访"]
    assert [tile["name"] for tile in client.get(address(school_class), {"state": "waiting"}).context["tiles"]] == [
        "示例许", "示例王", "示例钱",
    ]  # fmt: skip
    assert {tile["rank"] for tile in page.context["tiles"]} == {0}
    assert (len(page.context["tiles"]), page.context["first"], page.context["categories"]) == (5, None, [])
    assert "重点关注" not in page.text


def test_category_counts_follow_what_each_may_tell_apart(client, programme, school_class, head, leader, families):
    Category.objects.filter(code="STUDY").update(restricted=True)
    make_mark(families["li"], "STUDY", by=head)
    open_register(programme)
    named = make_user()
    add_post(named, Role.SCHOOL_LEADER, school=school_class.school)
    named.posts.update(reads_restricted=True)
    seen = {}
    for who, user in (("head", head), ("leader", leader), ("named leader", named)):
        client.force_login(user)
        rows = client.get(address(school_class)).context["categories"]
        seen[who] = [(row["label"], row["count"].visited, row["count"].due) for row in rows]
    both = [("HARDSHIP", 0, 1), ("STUDY", 1, 1)]
    assert seen == {"head": both, "leader": both[:1], "named leader": both}


def test_every_role_meets_its_own_door(client, programme, school_class, head, leader, families):
    school = school_class.school
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(families["xu"], mentor)
    people = {
        "class head": head,
        "head of another class": make_class_head(make_class(school, number=9)),
        "head elsewhere": make_class_head(make_class(make_school(programme.authority))),
        "leader": leader,
        "leader elsewhere": make_leader(make_school(programme.authority)),
        "school admin": make_user(Role.SCHOOL_ADMIN, school=school),
        "teacher": make_user(Role.TEACHER, school=school),
        "psychologist": make_user(Role.PSYCH_TEACHER, school=school),
        "mentor": mentor,
        "district": make_officer(programme.authority),
        "reviewer": make_user(Role.REVIEWER, authority=programme.authority),
        "other district": make_officer(make_authority("elsewhere")),
        "nobody": make_user(),
    }
    answers = {}
    for who, user in people.items():
        client.force_login(user)
        answers[who] = client.get(address(school_class)).status_code
    assert answers == {
        "class head": 200,
        "head of another class": 403,
        "head elsewhere": 404,
        "leader": 200,
        "leader elsewhere": 404,
        "school admin": 200,
        "teacher": 403,
        "psychologist": 403,
        "mentor": 403,
        "district": 403,
        "reviewer": 404,
        "other district": 404,
        "nobody": 404,
    }
    client.logout()
    assert client.get(address(school_class)).status_code == 302


def test_my_board_opens_my_class_or_asks_which(client, programme, school_class, head, leader):
    url = reverse("visits:board")
    client.force_login(head)
    assert client.get(url).headers["Location"] == address(school_class)

    second = make_class(school_class.school, grade=4, number=2)
    add_post(head, Role.CLASS_HEAD, school_class=second)
    make_class(school_class.school, grade=1, number=1)
    client.force_login(head)
    groups = [(head, [label for _, label in rows]) for head, rows in client.get(url).context["groups"]]
    assert groups == [("四年级", ["四（2）班"]), ("五年级", ["五（3）班"])]

    client.force_login(leader)
    assert [head for head, _ in client.get(url).context["groups"]] == ["一年级", "四年级", "五年级"]

    client.force_login(make_user(Role.TEACHER, school=school_class.school))
    assert client.get(url).status_code == 403


def test_leader_of_a_school_without_classes_is_told_what_to_do(client, programme):
    client.force_login(make_leader(make_school(programme.authority)))
    page = client.get(reverse("visits:board"))
    assert (page.status_code, "学校还没有班级" in page.text) == (200, True)


def test_empty_class_and_missing_programme_say_so(client, school_class, head, programme):
    open_register(programme)
    client.force_login(head)
    page = client.get(address(school_class))
    assert (page.status_code, "这个班还没有学生" in page.text) == (200, True)
    assert "–" in page.text

    programme.state = "draft"
    programme.save()
    page = client.get(address(school_class))
    assert (page.status_code, "还没有走访活动" in page.text) == (200, True)


def test_filter_without_hits_offers_the_way_back(client, programme, school_class, head):
    make_student(school_class)
    open_register(programme)
    client.force_login(head)
    assert "没有这样的学生" in client.get(address(school_class), {"state": "exempt"}).text


@pytest.mark.parametrize(
    "clock, year", [("2022-09-18T10:00+08:00", 2022), ("2026-11-01T10:00+08:00", 2022), ("2021-01-01T10:00+08:00", 2022)]
)
def test_classes_keep_the_names_they_had_in_the_programme(programme, settings, clock, year):
    settings.HOMEVISIT_CLOCK = clock
    assert label_year(programme) == year


@pytest.mark.parametrize("items", (1, 3))
def test_board_query_count_does_not_grow_with_the_class(
    client, programme, school_class, head, django_assert_num_queries, items
):
    teacher = make_user(Role.TEACHER, school=school_class.school)
    for number in range(items):
        student = make_student(school_class, class_serial=str(number))
        make_mentor(student, teacher)
        make_mark(student, by=head)
        add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
        assign(programme, [make_student(school_class)], teacher, by=head)
        plan_row(programme, make_student(school_class), teacher)
    open_register(programme)
    client.force_login(head)
    with django_assert_num_queries(20):
        client.get(address(school_class))


def test_shown_chips_cover_every_tile_once(programme, school_class, head, families):
    tiles = class_tiles(programme, school_class, user=head)
    covered = [tile for name in ("waiting", "visited", "exempt") for tile in tiles if SHOWN[name](tile)]
    assert sorted(t.student.pk for t in covered) == sorted(t.student.pk for t in tiles)


@pytest.mark.seed("W26")
def test_board_of_a_programme_with_twelve_categories(client, head, school_class):
    codes = [f"KIND{number:02d}" for number in range(12)]
    programme = make_programme(school_class.school.authority, code="twelve-2022", categories=codes, starts_on=date(2022, 8, 2))
    student = make_student(school_class)
    for code in codes:
        make_mark(student, code, by=head)
    open_register(programme)
    client.force_login(head)
    page = client.get(address(school_class))
    assert [(row["label"], row["count"].due) for row in page.context["categories"]] == [(code, 1) for code in codes]
    assert page.context["figure"].all.due == 1
