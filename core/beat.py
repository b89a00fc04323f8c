"""What the beat does by itself each night, written down as a job that is over: the jobs page says that it ran.

    with beat_run("locks", "锁定到期的家访记录") as run:
        run.message = f"锁了{lock_due()}条"

Not a job that is tried again: the next night does what this one missed. A worker that dies leaves a row without a sign
of life, which core.jobs.requeue_stale() closes, since no task has such a name.

What is due and cannot be begun is a failed row too, one for as long as it stays so: could_not() and could().
"""

from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction

from core.clock import now
from core.enums import JobState
from core.models import Job

KIND = "beat."
KEPT = timedelta(days=90)
MANY = 32_767  # as far as the column counts


@contextmanager
def beat_run(name, label):
    """Yields the row; its message stays. An error is written down in plain words and goes on its way."""
    moment = now()
    run = Job.objects.create(
        kind=f"{KIND}{name}", label=label, shared=True, state=JobState.RUNNING, attempts=1, step=1, created_at=moment,
        started_at=moment, heartbeat_at=moment,
    )  # fmt: skip
    try:
        yield run
    except Exception:
        _close(run, JobState.FAILED, "中途出错，已有数据没有改动，下次到点会再做。一直不成就请管理员看日志。")
        raise
    _close(run, JobState.DONE, run.message)


def could_not(name, label, why, *, authority_id, **about):
    """Write down that something due was not begun; about: what tells it from others → (row, is_news): the first time, and
    whenever the reason is another one, it is worth telling."""
    moment = now()
    with transaction.atomic():
        row = _failures(name, about).select_for_update().first()
        is_news = row is None or row.message != why[:500]
        if row is None:
            row = Job(
                kind=f"{KIND}{name}", label=label, shared=True, authority_id=authority_id, args=about, created_at=moment,
                state=JobState.FAILED,
            )  # fmt: skip
        row.attempts = min(row.attempts + 1, MANY)
        row.message, row.heartbeat_at, row.finished_at = why[:500], moment, moment
        row.save()
    return row, is_news


def could(name, **about):
    """It was begun after all → the rows that said otherwise."""
    rows = list(_failures(name, about))
    for row in rows:
        _close(row, JobState.DONE, "后来做成了。")
    return rows


def _failures(name, about):
    rows = Job.objects.filter(kind=f"{KIND}{name}", state=JobState.FAILED)
    return rows.filter(**{f"args__{key}": value for key, value in about.items()})


def _close(run, state, message):
    run.state, run.message, run.finished_at = state, message[:500], now()
    run.heartbeat_at = run.finished_at
    run.save(update_fields=["state", "message", "finished_at", "heartbeat_at"])


def remove_old_runs():
    """What ran more than three months ago is no longer told."""
    Job.objects.filter(kind__startswith=KIND, created_at__lt=now() - KEPT).delete()
