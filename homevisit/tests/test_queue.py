"""A real worker on the broker of this run: files in the embedded default, Redis beside PostgreSQL."""

import os
import signal
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from core.models import AuditEntry
from homevisit.celery import app
from homevisit.tests.queue_tasks import leave_a_trace
from tools.children import Children

WAIT_SECONDS = 30


@pytest.fixture
def worker(transactional_db, tmp_path):
    """A worker process on this test's database and queue; `.delay` sends instead of running in place."""
    app.conf.task_always_eager = False
    for name in ("queue", "processed", "control"):
        (settings.DATA_DIR / "broker" / name).mkdir(parents=True, exist_ok=True)
    facts = connection.settings_dict
    host = facts.get("OPTIONS", {}).get("host")
    database = f"postgresql://homevisit@/{facts['NAME']}?host={host}" if host else f"sqlite:///{facts['NAME']}"
    env = os.environ | {"HOMEVISIT_TEST_DATA": str(settings.DATA_DIR), "DATABASE_URL": database}
    command = [sys.executable, "-m", "celery", "-A", "homevisit", "worker", "-P", "threads", "-c", "2"]
    command += ["--include", "homevisit.tests.queue_tasks", "--without-mingle", "--without-gossip"]
    log = tmp_path / "worker.log"
    with Children() as children, log.open("wb") as out:
        children.start(command, log=out, env=env, cwd=settings.BASE_DIR, end_with=signal.SIGKILL)
        yield log
    app.conf.task_always_eager = settings.CELERY_TASK_ALWAYS_EAGER


def test_a_message_reaches_a_worker_once(worker):
    leave_a_trace.delay(7)
    traces = AuditEntry.objects.filter(action="queue.test")
    until = time.monotonic() + WAIT_SECONDS
    while not traces.exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)  # a second delivery would show by now

    assert [entry.facts for entry in traces] == [{"number": 7}], worker.read_text()
