"""The package by mail: locked, to the bureau's address, once; what went wrong stands on the page."""

import pytest
import pyzipper
from django.core import mail

from core.files import open_private
from core.models import AuditEntry
from core.states import WrongState
from reports import tasks
from reports.actions.compile import correct_compilation, restart_compilation, run_compilation
from reports.actions.compile import mail as mailing
from reports.models import Compilation
from reports.tests.factories import make_district
from reports.tests.test_compile import compiled
from reports.tests.test_compile_parts import fails_for
from schools.models import Authority
from schools.tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august")]
ADDRESS = "jiafang@example.org"


@pytest.fixture
def district(midnight):
    programme, schools = make_district()
    Authority.objects.filter(pk=programme.authority_id).update(package_email=ADDRESS)
    programme.refresh_from_db()
    midnight()
    return programme, schools


@pytest.fixture
def ready(district, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        compiled(district[0])
    return Compilation.objects.get()


@pytest.mark.seed("S57")
def test_the_deadlines_package_is_mailed_locked_and_once(ready):
    assert (ready.state, ready.mail_to, ready.mail_error, bool(ready.mailed_at)) == ("ready", ADDRESS, "", True)
    [letter] = mail.outbox
    assert letter.to == [ADDRESS]
    assert letter.subject == "示例走万家走访全覆盖汇编（截至2022年9月30日24:00，第1版）"
    assert ready.checksum in letter.body and ready.password not in letter.body
    [(name, data, kind)] = letter.attachments
    assert (name, kind) == ("示例走万家走访全覆盖汇编-第1版.zip", "application/zip")
    with open_private(ready.file) as file:
        assert file.read() == data
    tasks.mail_package(ready.pk)
    tasks.tick()
    assert len(mail.outbox) == 1


def test_what_is_mailed_opens_with_the_password_alone(ready):
    with open_private(ready.file) as file, pyzipper.AESZipFile(file) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("汇总表.xlsx")]
        with pytest.raises(RuntimeError):
            archive.read(name)
        archive.setpassword(ready.password.encode())
        assert archive.read(name)
        assert all(info.flag_bits & 1 for info in archive.infolist())


def test_before_the_deadline_nothing_is_mailed(settings, django_capture_on_commit_callbacks):
    programme, _ = make_district()
    Authority.objects.update(package_email=ADDRESS)
    programme.authority.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        interim = compiled(programme)
    assert (interim.mail_to, interim.password, mail.outbox) == ("", "", [])


def test_without_an_address_nothing_is_mailed_and_nothing_is_locked(midnight, django_capture_on_commit_callbacks):
    programme, _ = make_district()
    midnight()
    with django_capture_on_commit_callbacks(execute=True):
        compilation = compiled(programme)
    tasks.tick()
    assert (compilation.password, mail.outbox) == ("", [])


def test_the_desk_may_ask_for_a_password(midnight):
    programme, _ = make_district()
    midnight()
    assert len(compiled(programme, locked=True).password) == 12


