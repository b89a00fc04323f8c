"""The class head's panel: what is proposed, and what board and panel say."""

from datetime import date

import pytest

from schools.enums import Role
from schools.tests.factories import make_class, make_user
from students.actions.assign import assign
from students.models import Assignment, Household, Student
from students.tests.factories import make_mark, make_mentor, make_student
from visits.actions.due import set_declined, set_exempt
from visits.actions.register import open_register, recompute
from visits.models import Due
from visits.queries.board import class_tiles
from visits.queries.load import loads, proposal
from visits.tests.assigning import address, five_families, panel_fields, plan_row
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu(school):
    return make_user(Role.TEACHER, school=school, name="吴晓岚", subject="心理")


@pytest.fixture
def ding(school):
    return make_user(Role.TEACHER, school=school, name="丁宁")


@pytest.fixture
def by_name(programme, school_class, head, wu, ding):
    return five_families(programme, school_class, wu, ding)


def offered(programme, school_class, user, *chosen):
    """{visitor: (before, after, names)} of a proposal."""
    found = proposal(programme, school_class, [row.pk for row in chosen], user)
    return {part.visitor.name: (part.before, part.after, part.names) for part in found.parts}


# ── What is proposed ──


def test_the_mentor_goes_first_then_who_has_the_fewest(programme, school_class, head, by_name):
    assert offered(programme, school_class, head) == {
        "吴晓岚": (0, 2, "蒋若溪、唐屿"),
        "丁宁": (0, 2, "马思齐、罗一川"),
        "陈晓": (0, 1, "潘可心"),
    }


def test_the_same_question_has_the_same_answer(programme, school_class, head, by_name):
    first = proposal(programme, school_class, [], head).pairs
    assert all(proposal(programme, school_class, [], head).pairs == first for _ in range(3))


def test_only_the_ticked_families_are_asked_about(programme, school_class, head, by_name):
    assert offered(programme, school_class, head, by_name["唐屿"]) == {"吴晓岚": (0, 1, "唐屿")}


def test_what_is_left_to_the_class_head_counts_as_the_head_s(programme, school_class, head, by_name):
    """Families nobody else has are the class head's own, so 潘可心 goes to somebody with fewer."""
    assert offered(programme, school_class, head, by_name["潘可心"]) == {"丁宁": (0, 1, "潘可心")}


def test_a_mentor_with_full_hands_passes_families_on(programme, school_class, school, head, wu, by_name):
    other = make_class(school, number=1)
    busy = [make_student(other) for _ in range(7)]
    open_register(programme)
    assign(programme, busy, wu, by=head)

    assert offered(programme, school_class, head, by_name["蒋若溪"], by_name["唐屿"]) == {
        "吴晓岚": (7, 8, "蒋若溪"),
        "丁宁": (0, 1, "唐屿"),
    }


def test_when_all_hands_are_full_families_are_given_all_the_same(programme, school_class, head, by_name):
    programme.config = programme.config | {"visit": programme.config["visit"] | {"families_each": 1}}
    programme.save()
    found = proposal(programme, school_class, [], head)
    assert sorted(part.after for part in found.parts) == [1, 2, 2]
    assert {home.names: part.visitor.name for part in found.parts for home in part.homes}["马思齐"] == "丁宁"


def test_priority_families_get_the_mentor_s_last_place(programme, school_class, school, head, wu, by_name):
    busy = [make_student(make_class(school, number=1)) for _ in range(7)]
    make_mark(by_name["唐屿"], by=head)
    open_register(programme)
    assign(programme, busy, wu, by=head)
    assert offered(programme, school_class, head, by_name["蒋若溪"], by_name["唐屿"])["吴晓岚"] == (7, 8, "唐屿")


def test_siblings_in_the_class_go_together(programme, school_class, head, by_name):
    home = Household.objects.create()
    Student.objects.filter(name__in=["罗一川", "蒋若溪"]).update(household=home)

    found = proposal(programme, school_class, [by_name["罗一川"].pk], head)
    [part] = found.parts
    assert (part.visitor.name, part.after, part.names) == ("吴晓岚", 1, "蒋若溪、罗一川")


