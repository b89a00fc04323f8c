"""A zip made by a job for its maker alone (security.md §4): so many a day, its password seen once.

The password stands encrypted in the job until its maker has seen it and the zip is made; then only the zip knows it.
"""

import secrets

from django.db import transaction
from django.utils import timezone

from core import jobs
from core.audit import record
from core.clock import now
from core.enums import JobState
from core.fields import decrypt, encrypt
from core.models import Job
from core.states import WrongState

A_DAY = 5
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
SEALED_FOR = "core.job.archive"


def within_the_day(kind, by):
    """Raises WrongState when this person has had the day's number of such jobs; failed ones do not count."""
    midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    made = Job.objects.filter(owner_id=by.pk, kind=kind, created_at__gte=midnight)
    if made.exclude(state__in=[JobState.CANCELLED, JobState.FAILED]).count() >= A_DAY:
        raise WrongState(f"今天已经做了{A_DAY}次，明天再来。做好的还可以在24小时内下载。")


def random_password():
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def new_password():
    """As it stands in a job's args."""
    return encrypt(random_password(), SEALED_FOR)


def opened(password):
    return decrypt(password, SEALED_FOR)


def has_password(job):
    """Whether one waits to be seen."""
    return bool(job.args.get("password")) and not job.args.get("shown") and (job.is_open or job.state == JobState.DONE)


def show_password(job, *, by):
    """The password, once. Afterwards only the zip knows it."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if not job.args.get("password") or job.args.get("shown"):
            raise WrongState("密码只显示一次，已经显示过了。忘了就重新打包一份。")
        password = opened(job.args["password"])
        jobs.remember(job, shown=True, password=job.args["password"] if job.is_open else None)
        record(job, "export.password", by=by)
    return password


def cancel_pack(job, *, by):
    with transaction.atomic():
        jobs.cancel(job)
        record(job, "export.cancel", by=by)
