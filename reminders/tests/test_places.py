"""Several notices, several schools, a school no longer in use: whose thing a line is, and which page it opens."""

import pytest

from core.clock import now
from programmes.queries.current import SESSION_KEY, address_for, address_without
from programmes.tests.upward import make_upward
from reminders.actions.deliver import deliver
from reminders.actions.robot import set_robot
from reminders.actions.round import start_due_rounds
from reminders.actions.settle import settle, unread
from reminders.enums import LineKind, RunKind
from reminders.models import Delivery, Digest
from reminders.queries.hours import Hours, open_programmes
from reminders.queries.mine import my_lines
from reminders.queries.school_text import school_texts
from reports.models import SchoolPlan
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import add_post, make_authority, make_class, make_school, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan, make_visit
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
K = LineKind


def texts(user, kind):
    """What it is of stands beside the text."""
    return [f"{line.of}：{line.text}" if line.of else line.text for line in my_lines(user) if line.kind == kind]


@pytest.fixture
def autumn(programme, pupils):
    """A second notice of the same authority; one of the three families has been reached for the first."""
    second = make_upward(programme.authority, code="autumn-2022", short_title="秋季回访")
    open_register(second)
    return second


def plan_of(programme, school, by, state="returned"):
    return SchoolPlan.objects.create(
        programme=programme, authority=school.authority, school=school, created_by=by, state=state, returned_at=now(),
        returned_by=by, return_reason="分工不清楚",
    )  # fmt: skip


# ── Several notices ──


def test_each_notice_has_its_own_line_that_says_so(programme, autumn, pupils, head):
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-17")
    assert texts(head, K.FAMILIES) == [
        "2022年示例走万家：还有2家没走访也没约时间", "2022年秋季回访：还有3家没走访也没约时间",
    ]  # fmt: skip
    assert texts(head, K.CLASS_LEFT) == ["2022年示例走万家：五（3）班还有2人没走访", "2022年秋季回访：五（3）班还有3人没走访"]


def test_one_notice_alone_is_not_named(programme, pupils, head):
    make_upward(make_authority("nanshan"), code="elsewhere", short_title="别处")
    assert texts(head, K.FAMILIES) == ["还有3家没走访也没约时间"]


def test_notices_of_two_authorities_are_named_for_whoever_works_under_both(programme, pupils, head):
    abroad = make_upward(make_authority("nanshan"), code="elsewhere", short_title="别处家访")
    place = make_class(make_school(abroad.authority, short_name="南山小学"))
    add_post(head, Role.CLASS_HEAD, school_class=place)
    make_student(place)
    open_register(abroad)
    assert texts(head, K.FAMILIES) == ["2022年示例走万家：还有3家没走访也没约时间", "2022年别处家访：还有1家没走访也没约时间"]
    assert texts(head, K.CLASS_LEFT)[1] == "2022年别处家访，南山小学：五（3）班还有1人没走访"


def test_two_notices_are_told_in_one_message_a_day(programme, autumn, pupils, head, leader, school):
    make_work(leader, autumn, school, state="returned")
    make_plan(pupils[0], by=head, programme=autumn, planned_at=moment("2022-09-20 16:40"))
    for _ in range(2):
        start_due_rounds()
    for user in (head, leader):
        assert Message.objects.filter(user=user).count() == Digest.objects.filter(user=user).count() == 1


def test_what_is_done_for_one_notice_goes_and_the_other_one_stays(programme, autumn, pupils, head):
    start_due_rounds()
    for pupil in pupils:
        make_visit(pupil, by=head, programme=programme, day="2022-09-17")
    settle(unread())
    assert Message.objects.get(user=head).text == (
        "2022年秋季回访：还有3家没走访也没约时间；五（3）班还有3人没走访"
    )


def test_a_link_opens_the_notice_it_speaks_of(programme, autumn, pupils, head, client):
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-17")
    client.force_login(head, backend="schools.backends.StaffBackend")
    for line in (line for line in my_lines(head) if line.kind == K.FAMILIES):
        answer = client.get(line.url, follow=True)
        assert answer.redirect_chain == [("/visits/mine/?state=next", 302)]
        assert answer.context["programme"].pk == line.programme
        assert len(answer.context["families"]) == line.count


