"""Notices and the bell; a decision's notice leaves when its undo is over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import now
from schools.actions.message import mark_read, tell
from schools.models import Message
from schools.queries.message import inbox
from schools.tests.factories import make_school, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings):
    def at(text):
        settings.HOMEVISIT_CLOCK = f"2022-09-18T{text}+08:00"

    at("10:00:00")
    return at


@pytest.fixture
def person(clock):
    return make_user("teacher", school=make_school())


def test_tell_reaches_each_once_and_nobody_is_nobody(person):
    tell([person, person.pk, None], "材料退回了。", url="/works/")
    assert list(inbox(person).values_list("text", "url")) == [("材料退回了。", "/works/")]


def test_a_notice_that_waits_is_not_shown_before_it_leaves(person, clock):
    tell([person], "通过了。", after=timedelta(seconds=12))
    assert not inbox(person).exists()
    clock("10:00:12")
    assert inbox(person).count() == 1


def test_mark_read_is_for_one_s_own_arrived_notices_and_twice_is_once(person, clock):
    tell([person], "一")
    tell([person], "二", after=timedelta(minutes=1))
    tell([make_user()], "别人的")
    assert (mark_read(person), mark_read(person)) == (1, 0)
    assert Message.objects.filter(read_at__isnull=True).count() == 2


def test_the_bell_counts_unread_notices_without_a_query_of_its_own(client, person, django_assert_num_queries):
    client.force_login(person, backend="schools.backends.StaffBackend")
    for count in (1, 3):
        while Message.objects.count() < count:
            tell([person], "退回了。")
        with django_assert_num_queries(6):  # session, person, posts, programmes; count and rows
            page = client.get(reverse("schools:messages")).content.decode()
        assert page.count("未读：") == count
        assert f"通知，{count}条未读" in client.get(reverse("programmes:overview")).content.decode()


def test_opening_a_notice_marks_it_read_and_goes_where_it_leads(client, person):
    tell([person], "退回了。", url="/works/")
    client.force_login(person, backend="schools.backends.StaffBackend")
    row = Message.objects.get()
    for _ in range(2):  # a double tap
        answer = client.post(reverse("schools:message_open", args=[row.pk]))
        assert (answer.status_code, answer["Location"]) == (302, "/works/")
    assert Message.objects.get().read_at == now()


@pytest.mark.parametrize("url", ["https://example.org/x", "//example.org", ""])
def test_SEC_a_notice_never_leads_out_of_the_platform(client, person, url):
    tell([person], "看看", url=url)
    client.force_login(person, backend="schools.backends.StaffBackend")
    answer = client.post(reverse("schools:message_open", args=[Message.objects.get().pk]))
    assert answer["Location"] == reverse("schools:messages")


def test_SEC_somebody_else_s_notice_is_not_there(client, person):
    tell([make_user()], "别人的")
    client.force_login(person, backend="schools.backends.StaffBackend")
    assert client.post(reverse("schools:message_open", args=[Message.objects.get().pk])).status_code == 404
    assert "别人的" not in client.get(reverse("schools:messages")).content.decode()


def test_all_are_read_at_a_tap(client, person):
    tell([person], "一")
    tell([person], "二")
    client.force_login(person, backend="schools.backends.StaffBackend")
    client.post(reverse("schools:messages_read"))
    assert not Message.objects.unread().exists()
    assert "全部已读" not in client.get(reverse("schools:messages")).content.decode()


def test_an_empty_inbox_says_what_will_stand_there(client, person):
    client.force_login(person, backend="schools.backends.StaffBackend")
    assert "还没有通知" in client.get(reverse("schools:messages")).content.decode()
