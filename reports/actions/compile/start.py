"""Asking for a package: once an instant, whoever asks; again where it stopped; a correction beside what stands."""

from functools import partial

import structlog
from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from core import jobs
from core.audit import record
from core.beat import could, could_not
from core.clock import now
from core.formats import instant
from core.packing import random_password
from core.states import WrongState, move
from programmes.enums import DeadlineKind, ProgrammeState
from programmes.models import Deadline, Programme
from reports import tasks
from reports.actions.compile import told
from reports.enums import COMPILATION_MOVES, MADE, CompilationState
from reports.models import Compilation
from reports.queries.compilations import NOT_STARTED, deadlines_of, kept_deadlines
from visits.models import Due

log = structlog.get_logger("homevisit.jobs")

STEPS = ("冻结各校数据、收齐材料", "生成汇编", "核对")


class CannotCompile(Exception):
    """The message says why, and what to do."""


def start_compilation(programme, kind, *, by=None, at=None, present=False, locked=False, queue=True):
    """The compilation of that instant, started if nobody has; the same call twice is one compilation.

    at: as of which instant. By default the deadline's once it has passed; before it, or with present, the present
    moment, which is a package of its own (one at a time: a second press gives back the first). A failed, cancelled or
    incomplete one starts again where it stopped. locked: the zip has a password; one that is mailed always has.
    queue=False leaves the work to the caller: run_compilation(compilation.job_id).
    """
    deadline = _deadline(programme, kind)
    moment = now()
    if at is not None and at > moment:
        raise CannotCompile("这个时刻还没有到，数据截至时间不能晚于现在。")
    with transaction.atomic():
        _lock(programme.pk)
        if at is None and not present and deadline.at <= moment:
            at = deadline.at
        compilation = _existing(programme, deadline, at, moment)
        if compilation is None:
            compilation = _create(programme, deadline, at or moment, by, locked)
        elif not _restart(compilation, by):
            return compilation
        if queue:
            _send(compilation)
    return compilation


def _lock(programme_id):
    Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)


def _deadline(programme, kind):
    if kind not in DeadlineKind.values:
        raise CannotCompile(f"没有“{kind}”这种截止事项，可以写：{'、'.join(DeadlineKind.values)}。")
    deadline = Deadline.objects.filter(programme=programme, kind=kind).first()
    if deadline is None:
        raise CannotCompile(f"这个活动没有“{DeadlineKind(kind).label}”截止时间，请先在“后台管理—截止事项”里添加。")
    return deadline


def _existing(programme, deadline, at, moment):
    same = Compilation.objects.select_related("job").filter(programme=programme, kind=deadline.kind, corrects=None)
    if at is not None:
        return same.filter(as_of=at).first()
    unfinished = same.exclude(state=CompilationState.READY).exclude(as_of=deadline.at).order_by("-revision")
    return next((c for c in unfinished if c.job.is_open), None) or same.filter(as_of=moment).first()


def _create(programme, deadline, at, by, locked):
    mail_to = programme.authority.package_email if at == deadline.at else ""
    if at == deadline.at:
        for row in could(NOT_STARTED, **_about(deadline)):
            told.withdraw(row)
    return _made(
        programme, deadline.kind, deadline.title, by=by, deadlines=kept_deadlines(programme), as_of=at, known_at=at,
        deadline_at=deadline.at, mail_to=mail_to, password=random_password() if locked or mail_to else "",
    )  # fmt: skip


def _made(programme, kind, title, *, by, deadlines, **fields):
    """The row of a new package with its job; the programme's row is locked. deadlines: as kept_deadlines() has them."""
    last = Compilation.objects.filter(programme=programme, kind=kind).aggregate(last=Max("revision"))["last"]
    corrects = "，更正" if fields.get("corrects") else ""
    label = f"汇编{title}（截至{instant(fields['as_of']).split('年')[1]}{corrects}）"
    job = jobs.create(
        "reports.tasks.compile_deadline", label=label, steps=len(STEPS), by=by, shared=True,
        authority_id=programme.authority_id, programme=programme.pk, deadlines=deadlines,
    )  # fmt: skip
    compilation = Compilation.objects.create(
        programme=programme, authority_id=programme.authority_id, kind=kind, revision=(last or 0) + 1, job=job,
        started_by=by, created_at=now(), **fields,
    )  # fmt: skip
    record(
        compilation, "compilation.start", by=by, programme=programme.code, kind=kind, revision=compilation.revision,
        as_of=compilation.as_of.isoformat(), known_at=compilation.known_at.isoformat(),
    )  # fmt: skip
    return compilation


