"""The package to the bureau's address: once by itself when it is ready, again when an officer says so.

Before a mail leaves, the row says that it is on its way. A worker that dies then leaves these words, not a second mail:
whether the first has left only the addressee knows.
"""

from datetime import timedelta
from functools import partial

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from core import jobs
from core.audit import record
from core.clock import now
from core.enums import Result
from core.files import open_private
from core.models import AuditEntry
from core.states import WrongState
from reports import tasks
from reports.enums import MADE, CompilationState
from reports.models import Compilation

log = structlog.get_logger("homevisit.jobs")

ON_ITS_WAY = "正在发送。几分钟后还是这句话，就先看邮箱里有没有，没有再发一次。"
NO_SERVER = "系统还没有设置邮件服务器，没有发。请下载以后自己发，或者请管理员设置好再发一次。"
NO_ANSWER = "邮件服务器很久没有回答，不知道发到了没有。先看邮箱里有没有，没有再发一次。"
ONCE = timedelta(minutes=1)
MEGABYTE = 1024 * 1024


class NoMailServer(Exception):
    """The program only prints mails: nobody is told that one was sent."""


def on_commit(compilation):
    """Called where a package becomes ready."""
    if compilation.mail_to and compilation.state == CompilationState.READY:
        _send(compilation)


def _send(compilation):
    transaction.on_commit(partial(jobs.send, tasks.mail_package, compilation.pk))


def mail_again(compilation, *, by):
    """To the address the bureau has now. The same again within a minute is one, unless it came back meanwhile."""
    with transaction.atomic():
        row = Compilation.objects.select_for_update(of=("self",)).select_related("authority").get(pk=compilation.pk)
        if row.state not in MADE:
            raise WrongState("这一份还没有汇编好，好了以后才能发。")
        if not row.password:
            raise WrongState("这一份没有加密，不能发邮件。汇编时勾选“加密”的才能发。")
        if not row.authority.package_email:
            raise WrongState("还没有填教育局的邮箱，先在“后台管理—教育局”里填“汇编发到”。")
        if row.mail_error in ("", ON_ITS_WAY) and _asked_just_now(row):
            return
        row.mail_to, row.mail_error, row.mailed_at = row.authority.package_email, "", None
        row.save(update_fields=["mail_to", "mail_error", "mailed_at"])
        record(row, "compilation.mail_again", by=by)
        _send(row)


def _asked_just_now(row):
    asked = AuditEntry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk), action="compilation.mail_again")
    return asked.filter(at__gt=now() - ONCE).exists()


def mail_package(compilation_id):
    """What a worker does. A second message finds the mail sent or on its way."""
    waiting = _waiting().filter(pk=compilation_id)
    if not waiting.update(mail_error=ON_ITS_WAY):
        return
    compilation = Compilation.objects.select_related("programme__authority").get(pk=compilation_id)
    try:
        attached = _mail(compilation)
    except Exception as error:  # noqa: BLE001 (whatever the server or its library raises stands on the page)
        log.warning("package_not_mailed", compilation=compilation_id, error=type(error).__name__)
        _note(compilation, Result.FAILED, mail_error=_words(error))
    else:
        _note(compilation, Result.OK, mail_error="", mailed_at=now(), attached=attached)


def _waiting():
    made = Compilation.objects.filter(state__in=[CompilationState.READY, CompilationState.INCOMPLETE])
    return made.filter(mailed_at=None, mail_error="").exclude(mail_to="")


def mail_waiting_packages():
    """What the tick does: packages whose message the queue lost."""
    for row in _waiting().filter(state=CompilationState.READY):
        jobs.send(tasks.mail_package, row.pk)


def _note(compilation, result, *, attached=None, **fields):
    with transaction.atomic():
        Compilation.objects.filter(pk=compilation.pk).update(**fields)
        record(compilation, "compilation.mail", by=None, result=result, attached=attached)


def _words(error):
    if isinstance(error, NoMailServer):
        return NO_SERVER
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    return f"邮件服务器没有收下（{type(error).__name__}）。检查邮箱地址和邮件设置，再发一次。"


def _mail(compilation):
    """True when the zip goes along; a larger one is only announced."""
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        raise NoMailServer
    programme = compilation.programme
    with open_private(compilation.file) as file:
        data = file.read(settings.PACKAGE_MAIL_LIMIT + 1)
    fits = len(data) <= settings.PACKAGE_MAIL_LIMIT
    mail = EmailMessage(subject=_subject(compilation), body=_body(compilation, fits), to=[compilation.mail_to])
    if fits:
        name = f"{programme.short_title}{compilation.get_kind_display()}汇编-第{compilation.revision}版.zip"
        mail.attach(name, data, "application/zip")
    mail.send()
    return fits


def _subject(compilation):
    programme = compilation.programme
    kind = f"{programme.short_title}{compilation.get_kind_display()}汇编"
    return f"{kind}（截至{compilation.as_of_words}，第{compilation.revision}版）"


def _body(compilation, fits):
    programme = compilation.programme
    limit = settings.PACKAGE_MAIL_LIMIT // MEGABYTE
    where = "附件是加密的压缩包。" if fits else f"压缩包超过{limit}MB，没有附上，请登录系统下载。"
    lines = [
        f"{programme.authority.name}：",
        f"{programme.title}“{compilation.get_kind_display()}”汇编好了，数据截至{compilation.as_of_words}，{compilation.stage}，"
        f"第{compilation.revision}版。",
        f"更正原因：{compilation.reason}" if compilation.reason else "",
        f"还缺{len(compilation.missing)}所学校，名单在包里。" if compilation.missing else "",
        where,
        "密码在系统的“汇编与报表”里，由区级管理员查看，不随邮件发送。",
        f"校验码 SHA-256：{compilation.checksum}",
    ]
    return "\n".join(line for line in lines if line)
