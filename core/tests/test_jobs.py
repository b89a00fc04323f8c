from datetime import timedelta

import pytest

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
