"""The Celery application as it is, only more impatient: seconds instead of minutes until a job counts as silent.

FAULTS_COPIES: every message is sent so many times. FAULTS_SLOW: seconds that a school takes longer.
"""

import os
import random
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homevisit.settings_test")

import django  # noqa: E402

django.setup()

from celery import current_app  # noqa: E402
from celery.app.task import Task  # noqa: E402

import core.models.job  # noqa: E402
from core import jobs  # noqa: E402
from reports.actions.compile import schools  # noqa: E402

app = current_app._get_current_object()
core.models.job.SILENCE = timedelta(seconds=3)
jobs.PATIENCE = timedelta(seconds=6)
jobs.MAX_ATTEMPTS = 50  # here they die far more often than a school could make them
app.conf.update(
    task_always_eager=False,
    beat_schedule={"tick": {"task": "reports.tasks.tick", "schedule": 1.0, "options": {"expires": 5}}},
)

COPIES = int(os.environ.get("FAULTS_COPIES", "1"))
SLOW = float(os.environ.get("FAULTS_SLOW", "0"))
_apply_async, _write_part = Task.apply_async, schools.write_part


def _several_times(self, args=None, kwargs=None, **options):
    for _ in range(COPIES):
        sent = _apply_async(self, args, kwargs, countdown=random.random() * (COPIES - 1), **options)
    return sent


def _slowly(*args):
    time.sleep(SLOW * random.random())
    return _write_part(*args)


if COPIES > 1:
    Task.apply_async = _several_times
schools.write_part = _slowly
