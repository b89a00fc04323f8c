"""真实性提醒: the teacher is asked until it is answered, the school's leader from the day on that is the leader's."""

import pytest

from honesty.actions.answer import answer
from honesty.actions.conclude import conclude
from honesty.enums import HintKind, HintState
from honesty.models import Hint
from honesty.tests.factories import add_call, make_hint
from programmes.queries.current import address_without
from reminders.actions.round import start_due_rounds
from reminders.actions.settle import settle, unread
from reminders.enums import LineKind
from reminders.models import Digest
from reminders.queries.hours import every_occasion, open_programmes
from reminders.queries.lines import due_lines
from reminders.queries.mine import my_lines
from reminders.queries.people import people
from reminders.queries.school_text import school_texts
from schools.enums import Role
from schools.models import Message, Post
from schools.queries.message import inbox
from schools.tests.factories import add_post, make_class, make_class_head, make_leader, make_school, make_user
from visits.tests.factories import at as moment

pytestmark = pytest.mark.django_db
LATER = "2022-09-21 00:00"


def of(user):
    return [(line.text, address_without(line.url)) for line in my_lines(user) if line.kind == LineKind.HINTS]


def told(user):
    return [message.text for message in inbox(user).filter(read_at=None)]


@pytest.fixture
def hint(programme, school, pupils, head):
    """Found this night: until Wednesday it is the teacher's alone."""
    visits = [add_call(programme, pupil, head, f"2022-09-1{n} 18:30") for n, pupil in enumerate(pupils)]
    return make_hint(head, programme, school, kind=HintKind.ALIKE, visits=visits, leader_from=moment(LATER))


@pytest.mark.seed("S29")
def test_the_teacher_first_and_the_leader_after_two_workdays(hint, school, head, leader, teacher, officer, at):
    mine, schools = ("1条真实性提醒等你说明", f"/honesty/{hint.pk}/"), ("1条真实性提醒等你核实", f"/honesty/{hint.pk}/")
    assert of(head) == [mine]
    assert of(leader) == []
    at("2022-09-21 00:00")
    assert of(head) == [mine]
    assert of(leader) == [schools]
    assert of(teacher) == of(officer) == []


def test_several_open_their_list(programme, school, hint, head, leader, at):
    make_hint(head, programme, school, kind=HintKind.PHOTO, leader_from=moment(LATER))
    at(LATER)
    assert of(head) == [("2条真实性提醒等你说明", "/honesty/")]
    assert of(leader) == [("2条真实性提醒等你核实", f"/honesty/school/?school={school.pk}")]


@pytest.mark.parametrize("state", (HintState.CONCLUDED, HintState.GONE))
def test_what_is_done_or_gone_is_told_to_nobody(programme, school, head, leader, state):
    make_hint(head, programme, school, state=state)
    assert of(head) == of(leader) == []


def test_an_answer_moves_it_to_the_leader_at_once(hint, head, leader):
    answer(hint, by=head, reason="common", text="都去看了同一处文化站")
    assert of(head) == []
    assert of(leader) == [("1条真实性提醒等你核实", f"/honesty/{hint.pk}/")]
    conclude(Hint.objects.get(), by=leader, finding="fine", note="")
    assert of(leader) == []


def test_nobody_is_asked_to_look_into_the_own_records(programme, school, leader):
    make_hint(leader, programme, school, kind=HintKind.BUNCHED)
    assert [text for text, _ in of(leader)] == ["1条真实性提醒等你说明"]
    colleague = make_leader(school)
    assert [text for text, _ in of(colleague)] == ["1条真实性提醒等你核实"]


def test_the_office_the_class_head_and_other_schools_hear_nothing(programme, school, school_class, teacher):
    make_hint(teacher, programme, school)
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    abroad = make_leader(make_school(school.authority))
    for user in (admin, make_class_head(school_class), abroad):
        assert of(user) == []


def test_whoever_left_the_school_and_a_closed_notice(programme, school, teacher, leader, hint):
    make_hint(teacher, programme, school)
    Post.objects.filter(user=teacher).delete()
    add_post(teacher, Role.TEACHER, school=make_school(school.authority))
    assert of(teacher) == []
    type(programme).objects.update(state="closed")
    assert of(leader) == []


def test_the_groups_robot_and_the_text_to_copy_say_nothing_of_it(programme, school, hint, at):
    at(LATER)
    text = school_texts([school], open_programmes()).get(school.pk, "")
    assert "真实性" not in text and "核实" not in text


def test_a_notice_goes_when_it_is_answered_concluded_or_gone(programme, hint, head, leader, at):
    at("2022-09-21 09:00")
    start_due_rounds()
    assert "1条真实性提醒等你说明" in told(head)[0] and "1条真实性提醒等你核实" in told(leader)[0]
    answer(hint, by=head, reason="common", text="")
    settle(unread())
    assert all("等你说明" not in text for text in told(head))
    assert any("1条真实性提醒等你核实" in text for text in told(leader))
    Hint.objects.update(state=HintState.GONE, gone_at=moment("2022-09-21 10:00"))
    settle(unread())
    assert not any("等你核实" in text for text in told(leader))


def test_the_bell_on_a_day_with_nothing_else_is_withdrawn(programme, school, teacher, at):
    at("2022-09-21 09:00")
    hint = make_hint(teacher, programme, school)
    start_due_rounds()
    digest = Digest.objects.get(user=teacher)
    assert digest.message.text == "1条真实性提醒等你说明"
    answer(hint, by=teacher, reason="common", text="")
    settle(unread())
    assert Message.objects.get(pk=digest.message_id).read_at


def test_each_line_opens_for_whom_it_is(programme, hint, school, head, leader, client, at):
    at(LATER)
    for number in range(2):
        for user in (head, leader):
            client.force_login(user, backend="schools.backends.StaffBackend")
            (line,) = [line for line in my_lines(user) if line.kind == LineKind.HINTS]
            assert client.get(line.url, follow=True).status_code == 200, line.url
        if not number:
            make_hint(head, programme, school, kind=HintKind.PHOTO)


@pytest.mark.parametrize("many", (1, 3))
def test_one_query_however_many(programme, school, many, django_assert_num_queries):
    ids = []
    for number in range(many):
        user = make_class_head(make_class(school, number=number + 1))
        make_hint(user, programme, school, kind=HintKind.PHOTO)
        ids += [user.pk, make_leader(school).pk]
    programmes = open_programmes()
    with django_assert_num_queries(27):
        lines = due_lines(people(ids, programmes), every_occasion(moment("2022-09-19 09:00").date()))
    assert len(lines) == len(ids)
