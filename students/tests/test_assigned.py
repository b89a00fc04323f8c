"""What a teacher with no other link sees of a pupil assigned for a visit, and that it ends (security.md §2, "asg")."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from core.clock import now
from core.models import AuditEntry
from programmes.models import Category
from schools.enums import Role
from schools.tests.factories import add_post, make_class, make_leader, make_school, make_user
from students.actions.assign import assign, end_assignments, unassign
from students.actions.enrol import move_student
from students.models import CategoryMark, ChangeEvent, Guardian, Student
from students.tests.factories import make_change, make_mark, make_mentor, make_student

pytestmark = pytest.mark.django_db
NUMBER = "G990101201203040011"


@pytest.fixture
def pupil(student):
    student.address, student.national_no, student.birth = "示例区晨曦路12号301室", NUMBER, date(2012, 3, 4)
    student.phone = "19900005678"
    student.save()
    return student


@pytest.fixture
def visitor(programme, head, teacher, pupil):
    assign(programme, [pupil], teacher, by=head, visit_by=date(2022, 9, 27))
    return teacher


@pytest.fixture
def marked(pupil, head):
    Category.objects.filter(code="HARDSHIP").update(name="困境儿童")
    for code, name in (("PSY", "心理关注"), ("DISABILITY", "身心障碍")):
        Category.objects.create(authority=pupil.authority, code=code, name=name, restricted=True, psych=code == "PSY")
    return pupil


def page(client, user, student):
    client.force_login(user)
    response = client.get(reverse("students:detail", args=[student.pk]))
    return response.status_code, unescape(response.content.decode())


def fresh(user):
    return type(user).objects.get(pk=user.pk)


SEEN = ["许嘉树", "五（3）班", "许建国", "19900001234", "19900005678", "示例区晨曦路12号301室", "由罗一鸣走访，", "9月27日前"]
NEVER = [NUMBER, "0011", "显示电话", "显示学籍号"]


def test_the_visitor_reads_name_class_telephones_and_address_but_no_number(client, visitor, pupil):
    status, text = page(client, visitor, pupil)
    text = text.replace('<span class="nowrap">', "")

    assert status == 200
    assert [part for part in SEEN if part not in text] == []
    assert [part for part in NEVER if part in text] == []
    assert reverse("visits:log", args=[pupil.pk]) in text


def test_each_look_at_the_contacts_leaves_a_line(client, visitor, pupil):
    page(client, visitor, pupil)
    page(client, visitor, pupil)

    lines = AuditEntry.objects.filter(action="contact.read_assigned")
    assert [(line.actor_id, line.object_id) for line in lines] == [(visitor.pk, str(pupil.pk))] * 2
    assert lines[0].fields == ["phone", "address", "guardian.phone"]
    assert not AuditEntry.objects.filter(action="student.reveal").exists()


def test_without_contacts_there_is_nothing_to_log(client, programme, head, teacher, school_class):
    bare = make_student(school_class)
    assign(programme, [bare], teacher, by=head)
    assert page(client, teacher, bare)[0] == 200
    assert not AuditEntry.objects.filter(action="contact.read_assigned").exists()


@pytest.mark.parametrize(
    ("codes", "shown", "hidden"),
    [
        ([], [], ["需特别关爱", "困境儿童"]),
        (["HARDSHIP"], ["困境儿童"], ["需特别关爱"]),
        (["PSY"], ["需特别关爱"], ["心理关注", "困境儿童"]),
        (["DISABILITY", "HARDSHIP"], ["需特别关爱", "困境儿童"], ["身心障碍"]),
    ],
)
def test_categories_below_s4_are_named_and_above_only_hinted_at(client, visitor, marked, head, codes, shown, hidden):
    for code in codes:
        make_mark(marked, code, by=head)

    text = page(client, visitor, marked)[1]
    assert [part for part in shown if part not in text] == []
    assert [part for part in hidden if part in text] == []


def test_an_ended_or_suggested_restricted_mark_is_no_hint(client, visitor, marked, head):
    make_mark(marked, "PSY", by=head, ends_on=date(2022, 9, 1))
    CategoryMark.objects.create(student=marked, category=Category.objects.get(code="DISABILITY"), source="roster")
    assert "需特别关爱" not in page(client, visitor, marked)[1]


def test_others_read_no_hint(client, visitor, marked, head, school):
    """² of the matrix: a mentor learns nothing of S4; leaders have their own columns."""
    make_mark(marked, "PSY", by=head)
    mentor = make_user(Role.TEACHER, school=school)
    make_mentor(marked, mentor)
    for user in (mentor, make_leader(school)):
        assert "需特别关爱" not in page(client, user, marked)[1]


def test_a_psychologist_and_a_mentor_read_contacts_once_assigned(client, programme, marked, head, school):
    make_mark(marked, "PSY", by=head)
    mentor, psychologist = make_user(Role.TEACHER, school=school), make_user(Role.PSYCH_TEACHER, school=school)
    make_mentor(marked, mentor)
    for user in (mentor, psychologist):
        assert "19900001234" not in page(client, user, marked)[1]
        assign(programme, [marked], user, by=head, role="other")
        assert "19900001234" in page(client, user, marked)[1]
    text = page(client, psychologist, marked)[1]
    assert "心理关注" in text and "需特别关爱" not in text


def test_the_class_head_who_goes_needs_no_reason_either(client, programme, head, pupil):
    assert "19900001234" not in page(client, head, pupil)[1]
    assign(programme, [pupil], head, by=head)
    text = page(client, head, pupil)[1]
    assert "19900001234" in text and "显示电话" not in text
    assert AuditEntry.objects.filter(action="contact.read_assigned", actor_id=head.pk).count() == 1


def test_contacts_of_other_pupils_stay_masked(client, visitor, pupil):
    sister = make_student(pupil.school_class, name="许嘉木", guardian=("许建国", "19900001234"))
    assert page(client, visitor, sister)[0] == 404
    make_mentor(sister, visitor)
    status, text = page(client, visitor, sister)
    assert (status, "19900001234" in text, "199****1234" in text) == (200, False, True)


# ── How it ends ──


def let_go(how, *, programme, head, teacher, pupil, settings):
    if how == "taken away":
        unassign(programme, [pupil], by=head)
    elif how == "given to somebody else":
        assign(programme, [pupil], head, by=head)
    elif how == "record locked":
        end_assignments(programme.pk, [pupil.pk], at=now())
    elif how == "30 days after the visit":
        end_assignments(programme.pk, [pupil.pk], at=now() + timedelta(days=30))
        settings.HOMEVISIT_CLOCK = "2022-10-18T10:00+08:00"
    elif how == "left the school":
        teacher.posts.update(ends_on="2022-09-17")
    elif how == "went to another school":
        teacher.posts.update(ends_on="2022-09-17")
        add_post(teacher, Role.TEACHER, school=make_school(pupil.authority))
    elif how == "the programme closed":
        programme.state = "closed"
        programme.save()
    elif how == "the pupil went to another school":
        move_student(pupil, make_class(make_school(pupil.authority)), date(2022, 9, 18), by=head)


ENDS = [
    "taken away", "given to somebody else", "record locked", "30 days after the visit", "left the school",
    "went to another school", "the programme closed", "the pupil went to another school",
]  # fmt: skip


@pytest.mark.parametrize("how", ENDS)
def test_the_end_takes_everything_away(client, programme, head, visitor, pupil, settings, how):
    make_mark(pupil, by=head)
    make_change(pupil, by=head)
    readable = (Student, Guardian, CategoryMark, ChangeEvent)
    assert [model.objects.visible_to(fresh(visitor)).count() for model in readable] == [1, 1, 1, 1]

    let_go(how, programme=programme, head=head, teacher=visitor, pupil=pupil, settings=settings)

    assert [model.objects.visible_to(fresh(visitor)).count() for model in readable] == [0, 0, 0, 0]
    status, text = page(client, visitor, pupil)
    assert (status, "许嘉树" in text) in [(404, False), (403, False)]


def test_until_thirty_days_after_the_visit_the_visitor_may_write_it_up(client, programme, visitor, pupil, settings):
    end_assignments(programme.pk, [pupil.pk], at=now() + timedelta(days=30))
    settings.HOMEVISIT_CLOCK = "2022-10-18T09:59+08:00"
    status, text = page(client, visitor, pupil)
    assert (status, "由罗一鸣走访" in text) == (200, False)


def test_a_record_of_a_programme_that_closed_can_still_be_put_right(client, programme, visitor, pupil):
    end_assignments(programme.pk, [pupil.pk], at=now() + timedelta(days=30))
    programme.state = "closed"
    programme.save()
    assert page(client, visitor, pupil)[0] == 200


def test_nothing_of_it_reaches_another_teacher(client, visitor, pupil, school):
    others = [
        make_user(Role.TEACHER, school=school),
        make_user(Role.PSYCH_TEACHER, school=school),
        make_user(Role.CLASS_HEAD, school_class=make_class(school, number=1)),
        make_user(Role.TEACHER, school=make_school(school.authority)),
    ]
    for user in others:
        assert page(client, user, pupil)[0] == 404
        assert not Student.objects.visible_to(user).exists()


def test_the_visitors_page_takes_the_same_queries_for_any_number(
    client, programme, head, visitor, pupil, school, django_assert_max_num_queries
):
    client.force_login(visitor)
    address = reverse("students:detail", args=[pupil.pk])
    with django_assert_max_num_queries(20) as first:
        client.get(address)
    for _ in range(3):
        assign(programme, [pupil], make_user(Role.TEACHER, school=school), by=head, role="other")
    with django_assert_max_num_queries(len(first)):
        client.get(address)
