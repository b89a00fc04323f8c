"""A school sees who is not trained or has not signed, by name, to arrange it; nobody else does."""

import re

import pytest
from django.urls import reverse

from programmes.actions.conduct import sign
from programmes.models import Attendance, Event
from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_officer, make_user
from students.actions.mentor import set_mentor
from students.tests.factories import make_student

pytestmark = pytest.mark.django_db
READY = {
    "training": {"required": True, "event": "training"},
    "conduct": {"title": "五要五不能", "rules": [{"kind": "do", "text": "要守时"}]},
}


@pytest.fixture
def programme(clock):
    return make_programme(config=CONFIG | READY)


def train(programme, school, *users, by):
    event = Event.objects.create(
        programme=programme, authority_id=programme.authority_id, school=school, kind="training", title="家访培训",
        held_on="2022-09-01", created_by=by,
    )  # fmt: skip
    for user in users:
        Attendance.objects.create(event=event, school=school, user=user, marked_by=by)


def page(client, user, url):
    client.force_login(user, backend="schools.backends.StaffBackend")
    response = client.get(url)
    assert response.status_code == 200
    return words(response.text.split("<main", 1)[1])


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def card_of(client, user, school):
    """What the school's page fetches into its card."""
    client.force_login(user, backend="schools.backends.StaffBackend")
    assert f'hx-get="{ready(school)}"' in client.get(reverse("visits:school", args=[school.pk])).text
    part = client.get(ready(school), headers={"HX-Request": "true"}).text
    assert "<html" not in part
    return words(part)


def ready(school):
    return reverse("visits:ready", args=[school.pk])


@pytest.fixture
def pupil(student):
    return student  # a school page without pupils has no figures


@pytest.mark.seed("S13")
def test_school_is_shown_who_visits_without_training(client, programme, school, leader, teacher, head, pupil):
    train(programme, school, teacher, by=leader)
    sign(programme, by=head)

    card = card_of(client, leader, school)
    assert "还没参加培训 1人" in card and "还没签守则 1人" in card
    names = page(client, leader, ready(school))
    training, code = names.split("五要五不能", 1)
    assert "陈晓" in training and "罗一鸣" not in training
    assert "罗一鸣" in code.split("签过的")[0] and "陈晓" in code.split("签过的")[1]


def test_nobody_is_held_up_unless_the_notice_says_so(client, programme, school, leader, teacher):
    assert "不影响他们家访" in page(client, leader, ready(school))

    programme.config["training"]["hold_back"] = True
    programme.save()
    assert "先不收他们的家访记录" in page(client, leader, ready(school))


def test_mentors_and_assigned_without_a_visiting_post_count_as_visitors(client, programme, school, leader, student, head):
    admin = make_user(Role.SCHOOL_ADMIN, school=school, name="钱管理")
    assert "钱管理" not in page(client, leader, ready(school))

    set_mentor(student, admin, by=head)
    assert "钱管理" in page(client, leader, ready(school))


def test_all_ready_says_so(client, programme, school, leader, teacher, head, pupil):
    train(programme, school, teacher, head, by=leader)
    for user in (teacher, head):
        sign(programme, by=user)

    assert "培训、守则都齐了" in card_of(client, leader, school)
    assert "都参加过了" in page(client, leader, ready(school))


def test_notice_that_asks_for_nothing_shows_no_card(client, programme, school, leader, pupil):
    programme.config = CONFIG
    programme.save()

    assert "走访前的准备" not in page(client, leader, reverse("visits:school", args=[school.pk]))
    assert "不要求培训和签守则" in page(client, leader, ready(school))


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("head", 403), ("admin", 200), ("officer", 403), ("stranger", 404)]
)
def test_names_are_for_the_schools_leader_and_administrator(client, programme, school, head, who, status):
    user = {
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "head": lambda: head,
        "admin": lambda: make_user(Role.SCHOOL_ADMIN, school=school),
        "officer": lambda: make_officer(programme.authority),
        "stranger": lambda: make_leader(make_class(number=9, school=None).school),
    }[who]()
    client.force_login(user, backend="schools.backends.StaffBackend")

    assert client.get(ready(school)).status_code == status


def test_names_cost_the_same_for_one_and_three(client, programme, school, leader, teacher, django_assert_num_queries):
    page(client, leader, ready(school))
    with django_assert_num_queries(7):
        client.get(ready(school))
    for number in (7, 8):
        make_class_head(make_class(school, number=number))
        make_student(make_class(school, number=number))
    with django_assert_num_queries(7):
        client.get(ready(school))
