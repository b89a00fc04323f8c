"""What was told to whom on which day. Never a pupil's name or a category: it leaves as mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from reminders.enums import Channel, DeliveryState, RunKind, Slot
from schools.scope import ScopedQuerySet


class RunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """When the program told people: for the officers of an authority."""
        return self if user.is_authenticated and user.is_active and user.reach.authorities else self.none()


class Run(models.Model):
    """One round of telling. kind and day are unique, so a tick that runs twice, or on two machines, tells once, and a
    day that was missed is not made up for on the next."""

    kind = models.CharField("哪一种", max_length=10, choices=RunKind)
    on = models.DateField("哪一天")
    started_at = models.DateTimeField("开始", default=now)
    heartbeat_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField("完成", null=True)
    told = models.PositiveIntegerField("告诉了几人", default=0)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒批次"
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["kind", "on"], name="run_once_a_day")]

    def __str__(self):
        return f"{self.kind} {self.on}"


class DigestQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id)


class Digest(models.Model):
    """One person's message of one day. lines: [{"kind", "text", "url", "count"}], the most urgent first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    slot = models.CharField(max_length=10, choices=Slot, default=Slot.DAY)
    on = models.DateField("哪一天")
    lines = models.JSONField(default=list)
    message = models.ForeignKey("schools.Message", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-on", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "slot", "on"], name="digest_once_a_day")]

    def __str__(self):
        return f"{self.user_id} {self.slot} {self.on}"


class DeliveryQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """One's own mails, and for the office what the school's robots said."""
        return Q(digest__user_id=reach.user_id) | Q(hook__school_id__in=reach.whole_schools)


class Delivery(models.Model):
    """One message that left the program, or should have: a digest by mail, or a school's line in its group chat."""

    channel = models.CharField("怎么发", max_length=10, choices=Channel)
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, related_name="deliveries")
    hook = models.ForeignKey("reminders.RobotHook", models.CASCADE, null=True, related_name="deliveries")
    on = models.DateField("哪一天")
    text = models.CharField("内容", max_length=1000, blank=True)
    state = models.CharField("状态", max_length=10, choices=DeliveryState, default=DeliveryState.CLAIMED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField("原因", max_length=200, blank=True)
    claimed_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField("发出时间", null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "发出的提醒"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "digest"], condition=Q(digest__isnull=False), name="delivery_of_digest_once"
            ),
            models.UniqueConstraint(fields=["hook", "on"], condition=Q(hook__isnull=False), name="delivery_of_robot_once"),
            models.CheckConstraint(
                name="delivery_has_one_target",
                condition=Q(channel=Channel.MAIL, digest__isnull=False, hook__isnull=True)
                | Q(channel=Channel.ROBOT, digest__isnull=True, hook__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_sent_has_time", condition=~Q(state=DeliveryState.SENT) | Q(sent_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.channel} {self.on} {self.state}"
