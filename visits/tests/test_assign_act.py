"""The button of the class head's panel: what is done, what is refused and says so, and how it is taken back."""

from datetime import date

import pytest

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.actions.assign import assign
from students.actions.enrol import move_student
from students.models import Assignment, Household, Student
from students.tests.factories import make_student
from visits.actions.due import set_declined, set_exempt
from visits.actions.register import recompute
from visits.models import Due
from visits.tests.assigning import address, five_families, leads, panel_fields, plan_row, press
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu(school):
    return make_user(Role.TEACHER, school=school, name="吴晓岚")


@pytest.fixture
def ding(school):
    return make_user(Role.TEACHER, school=school, name="丁宁")


@pytest.fixture
def by_name(client, programme, school_class, head, wu, ding):
    client.force_login(head)
    return five_families(programme, school_class, wu, ding)


def acts():
    return list(AuditEntry.objects.filter(action__startswith="assignment.").order_by("id").values_list("action", flat=True))


def board(client, school_class):
    return client.get(address(school_class)).text


# ── In one step ──


def test_without_a_tick_everybody_nobody_goes_to_gets_a_visitor(client, school_class, by_name):
    answer = press(client, school_class)

    assert (answer.status_code, answer["Location"]) == (302, address(school_class))
    assert leads() == {"蒋若溪": "吴晓岚", "唐屿": "吴晓岚", "马思齐": "丁宁", "潘可心": "陈晓", "罗一川": "丁宁"}
    assert set(Assignment.objects.values_list("visit_by", flat=True)) == {date(2022, 9, 27)}
    text = board(client, school_class)
    assert "分配了5家：" in text and "吴晓岚2家" in text and "撤回" in text
    assert "没有等着分配的家庭" in text


def test_only_the_ticked_families_are_given(client, school_class, by_name):
    press(client, school_class, by_name["唐屿"], by_name["马思齐"])
    assert leads() == {"唐屿": "吴晓岚", "马思齐": "丁宁"}


def test_siblings_come_along_and_the_panel_says_so(client, school_class, by_name):
    Student.objects.filter(name__in=["唐屿", "罗一川"]).update(household=Household.objects.create())
    shown = client.post(address(school_class, "assign_preview"), {"students": [by_name["唐屿"].pk]}).text
    assert "同一家的罗一川一起" in shown and "分配1家" in shown
    press(client, school_class, by_name["唐屿"])
    assert leads() == {"唐屿": "吴晓岚", "罗一川": "吴晓岚"}
    assert "分配了1家：吴晓岚1家" in board(client, school_class)


def test_ticks_that_changed_since_the_look_are_shown_again_first(client, school_class, by_name):
    shown = client.get(address(school_class)).text
    answer = client.post(
        address(school_class, "assign"), {"students": [by_name["唐屿"].pk], **panel_fields(shown), "visit_by": "2022-09-25"}
    )
    assert (answer.status_code, leads()) == (422, {})
    assert "选的家庭变了" in answer.text and "分配1家" in answer.text
    assert panel_fields(answer.text)["visit_by"] == "2022-09-25"


def test_the_same_again_changes_nothing_and_keeps_the_way_back(client, school_class, by_name):
    fields = panel_fields(client.get(address(school_class)).text)
    for _ in range(2):
        assert client.post(address(school_class, "assign"), fields).status_code == 302
    assert Assignment.objects.count() == 5
    client.post(address(school_class, "assign_undo"))
    assert leads() == {}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2022-09-17", "这一天已经过了。今天是9月18日。"),
        ("2022-10-01", "走访截止是9月30日，选这天或更早。"),
        ("soon", "日期没有看懂"),
    ],
)
def test_a_day_that_cannot_be_is_told_at_the_field(client, school_class, by_name, day, sentence):
    answer = press(client, school_class, by_name["唐屿"], visit_by=day)
    assert (answer.status_code, leads()) == (422, {})
    assert answer.text.count(sentence) == 2 and f'value="{day}"' in answer.text  # on top of the panel and at the field
    assert 'href="#as_visit_by"' in answer.text
    assert {tile["name"] for tile in answer.context["tiles"] if tile["picked"]} == {"唐屿"}


def test_a_day_may_be_left_out_and_lie_late_once_the_deadline_is_past(client, school_class, by_name, settings):
    press(client, school_class, by_name["唐屿"], visit_by="")
    settings.HOMEVISIT_CLOCK = "2022-10-05T10:00+08:00"
    assert panel_fields(board(client, school_class))["visit_by"] == ""
    press(client, school_class, by_name["马思齐"], visit_by="2022-10-20")
    days = dict(Assignment.objects.values_list("student__name", "visit_by"))
    assert days == {"唐屿": None, "马思齐": date(2022, 10, 20)}


