"""The calendar address: what it gives away (times and classes), to whom (who has it), and for how long."""

from datetime import timedelta
from uuid import uuid5

import icalendar
import pytest
from django.urls import reverse

from core.models import AuditEntry
from schools.enums import Role
from schools.tests.factories import make_class, make_user
from students.models import Household
from students.tests.factories import make_mentor, make_student
from visits.actions.appointment import cancel, confirm_with_family, decline, not_home, reschedule
from visits.actions.calendar import make_link, reader, revoke_link
from visits.models import CalendarLink
from visits.queries.calendar import SPACE
from visits.tests.factories import at, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def student(school_class):
    return make_student(
        school_class, name="顾梓涵", guardian=("示例家长", "19900001234"), phone="19900005678", address="晨曦镇朝阳路88弄3号"
    )


@pytest.fixture
def token(programme, head):
    return make_link(head)


def feed(client, token):
    return client.get(reverse("visits:calendar_feed", args=[token]))


def events(client, token):
    return icalendar.Calendar.from_ical(feed(client, token).content).walk("VEVENT")


def test_feed_tells_time_and_class_and_nothing_of_the_family(client, programme, head, teacher, student, token):
    home = Household.objects.create()
    student.household = home
    student.save()
    elsewhere = make_student(make_class(number=8), name="顾一凡", household=home)
    make_plan(
        student, elsewhere, by=head, programme=programme, others=[teacher], mode="nearby", place="朝阳居委会",
        confirmed_with="mother", preparation="先夸他做值日。",
    )  # fmt: skip
    response = feed(client, token)
    text = response.content.decode()
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200, "text/calendar; charset=utf-8", "private, no-store",
    )  # fmt: skip
    [event] = events(client, token)
    assert event["SUMMARY"] == "家访 五（3）班"
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (at("2022-09-20 18:30"), at("2022-09-20 19:15"))
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert "BEGIN:VTIMEZONE" in text
    unfolded = text.replace("\r\n ", "")
    for secret in ("顾", "梓涵", "示例家长", "1990000", "晨曦", "朝阳", "居委会", "值日", head.name, teacher.name, "8）"):
        assert secret not in unfolded
    assert set(event) == {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "SEQUENCE", "CLASS", "TRANSP"
    }  # fmt: skip


def test_event_is_the_same_one_when_it_moves_or_is_called_off(client, programme, head, student, token, settings):
    visit = make_plan(student, by=head, programme=programme)
    [first] = events(client, token)
    assert (first["STATUS"], first["SEQUENCE"]) == ("TENTATIVE", 0)
    assert first["UID"] == f"{uuid5(SPACE, str(visit.client_uuid))}@homevisit"  # nothing of the pupil stands in it

    confirm_with_family(visit, by=head, confirmed_with="mother")
    assert events(client, token)[0]["STATUS"] == "CONFIRMED"
    reschedule(visit, by=head, planned_at=at("2022-09-21 10:00"))
    [moved] = events(client, token)
    assert (moved["UID"], moved.decoded("DTSTART")) == (first["UID"], at("2022-09-21 10:00"))
    assert moved["SEQUENCE"] > first["SEQUENCE"]

    cancel(visit, by=head, cancelled_by="family")
    [off] = events(client, token)
    assert (off["UID"], off["STATUS"], off["SEQUENCE"] > moved["SEQUENCE"]) == (first["UID"], "CANCELLED", True)
    settings.HOMEVISIT_CLOCK = "2022-10-22T10:01+08:00"
    assert events(client, token) == []


@pytest.mark.parametrize("act", [not_home, decline])
def test_what_did_not_take_place_is_called_off(client, programme, head, student, token, act):
    act(make_plan(student, by=head, programme=programme), by=head)
    assert events(client, token)[0]["STATUS"] == "CANCELLED"


def test_feed_holds_what_one_leads_and_joins_and_nobody_elses(client, programme, head, teacher, school_class, token):
    other = make_student(school_class)
    make_mentor(other, teacher)
    make_plan(other, by=teacher, programme=programme)
    assert events(client, token) == []
    make_plan(make_student(school_class), by=head, programme=programme, others=[teacher])
    assert (len(events(client, token)), len(events(client, make_link(teacher)))) == (1, 2)


def test_address_opens_without_sign_in_only_while_it_holds(client, head, token):
    assert feed(client, token).status_code == 200
    assert feed(client, token + "x").status_code == 404
    fresh = make_link(head)
    assert (feed(client, token).status_code, feed(client, fresh).status_code) == (404, 200)
    assert (revoke_link(head), revoke_link(head)) == (True, False)
    assert feed(client, fresh).status_code == 404
    assert list(AuditEntry.objects.filter(action__startswith="calendar.").order_by("id").values_list("action", flat=True)) == [
        "calendar.make", "calendar.make", "calendar.revoke",
    ]  # fmt: skip


def test_address_of_who_is_gone_opens_nothing(client, programme, school):
    left, off = (make_user(Role.TEACHER, school=school) for _ in range(2))
    tokens = [make_link(left), make_link(off)]
    left.posts.update(ends_on="2022-09-17")
    off.is_active = False
    off.save()
    assert [feed(client, token).status_code for token in tokens] == [404, 404]


def test_only_the_hash_is_kept(head, token):
    row = CalendarLink.objects.get(user=head)
    assert token not in str(vars(row).values())
    assert len(token) >= 40


def test_last_reading_is_kept_by_the_hour(head, token, settings):
    def last():
        return CalendarLink.objects.get(user=head).last_read_at

    reader(token)
    first = last()
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:59+08:00"
    reader(token)
    assert last() == first
    settings.HOMEVISIT_CLOCK = "2022-09-18T21:00+08:00"
    reader(token)
    assert last() == first + timedelta(hours=1)


def test_page_shows_the_address_once(client, head, programme):
    client.force_login(head, backend="schools.backends.StaffBackend")
    assert "没有开" in client.get(reverse("visits:calendar")).content.decode()
    made = client.post(reverse("visits:calendar_make"))
    address = made.context["address"]
    assert address.startswith("http://testserver/visits/calendar/") and address.encode() in made.content
    assert feed(client, address.split("/")[-1].removesuffix(".ics")).status_code == 200
    assert address.encode() not in client.get(reverse("visits:calendar")).content
    client.post(reverse("visits:calendar_revoke"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("plans", (1, 3))
def test_feed_query_count(client, programme, head, school_class, token, plans, django_assert_num_queries):
    for _ in range(plans):
        make_plan(make_student(school_class), by=head, programme=programme)
    reader(token)
    with django_assert_num_queries(5):  # link, posts; visits, pupils, visitors
        feed(client, token)
