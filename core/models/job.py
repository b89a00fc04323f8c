from datetime import timedelta

from django.db import models
from django.db.models import Q

from core.clock import now
from core.enums import OPEN, JobState
from core.scope import ScopedQuerySet

SILENCE = timedelta(minutes=2)  # after which a job is sent to the queue again


class JobQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The maker's own jobs; a deadline package belongs to every district officer of the authority."""
        return Q(owner_id=reach.user_id) | Q(shared=True, authority_id__in=reach.authorities)

    def run_under(self, authorities):
        """What runs for these authorities and, without one, for all of them: to be listed, whoever made it. What a job
        made is asked of visible_to again."""
        return self.filter(Q(authority_id__in=authorities) | Q(shared=True, authority_id__isnull=True, owner_id__isnull=True))

    def open(self):
        return self.filter(state__in=OPEN)

    def stale(self):
        """Queued or running without a sign of life: the queue lost the message, or the worker died.

        A part that is queued waits its turn behind the others: stalled() asks for these all together.
        """
        return self._silent().filter(Q(state=JobState.RUNNING) | Q(state=JobState.QUEUED, parent__isnull=True))

    def stalled(self):
        """Waiting for parts of which none was finished lately."""
        return self._silent().filter(state=JobState.WAITING)

    def stale_queued(self):
        return self._silent().filter(state=JobState.QUEUED).order_by("pk")

    def _silent(self):
        return self.filter(heartbeat_at__lt=now() - SILENCE)


class Job(models.Model):
    """One background task as a row: the queue may lose a message, never a job.

    Written only by core.jobs. Scope is plain ids, because core knows no school. `kind` is the name of the Celery
    task that does it. `file` is a path below the private media folder; serve it only through a view that asks
    visible_to again.
    """

    kind = models.CharField("任务", max_length=40)
    label = models.CharField("名称", max_length=100)
    owner_id = models.BigIntegerField(null=True)
    authority_id = models.BigIntegerField(null=True)
    school_id = models.BigIntegerField(null=True)
    shared = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")  # this job is a part of it
    args = models.JSONField(default=dict)  # ids only
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    step = models.PositiveSmallIntegerField("第几步", default=0)
    steps = models.PositiveSmallIntegerField("共几步", default=1)
    step_label = models.CharField("这一步", max_length=60, blank=True)
    step_at = models.DateTimeField(null=True)  # when this step began
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    file = models.CharField(max_length=200, blank=True)
    result_url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")]

    def __str__(self):
        return self.label

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def runs(self):
        """How often it was begun; that its parts woke it is no second time."""
        return self.attempts - self.args.get("woken", 0)

    @property
    def percent(self):
        """0–100 over all steps, each step counting the same."""
        if self.state == JobState.DONE:
            return 100
        within = self.done / self.total if self.total else 0
        return int(100 * (max(self.step - 1, 0) + within) / max(self.steps, 1))

    @property
    def seconds_left(self):
        """Guess for this step from its own pace; None until there is something to guess from."""
        if not (self.state in (JobState.RUNNING, JobState.WAITING) and self.step_at and self.done and self.total):
            return None
        spent = (self.heartbeat_at - self.step_at).total_seconds()
        return max(1, round(spent * (self.total - self.done) / self.done))