def test_who_has_left_or_works_elsewhere_is_not_proposed(programme, school_class, head, wu, ding, by_name):
    wu.posts.update(ends_on="2022-09-17")
    type(ding).objects.filter(pk=ding.pk).update(is_active=False)
    assert set(offered(programme, school_class, head)) == {"陈晓"}


@pytest.mark.parametrize("state", ["visited", "planned", "declined", "exempt", "assigned"])
def test_families_that_need_nobody_are_left_out(programme, school_class, head, wu, by_name, state):
    student = by_name["蒋若溪"]
    due = Due.objects.get(student=student)
    if state == "visited":
        add_visit(programme, [student], on=date(2022, 9, 2), lead=head)
        recompute([(programme.pk, student.pk)])
    elif state == "planned":
        plan_row(programme, student, head)
    elif state == "declined":
        set_declined(due, by=head)
    elif state == "exempt":
        set_exempt(due, by=head, reason="abroad")
    else:
        assign(programme, [student], wu, by=head)

    assert "蒋若溪" not in str(offered(programme, school_class, head))
    ticked = offered(programme, school_class, head, student)
    assert ticked == ({"吴晓岚": (0, 1, "蒋若溪")} if state == "assigned" else {})


def test_loads_count_families_to_visit_and_no_others(programme, school_class, school, head, wu, ding, by_name):
    home = Household.objects.create()
    twins = [make_student(make_class(school, number=1), household=home) for _ in range(2)]
    seen = make_student(make_class(school, number=1))
    open_register(programme)
    assign(programme, [*twins, seen, by_name["唐屿"]], wu, by=head)
    add_visit(programme, [seen], on=date(2022, 9, 2), lead=wu)
    recompute([(programme.pk, seen.pk)])
    plan_row(programme, by_name["马思齐"], ding)

    own = {school_class.pk: [head.pk]}
    ids = [head.pk, wu.pk, ding.pk]
    assert loads(programme, school.pk, ids, own) == {head.pk: 3, wu.pk: 2, ding.pk: 1}
    assert loads(programme, school.pk, ids, own, without={by_name["唐屿"].pk})[wu.pk] == 1


def test_a_family_with_two_appointments_is_of_who_goes_first(programme, school_class, school, wu, ding, by_name):
    open_register(programme)
    plan_row(programme, by_name["唐屿"], ding)
    plan_row(programme, by_name["唐屿"], wu, at="2022-09-22 18:30")
    assert loads(programme, school.pk, [wu.pk, ding.pk]) == {wu.pk: 0, ding.pk: 1}


@pytest.mark.parametrize("rows", [1, 3])
def test_proposal_takes_the_same_queries_for_any_number(
    programme, school_class, school, head, rows, django_assert_num_queries
):
    for _ in range(rows):
        student, busy = make_student(school_class), make_student(make_class(school, number=1))
        teacher = make_user(Role.TEACHER, school=school)
        make_mentor(student, teacher)
        assign(programme, [busy], teacher, by=head)
    open_register(programme)
    head.reach  # noqa: B018
    tiles = class_tiles(programme, school_class, user=head)
    with django_assert_num_queries(4):
        proposal(programme, school_class, [], head, tiles=tiles)


# ── The panel ──


def test_the_board_shows_the_proposal_and_the_button_says_the_number(client, school_class, head, by_name):
    client.force_login(head)
    text = client.get(address(school_class)).text
    assert "还有 <b class=\"ink\">5</b> 家没有分配" in text and "分配5家" in text
    assert "+ 蒋若溪、唐屿" in text and "吴晓岚" in text
    assert panel_fields(text)["visit_by"] == "2022-09-27"
    assert "通知老师" not in text


