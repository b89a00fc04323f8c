"""The whole way of a hint: records are submitted, the night finds it, the teacher comes first, the leader concludes, the
district counts a school; what is corrected goes by itself. Each step through the page of the person whose step it is."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from honesty import tasks
from honesty.models import Hint
from honesty.tests.conftest import clock, programme  # noqa: F401
from honesty.tests.test_look import OTHER, SAME
from schools.models import Message
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.actions.review import return_visit
from visits.actions.visit import correct_visit
from visits.tests.factories import TEXTS, entry, make_visit

pytestmark = pytest.mark.django_db

SAID = "写到后面用了前面的一段"


@pytest.fixture
def at(settings):
    def move(moment):
        settings.HOMEVISIT_CLOCK = f"2022-09-{moment}+08:00"

    return move


def as_(person):
    client = Client()
    client.force_login(person)
    return client


def seen(client, name, *args):
    response = client.get(reverse(name, args=args))
    return response.status_code, response.content.decode()


def copies(programme, school_class, head, fields, days=(6, 7, 8)):  # noqa: F811
    """Records of three families in which these fields say the same."""
    texts = {**TEXTS, **dict.fromkeys(fields, SAME)}
    pupils = [make_student(school_class) for _ in days]
    open_register(programme)
    return [
        make_visit(pupil, by=head, programme=programme, day=f"2022-09-{day:02d}", texts=texts)
        for pupil, day in zip(pupils, days, strict=True)
    ]


@pytest.mark.seed("F59", "S29")
def test_from_the_records_to_the_districts_count(at, head, leader, officer, programme, school_class):  # noqa: F811
    at("09T20:00")
    copies(programme, school_class, head, ["reflection"])
    at("13T04:00")  # a Tuesday
    tasks.look_through()
    hint = Hint.objects.get()
    teacher, school_page, desk = as_(head), as_(leader), as_(officer)

    assert "有1条真实性提醒" in seen(teacher, "schools:messages")[1]
    assert "3份“家访反思”完全相同" in seen(teacher, "honesty:mine")[1]
    assert seen(teacher, "honesty:hint", hint.pk)[0] == 200
    assert [seen(one, "honesty:hint", hint.pk)[0] for one in (school_page, desk)] == [404, 404]
    assert "3份" not in seen(school_page, "honesty:school")[1]
    assert "1所已核实" not in seen(desk, "desk:home")[1]

    at("15T04:00")  # two workdays later, without a word of the teacher
    assert "五（3）班" in seen(school_page, "honesty:school")[1]
    response = school_page.post(reverse("honesty:conclude", args=[hint.pk]), {"conclude-finding": "fine"})
    assert (response.status_code, "写一句老师怎么说的" in response.content.decode()) == (422, True)

    answer = {"answer-reason": "template", "answer-text": SAID}
    assert teacher.post(reverse("honesty:answer", args=[hint.pk]), answer).status_code == 302
    assert SAID in seen(school_page, "honesty:hint", hint.pk)[1]
    found = {"conclude-finding": "again", "conclude-note": "写各家自己的事", "conclude-was": "answered"}
    assert school_page.post(reverse("honesty:conclude", args=[hint.pk]), found).status_code == 302

    at("15T04:01")
    assert "需要补访或重写" in seen(teacher, "schools:messages")[1]
    status, page = seen(desk, "desk:home")
    assert (status, "1所已核实" in page, head.name in page, SAID in page) == (200, True, False, False)
    assert seen(desk, "honesty:hint", hint.pk)[0] == 404
    assert not [line for line in AuditEntry.objects.all() if SAID in str(line.facts)]


@pytest.mark.seed("F59", "S29")
def test_a_corrected_record_ends_it_before_the_leader_sees_it(at, head, leader, programme, school_class):  # noqa: F811
    at("09T20:00")
    visits = copies(programme, school_class, head, ["reflection"])
    at("13T04:00")
    tasks.look_through()
    hint = Hint.objects.get()
    at("13T19:00")
    return_visit(visits[0], by=leader, reason="反思写这一家的事")
    pupil = visits[0].visit_students.get().student
    texts = {**TEXTS, "reflection": OTHER}
    correct_visit(visits[0], by=head, students=[pupil], **entry(started_at=visits[0].started_at, texts=texts))

    at("14T04:00")
    tasks.look_through()

    hint.refresh_from_db()
    assert hint.state == "gone"
    at("20T08:00")
    assert "没有" in seen(as_(leader), "honesty:school")[1]
    assert Message.objects.filter(text__contains="真实性").count() == 1  # the teacher's own, the day it was found
