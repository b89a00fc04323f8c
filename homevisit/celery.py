"""The Celery application: `celery -A homevisit worker -B`. Everything it does is set in settings (CELERY_…)."""

import os
from datetime import timedelta

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homevisit.settings")

app = Celery("homevisit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def sweep_this_machine(**_):
    """The night's sweep runs on one machine; each worker looks after what was left on its own when it starts."""
    from core.files import remove_left_here

    remove_left_here(timedelta(days=1))