def test_every_link_of_a_notice_ends_where_it_says(programme, autumn, pupils, head, leader, officer, school, client):
    for one in (programme, autumn):
        make_work(head, one, school, state="submitted")
        make_work(head, one, school, kind="essay", state="filed", leader=leader)
        plan_of(one, school, leader)
    seen = 0
    for user in (head, leader, officer):
        client.force_login(user, backend="schools.backends.StaffBackend")
        for line in my_lines(user):
            answer = client.get(line.url, follow=True)
            assert answer.status_code == 200, line.url
            assert client.session[SESSION_KEY] == {programme.pk: programme.code, autumn.pk: autumn.code}[line.programme]
            assert "notice=" not in answer.request["QUERY_STRING"]
            seen += 1
    assert seen >= 10


@pytest.mark.parametrize("code", ["nobodys", "elsewhere", ""])
def test_SEC_a_notice_that_is_not_ones_own_changes_nothing(programme, pupils, head, client, code):
    make_upward(make_authority("nanshan"), code="elsewhere", short_title="别处")
    client.force_login(head, backend="schools.backends.StaffBackend")
    answer = client.get("/visits/mine/", {"notice": code})
    assert answer.status_code == 200
    assert answer.context["programme"] == programme
    assert SESSION_KEY not in client.session


def test_SEC_a_link_never_leads_off_the_site(programme, pupils, head, client):
    client.force_login(head, backend="schools.backends.StaffBackend")
    answer = client.get(f"//evil.example/?notice={programme.code}")
    assert answer.status_code in (301, 302, 404)
    assert "evil.example" not in answer.get("Location", "").split("/")[2:3]


def test_whoever_is_not_signed_in_comes_back_to_the_link(programme, client):
    answer = client.get("/visits/mine/", {"notice": programme.code})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next=/visits/mine/%3Fnotice%3D{programme.code}")


def test_choosing_another_notice_after_a_link_stays_chosen(programme, autumn, pupils, head, client):
    client.force_login(head, backend="schools.backends.StaffBackend")
    client.get(f"/visits/mine/?notice={autumn.code}")
    client.post("/programme/", {"programme": programme.code, "next": "/visits/mine/"}, follow=True)
    assert client.get("/visits/mine/").context["programme"] == programme


def test_an_address_keeps_what_it_asked_for(programme):
    url = address_for("/visits/waiting/?school_class=3&state=open#x", programme)
    assert url == "/visits/waiting/?school_class=3&state=open&notice=binhe-2022#x"
    assert address_for(url, programme) == url
    assert address_without(url) == "/visits/waiting/?school_class=3&state=open#x"


def test_the_schools_text_says_which_notice(programme, autumn, pupils, school, head):
    text = school_texts([school], open_programmes())[school.pk]
    assert "1. 2022年示例走万家：还有1个班3人没走访，9月30日截止。" in text
    assert "2022年秋季回访：还有1个班3人没走访，9月30日截止。" in text


# ── Several schools, several posts ──


def test_whoever_runs_two_schools_is_told_which_one(programme, authority, school, leader, client):
    other = make_school(authority, short_name="北苑学校")
    add_post(leader, Role.SCHOOL_ADMIN, school=other)
    plan_of(programme, other, leader)
    [line] = [line for line in my_lines(leader) if line.kind == K.RETURNED]
    assert (line.of, line.text) == ("北苑学校", "走访方案被区里退回，改好再报")
    client.force_login(leader, backend="schools.backends.StaffBackend")
    page = client.get(line.url, follow=True)
    assert page.context["school"] == other


def test_a_class_head_who_also_leads_and_teaches_is_told_once(programme, pupils, head, school):
    add_post(head, Role.SCHOOL_LEADER, school=school)
    add_post(head, Role.TEACHER, school=school)
    start_due_rounds()
    [message] = Message.objects.filter(user=head)
    assert message.text.count("还有3家没走访也没约时间") == 1
    assert message.text.count("五（3）班还有3人没走访") == 1


def test_a_class_head_of_classes_at_two_schools_is_told_which(programme, pupils, head, authority):
    other = make_school(authority, short_name="北苑学校")
    place = make_class(other)
    add_post(head, Role.CLASS_HEAD, school_class=place)
    make_student(place)
    open_register(programme)
    assert texts(head, K.CLASS_LEFT) == ["晨曦小学：五（3）班还有3人没走访", "北苑学校：五（3）班还有1人没走访"]
    assert texts(head, K.FAMILIES) == ["还有4家没走访也没约时间"]  # one list, whichever school