def test_without_a_mail_server_the_page_does_not_say_it_was_sent(
    district, settings, capsys, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        compiled(district[0])
    compilation = Compilation.objects.get()
    assert (compilation.mailed_at, compilation.mail_error) == (None, mailing.NO_SERVER)
    assert "Subject:" not in capsys.readouterr().out


def test_a_package_too_large_for_mail_is_announced(district, settings, django_capture_on_commit_callbacks):
    settings.PACKAGE_MAIL_LIMIT = 100
    with django_capture_on_commit_callbacks(execute=True):
        compiled(district[0])
    [letter] = mail.outbox
    assert letter.attachments == []
    assert "没有附上，请登录系统下载" in letter.body
    assert AuditEntry.objects.get(action="compilation.mail").facts == {"attached": False}


def test_a_server_that_refuses_stands_on_the_page_and_is_tried_again_by_hand(
    district, monkeypatch, django_capture_on_commit_callbacks
):
    def refuses(self):
        raise ConnectionRefusedError("no")

    monkeypatch.setattr(mailing.EmailMessage, "send", refuses)
    with django_capture_on_commit_callbacks(execute=True):
        compilation = compiled(district[0])
    compilation.refresh_from_db()
    assert (compilation.state, compilation.mailed_at) == ("ready", None)
    assert compilation.mail_error == "邮件服务器没有收下（ConnectionRefusedError）。检查邮箱地址和邮件设置，再发一次。"
    tasks.tick()  # not behind the officer's back
    monkeypatch.undo()
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        mailing.mail_again(compilation, by=make_officer(compilation.authority))
    compilation.refresh_from_db()
    assert (len(mail.outbox), compilation.mail_error, bool(compilation.mailed_at)) == (1, "", True)


def test_a_server_that_does_not_answer_may_have_taken_it(district, monkeypatch, django_capture_on_commit_callbacks):
    def is_silent(self):
        raise TimeoutError

    monkeypatch.setattr(mailing.EmailMessage, "send", is_silent)
    with django_capture_on_commit_callbacks(execute=True):
        compilation = compiled(district[0])
    compilation.refresh_from_db()
    assert (compilation.mail_error, compilation.mailed_at) == (mailing.NO_ANSWER, None)


def test_a_worker_that_dies_while_it_mails_does_not_mail_twice(
    district, monkeypatch, django_capture_on_commit_callbacks
):
    real = mailing.EmailMessage.send

    def sends_and_dies(self):
        real(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(mailing.EmailMessage, "send", sends_and_dies)
    with pytest.raises(KeyboardInterrupt), django_capture_on_commit_callbacks(execute=True):
        compiled(district[0])
    monkeypatch.undo()
    tasks.tick()
    compilation = Compilation.objects.get()
    assert (len(mail.outbox), compilation.mail_error) == (1, mailing.ON_ITS_WAY)


def test_a_message_the_queue_lost_is_made_up_for_by_the_tick(district, django_capture_on_commit_callbacks):
    compiled(district[0])
    assert mail.outbox == []
    tasks.tick()
    tasks.tick()
    assert len(mail.outbox) == 1


def test_an_incomplete_package_waits_for_the_officer(district, monkeypatch, django_capture_on_commit_callbacks):
    programme, schools = district
    fails_for(monkeypatch, schools[0])
    with django_capture_on_commit_callbacks(execute=True):
        compilation = compiled(programme)
    tasks.tick()
    assert (compilation.state, mail.outbox) == ("incomplete", [])
    with django_capture_on_commit_callbacks(execute=True):
        mailing.mail_again(compilation, by=make_officer(programme.authority))
    assert "还缺1所学校，名单在包里。" in mail.outbox[0].body


def test_the_whole_package_is_mailed_after_the_incomplete_one(district, monkeypatch, django_capture_on_commit_callbacks):
    programme, schools = district
    officer = make_officer(programme.authority)
    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        fails_for(broken, schools[0])
        compilation = compiled(programme)
    with django_capture_on_commit_callbacks(execute=True):
        mailing.mail_again(compilation, by=officer)
    with django_capture_on_commit_callbacks(execute=True):
        restart_compilation(compilation, by=officer)
        run_compilation(compilation.job_id)
    compilation.refresh_from_db()
    assert (compilation.state, compilation.mail_error, bool(compilation.mailed_at)) == ("ready", "", True)
    assert len(mail.outbox) == 2
    assert compilation.checksum in mail.outbox[1].body
    tasks.tick()
    assert len(mail.outbox) == 2


def test_a_correction_goes_to_the_same_address(ready, settings, django_capture_on_commit_callbacks):
    settings.HOMEVISIT_CLOCK = "2022-10-07T10:00+08:00"
    with django_capture_on_commit_callbacks(execute=True):
        correction = correct_compilation(ready, by=make_officer(ready.authority), reason="补录")
        run_compilation(correction.job_id)
    assert len(mail.outbox) == 2
    assert "更正原因：补录" in mail.outbox[1].body
    correction.refresh_from_db()
    assert correction.password and correction.password != ready.password


def test_an_open_package_and_a_bureau_without_address_are_refused(midnight):
    programme, _ = make_district()
    officer = make_officer(programme.authority)
    midnight()
    with pytest.raises(WrongState, match="没有加密"):
        mailing.mail_again(compiled(programme), by=officer)
    locked = compiled(programme, at=None, locked=True)
    Compilation.objects.filter(pk=locked.pk).update(password="x" * 12)
    with pytest.raises(WrongState, match="还没有填教育局的邮箱"):
        mailing.mail_again(locked, by=officer)
