"""What the school's and the class's page say of the pace ahead."""

from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from schools.enums import Role
from schools.tests.factories import make_class_head, make_leader, make_user
from visits.models import Visit
from visits.tests.slow import RUSH, SLOW, make_slow_school

pytestmark = [pytest.mark.django_db, pytest.mark.seed("S22")]

@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"


@pytest.fixture
def school():
    return make_slow_school()


def school_page(client, user, school, **query):
    client.force_login(user)
    return client.get(reverse("visits:school", args=[school.pk]), query)


def board(client, user, school_class):
    client.force_login(user)
    return client.get(reverse("visits:board", args=[school_class.pk]))


@pytest.mark.parametrize("role", [Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
def test_the_school_is_told_which_classes_in_the_order_of_classes(client, school, role):
    page = school_page(client, make_user(role, school=school), school)
    told = [(one.label, one.warning) for one in page.context["ahead"]["classes"]]
    assert told == [("五（1）班", SLOW), ("五（2）班", RUSH)]
    assert all(words in page.text for words in ("进度提醒", SLOW, RUSH, "供安排时参考"))


def test_a_grade_narrows_the_warnings_and_says_when_there_are_none(client, school):
    page = school_page(client, make_leader(school), school, grade="4")
    assert page.context["ahead"]["classes"] == []
    assert "照现在的速度，各班9月30日前都能走完" in page.text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2022-08-04T10:00+08:00", "走访刚开始，过几天再看各班的速度。"),
        ("2022-10-02T10:00+08:00", "9月30日已经截止。"),
    ],
)
def test_before_there_is_a_pace_and_after_the_deadline_nothing_is_foretold(client, school, settings, moment, words):
    settings.HOMEVISIT_CLOCK = moment
    Visit.objects.filter(state="planned").delete()
    page = school_page(client, make_leader(school), school)
    assert (page.context["ahead"]["classes"], words in page.text) == ([], True)


def test_the_line_of_the_school_rises_on_working_days_only(client, school):
    chart = school_page(client, make_leader(school), school).context["chart"]
    by_day = dict(zip(chart["days"], chart["expected"], strict=True))
    assert (by_day["9月9日"], by_day["9月12日"], by_day["9月30日"]) == (10, 10, 14)  # mid-autumn lies between


def test_the_head_of_the_class_reads_the_same_sentence(client, school):
    slow = school.classes.get(entry_year=2018, number=1)
    page = board(client, make_class_head(slow), slow)
    assert (page.context["ahead"], SLOW in page.text) == ((SLOW, True), True)


def test_a_class_in_time_reads_the_day_it_will_be_done(client, school):
    programme = school.authority.programmes.get()
    rush = school.classes.get(entry_year=2018, number=2)
    Visit.objects.filter(state="planned").update(planned_at=timezone.make_aware(datetime(2022, 9, 21, 18)))
    page = board(client, make_class_head(rush), rush)
    assert page.context["ahead"] == ("照现在的速度，9月21日能走完", False)
    done = school.classes.get(entry_year=2019)
    assert programme.due_rows.filter(school_class=done, visits=0).count() == 0
    assert board(client, make_leader(school), done).context["ahead"] is None