# ── No longer in use ──


def test_nobody_of_a_school_out_of_use_is_told(programme, pupils, head, leader, teacher, school):
    start_due_rounds()
    assert Message.objects.filter(user=head, read_at=None).exists()
    school.is_active = False
    school.save()
    settle(unread())
    assert not Message.objects.filter(user=head, read_at=None).exists()
    assert my_lines(head) == my_lines(leader) == []
    Digest.objects.all().delete()
    start_due_rounds()
    assert not Digest.objects.exists()


def test_a_post_elsewhere_is_still_told(programme, pupils, head, school, authority):
    other = make_school(authority)
    add_post(head, Role.SCHOOL_LEADER, school=other)
    plan_of(programme, other, head)
    school.is_active = False
    school.save()
    found = my_lines(head)
    assert {line.school for line in found} == {other.pk}
    assert found[0].kind == K.RETURNED


def test_the_robot_of_a_school_out_of_use_says_nothing_more(programme, pupils, school, leader, at):
    set_robot(school, by=leader, platform="wecom", address="https://example.org/x?key=1", secret="", is_active=True)
    start_due_rounds()
    assert Delivery.objects.count() == 1
    school.is_active = False
    school.save()
    deliver()
    assert not Delivery.objects.exists()


def test_an_account_that_may_not_sign_in_is_not_told(programme, pupils, head):
    head.is_active = False
    head.save()
    start_due_rounds()
    assert not Digest.objects.filter(user=head).exists()


# ── Hours of several notices ──


def test_notices_that_leave_an_evening_no_hour_tell_at_the_latest_start_that_is_open(programme, autumn, pupils, head, at):
    autumn.config = autumn.config | {"reminders": {"quiet_from": "17:30", "evening_at": "17:00", "day_at": "09:15"}}
    autumn.save()
    hours = Hours.of(open_programmes())
    assert (hours.start[RunKind.EVENING].isoformat("minutes"), hours.closes.isoformat("minutes")) == ("17:00", "17:30")
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-20 16:40"))
    at("2022-09-19 17:05")
    start_due_rounds()
    assert "明天有1次约好的家访，16:40" in Message.objects.filter(user=head).latest("pk").text


def test_nothing_leaves_after_the_quiet_hour_even_in_the_middle_of_a_turn(programme, pupils, school, leader, at, monkeypatch):
    for place in (school, make_school(school.authority)):
        set_robot(place, by=leader, platform="wecom", address="https://example.org/x?key=1", secret="", is_active=True)
    at("2022-09-19 19:59")
    start_due_rounds()
    assert Delivery.objects.count() == 2

    def send(row, connection):
        at("2022-09-19 20:00")
        return 1

    monkeypatch.setattr("reminders.actions.deliver._send", send)
    assert deliver() == 1


def test_a_user_without_any_post_is_told_nothing(programme):
    nobody = make_user(Role.TEACHER, school=make_school(programme.authority))
    nobody.posts.all().delete()
    assert my_lines(nobody) == []


def test_the_words_of_a_message_name_each_notice_once_and_what_is_of_none_first(programme, autumn, pupils, head):
    make_visit(pupils[0], by=head, programme=programme, day="2022-09-17")
    make_plan(pupils[1], by=head, programme=autumn, planned_at=moment("2022-09-20 16:40"))
    start_due_rounds()
    assert Message.objects.get(user=head).text == (
        "明天有1次约好的家访，16:40；2022年示例走万家：还有2家没走访也没约时间；五（3）班还有2人没走访；"
        "2022年秋季回访：还有2家没走访也没约时间；五（3）班还有3人没走访"
    )


def test_a_mail_says_of_which_notice_and_where_it_is_switched_off(programme, autumn, pupils, head, settings, mailoutbox):
    settings.SITE_URL = "https://jiafang.example"
    head.email = "chenxiao@example.com"
    head.save()
    start_due_rounds()
    deliver()
    body = mailoutbox[0].body
    assert "1. 2022年示例走万家：还有3家没走访也没约时间\n" in body
    assert "2. 2022年秋季回访：还有3家没走访也没约时间\n" in body
    assert body.endswith("在“提醒设置”里关掉。\n   https://jiafang.example/reminders/settings/\n")
