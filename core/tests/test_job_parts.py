"""A job in parts: many workers, any order, messages lost and doubled, and the job goes on exactly once."""

from datetime import timedelta

import pytest

from core import jobs
from core.clock import now
from core.enums import JobState
from core.models import Job

pytestmark = pytest.mark.django_db
TICK = timedelta(minutes=2, seconds=1)


@pytest.fixture
def sent(monkeypatch):
    """{kind: [what each message said]}"""
    messages = {"whole": [], "part": []}

    def task(kind):
        class Task:
            @staticmethod
            def apply_async(args, retry):
                messages[kind].append(*args)

        return Task

    for kind in messages:
        monkeypatch.setitem(jobs.current_app.tasks, kind, task(kind))
    return messages


@pytest.fixture
def later(settings):
    """later(): the clock goes on, so far that a silent job is stale."""
    moment = [now()]

    def go(step=TICK):
        moment[0] += step
        settings.HOMEVISIT_CLOCK = moment[0].isoformat()

    go(timedelta(0))
    return go


@pytest.fixture
def waiting(later, sent, django_capture_on_commit_callbacks):
    """waiting(n) → a job that waits for n parts whose messages are sent."""

    def make(number, **fields):
        job = jobs.create("whole", label="整体", steps=3, **fields)
        with django_capture_on_commit_callbacks(execute=True):
            mine = jobs.claim(job.pk)
            jobs.create_parts(mine, "part", [{"label": f"第{n}份", "school_id": n} for n in range(number)])
            jobs.wait(mine)
        return job

    return make


def do(part):
    with jobs.running(part.pk) as job:
        if job is not None:
            jobs.finish(job)
    jobs.part_over(part)


def parts(job):
    return list(job.children.order_by("pk"))


def test_parts_are_sent_ten_to_a_message_and_belong_where_the_whole_belongs(waiting, sent):
    job = waiting(23, authority_id=7, shared=True)
    ids = [part.pk for part in parts(job)]
    assert sent["part"] == [ids[:10], ids[10:20], ids[20:]]
    assert {(p.authority_id, p.shared, p.owner_id) for p in parts(job)} == {(7, True, None)}
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.is_open) == (JobState.WAITING, 0, 23, True)
    assert jobs.claim(job.pk) is None  # its message twice: it only waits


def test_each_part_moves_the_count_and_the_last_one_wakes_the_whole(
    waiting, sent, later, django_capture_on_commit_callbacks
):
    job = waiting(3)
    first, second, third = parts(job)
    later(timedelta(seconds=30))
    do(second)
    job.refresh_from_db()
    assert (job.done, job.total, job.heartbeat_at) == (1, 3, now())
    with django_capture_on_commit_callbacks(execute=True):
        do(first)
        assert sent["whole"] == []
        do(third)
        do(third)  # its message came twice
    assert sent["whole"] == [job.pk]
    mine = jobs.claim(job.pk)
    assert (mine.attempts, mine.state) == (2, JobState.RUNNING)


def test_a_failed_part_wakes_the_whole_too(waiting, sent, django_capture_on_commit_callbacks):
    job = waiting(1)
    with django_capture_on_commit_callbacks(execute=True):
        [part] = parts(job)
        with pytest.raises(ZeroDivisionError), jobs.running(part.pk):
            1 / 0  # noqa: B018
        jobs.part_over(part)
    assert sent["whole"] == [job.pk]


def test_a_job_whose_parts_are_all_over_before_it_waits_is_woken_at_once(
    sent, later, django_capture_on_commit_callbacks
):
    job = jobs.create("whole", label="整体")
    mine = jobs.claim(job.pk)
    jobs.create_parts(mine, "part", [{"label": "一份"}])
    do(parts(job)[0])  # a part that was left over from an earlier run
    with django_capture_on_commit_callbacks(execute=True):
        jobs.wait(mine)
    assert (sent["whole"], Job.objects.get(pk=job.pk).state) == ([job.pk], JobState.QUEUED)


