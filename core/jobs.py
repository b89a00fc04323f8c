"""Progress of background work. A job is a row first; the message in the queue only says "look at row n".

    job = jobs.create("reports.tasks.compile_coverage", …)     # kind: the name of the Celery task that does it
    transaction.on_commit(partial(jobs.send, compile_coverage, job.pk))

    @shared_task                                               # reports/tasks.py
    def compile_coverage(job_id): …

    with running(job_id) as job:                               # the action the task calls
        if job is not None: …

A job may be done in parts, jobs of their own that many workers take; their task takes a list of ids:

    jobs.create_parts(job, "reports.tasks.compile_schools", [{"label": …, "school_id": …}, …])
    jobs.wait(job)                  # its task ends here; the last part that is over sends its message once more
    jobs.part_over(part)            # after the commit that closed a part: n/m, a sign of life, or the wake-up

The queue may lose a message and a worker may die: requeue_stale() runs every minute and sends such jobs again. Parts
that only wait their turn are left alone for as long as any part of the same job is being done.
"""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import structlog
from celery import current_app
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Q
from kombu.exceptions import OperationalError as BrokerAway

from core.clock import now
from core.enums import JOB_MOVES, OPEN, JobState
from core.models import Job
from core.states import move

log = structlog.get_logger("homevisit.jobs")

AWAY = (OperationalError, InterfaceError)  # the database is gone for a moment, or with it the connection
MAX_ATTEMPTS = 5  # a job that ends its worker five times is not tried a sixth
PATIENCE = timedelta(minutes=10)  # at most between two messages for a part that nobody takes
PARTS_A_MESSAGE = 10  # a task costs about 11 ms (performance.md)


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
        return False
    return True


def claim(job_id):
    """Take the job for this worker, or None if another one has it or it is over."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None or not job.is_open or job.state == JobState.WAITING:
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


def _mine(job):
    """The job's row, locked. Raises JobStopped when it is no longer this worker's."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if row.attempts != job.attempts or row.state != JobState.RUNNING:
        raise JobStopped
    return row


def _close(job, verb, **values):
    with transaction.atomic():
        row = _mine(job)
        move(row, JOB_MOVES, verb)
        row.heartbeat_at = now()
        row.finished_at = None if row.is_open else row.heartbeat_at
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def cancel(job):
    """The job and those of its parts that are not over; whoever works on one finds out at its next step."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        move(row, JOB_MOVES, "cancel")
        row.finished_at = now()
        row.save()
        row.children.open().update(state=JobState.CANCELLED, finished_at=now())


def retry(job, verb="retry"):
    """A failed or cancelled job waits for a worker again, and so do its parts that are not done.

    The caller sends the message on commit. verb: "reopen" for a job that is done but for some of its parts.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        _wait_again(row, verb)
        for part in row.children.select_for_update().filter(state__in=[JobState.FAILED, JobState.CANCELLED]):
            _wait_again(part, "retry")
        return row


def _wait_again(row, verb):
    move(row, JOB_MOVES, verb)
    row.created_at = row.heartbeat_at = now()
    row.started_at = row.finished_at = None
    row.step = row.done = row.total = 0
    row.message = row.step_label = ""
    row.args = row.args | {"tried": row.attempts}  # attempts stay: the number tells an old worker from a new one
    row.save()


def _tries(job):
    """Since somebody last asked for it."""
    return job.attempts - job.args.get("tried", 0)


# ── Without a sign of life ──


def requeue_stale():
    """Send jobs without a sign of life to the queue again; the worker that had one finds it gone.

    Returns the ids sent. Two ticks at once send each job once: the one whose update hits the row.
    """
    sent = []
    for job in Job.objects.stale().order_by("pk"):
        mine = Job.objects.stale().filter(pk=job.pk)
        if task_of(job) is None or _tries(job) >= MAX_ATTEMPTS:
            words = f"试了{job.attempts}次都没有完成，已有数据没有改动。请把编号 {job.pk} 告诉管理员。"
            if mine.update(state=JobState.FAILED, finished_at=now(), message=words):
                log.error("job_given_up", job=job.pk, kind=job.kind, attempts=job.attempts)
                part_over(job)
        elif mine.update(state=JobState.QUEUED, heartbeat_at=now()):
            log.warning("job_requeued", job=job.pk, kind=job.kind, attempts=job.attempts)
            _send_again(job)
            sent.append(job.pk)
    for parent in Job.objects.stalled().order_by("pk"):
        sent += _stir(parent.pk)
    return sent


