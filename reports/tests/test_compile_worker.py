"""A real worker, killed without warning in the middle of a compilation; the tick of another one brings it to its end."""

import os
import random
import signal
import sys
import time
from contextlib import contextmanager
from datetime import datetime

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from core.files import checksum_of, private_path
from core.models import AuditEntry, Job
from programmes.models import Programme
from reports import tasks
from reports.actions.compile import run_compilation, start_compilation
from reports.models import Compilation, SchoolSnapshot, Snapshot
from reports.tests.factories import make_district
from schools.tests.factories import make_school
from tools.children import Children

WAIT_SECONDS = 60
KILLS = 4
SCHOOLS = 150
DEADLINE = timezone.make_aware(datetime(2022, 10, 1))


@contextmanager
def worker(clock, log):
    """A worker process on this test's database and queue that believes it is `clock`; ends by SIGKILL."""
    facts = connection.settings_dict
    host = facts.get("OPTIONS", {}).get("host")
    database = f"postgresql://homevisit@/{facts['NAME']}?host={host}" if host else f"sqlite:///{facts['NAME']}"
    env = os.environ | {
        "HOMEVISIT_TEST_DATA": str(settings.DATA_DIR), "DATABASE_URL": database, "HOMEVISIT_CLOCK": clock,
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "-A", "homevisit", "worker", "-P", "threads", "-c", "2"]
    command += ["--without-mingle", "--without-gossip"]
    with Children() as children, log.open("ab") as out:
        children.start(command, log=out, env=env, cwd=settings.BASE_DIR, end_with=signal.SIGKILL)
        yield


def wait_until(condition, log):
    until = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < until, log.read_text()[-3000:]
        time.sleep(0.003)


@pytest.fixture
def queue():
    current_app.conf.task_always_eager = False
    for name in ("queue", "processed", "control"):
        (settings.DATA_DIR / "broker" / name).mkdir(parents=True, exist_ok=True)
    yield
    current_app.conf.task_always_eager = settings.CELERY_TASK_ALWAYS_EAGER


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kill", range(KILLS))
def test_a_killed_worker_loses_and_doubles_nothing(queue, settings, tmp_path, kill):
    log = tmp_path / "worker.log"
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme, _ = make_district(schools=3, pupils=3, visited=2)
    for _ in range(SCHOOLS - 3):
        make_school(programme.authority)
    settings.HOMEVISIT_CLOCK = "2022-10-01T00:00+08:00"
    at_most = random.Random(kill).randrange(1, SCHOOLS)
    with worker(settings.HOMEVISIT_CLOCK, log):
        compilation = start_compilation(programme, "coverage")
        wait_until(lambda: SchoolSnapshot.objects.count() >= at_most, log)
    frozen = SchoolSnapshot.objects.count()

    with worker("2022-10-01T00:03+08:00", log):
        settings.HOMEVISIT_CLOCK = "2022-10-01T00:03+08:00"
        tasks.tick.delay()
        wait_until(lambda: Compilation.objects.get().is_ready, log)

    compilation = Compilation.objects.select_related("job").get()
    assert (compilation.as_of, SchoolSnapshot.objects.count(), Job.objects.count()) == (DEADLINE, SCHOOLS, 1)
    assert compilation.checksum == checksum_of(compilation.file)
    assert AuditEntry.objects.filter(action="compilation.ready").count() == 1
    files = [p for p in private_path("compilations").iterdir() if not p.name.startswith(".")]
    assert [p.name for p in files] == [private_path(compilation.file).name]
    assert frozen == SCHOOLS or compilation.job.attempts == 2

    told = sorted(Snapshot.objects.values_list("school_class_id", "dimension", "due", "visited"))
    Compilation.objects.all().delete()
    again = start_compilation(Programme.objects.get(), "coverage", queue=False)
    run_compilation(again.job_id)
    assert sorted(Snapshot.objects.values_list("school_class_id", "dimension", "due", "visited")) == told
    private_path(compilation.file).unlink()