def _send(compilation):
    transaction.on_commit(partial(jobs.send, tasks.compile_deadline, compilation.job_id))


def start_due_compilations():
    """What the tick starts: deadlines of open programmes that have passed and have no compilation.

    One that cannot be started keeps no other from its turn; the log, the jobs page and the desk's people are told once.
    """
    done = Compilation.objects.filter(programme=OuterRef("programme"), kind=OuterRef("kind"), as_of=OuterRef("at"))
    register = Due.objects.filter(programme=OuterRef("programme"))
    passed = Deadline.objects.filter(
        ~Exists(done), Exists(register), at__lte=now(), programme__state=ProgrammeState.OPEN
    )
    started = []
    for deadline in passed.select_related("programme"):
        try:
            started.append(start_compilation(deadline.programme, deadline.kind))
        except jobs.AWAY:
            raise
        except Exception as error:  # noqa: BLE001 (written down below)
            _not_started(deadline, error)
    return started


def _not_started(deadline, error):
    programme, label = deadline.programme, f"{deadline.title}的汇编没有开始"
    said = f"程序出错（{type(error).__name__}），每分钟会再试。请管理员看日志。"
    why = str(error) if isinstance(error, CannotCompile) else said
    with transaction.atomic():
        _lock(deadline.programme_id)  # two beats tell once
        row, is_news = could_not(NOT_STARTED, label, why, authority_id=programme.authority_id, **_about(deadline))
        if is_news:
            told.tell_not_started(row, f"{programme.short_title}，{label}：{why}")
    if is_news:
        log.error("deadline_not_started", programme=programme.pk, kind=deadline.kind, exc_info=error)


def _about(deadline):
    return {"programme": deadline.programme_id, "kind": deadline.kind, "at": deadline.at.isoformat()}


def restart_compilation(compilation, *, by):
    """Go on where a failed, cancelled or incomplete one stopped: schools that are done are not done again.

    One that is going on already is left alone.
    """
    with transaction.atomic():
        row = Compilation.objects.select_for_update(of=("self",)).select_related("job").get(pk=compilation.pk)
        if row.is_ready:
            raise WrongState("这一份已经汇编好了。")
        if _restart(row, by):
            _send(row)


def _restart(compilation, by):
    """True when a stopped one was set going again."""
    if compilation.is_ready or compilation.job.is_open:
        return False
    is_incomplete = compilation.state == CompilationState.INCOMPLETE
    job = jobs.retry(compilation.job, "reopen" if is_incomplete else "retry")
    if is_incomplete or (compilation.state == CompilationState.FROZEN and job.children.open().exists()):
        move(compilation, COMPILATION_MOVES, "again")
        compilation.save(update_fields=["state"])
    record(compilation, "compilation.restart", by=by)
    return True


def cancel_compilation(compilation, *, by):
    """Stop the work. What is frozen stays, and starting again goes on from there. WrongState when it is over."""
    with transaction.atomic():
        jobs.cancel(compilation.job)
        record(compilation, "compilation.cancel", by=by)


def correct_compilation(compilation, *, by, reason):
    """The next revision: what happened before the same instant, as it is known now. The corrected one stays.

    The same call twice is one correction; another reason for a package that was corrected already is refused.
    """
    reason = reason.strip()
    if not reason:
        raise CannotCompile("写明更正的原因，会印在目录上。")
    with transaction.atomic():
        _lock(compilation.programme_id)
        row = Compilation.objects.select_related("programme__authority", "job").get(pk=compilation.pk)
        later = Compilation.objects.filter(corrects=row).first()
        if later is not None:
            return _same(later, by, reason)
        if row.state not in MADE:
            raise WrongState("这一份还没有汇编好，好了以后才能更正。")
        return _correction(row, by, reason)


def _same(later, by, reason):
    if (later.started_by_id, later.reason) != (by.pk, reason):
        raise WrongState(f"这一份已经更正过，请打开第{later.revision}版。")
    return later


def _correction(row, by, reason):
    deadline = Deadline.objects.filter(programme=row.programme, kind=row.kind).first()
    mail_to = row.programme.authority.package_email if row.mail_to else ""
    deadlines = {kind: at.isoformat() for kind, at in deadlines_of(row).items()}
    correction = _made(
        row.programme, row.kind, deadline.title if deadline else row.get_kind_display(), by=by,
        deadlines=deadlines, as_of=row.as_of, known_at=now(), deadline_at=row.deadline_at, corrects=row, reason=reason,
        mail_to=mail_to, password=random_password() if row.password or mail_to else "",
    )  # fmt: skip
    record(row, "compilation.correct", by=by, revision=correction.revision, reason=reason)
    _send(correction)
    return correction
