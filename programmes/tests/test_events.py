"""Meetings and trainings: registered by the school, attendance kept, read by its staff and its district."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from programmes.actions.event import cancel_event, change_event, create_event, mark_attendance
from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import read_notice
from programmes.models import Attendance, Event
from programmes.queries.events import kinds
from programmes.queries.ready import is_trained
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import (
    add_post,
    make_class,
    make_class_head,
    make_leader,
    make_officer,
    make_school,
    make_user,
)

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T10:00:00+08:00"


def opened(name):
    return open_programme(load_programme(read_notice(DATA / f"{name}.toml")).programme, by=None)


@pytest.fixture
def programme():
    return opened("wujin-2023")


@pytest.fixture
def school(programme):
    return make_school(programme.authority, short_name="寨桥初中")


def fields(**changed):
    facts = {
        "kind": "training", "title": "家访培训", "held_on": date(2023, 9, 15), "place": "阶梯教室",
        "speaker": "沈文清", "topics": ["心理研判"], "minutes": "", "materials": "", "guests": 0,
    }  # fmt: skip
    return facts | changed


@pytest.fixture
def training(programme, school, leader):
    return create_event(programme, school, by=leader, **fields())[0]


def sign_in(client, user):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client


def text_of(response):
    body = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def posted(**changed):
    return {"kind": "training", "title": "", "held_on": "2023-09-15", "place": "", "speaker": "", "materials": "",
            "guests": "", "minutes": "", **changed}  # fmt: skip


# ── what a notice asks for ──


@pytest.mark.seed("W29", "W90")
def test_the_meetings_the_plan_asks_for_can_each_be_registered(client, programme, school, leader):
    asked = {
        "mobilisation": "宣传动员会", "teacher_forum": "教师代表座谈会", "parent_forum": "家长座谈会",
        "exchange": "家访经验交流会", "deeds": "家访事迹报告会",
    }  # fmt: skip
    sign_in(client, leader)
    for code in asked:
        client.post(reverse("programmes:event_new"), posted(kind=code, minutes="谈了家访安排。", guests="12"))

    rows = Event.objects.filter(programme=programme, school=school)
    assert {row.kind: (row.title, row.minutes, row.guests) for row in rows} == {
        code: (label, "谈了家访安排。", 12) for code, label in asked.items()
    }
    page = text_of(client.get(reverse("programmes:events")))
    assert all(label in page for label in asked.values())


def test_meetings_of_the_district_and_the_city_are_not_a_schools(programme):
    assert "seminar" not in kinds(programme) and "case_selection" not in kinds(programme)


@pytest.mark.seed("S13", "W30")
def test_training_before_visiting_with_who_was_there_and_materials(client, programme, school, leader, teacher):
    absent = make_user(Role.TEACHER, school=school, name="丁宁")
    row, _ = create_event(programme, school, by=leader, **fields(materials="家访手册\n问答口径"))
    sign_in(client, leader).post(reverse("programmes:attendance", args=[row.pk]), {"present": [teacher.pk], "was": ""})

    assert (is_trained(programme, teacher), is_trained(programme, absent)) == (True, False)
    page = text_of(client.get(reverse("programmes:event", args=[row.pk])))
    assert "罗一鸣" in page and "家访手册、问答口径" in page and "心理研判" in page and "丁宁" not in page


@pytest.mark.seed("S33")
def test_topics_of_the_training_are_offered_and_kept(client):
    programme = opened("baoshan-2022")
    school = make_school(programme.authority)
    sign_in(client, make_leader(school))
    topics = ["与家长沟通的方法", "家庭教育指导"]

    page = client.get(reverse("programmes:event_new")).content.decode()
    assert all(f'value="{topic}"' in page for topic in topics)
    client.post(reverse("programmes:event_new"), posted(topics=topics))
    assert Event.objects.get(school=school).topics == topics


@pytest.mark.parametrize("name", ["baoshan-2022", "wujin-2023"])
def test_each_notice_knows_training_mobilisation_and_exchange(name):
    assert {"training", "mobilisation", "exchange"} <= kinds(opened(name)).keys()


# ── register, change, cancel ──


def test_the_same_meeting_again_is_the_one_there_is(programme, school, leader, training):
    again, created = create_event(programme, school, by=leader, **fields(place="礼堂"))

    assert (again, created) == (training, False)
    assert AuditEntry.objects.filter(action="event.create").count() == 1


def test_change_writes_what_differs_once(leader, training):
    change_event(training, by=leader, **fields(place="礼堂"))
    change_event(training, by=leader, **fields(place="礼堂"))

    training.refresh_from_db()
    assert training.place == "礼堂"
    assert [line.fields for line in AuditEntry.objects.filter(action="event.change")] == [["place"]]


def test_cancelled_stays_in_the_list_struck_and_trains_nobody(client, programme, leader, teacher, training):
    mark_attendance(training, by=leader, came=[teacher.pk])
    cancel_event(training, by=leader)
    cancel_event(training, by=leader)

    assert not is_trained(programme, teacher)
    assert AuditEntry.objects.filter(action="event.cancel").count() == 1
    page = sign_in(client, teacher).get(reverse("programmes:events")).content.decode()
    assert "<s>家访培训</s>" in page
    with pytest.raises(WrongState, match="已经取消"):
        change_event(training, by=leader, place="礼堂")
    with pytest.raises(WrongState, match="已经取消"):
        mark_attendance(training, by=leader, came=[teacher.pk])


def test_nothing_is_registered_once_the_programme_is_over(client, programme, school, leader, training):
    close_programme(programme, by=None)

    for act in (
        lambda: create_event(programme, school, by=leader, **fields(title="另一场")),
        lambda: change_event(training, by=leader, place="礼堂"),
        lambda: cancel_event(training, by=leader),
    ):
        with pytest.raises(WrongState, match="不在进行中"):
            act()
    assert sign_in(client, leader).post(reverse("programmes:event_new"), posted()).status_code == 409
    assert "登记一场" not in client.get(reverse("programmes:events")).content.decode()


def test_a_kind_the_notice_does_not_know_is_refused(programme, school, leader):
    with pytest.raises(ValidationError, match="没有这种会"):
        create_event(programme, school, by=leader, **fields(kind="party"))


@pytest.mark.parametrize("who", ["teacher", "head", "other leader", "officer"])
def test_only_the_schools_leader_or_administrator_writes(programme, school, leader, training, who):
    other = make_school(programme.authority)
    user = {
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "head": lambda: make_class_head(make_class(school, school_year=2023)),
        "other leader": lambda: make_leader(other),
        "officer": lambda: make_officer(programme.authority),
    }[who]()

    for act in (
        lambda: create_event(programme, school, by=user, **fields(title="另一场")),
        lambda: change_event(training, by=user, place="礼堂"),
        lambda: cancel_event(training, by=user),
        lambda: mark_attendance(training, by=user, came=[]),
    ):
        with pytest.raises(PermissionDenied):
            act()


# ── attendance ──


def test_attendance_twice_is_once_and_ticks_of_a_colleague_stay(leader, teacher, training, school):
    second = make_user(Role.TEACHER, school=school)

    assert mark_attendance(training, by=leader, came=[teacher.pk]) == 1
    assert mark_attendance(training, by=leader, came=[teacher.pk]) == 1
    assert mark_attendance(training, by=leader, came=[second.pk]) == 2  # drawn before the first was saved
    assert mark_attendance(training, by=leader, absent=[teacher.pk]) == 1
    assert mark_attendance(training, by=leader, absent=[teacher.pk]) == 1
    assert list(training.attendances.values_list("user", flat=True)) == [second.pk]
    assert AuditEntry.objects.filter(action="event.attendance").count() == 3


def test_attendance_is_not_marked_before_the_day(client, programme, school, leader, teacher):
    row, _ = create_event(programme, school, by=leader, **fields(held_on=date(2023, 9, 19)))

    with pytest.raises(WrongState, match="到那天再登记"):
        mark_attendance(row, by=leader, came=[teacher.pk])
    assert sign_in(client, leader).get(reverse("programmes:attendance", args=[row.pk])).status_code == 409
    page = client.get(reverse("programmes:event", args=[row.pk])).content.decode()
    assert reverse("programmes:attendance", args=[row.pk]) not in page


def test_a_day_with_attendance_does_not_move_to_the_future(leader, teacher, training):
    mark_attendance(training, by=leader, came=[teacher.pk])

    with pytest.raises(ValidationError, match="已经登记了到会"):
        change_event(training, by=leader, held_on=date(2023, 9, 20))


def test_people_of_another_school_are_not_ticked(client, programme, leader, training):
    stranger = make_user(Role.TEACHER, school=make_school(programme.authority))

    with pytest.raises(ValidationError, match="不是本校"):
        mark_attendance(training, by=leader, came=[stranger.pk])
    url = reverse("programmes:attendance", args=[training.pk])
    response = sign_in(client, leader).post(url, {"present": [stranger.pk], "was": ""})
    assert (response.status_code, Attendance.objects.count()) == (422, 0)
    assert "不是本校" in response.content.decode()


def test_one_button_ticks_everybody_without_script(client, leader, teacher, training):
    sign_in(client, leader).post(reverse("programmes:attendance", args=[training.pk]), {"everybody": "1", "was": ""})

    assert set(training.attendances.values_list("user", flat=True)) == {leader.pk, teacher.pk}


def test_page_unticks_whom_it_showed_ticked(client, leader, teacher, training):
    mark_attendance(training, by=leader, came=[teacher.pk, leader.pk])
    url = reverse("programmes:attendance", args=[training.pk])
    sign_in(client, leader).post(url, {"present": [leader.pk], "was": f"{leader.pk},{teacher.pk},x"})

    assert list(training.attendances.values_list("user", flat=True)) == [leader.pk]


# ── who reads ──


def test_staff_and_district_read_the_meeting_and_a_count_leaders_read_names(client, programme, leader, teacher, training):
    mark_attendance(training, by=leader, came=[teacher.pk])
    url = reverse("programmes:event", args=[training.pk])
    other = make_user(Role.TEACHER, school=training.school)

    for user in (other, make_officer(programme.authority)):
        page = text_of(sign_in(client, user).get(url))
        assert "老师1人" in page and "罗一鸣" not in page
    assert "罗一鸣" in text_of(sign_in(client, leader).get(url))
    assert "你参加了这场会" in text_of(sign_in(client, teacher).get(url))
    assert sign_in(client, make_leader(make_school(programme.authority))).get(url).status_code == 404


def test_district_sees_whose_meeting_it_is(client, programme, training):
    page = text_of(sign_in(client, make_officer(programme.authority)).get(reverse("programmes:events")))

    assert "寨桥初中" in page and "登记一场" not in page


def test_list_costs_the_same_for_one_and_three(client, programme, school, leader, training, django_assert_num_queries):
    sign_in(client, leader).get(reverse("programmes:events"))

    def queries():
        with django_assert_num_queries(7):
            client.get(reverse("programmes:events"))

    queries()
    for day in (16, 17):
        row, _ = create_event(programme, school, by=leader, **fields(held_on=date(2023, 9, day)))
        mark_attendance(row, by=leader, came=[leader.pk])
    queries()


def test_list_by_kind(client, programme, school, leader, training):
    create_event(programme, school, by=leader, **fields(kind="exchange", title="九月交流"))

    page = text_of(sign_in(client, leader).get(reverse("programmes:events"), {"kind": "exchange"}))
    assert "九月交流" in page and "阶梯教室" in page and "家访培训，" not in page


# ── wrong input ──


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": ""}, "还没有选是哪一种会"),
        ({"kind": "party"}, "本次活动没有这种会"),
        ({"held_on": ""}, "还没有填日期"),
        ({"held_on": "1923-09-15"}, "看看年份对不对"),
        ({"guests": "-1"}, "填一个数字"),
        ({"minutes": "某某 31010120100101123X"}, "像是有身份证号"),
        ({"materials": "\n".join("手册" for _ in range(21))}, "最多20行"),
    ],
)
def test_wrong_input_says_what_to_do_and_keeps_what_was_typed(client, leader, changed, sentence):
    response = sign_in(client, leader).post(reverse("programmes:event_new"), posted(place="阶梯教室", **changed))

    page = response.content.decode()
    assert (response.status_code, Event.objects.count()) == (422, 0)
    assert sentence in page and "阶梯教室" in page


def test_leader_of_two_schools_says_which(client, programme, school, leader):
    second = make_school(programme.authority)
    add_post(leader, Role.SCHOOL_ADMIN, school=second)

    assert "学校" in sign_in(client, leader).post(reverse("programmes:event_new"), posted()).content.decode()
    client.post(reverse("programmes:event_new"), posted(school=second.pk))
    assert Event.objects.get().school == second


def test_without_a_programme_there_is_nothing_to_register(client):
    other = make_programme(code="draft", state="draft")
    leader = make_leader(make_school(other.authority))

    assert sign_in(client, leader).get(reverse("programmes:events")).status_code == 200
    assert client.get(reverse("programmes:event_new")).status_code == 404