def test_parts_that_wait_their_turn_are_left_alone(waiting, sent, later):
    job = waiting(30)
    for part in parts(job)[:3]:
        later(timedelta(seconds=100))
        do(part)
        assert jobs.requeue_stale() == []  # 27 are silent for minutes, the whole is not
    assert len(sent["part"]) == 3


def test_lost_messages_are_sent_again_when_nothing_moves_and_more_and_more_seldom(
    waiting, sent, later, django_capture_on_commit_callbacks
):
    job = waiting(12)
    sent["part"].clear()
    after = []
    for minute in range(1, 50):
        later(timedelta(minutes=1))
        with django_capture_on_commit_callbacks(execute=True):
            if jobs.requeue_stale():
                after.append(minute)
    assert after == [3, 6, 12, 24, 36, 48]
    ids = [part.pk for part in parts(job)]
    assert sent["part"] == [ids[:10], ids[10:]] * len(after)


def test_two_ticks_at_once_send_them_once(waiting, sent, later):
    waiting(2)
    later()
    assert len(jobs.requeue_stale()) == 2
    assert jobs.requeue_stale() == []


def test_a_part_whose_worker_died_is_sent_alone(waiting, sent, later):
    job = waiting(3)
    first, second, third = parts(job)
    old = jobs.claim(second.pk)
    later()
    do(first)
    sent["part"].clear()
    assert jobs.requeue_stale() == [second.pk]
    assert sent["part"] == [[second.pk]]
    with pytest.raises(jobs.JobStopped):
        jobs.finish(old)


def test_a_part_that_kills_its_workers_is_given_up_and_the_whole_goes_on(
    waiting, sent, later, django_capture_on_commit_callbacks
):
    job = waiting(2)
    bad, good = parts(job)
    do(good)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(jobs.MAX_ATTEMPTS):
            assert jobs.claim(bad.pk)
            later()
            jobs.requeue_stale()
    bad.refresh_from_db()
    assert (bad.state, sent["whole"]) == (JobState.FAILED, [job.pk])


def test_a_worker_that_died_before_it_could_wake_the_whole_is_made_up_for(
    waiting, sent, later, django_capture_on_commit_callbacks
):
    job = waiting(1)
    with jobs.running(parts(job)[0].pk) as part:
        jobs.finish(part)  # and here it died
    later()
    with django_capture_on_commit_callbacks(execute=True):
        jobs.requeue_stale()
    assert sent["whole"] == [job.pk]


def test_cancelling_the_whole_stops_its_parts_and_their_workers(waiting, sent):
    job = waiting(3)
    first, second, _ = parts(job)
    do(first)
    old = jobs.claim(second.pk)
    jobs.cancel(job)
    assert [part.state for part in parts(job)] == [JobState.DONE, JobState.CANCELLED, JobState.CANCELLED]
    with pytest.raises(jobs.JobStopped):
        jobs.finish(old)
    jobs.part_over(second)
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED


def test_going_on_leaves_what_is_done(waiting, sent):
    job = waiting(3)
    do(parts(job)[0])
    jobs.cancel(job)
    jobs.retry(job)
    assert [part.state for part in parts(job)] == [JobState.DONE, JobState.QUEUED, JobState.QUEUED]
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED


def test_somebody_who_tries_again_has_all_attempts_again(waiting, sent, later):
    job = jobs.create("whole", label="整体")
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, attempts=jobs.MAX_ATTEMPTS)
    jobs.retry(job)
    later()
    assert jobs.requeue_stale() == [job.pk]


def test_an_unexpected_failure_may_be_a_moments(waiting, sent):
    job = jobs.create("part", label="一份")
    for state in (JobState.QUEUED, JobState.QUEUED, JobState.FAILED):
        with pytest.raises(ZeroDivisionError), jobs.running(job.pk, tries=3):
            1 / 0  # noqa: B018
        assert Job.objects.get(pk=job.pk).state == state


def test_the_broker_away_is_asked_once_not_for_every_message(waiting, sent, monkeypatch):
    asked = []
    monkeypatch.setattr(jobs, "send", lambda *message: asked.append(message))
    job = waiting(30)
    assert (len(asked), Job.objects.get(pk=job.pk).state) == (1, JobState.WAITING)
