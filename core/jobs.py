"""Progress of background work. A task calls run(job_id, work); pages read the row."""

from contextlib import contextmanager

import structlog
from django.db import transaction

from core.clock import now
from core.enums import JOB_MOVES, JobState
from core.models import Job
from core.states import move

log = structlog.get_logger("homevisit.jobs")


class JobStopped(Exception):
    """The job was cancelled, or another worker took it over: stop without a trace."""


class JobFailed(Exception):
    """The work cannot be done; the message tells the user what to repair."""


def create(kind, *, label, steps=1, by=None, authority_id=None, school_id=None, shared=False, **args):
    """A queued job. The caller sends the message to the queue on commit, with the job's id only."""
    return Job.objects.create(
        kind=kind, label=label, steps=steps, owner_id=by.pk if by else None, authority_id=authority_id,
        school_id=school_id, shared=shared, args=args, created_at=now(), heartbeat_at=now(),
    )  # fmt: skip


def claim(job_id):
    """Take the job for this worker, or None if another one has it or it is over."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None or not job.is_open:
            return None
        if job.state == JobState.RUNNING and not Job.objects.stale().filter(pk=job_id).exists():
            return None
        move(job, JOB_MOVES, "start")
        job.attempts += 1
        job.started_at = job.heartbeat_at = now()
        job.step = job.done = job.total = 0
        job.save()
        return job


def progress(job, *, step=None, label=None, done=0, total=0):
    """Write n/m and a sign of life. Raises JobStopped when the job is no longer this worker's."""
    changes = {"done": done, "total": total, "heartbeat_at": now()}
    if step is not None:
        changes["step"] = step
    if label is not None:
        changes["step_label"] = label
    mine = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)
    if not mine.update(**changes):
        raise JobStopped
    for name, value in changes.items():
        setattr(job, name, value)


def finish(job, *, file="", result_url="", message=""):
    _close(job, "finish", file=file, result_url=result_url, message=message)


def _close(job, verb, **values):
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.attempts != job.attempts:
            raise JobStopped
        move(row, JOB_MOVES, verb)
        row.finished_at = row.heartbeat_at = now()
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def cancel(job):
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        move(row, JOB_MOVES, "cancel")
        row.finished_at = now()
        row.save()


@contextmanager
def running(job_id):
    """`with running(job_id) as job:` yields the claimed job or None; a failure becomes a plain message."""
    job = claim(job_id)
    try:
        yield job
    except JobStopped:
        log.info("job_stopped", job=job_id)
    except JobFailed as error:
        _close(job, "fail", message=str(error))
    except BaseException:
        # The trace goes to the log; the row says that nothing was lost and how to go on.
        if job is not None:
            _close(job, "fail", message=f"任务中途出错，已有数据没有改动。可以重试；再不行请把编号 {job.pk} 告诉管理员。")
        raise
