"""A worker killed in the middle of a round, at six moments: the next one tells the rest, and nobody twice."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from reminders.actions.round import start_due_rounds
from reminders.models import Digest, Run
from schools.models import Message
from schools.tests.factories import make_class, make_class_head
from students.tests.factories import make_student
from visits.actions.register import open_register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]
CLASSES = 12
# One person a batch, and a moment between them, so that there is a middle to be killed in.
WORKER = """
import functools, time
import django
django.setup()
from reminders.actions import round
from reminders.queries import people
round.batches = functools.partial(people.batches, size=1)
tell = round.tell_batch
round.tell_batch = lambda *given: (tell(*given), time.sleep(0.05))
round.start_due_rounds()
"""


@pytest.mark.parametrize("told", range(0, CLASSES, 2))
def test_a_killed_worker_is_followed_by_one_that_tells_the_rest(programme, school, at, told):
    heads = [make_class_head(make_class(school, number=number + 1)) for number in range(CLASSES)]
    for head in heads:
        make_student(head.posts.get().school_class)
    open_register(programme)
    worker = _worker()
    _wait(lambda: Digest.objects.count() >= told or worker.poll() is not None)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    at("2022-09-19 09:06")
    start_due_rounds()
    start_due_rounds()

    assert sorted(Digest.objects.values_list("user_id", flat=True)) == sorted(head.pk for head in heads)
    assert Message.objects.count() == CLASSES
    assert (Run.objects.get().told, Run.objects.get().finished_at is not None) == (CLASSES, True)


def _worker():
    facts = connection.settings_dict
    host = facts.get("OPTIONS", {}).get("host")
    database = f"postgresql://homevisit@/{facts['NAME']}?host={host}" if host else f"sqlite:///{facts['NAME']}"
    env = os.environ | {
        "HOMEVISIT_TEST_DATA": str(settings.DATA_DIR), "DATABASE_URL": database, "HOMEVISIT_CLOCK": "2022-09-19T09:00+08:00",
        "DJANGO_SETTINGS_MODULE": "homevisit.settings_test",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", WORKER], env=env, cwd=settings.BASE_DIR)


def _wait(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
