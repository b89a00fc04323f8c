from datetime import timedelta

import pytest
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerAway

from core import jobs
from core.clock import now
from core.enums import JobState
from core.models import Job
from core.states import WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return jobs.create("test", label="试一试", steps=2)


def test_a_job_runs_reports_progress_and_finishes(job):
    with jobs.running(job.pk) as mine:
        jobs.progress(mine, step=1, label="冻结数据", done=1, total=2)
        assert Job.objects.get().percent == 25
        jobs.finish(mine, file="reports/x.xlsx")
    done = Job.objects.get()
    assert (done.state, done.percent, done.file) == (JobState.DONE, 100, "reports/x.xlsx")


def test_a_running_job_is_not_taken_by_a_second_worker_until_it_is_stale(job):
    first = jobs.claim(job.pk)
    assert jobs.claim(job.pk) is None
    Job.objects.update(heartbeat_at=now() - timedelta(minutes=3))
    second = jobs.claim(job.pk)
    assert second.attempts == 2
    with pytest.raises(jobs.JobStopped):  # the first one wakes up: the job is not its own any more
        jobs.progress(first, done=1)
    with pytest.raises(jobs.JobStopped):
        jobs.finish(first)
    assert Job.objects.get().state == JobState.RUNNING


def test_a_finished_job_is_not_run_again(job):
    with jobs.running(job.pk) as mine:
        jobs.finish(mine)
    assert jobs.claim(job.pk) is None


def test_a_failure_leaves_a_sentence_and_the_trace_goes_on(job):
    with pytest.raises(ZeroDivisionError), jobs.running(job.pk):
        1 / 0  # noqa: B018
    failed = Job.objects.get()
    assert failed.state == JobState.FAILED
    assert "已有数据没有改动" in failed.message


def test_an_expected_failure_tells_the_repair(job):
    with jobs.running(job.pk):
        raise jobs.JobFailed("没有应访名单，请先开始活动。")
    assert Job.objects.get().message == "没有应访名单，请先开始活动。"


def test_a_cancelled_job_stops_its_worker(job):
    with jobs.running(job.pk) as mine:
        jobs.cancel(job)
        jobs.progress(mine, done=1)
        pytest.fail("must not get here")
    assert Job.objects.get().state == JobState.CANCELLED
    with pytest.raises(WrongState):
        jobs.cancel(job)


@pytest.fixture
def sent(monkeypatch):
    """A task named test that only notes what it was sent."""
    ids = []

    class Task:
        @staticmethod
        def apply_async(args, retry):
            ids.extend(args)

    monkeypatch.setitem(jobs.current_app.tasks, "test", Task)
    return ids


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_job_without_a_sign_of_life_is_sent_again_once(job, sent, state):
    Job.objects.update(state=state, heartbeat_at=now() - timedelta(minutes=3))
    assert (jobs.requeue_stale(), jobs.requeue_stale()) == ([job.pk], [])
    assert sent == [job.pk]
    assert Job.objects.get().state == JobState.QUEUED


def test_a_living_job_is_left_alone(job, sent):
    jobs.claim(job.pk)
    assert (jobs.requeue_stale(), sent) == ([], [])


def test_a_worker_whose_job_was_sent_again_stops_before_another_takes_it(job, sent):
    old = jobs.claim(job.pk)
    Job.objects.update(heartbeat_at=now() - timedelta(minutes=3))
    jobs.requeue_stale()
    for act in (jobs.progress, jobs.finish):
        with pytest.raises(jobs.JobStopped):
            act(old)


def test_a_job_that_never_ends_is_given_up(job, sent):
    Job.objects.update(
        state=JobState.RUNNING, attempts=jobs.MAX_ATTEMPTS, heartbeat_at=now() - timedelta(minutes=3)
    )
    assert (jobs.requeue_stale(), sent) == ([], [])
    given_up = Job.objects.get()
    assert given_up.state == JobState.FAILED
    assert str(job.pk) in given_up.message


def test_a_retried_job_is_told_from_its_earlier_run(job):
    old = jobs.claim(job.pk)
    jobs.cancel(job)
    jobs.retry(job)
    new = jobs.claim(job.pk)
    assert (old.attempts, new.attempts) == (1, 2)
    with pytest.raises(jobs.JobStopped):
        jobs.progress(old, done=1)


def test_a_database_away_for_a_moment_leaves_the_job_to_the_next_tick(job):
    with pytest.raises(OperationalError), jobs.running(job.pk):
        raise OperationalError("database is locked")
    assert Job.objects.get().state == JobState.RUNNING


def test_time_left_is_guessed_from_the_pace_of_the_step(job, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-30T18:00+08:00"
    mine = jobs.claim(job.pk)
    jobs.progress(mine, step=1, total=100)
    assert mine.seconds_left is None
    settings.HOMEVISIT_CLOCK = "2022-09-30T18:00:10+08:00"
    jobs.progress(mine, done=20, total=100)
    assert Job.objects.get().seconds_left == 40


def test_a_job_waits_for_the_tick_while_the_broker_is_away(job):
    class Task:
        @staticmethod
        def apply_async(args, retry):
            raise BrokerAway("connection refused")

    jobs.send(Task, job.pk)
    assert Job.objects.get().state == JobState.QUEUED
