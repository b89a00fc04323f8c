"""Progress of background work. A job is a row first; the message in the queue only says "look at row n".

    job = jobs.create("reports.tasks.compile_coverage", …)     # kind: the name of the Celery task that does it
    transaction.on_commit(partial(jobs.send, compile_coverage, job.pk))

    @shared_task                                               # reports/tasks.py
    def compile_coverage(job_id): …

    with running(job_id) as job:                               # the action the task calls
        if job is not None: …

The queue may lose a message and a worker may die: requeue_stale() runs every minute and sends such jobs again.
"""

from contextlib import contextmanager

import structlog
from celery import current_app
from django.db import OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerAway

from core.clock import now
from core.enums import JOB_MOVES, JobState
from core.models import Job
from core.states import move

log = structlog.get_logger("homevisit.jobs")

MAX_ATTEMPTS = 5  # a job that ends its worker five times is not tried a sixth


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


def send(task, job_id):
    """Tell the queue. While the broker is away the row waits, and the tick sends it (security.md R7)."""
    try:
        task.apply_async((job_id,), retry=False)
    except (BrokerAway, OSError):
        log.warning("job_not_sent", job=job_id)


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
        changes |= {"step": step, "step_at": now()}
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
        if row.attempts != job.attempts or row.state != JobState.RUNNING:
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


def retry(job):
    """A failed or cancelled job waits for a worker again; the caller sends the message on commit."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        move(row, JOB_MOVES, "retry")
        row.created_at = row.heartbeat_at = now()
        row.started_at = row.finished_at = None
        row.step = row.done = row.total = 0  # attempts stay: the number tells an old worker from a new one
        row.message = row.step_label = ""
        row.save()
        return row


def requeue_stale():
    """Send jobs without a sign of life to the queue again; the worker that had one finds it gone.

    Returns the ids sent. Two ticks at once send each job once: the one whose update hits the row.
    """
    sent = []
    current_app.loader.import_default_modules()  # a process that is no worker knows only the tasks it imported
    for job in Job.objects.stale().order_by("pk"):
        mine = Job.objects.stale().filter(pk=job.pk)
        task = current_app.tasks.get(job.kind)
        if task is None or job.attempts >= MAX_ATTEMPTS:
            words = f"试了{job.attempts}次都没有完成，已有数据没有改动。请把编号 {job.pk} 告诉管理员。"
            mine.update(state=JobState.FAILED, finished_at=now(), message=words)
            log.error("job_given_up", job=job.pk, kind=job.kind, attempts=job.attempts)
        elif mine.update(state=JobState.QUEUED, heartbeat_at=now()):
            log.warning("job_requeued", job=job.pk, kind=job.kind, attempts=job.attempts)
            send(task, job.pk)
            sent.append(job.pk)
    return sent


@contextmanager
def running(job_id):
    """`with running(job_id) as job:` yields the claimed job or None; a failure becomes a plain message.

    A database that is away for a moment, like a worker that is told to stop, leaves the row as it is:
    requeue_stale() sends it again.
    """
    job = claim(job_id)
    try:
        yield job
    except JobStopped:
        log.info("job_stopped", job=job_id)
    except JobFailed as error:
        _fail(job, str(error))
    except OperationalError:
        log.warning("job_interrupted", job=job_id)
        raise
    except Exception:
        # The trace goes to the log; the row says that nothing was lost and how to go on.
        if job is not None:
            _fail(job, f"任务中途出错，已有数据没有改动。可以重试；再不行请把编号 {job.pk} 告诉管理员。")
        raise


def _fail(job, message):
    try:
        _close(job, "fail", message=message)
    except JobStopped:
        log.info("job_stopped", job=job.pk)


def remember(job, **facts):
    """Add to the job's args, or take away what is None: ids, and what only this program can read."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        row.args = {name: value for name, value in (row.args | facts).items() if value is not None}
        row.save(update_fields=["args"])
    job.args = row.args


def forget_file(job, message):
    """The job's file is gone; the row says why. The caller deletes the file."""
    Job.objects.filter(pk=job.pk).update(file="", message=message)
