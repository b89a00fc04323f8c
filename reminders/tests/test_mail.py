"""Digests by mail: once, only to who wants it, only what is still to do."""

import smtplib

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from core.models import AuditEntry
from reminders.actions.deliver import deliver
from reminders.actions.round import start_due_rounds
from reminders.models import Delivery
from reminders.tasks import tick
from schools.models import Message
from schools.tests.factories import make_class, make_class_head
from students.tests.factories import make_student
from visits.actions.register import open_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailed(pupils, head, settings):
    settings.SITE_URL = "https://jiafang.example"
    head.email = "chenxiao@example.com"
    head.save()
    return head


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts"))


def test_a_digest_goes_out_by_mail_with_a_link_for_every_line(mailed, school_class):
    tick()
    tick()
    [message] = mail.outbox
    assert message.to == ["chenxiao@example.com"]
    assert message.subject == "家访提醒：9月19日，2件事要做"
    assert message.body == (
        "1. 还有3家没走访也没约时间\n"
        "   https://jiafang.example/visits/mine/?state=next&notice=binhe-2022\n\n"
        "2. 五（3）班还有3人没走访\n"
        f"   https://jiafang.example/visits/waiting/?school_class={school_class.pk}&state=open&notice=binhe-2022\n\n"
        "做完的事不会再提醒。不想收邮件，在“提醒设置”里关掉。\n"
        "   https://jiafang.example/reminders/settings/\n"
    )
    assert states() == [("sent", 1)]


def test_without_an_address_of_its_own_the_program_writes_no_links(mailed, settings):
    settings.SITE_URL = ""
    tick()
    assert "http" not in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"email": ""}, {"wants_mail": False}, {"is_active": False}])
def test_nobody_gets_mail_who_does_not_want_it_or_has_left(mailed, change):
    start_due_rounds()
    type(mailed).objects.filter(pk=mailed.pk).update(**change)
    deliver()
    assert mail.outbox == []
    assert not Delivery.objects.exists()


def test_what_was_read_or_done_meanwhile_is_not_mailed(mailed):
    start_due_rounds()
    Message.objects.update(read_at="2022-09-19T09:00+08:00")
    deliver()
    assert mail.outbox == []


def test_a_program_without_a_mail_server_prepares_no_mail(mailed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    start_due_rounds()
    assert not Delivery.objects.exists()


def test_a_mail_the_server_refused_is_tried_again_three_times_and_no_more(mailed, at, monkeypatch, client):
    def refuse(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({"chenxiao@example.com": (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    start_due_rounds()
    for minute in (0, 5, 11, 22, 40, 55):
        at(f"2022-09-19 09:{minute:02d}")
        deliver()
    assert states() == [("failed", 3)]
    assert Delivery.objects.get().error == "邮件服务器没有收下"
    client.force_login(mailed, backend="schools.backends.StaffBackend")
    page = client.get("/reminders/settings/").content.decode()
    assert "9月19日的提醒没能发到邮箱：邮件服务器没有收下。检查邮箱有没有写错，通知里照样有。" in page

    monkeypatch.undo()
    at("2022-09-19 19:00")
    deliver()
    assert mail.outbox == []


def test_a_failed_mail_does_not_keep_the_others(programme, mailed, school, monkeypatch):
    other = make_class_head(make_class(school, number=4), email="other@example.com")
    make_student(other.posts.get().school_class)
    open_register(programme)
    send = EmailMessage.send

    def refuse_one(self, *args, **kwargs):
        if self.to == ["chenxiao@example.com"]:
            raise OSError
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", refuse_one)
    tick()
    assert [message.to for message in mail.outbox] == [["other@example.com"]]


class _TakesTwo:
    """A server that breaks off after two mails, as many do after some number of them."""

    def __init__(self, taken):
        self.taken, self.left = taken, 2

    def sendmail(self, sender, recipients, data):
        if not self.left:
            raise smtplib.SMTPServerDisconnected
        self.left -= 1
        self.taken.append(recipients[0])

    def quit(self):
        if not self.left:
            raise smtplib.SMTPServerDisconnected

    def close(self):
        pass


def test_a_server_that_breaks_off_gets_the_other_mails_on_a_new_connection(
    programme, mailed, school, monkeypatch, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    for number in range(4, 8):
        make_class_head(make_class(school, number=number), email=f"head{number}@example.com")
        make_student(school.classes.get(number=number))
    open_register(programme)
    taken = []

    def open_one(self):
        if self.connection is None:
            self.connection = _TakesTwo(taken)
            return True
        return False

    monkeypatch.setattr(EmailBackend, "open", open_one)
    tick()
    assert sorted(states()) == [("failed", 1), *[("sent", 1)] * 4]
    assert len(taken) == 4


def test_a_mail_that_was_not_answered_is_not_sent_again(mailed, at, monkeypatch):
    def is_silent(self, *args, **kwargs):
        raise TimeoutError

    start_due_rounds()
    monkeypatch.setattr(EmailMessage, "send", is_silent)
    deliver()
    monkeypatch.undo()
    at("2022-09-19 11:00")
    deliver()
    assert mail.outbox == []
    assert Delivery.objects.get().error == "邮件服务器没有回答，不知道发到了没有"


def test_an_address_no_mail_can_be_sent_to_does_not_keep_the_others(programme, mailed, school, settings):
    other = make_class_head(make_class(school, number=4), email="other@example.com")
    make_student(other.posts.get().school_class)
    open_register(programme)
    mailed.email = "chen\nxiao@example.com"
    mailed.save()
    tick()
    assert [message.to for message in mail.outbox] == [["other@example.com"]]
    assert sorted(states()) == [("failed", 1), ("sent", 1)]


def test_a_mail_server_that_says_nothing_holds_nobody_for_ever(settings):
    assert 0 < settings.EMAIL_TIMEOUT <= 30


def test_a_worker_that_dies_while_sending_sends_nothing_twice(mailed, at):
    start_due_rounds()
    Delivery.objects.update(attempts=1)  # claimed, and gone
    at("2022-09-19 11:00")
    deliver()
    assert mail.outbox == []


def test_mail_keeps_the_quiet_hours_and_yesterdays_is_over(mailed, at):
    start_due_rounds()
    at("2022-09-19 20:30")
    assert deliver() == 0
    at("2022-09-20 08:10")
    deliver()
    assert mail.outbox == []


# ── The page ──


def test_a_person_sets_the_address_and_the_log_does_not_hold_it(head, programme, client):
    client.force_login(head, backend="schools.backends.StaffBackend")
    for _ in range(2):
        answer = client.post("/reminders/settings/", {"email": "chenxiao@example.com", "wants_mail": "on"})
        assert (answer.status_code, answer["Location"]) == (302, "/reminders/")
    head.refresh_from_db()
    assert (head.email, head.wants_mail) == ("chenxiao@example.com", True)
    [line] = AuditEntry.objects.filter(action="user.mail")
    assert (line.fields, line.facts) == (["email"], {})


def test_an_address_that_is_none_is_refused_in_words(head, programme, client):
    client.force_login(head, backend="schools.backends.StaffBackend")
    answer = client.post("/reminders/settings/", {"email": "陈晓", "wants_mail": "on"})
    assert answer.status_code == 422
    assert "邮箱写成 name@example.com 这样。" in answer.content.decode()
    head.refresh_from_db()
    assert head.email == ""