def test_only_the_class_head_has_the_panel_and_ticks(client, programme, school_class, head, leader, wu, by_name):
    assign(programme, [by_name["唐屿"]], wu, by=head, visit_by=date(2022, 9, 27))
    client.force_login(leader)
    page = client.get(address(school_class))
    assert page.context["panel"] is None
    assert 'type="checkbox"' not in page.text
    assert "由吴晓岚走访，9月27日前" in page.text and "吴老师" in page.text


def test_school_admin_does_not_read_who_goes(client, programme, school_class, school, head, wu, by_name):
    assign(programme, [by_name["唐屿"]], wu, by=head, visit_by=date(2022, 9, 1))
    plan_row(programme, by_name["蒋若溪"], head)
    client.force_login(make_user(Role.SCHOOL_ADMIN, school=school))
    page = client.get(address(school_class))
    assert {tile["text"] for tile in page.context["tiles"]} == {"待访"}


def test_a_closed_programme_offers_nothing(client, programme, school_class, head, by_name):
    programme.state = "closed"
    programme.save()
    client.force_login(head)
    page = client.get(address(school_class))
    assert (page.context["panel"], 'type="checkbox"' in page.text) == (None, False)


def test_tiles_say_how_far_each_family_is(client, programme, school_class, head, wu, by_name):
    assign(programme, [by_name["蒋若溪"]], wu, by=head, visit_by=date(2022, 9, 27))
    assign(programme, [by_name["唐屿"]], wu, by=head, visit_by=date(2022, 9, 15))
    plan_row(programme, by_name["马思齐"], head)
    plan_row(programme, by_name["潘可心"], head, at="2022-09-17 18:00", state="done")
    client.force_login(head)
    page = client.get(address(school_class))
    assert [(tile["kind"], tile["text"]) for tile in page.context["tiles"]] == [
        ("assigned", "吴老师"), ("late", "过3天"), ("plan", "9月21日"), ("plan", "待记录"), ("todo", "待安排"),
    ]  # fmt: skip
    assert [(chip["label"], chip["count"]) for chip in page.context["chips"]] == [
        ("全部", 5), ("待安排", 2), ("待约", 1), ("已约", 2), ("已访", 0), ("重点", 0), ("婉拒", 0), ("免访", 0),
    ]  # fmt: skip
    assert (page.context["planned"], page.context["late"]) == (2, 1)
    assert 'aria-label="已访0人，已约2人，过期1人，待访2人"' in page.text
    assert [bool(tile["pick"]) for tile in page.context["tiles"]] == [True, True, False, False, True]


def test_an_appointment_for_today_says_today(client, programme, school_class, head, by_name):
    plan_row(programme, by_name["马思齐"], head, at="2022-09-18 21:00")
    client.force_login(head)
    assert "今天" in [tile["text"] for tile in client.get(address(school_class)).context["tiles"]]


def test_full_hands_are_drawn_warm(client, programme, school_class, head, by_name):
    programme.config = programme.config | {"visit": programme.config["visit"] | {"families_each": 2}}
    programme.save()
    client.force_login(head)
    text = client.get(address(school_class)).text
    assert text.split('class="loads"')[1].split("吴晓岚")[1].split("</li>")[0].count('class="v w"') == 1


def test_looking_writes_nothing_and_keeps_the_ticks(client, school_class, head, by_name):
    client.force_login(head)
    ids = [by_name["唐屿"].pk, by_name["马思齐"].pk]
    page = client.post(address(school_class, "assign_preview"), {"students": ids, "visit_by": "2022-09-25"})
    assert "已选 <b class=\"ink\">2</b> 家" in page.text
    assert {tile["name"] for tile in page.context["tiles"] if tile["picked"]} == {"唐屿", "马思齐"}
    assert panel_fields(page.text)["visit_by"] == "2022-09-25"
    assert not Assignment.objects.exists()


def test_htmx_gets_the_panel_alone(client, school_class, head, by_name):
    client.force_login(head)
    page = client.post(
        address(school_class, "assign_preview"), {"students": [by_name["唐屿"].pk]}, headers={"HX-Request": "true"}
    )
    assert page.text.lstrip().startswith("<form") and "唐屿" in page.text and "<html" not in page.text