def _send_again(job):
    send(task_of(job), [job.pk] if job.parent_id else job.pk)


def _stir(parent_id):
    """No part of this job was finished for a while: its messages are lost, or the workers do something else.

    A part is sent again after twice the time it has waited already, in the end every ten minutes, so that busy workers
    find no pile of copies.
    """
    with transaction.atomic():
        parent = Job.objects.stalled().select_for_update().filter(pk=parent_id).first()
        if parent is None:
            return []
        _count_parts(parent)
        moment, waiting = now(), parent.children.stale_queued()
        ids = [job.pk for job in waiting if moment - job.heartbeat_at >= min(job.heartbeat_at - job.created_at, PATIENCE)]
        Job.objects.filter(pk__in=ids).update(heartbeat_at=moment)
        transaction.on_commit(partial(send_parts, ids))
    if ids:
        log.warning("job_parts_requeued", job=parent_id, parts=len(ids))
    return ids


# ── A job in parts ──


def create_parts(job, kind, parts):
    """Queued jobs below this one, with its owner and scope; parts: what else differs, [{"label", "school_id", …}]."""
    moment = now()
    return Job.objects.bulk_create(
        [
            Job(
                kind=kind, parent=job, owner_id=job.owner_id, authority_id=job.authority_id, shared=job.shared,
                created_at=moment, heartbeat_at=moment, **part,
            )
            for part in parts
        ],
        batch_size=500,
    )  # fmt: skip


def send_parts(ids):
    """Tell the queue of these parts of one job, ten to a message. While the broker is away the tick does it."""
    kind = Job.objects.filter(pk__in=ids[:1]).values_list("kind", flat=True).first()
    for first in range(0, len(ids), PARTS_A_MESSAGE):
        if not send(_task(kind), ids[first : first + PARTS_A_MESSAGE]):
            return


def wait(job):
    """Nothing more for this worker to do: the parts are sent, and the last of them wakes the job."""
    with transaction.atomic():
        row = _mine(job)
        move(row, JOB_MOVES, "wait")
        row.step_at = now()
        _count_parts(row)
        queued = list(row.children.filter(state=JobState.QUEUED).order_by("pk").values_list("pk", flat=True))
        transaction.on_commit(partial(send_parts, queued))


def part_over(job):
    """One part is done, failed or cancelled, and that is committed: two that end at once both see it here."""
    if job.parent_id is None:
        return
    with transaction.atomic():
        _count_parts(Job.objects.select_for_update().get(pk=job.parent_id))


def _count_parts(parent):
    """Write n/m of a waiting job and a sign of life; wake it when no part is left. Its row is locked."""
    if parent.state != JobState.WAITING:
        return
    is_open = Q(state__in=OPEN)
    counted = parent.children.aggregate(total=Count("pk"), left=Count("pk", filter=is_open))
    parent.total, parent.done = counted["total"], counted["total"] - counted["left"]
    parent.heartbeat_at = now()
    if not counted["left"]:
        move(parent, JOB_MOVES, "wake")
        parent.args = parent.args | {"woken": parent.args.get("woken", 0) + 1}
        transaction.on_commit(partial(_send_again, parent))
    parent.save()


# ── The worker's side ──


def task_of(job):
    return _task(job.kind)


def _task(kind):
    current_app.loader.import_default_modules()  # a process that is no worker knows only the tasks it imported
    return current_app.tasks.get(kind)


@contextmanager
def running(job_id, *, tries=1):
    """`with running(job_id) as job:` yields the claimed job or None; a failure becomes a plain message.

    A database that is away for a moment, like a worker that is told to stop, leaves the row as it is:
    requeue_stale() sends it again. tries: so often an unexpected failure puts it back into the queue first.
    """
    job = claim(job_id)
    try:
        yield job
    except JobStopped:
        log.info("job_stopped", job=job_id)
    except JobFailed as error:
        _fail(job, str(error))
    except AWAY:
        log.warning("job_interrupted", job=job_id)
        raise
    except Exception:
        # The trace goes to the log; the row says that nothing was lost and how to go on.
        if job is not None and _tries(job) < tries:
            _put_back(job)
        elif job is not None:
            _fail(job, f"任务中途出错，已有数据没有改动。可以重试；再不行请把编号 {job.pk} 告诉管理员。")
        raise


def _put_back(job):
    try:
        _close(job, "requeue")
    except JobStopped:
        log.info("job_stopped", job=job.pk)


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