# ── By hand ──


def test_by_hand_all_go_to_the_chosen_colleague(client, school_class, ding, by_name):
    press(client, school_class, by_name["蒋若溪"], by_name["潘可心"], mode="hand", visitor=ding.pk)
    assert leads() == {"蒋若溪": "丁宁", "潘可心": "丁宁"}


def test_colleagues_to_choose_from_are_the_school_s_own_with_their_loads(client, programme, school_class, school, by_name, wu):
    make_user(Role.TEACHER, school=school, name="赵老师")
    make_user(Role.TEACHER, school=make_school(school.authority), name="外校老师")
    assign(programme, [by_name["罗一川"]], wu, by=wu)
    text = client.post(address(school_class, "assign_preview"), {"to": "hand"}).text
    assert "吴晓岚，现有1家" in text and ">赵老师</option>" in text and "外校老师" not in text


@pytest.mark.parametrize(
    ("visitor", "sentence"), [("", "还没有选走访老师"), ("0", "这位老师不在本校"), ("x", "这位老师不在本校")]
)
def test_by_hand_somebody_of_the_school_must_be_chosen(client, school_class, by_name, visitor, sentence):
    answer = press(client, school_class, by_name["唐屿"], mode="hand", visitor=visitor)
    assert (answer.status_code, sentence in answer.text, leads()) == (422, True, {})


def test_a_tile_leads_to_its_hand_and_a_new_visitor_replaces_the_old(client, programme, school_class, head, wu, ding, by_name):
    assign(programme, [by_name["唐屿"]], wu, by=head)
    page = client.get(address(school_class), {"pick": by_name["唐屿"].pk, "mode": "hand"})
    assert "手动指派" in page.text and "取消分配" in page.text and "指派1家" in page.text
    press(client, school_class, by_name["唐屿"], mode="hand", visitor=ding.pk)
    assert leads() == {"唐屿": "丁宁"}


def test_taken_away_by_hand(client, programme, school_class, head, wu, by_name):
    assign(programme, [by_name["唐屿"], by_name["马思齐"]], wu, by=head)
    for message in ("已取消分配", "还没有分配"):
        answer = client.post(address(school_class, "unassign"), {"students": [by_name["唐屿"].pk]}, follow=True)
        assert message in answer.text
    assert leads() == {"马思齐": "吴晓岚"}


def test_an_appointment_is_called_off_before_it_is_taken_away(client, programme, school_class, head, wu, by_name):
    assign(programme, [by_name["唐屿"]], wu, by=head)
    plan_row(programme, by_name["唐屿"], wu)
    answer = client.post(address(school_class, "unassign"), {"students": [by_name["唐屿"].pk]}, follow=True)
    assert "有1名学生已经约好时间" in answer.text
    assert leads() == {"唐屿": "吴晓岚"}


# ── What has changed between the look and the button ──


def happen(what, student, *, programme, head, wu):
    due = Due.objects.get(student=student)
    if what == "visited":
        add_visit(programme, [student], on=date(2022, 9, 17), lead=head)
        recompute([(programme.pk, student.pk)])
    elif what == "exempt":
        set_exempt(due, by=head, reason="hospital")
    elif what == "declined":
        set_declined(due, by=head)
    elif what == "planned":
        plan_row(programme, student, wu)
    elif what == "moved class":
        move_student(student, make_class(student.school, number=1), date(2022, 9, 18), by=head)
    elif what == "visitor left":
        wu.posts.update(ends_on="2022-09-17")
    elif what == "visitor switched off":
        type(wu).objects.filter(pk=wu.pk).update(is_active=False)


