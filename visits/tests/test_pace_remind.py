"""提醒进度慢的班: who is told, once a day, and in which words."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_class_head, make_leader, make_officer, make_school, make_user
from students.models import Student
from visits.actions.pace import remind_heads
from visits.models import ClassCount
from visits.tests.slow import RUSH, SLOW, make_slow_school

pytestmark = [pytest.mark.django_db, pytest.mark.seed("S48")]


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def school():
    return make_slow_school()


@pytest.fixture
def programme(school):
    return school.authority.programmes.get()


@pytest.fixture
def rush(school):
    """五（2）班, which has no head yet."""
    return school.classes.get(entry_year=2018, number=2)


def remind(client, user, place):
    client.force_login(user)
    return client.post(reverse("visits:school_remind", args=[place.pk]), follow=True)


def test_each_head_reads_the_sentence_of_the_own_class(client, school, rush):
    head = make_class_head(rush)
    page = remind(client, make_leader(school), school)
    assert "提醒了五（1）班、五（2）班的班主任。" in page.text
    slow = school.classes.get(entry_year=2018, number=1)
    of = "?notice=binhe-2022"
    assert set(Message.objects.values_list("text", "url")) == {
        (f"五（1）班：{SLOW}", f"/visits/class/{slow.pk}/{of}"),
        (f"五（2）班：{RUSH}", f"/visits/class/{rush.pk}/{of}"),
    }  # fmt: skip
    assert [row.text for row in Message.objects.filter(user=head)] == [f"五（2）班：{RUSH}"]
    assert AuditEntry.objects.filter(action="class.remind_pace").count() == 2
    names = Student.objects.values_list("name", flat=True)
    assert not any(name in text for text in Message.objects.values_list("text", flat=True) for name in names)


def test_a_class_is_reminded_once_a_day_by_whomever(client, school, settings):
    remind(client, make_leader(school), school)
    page = remind(client, make_user(Role.SCHOOL_ADMIN, school=school), school)
    assert Message.objects.count() == 1
    assert "五（2）班还没有班主任，没有提醒到。" in page.text
    settings.HOMEVISIT_CLOCK = "2022-09-19T08:00+08:00"
    remind(client, make_leader(school), school)
    assert Message.objects.count() == 2


def test_all_told_today_is_said(client, school, rush):
    make_class_head(rush)
    leader = make_leader(school)
    remind(client, leader, school)
    assert "今天都提醒过了。" in remind(client, leader, school).text


def test_nobody_is_told_when_all_will_be_done(client, school):
    ClassCount.objects.filter(school=school).delete()
    assert "不用提醒" in remind(client, make_leader(school), school).text
    assert not Message.objects.exists()


@pytest.mark.parametrize("moment", ["2022-10-01T00:00+08:00", "2022-12-01T10:00+08:00"])
def test_after_the_deadline_nobody_is_reminded(client, programme, school, settings, moment):
    settings.HOMEVISIT_CLOCK = moment
    leader = make_leader(school)
    with pytest.raises(WrongState):
        remind_heads(programme, school, by=leader)
    assert remind(client, leader, school).status_code == 409
    assert "提醒进度慢的班" not in client.get(reverse("visits:school", args=[school.pk])).text


def test_a_closed_programme_reminds_nobody(client, programme, school):
    programme.state = "closed"
    programme.save()
    assert remind(client, make_leader(school), school).status_code == 409


def test_only_the_office_of_the_school_reminds(client, programme, school):
    answers = [
        remind(client, user, school).status_code
        for user in (
            make_user(Role.TEACHER, school=school), make_officer(programme.authority),
            make_leader(make_school(programme.authority)), make_user(),
        )
    ]  # fmt: skip
    assert (answers, Message.objects.count()) == ([403, 403, 404, 404], 0)
    client.force_login(make_leader(school))
    assert client.get(reverse("visits:school_remind", args=[school.pk])).status_code == 405


def test_the_button_stands_on_the_whole_schools_page(client, school):
    client.force_login(make_leader(school))
    address = reverse("visits:school", args=[school.pk])
    assert "提醒2个班的班主任？" in client.get(address).text
    assert "提醒进度慢的班" not in client.get(address, {"grade": "5"}).text
