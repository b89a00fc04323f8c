"""The Celery application: `celery -A homevisit worker -B`. Everything it does is set in settings (CELERY_…)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homevisit.settings")

app = Celery("homevisit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