SENTENCES = {
    "visited": "唐屿：已经走访过了。",
    "exempt": "唐屿：登记了免访。",
    "declined": "唐屿：登记了婉拒。",
    "planned": "唐屿：已经约好时间了，要换人先取消约定。",
    "moved class": "一名学生：不在这个班的应访名单里了。",
    "visitor left": "唐屿：选的老师现在不在本校，换一位再分配。",
    "visitor switched off": "唐屿：选的老师现在不在本校，换一位再分配。",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_what_cannot_be_given_says_why_and_the_others_are(client, programme, school_class, head, wu, by_name, what):
    chosen = [by_name["唐屿"], by_name["马思齐"]]
    ids = [row.pk for row in chosen]
    fields = panel_fields(client.post(address(school_class, "assign_preview"), {"students": ids}).text)
    happen(what, by_name["唐屿"], programme=programme, head=head, wu=wu)

    answer = client.post(address(school_class, "assign"), {"students": ids, **fields}, follow=True)

    assert answer.status_code == 200
    assert SENTENCES[what] in answer.text
    assert leads() == {"马思齐": "丁宁"}
    client.post(address(school_class, "assign_undo"))
    assert leads() == {}


def test_when_nothing_can_be_given_the_board_says_why(client, programme, school_class, head, by_name):
    ids = [by_name["唐屿"].pk]
    fields = panel_fields(client.post(address(school_class, "assign_preview"), {"students": ids}).text)
    set_exempt(Due.objects.get(student=by_name["唐屿"]), by=head, reason="hospital")
    answer = client.post(address(school_class, "assign"), {"students": ids, **fields})
    assert (answer.status_code, "唐屿：登记了免访。" in answer.text, leads()) == (409, True, {})


@pytest.mark.parametrize("name", ["assign", "unassign"])
def test_a_closed_programme_assigns_no_more(client, programme, school_class, by_name, name):
    fields = panel_fields(client.get(address(school_class)).text)
    programme.state = "closed"
    programme.save()
    answer = client.post(address(school_class, name), fields)
    assert (answer.status_code, "活动已经结束" in answer.text, leads()) == (409, True, {})


@pytest.mark.parametrize("plan", ["", "x", "1:", ":1", "99999999999999999999:1", "-1:2", "٣:٣"])
def test_a_plan_nobody_was_shown_does_nothing(client, school_class, by_name, plan):
    answer = client.post(address(school_class, "assign"), {"plan": plan, "mode": "auto", "asked": ""})
    assert (answer.status_code, leads()) == (422, {})


def test_pupils_of_another_class_cannot_be_slipped_in(client, school_class, school, wu, by_name):
    stranger = make_student(make_class(school, number=1), name="别班学生")
    other = make_student(make_class(make_school(school.authority)), name="外校学生")
    plan = " ".join(f"{row.pk}:{wu.pk}" for row in (stranger, other))
    answer = client.post(address(school_class, "assign"), {"plan": plan, "mode": "auto", "asked": ""})
    assert (answer.status_code, leads()) == (409, {})
    assert "别班学生" not in answer.text and "外校学生" not in answer.text


# ── Back ──


def test_one_step_back_and_everything_is_as_before(client, programme, school_class, head, wu, ding, by_name):
    assign(programme, [by_name["唐屿"]], ding, by=head, visit_by=date(2022, 9, 20))
    press(client, school_class, by_name["唐屿"], by_name["潘可心"], mode="hand", visitor=wu.pk)
    assert leads() == {"唐屿": "吴晓岚", "潘可心": "吴晓岚"}

    answer = client.post(address(school_class, "assign_undo"), follow=True)

    assert "已撤回" in answer.text and "分配了" not in answer.text
    assert leads() == {"唐屿": "丁宁"}
    assert Assignment.objects.get(ended_at=None).visit_by == date(2022, 9, 20)
    assert acts()[-2:] == ["assignment.end", "assignment.restore"]
    assert "没有可以撤回的分配" in client.post(address(school_class, "assign_undo"), follow=True).text


def test_what_was_appointed_meanwhile_is_not_taken_back(client, programme, school_class, wu, by_name):
    press(client, school_class, by_name["唐屿"], by_name["马思齐"])
    plan_row(programme, by_name["唐屿"], wu)
    answer = client.post(address(school_class, "assign_undo"), follow=True)
    assert "有1名学生已经约好时间，没有撤回" in answer.text
    assert leads() == {"唐屿": "吴晓岚"}


def test_the_way_back_is_the_own_session_s_and_closes_after_half_an_hour(client, school_class, head, by_name, settings):
    press(client, school_class)
    second = make_class_head(school_class)
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:31+08:00"
    assert "撤回" not in board(client, school_class)
    assert "没有可以撤回的分配" in client.post(address(school_class, "assign_undo"), follow=True).text
    client.force_login(second)
    client.post(address(school_class, "assign_undo"))
    assert len(leads()) == 5


def test_the_session_holds_numbers_and_no_names(client, school_class, by_name):
    press(client, school_class)
    assert "唐屿" not in str(dict(client.session)) and "吴晓岚" not in str(dict(client.session))


@pytest.mark.parametrize("name", ["assign_preview", "assign", "assign_undo", "unassign"])
def test_verbs_answer_posts_only(client, school_class, by_name, name):
    assert client.get(address(school_class, name)).status_code == 405
