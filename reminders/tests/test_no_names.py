"""No pupil's name, no parent's, no category leaves in a message: every text, told of a school full of both."""

from datetime import date

import pytest
from django.core import mail

from core.clock import now
from honesty.tests.factories import make_hint
from programmes.models import Category
from reminders.actions.robot import set_robot
from reminders.models import Delivery, Digest
from reminders.queries.mine import my_lines
from reminders.tasks import tick
from reports.models import SchoolPlan
from schools.enums import Role
from schools.models import Message, User
from schools.tests.factories import make_user
from students.actions.assign import assign
from students.models import Student
from students.tests.factories import make_change, make_mark, make_mentor, make_student
from visits.actions.register import open_register
from visits.actions.review import return_visit
from visits.tests.factories import at as moment
from visits.tests.factories import make_plan, make_visit
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
KINDS = {
    "appointments", "returned", "unwritten", "missing", "families", "follow_ups", "review", "confirm", "opinions",
    "class_left", "hints",
}  # fmt: skip


@pytest.fixture
def full_school(programme, school, school_class, head, teacher, leader, officer, at, settings):
    """Something of every kind is due, for pupils with names, guardians, marks and changes."""
    at("2022-09-26 09:00")
    settings.SITE_URL = "https://jiafang.example"
    Category.objects.filter(code="HARDSHIP").update(name="困难家庭")
    programme.categories.update(priority=True)
    programme.categories.filter(category__code="HARDSHIP").update(label="家庭困难学生")
    names = ["顾嘉树", "林知夏", "许星河", "江晚舟", "叶清扬", "何青岚", "苏念安", "陆云川"]
    pupils = [make_student(school_class, name=name, guardian=(f"{name[0]}家长", "19900001234")) for name in names]
    for pupil in pupils[:5]:
        make_mark(pupil, by=head, level=1)
    make_change(pupils[1], by=head)
    open_register(programme)
    make_mentor(pupils[4], make_user(Role.TEACHER, school=school))
    assign(programme, [pupils[5]], teacher, by=head)
    make_plan(pupils[0], by=head, programme=programme, planned_at=moment("2022-09-27 16:40"))
    plan = make_plan(pupils[1], by=head, programme=programme, planned_at=moment("2022-09-26 15:00"))
    type(plan).objects.filter(pk=plan.pk).update(planned_at=moment("2022-09-25 15:00"))
    at("2022-09-18 20:00")
    one = make_visit(
        pupils[2], by=head, programme=programme, day="2022-09-17", others=[teacher], follow_up_on=date(2022, 9, 24),
        opinions=[{"category": "作业", "text": "许星河的作业多", "answerer": "me"}],
    )  # fmt: skip
    make_visit(pupils[3], by=head, programme=programme, day="2022-09-18")
    at("2022-09-26 09:00")
    return_visit(one, by=leader, reason="许星河的时间不对")
    make_hint(head, programme, school, kind="photo", visits=[one])
    make_hint(teacher, programme, school, state="answered", answer="许星河和顾嘉树是一家，困难家庭")
    make_work(teacher, programme, school, state="returned", title="顾嘉树和他的菜")
    make_work(head, programme, school, state="submitted", title="林知夏的阳台")
    make_work(teacher, programme, school, kind="story", state="draft", title="江晚舟")
    SchoolPlan.objects.create(
        programme=programme, authority=school.authority, school=school, created_by=leader, state="returned",
        returned_at=now(), returned_by=officer, return_reason="叶清扬的名字要去掉",
    )  # fmt: skip
    make_work(leader, programme, school, kind="essay", state="filed", title="苏念安")
    User.objects.update(email="somebody@example.com")
    set_robot(school, by=leader, platform="wecom", address="https://example.org/x?key=1", secret="", is_active=True)


@pytest.mark.seed("S48")
def test_SEC_no_name_and_no_category_is_in_any_message(full_school, at):
    for clock in ("2022-09-26 09:00", "2022-09-26 18:10", "2022-09-30 09:00"):
        at(clock)
        tick()

    texts = [text for digest in Digest.objects.all() for line in digest.lines for text in (line["text"], line["url"])]
    texts += Message.objects.values_list("text", flat=True)
    texts += Delivery.objects.values_list("text", flat=True)
    texts += [part for message in mail.outbox for part in (message.subject, message.body)]
    texts += [line.text for user in User.objects.all() for line in my_lines(user)]
    kinds = {line["kind"] for digest in Digest.objects.all() for line in digest.lines}
    assert kinds == KINDS
    assert len(mail.outbox) > 5
    assert Delivery.objects.filter(channel="robot").exists()

    forbidden = set(Student.objects.values_list("name", flat=True))
    forbidden |= {name[1:] for name in forbidden} | {f"{name[0]}家长" for name in forbidden}
    forbidden |= {"困难", "HARDSHIP", "STUDY", "19900001234", "心理", "离异"}
    assert [(word, text) for text in texts for word in forbidden if word in text] == []


def test_SEC_the_page_and_the_robots_page_hold_none_either(full_school, client):
    names = list(Student.objects.values_list("name", flat=True))
    for user in User.objects.all():
        client.force_login(user, backend="schools.backends.StaffBackend")
        for url in ("/reminders/", "/reminders/settings/", "/reminders/robot/", "/messages/"):
            page = client.get(url).content.decode()
            assert [name for name in (*names, "家庭困难学生") if name in page] == [], url
