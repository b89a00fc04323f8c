"""学生画像: facts with source and day, written by those near the pupil, read by them and the leader."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from programmes.models import Category
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
from students.actions.portrait import add_note, remove_note
from students.models import Assignment, PortraitNote
from students.tests.factories import make_mark, make_mentor, make_student

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"


@pytest.fixture
def pupil():
    return make_student(make_class(), name="顾梓涵")


@pytest.fixture
def head(pupil):
    return make_class_head(pupil.school_class, name="陈晓")


def assign(pupil, user, by):
    programme = make_programme(pupil.school.authority)
    Assignment.objects.create(
        programme=programme, student=pupil, authority_id=pupil.authority_id, school=pupil.school, visitor=user,
        assigned_by=by,
    )  # fmt: skip
    return user


def refer(pupil, head):
    Category.objects.create(authority=pupil.school.authority, code="PSY", name="心理", restricted=True, psych=True)
    make_mark(pupil, "PSY", by=head)
    return make_user(Role.PSYCH_TEACHER, school=pupil.school)


def person(who, pupil, head):
    school = pupil.school
    if who == "mentor":
        user = make_user(Role.TEACHER, school=school)
        make_mentor(pupil, user)
        return user
    return {
        "head": lambda: head,
        "assigned": lambda: assign(pupil, make_user(Role.TEACHER, school=school), head),
        "psych": lambda: refer(pupil, head),
        "leader": lambda: make_leader(school),
        "admin": lambda: make_user(Role.SCHOOL_ADMIN, school=school),
        "teacher": lambda: make_user(Role.TEACHER, school=school),
        "other head": lambda: make_class_head(make_class(school, number=8)),
        "officer": lambda: make_officer(school.authority),
        "stranger": lambda: make_class_head(make_class(make_school(school.authority))),
    }[who]()


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split("<main", 1)[1]))


def page(client, user, pupil):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client.get(reverse("students:detail", args=[pupil.pk]))


def posted(**changed):
    return {
        "note-aspect": "strengths", "note-text": "会修自行车", "note-source": "school", "note-observed_on": "2022-09-03",
    } | {f"note-{name}": value for name, value in changed.items()}  # fmt: skip


# ── write ──


@pytest.mark.parametrize("who", ["head", "mentor", "assigned", "psych"])
def test_those_near_the_pupil_write_and_read(client, pupil, head, who):
    user = person(who, pupil, head)
    client.force_login(user, backend="schools.backends.StaffBackend")
    response = client.post(reverse("students:portrait_add", args=[pupil.pk]), posted())

    assert response["Location"] == reverse("students:detail", args=[pupil.pk]) + "#portrait"
    note = PortraitNote.objects.get()
    assert (note.text, note.aspect, note.source, note.observed_on, note.written_by) == (
        "会修自行车", "strengths", "school", date(2022, 9, 3), user,
    )  # fmt: skip
    assert "会修自行车" in words(page(client, user, pupil))
    line = AuditEntry.objects.get(action="portrait.add")
    assert (line.school_id, line.facts) == (pupil.school_id, {"student": pupil.pk, "aspect": "strengths"})


@pytest.mark.parametrize("who", ["leader", "admin", "teacher", "other head", "officer", "stranger"])
def test_others_do_not_write(pupil, head, who):
    with pytest.raises(PermissionDenied):
        add_note(pupil, by=person(who, pupil, head), aspect="study", text="数学跟得上")


def test_a_leader_who_mentors_writes(pupil):
    leader = make_leader(pupil.school)
    make_mentor(pupil, leader)

    assert add_note(pupil, by=leader, aspect="study", text="数学跟得上").written_by == leader


def test_the_same_note_twice_is_once(pupil, head):
    first = add_note(pupil, by=head, aspect="study", text=" 数学 跟得上\n")

    assert add_note(pupil, by=head, aspect="study", text="数学 跟得上") == first
    assert PortraitNote.objects.count() == AuditEntry.objects.filter(action="portrait.add").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "写一句看到的事"),
        ({"text": "字" * 301}, "最多300字，现在301字"),
        ({"text": "号码31010120100101123X"}, "像是有身份证号"),
        ({"aspect": "score"}, "没有这一项"),
        ({"observed_on": ""}, "还没有填日期"),
        ({"observed_on": "2022-09-19"}, "将来的日期"),
    ],
)
def test_wrong_input_says_what_to_do_and_keeps_what_was_typed(client, pupil, head, changed, sentence):
    client.force_login(head, backend="schools.backends.StaffBackend")
    response = client.post(reverse("students:portrait_add", args=[pupil.pk]), posted(**changed))

    assert (response.status_code, PortraitNote.objects.count()) == (422, 0)
    assert sentence in words(response)
    assert changed.get("text", "会修自行车") in response.content.decode()


def test_the_action_asks_the_same(pupil, head):
    for text in ("", "字" * 301, "31010120100101123X"):
        with pytest.raises(ValidationError):
            add_note(pupil, by=head, aspect="study", text=text)
    with pytest.raises(WrongState):
        add_note(pupil, by=head, aspect="study", text="数学", observed_on=date(2022, 9, 19))


# ── read ──


def test_six_aspects_say_how_many_are_noted_and_what_is_missing(client, pupil, head):
    add_note(pupil, by=head, aspect="strengths", text="会修自行车", observed_on=date(2022, 9, 3))
    add_note(pupil, by=head, aspect="family", text="随爷爷住", source="call", observed_on=date(2022, 9, 8))

    text = words(page(client, head, pupil))
    assert "6项记了2项，只写看到的，不打分" in text
    assert "会修自行车 9月3日 在校观察 陈晓" in text and "随爷爷住 9月8日 电话 陈晓" in text
    assert text.count("还没有记录，家访时看看") == 4


def test_leader_reads_administrator_and_the_district_do_not(client, pupil, head):
    add_note(pupil, by=head, aspect="strengths", text="会修自行车")

    assert "会修自行车" in words(page(client, make_leader(pupil.school), pupil))
    text = words(page(client, make_user(Role.SCHOOL_ADMIN, school=pupil.school), pupil))
    assert "会修自行车" not in text and "学生画像" not in text
    assert page(client, make_officer(pupil.school.authority), pupil).status_code == 403


# ── take back ──


def test_the_writer_takes_back_the_own_note_once(client, pupil, head):
    note = add_note(pupil, by=head, aspect="strengths", text="会修自行车")
    remove_note(note, by=head)
    remove_note(note, by=head)

    assert "会修自行车" not in words(page(client, head, pupil))
    assert AuditEntry.objects.filter(action="portrait.remove").count() == 1


def test_the_leader_takes_back_any_a_mentor_only_the_own(client, pupil, head):
    note = add_note(pupil, by=head, aspect="strengths", text="会修自行车")
    mentor = person("mentor", pupil, head)
    url = reverse("students:portrait_remove", args=[note.pk])

    assert "撤下" not in words(page(client, mentor, pupil))
    assert client.post(url).status_code == 403
    page(client, make_leader(pupil.school), pupil)
    assert client.post(url).status_code == 302
    note.refresh_from_db()
    assert note.removed_at is not None


def test_who_left_the_pupil_takes_nothing_back(client, pupil, head):
    note = add_note(pupil, by=head, aspect="strengths", text="会修自行车")
    head.posts.update(ends_on="2022-09-17")
    add_post(head, Role.TEACHER, school=pupil.school)
    client.force_login(head, backend="schools.backends.StaffBackend")

    assert client.post(reverse("students:portrait_remove", args=[note.pk])).status_code == 404


def test_page_costs_the_same_for_one_and_five_notes(client, pupil, head, django_assert_max_num_queries):
    add_note(pupil, by=head, aspect="strengths", text="会修自行车")
    page(client, head, pupil)
    url = reverse("students:detail", args=[pupil.pk])
    with django_assert_max_num_queries(20) as first:
        client.get(url)
    for number in range(5):
        add_note(pupil, by=head, aspect="study", text=f"事实{number}")
    with django_assert_max_num_queries(len(first)):
        client.get(url)
