"""The pupil's page: masked contacts, shown for a reason and written down; categories only for who may read them."""

from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programmes.models import Category
from schools.enums import Role
from schools.tests.factories import make_class, make_leader, make_school, make_user
from students.models import Guardian, Household
from students.tests.factories import make_change, make_mark, make_mentor, make_student

pytestmark = pytest.mark.django_db
NUMBER = "G990101201203040011"


@pytest.fixture
def family(student):
    """Address, number, a father at another school's sibling, one open mark and one restricted one."""
    student.address, student.national_no, student.birth = "示例区晨曦路12号301室", NUMBER, date(2012, 3, 4)
    student.household = Household.objects.create()
    student.save()
    other = make_student(make_class(make_school(student.authority)), name="许嘉禾", household=student.household)
    make_student(student.school_class, name="许嘉木", household=student.household)
    return student, other


@pytest.fixture
def secret(programme):
    return Category.objects.create(authority=programme.authority, code="PSY", name="心理关注", restricted=True, psych=True)


def open_page(client, user, student):
    client.force_login(user)
    return unescape(client.get(reverse("students:detail", args=[student.pk])).content.decode())


def ask(client, user, student, name="reveal", **data):
    client.force_login(user)
    return client.post(reverse(f"students:{name}", args=[student.pk]), data)


def test_contacts_are_masked(client, head, family):
    text = open_page(client, head, family[0])
    assert "许建国" in text and "199****1234" in text and "示例区晨曦路***" in text and "G**…0011" in text
    assert "19900001234" not in text and "12号" not in text and NUMBER not in text


def test_siblings_are_shown_as_far_as_the_reader_sees_them(client, head, family):
    text = open_page(client, head, family[0])
    assert "许嘉木" in text and "许嘉禾" not in text


def test_a_reason_shows_contacts_for_a_minute_and_leaves_a_line(client, head, family):
    response = ask(client, head, family[0], **{"contact-reason": "visit"})
    text = unescape(response.content.decode())
    assert "19900001234" in text and "12号301室" in text and NUMBER not in text
    assert response["Refresh"] == f"60; url=/students/{family[0].pk}/"
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="student.reveal")
    assert (entry.actor_id, entry.object_id, entry.facts) == (head.pk, str(family[0].pk), {"reason": "visit"})
    assert entry.fields == ["address", "guardian.phone"]


@pytest.mark.parametrize("reason", ["", "just because"])
def test_no_reason_shows_nothing(client, head, family, reason):
    response = ask(client, head, family[0], **{"contact-reason": reason})
    assert (response.status_code, "19900001234" in response.content.decode()) == (422, False)
    assert not AuditEntry.objects.filter(action="student.reveal").exists()


def test_only_the_schools_administrator_reads_the_number_in_clear(client, head, admin, family):
    shown = ask(client, admin, family[0], "reveal_number", **{"number-reason": "roster"})
    assert NUMBER in shown.content.decode()
    assert ask(client, head, family[0], "reveal_number", **{"number-reason": "roster"}).status_code == 403


def test_thirty_looks_a_day_and_no_more(client, head, family, settings):
    for _ in range(30):
        assert ask(client, head, family[0], **{"contact-reason": "visit"}).status_code == 200
    last = ask(client, head, family[0], **{"contact-reason": "visit"})
    assert (last.status_code, "19900001234" in last.content.decode()) == (429, False)
    settings.HOMEVISIT_CLOCK = "2022-09-19T00:00+08:00"
    assert ask(client, head, family[0], **{"contact-reason": "visit"}).status_code == 200


def test_a_mentor_sees_the_pupil_but_no_number_and_no_way_to_unmask(client, family):
    mentor = make_user(Role.TEACHER, school=family[0].school)
    make_mentor(family[0], mentor)
    text = open_page(client, mentor, family[0])
    assert "199****1234" in text and "0011" not in text and "显示电话" not in text
    assert ask(client, mentor, family[0], **{"contact-reason": "visit"}).status_code == 403


def test_categories_show_to_those_who_may_read_them(client, head, admin, student, secret):
    Category.objects.filter(code="HARDSHIP").update(name="困境儿童")
    make_mark(student, by=head)
    make_mark(student, "PSY", by=head)
    readers = {
        "head": head,
        "admin": admin,
        "leader": make_leader(student.school),
        "named": make_leader(student.school),
        "psych": make_user(Role.PSYCH_TEACHER, school=student.school),
    }
    readers["named"].posts.update(reads_restricted=True)
    pages = {name: open_page(client, user, student) for name, user in readers.items()}
    assert {name for name, text in pages.items() if "困境儿童" in text} == {"head", "leader", "named"}
    assert {name for name, text in pages.items() if "心理关注" in text} == {"head", "named", "psych"}


def test_each_look_at_a_restricted_category_leaves_a_line(client, head, student, secret):
    open_page(client, head, student)
    assert not AuditEntry.objects.filter(action="mark.read_restricted").exists()
    make_mark(student, "PSY", by=head)
    open_page(client, head, student)
    assert AuditEntry.objects.get(action="mark.read_restricted").object_id == str(student.pk)


def test_a_pupil_who_left_says_so(client, admin, student):
    student.status = "left"
    student.save()
    assert "转出" in open_page(client, admin, student)


@pytest.mark.parametrize("rows", [1, 3])
def test_pupil_page_query_count(client, head, student, rows, django_assert_num_queries):
    make_mark(student, by=head)
    for n in range(rows):
        make_change(student, by=head, occurred_on=date(2022, 9, n + 1))
        Guardian.objects.create(student=student, name=f"许{n}", phone="19900001111")
    client.force_login(head)
    with django_assert_num_queries(12):
        client.get(reverse("students:detail", args=[student.pk]))
