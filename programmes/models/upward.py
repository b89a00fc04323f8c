"""What stands beside the visits and feeds the report: publicity, photos of meetings, more time for one school."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now, today
from programmes.enums import PublicityKind
from programmes.models.programme import Programme
from programmes.models.ready import Event, EventQuerySet
from schools.scope import ScopedQuerySet


class LatePassQuerySet(ScopedQuerySet):
    def scope(self, reach):
        desks = reach.authorities | reach.reviewed_authorities
        return Q(authority_id__in=desks) | Q(school_id__in=reach.whole_schools)

    def standing(self):
        return self.filter(revoked_at__isnull=True)


class LatePass(models.Model):
    """One school may still hand in one paper until then, after the notice's deadline. What comes is marked 补报.

    submission: a code of the programme's rules.submissions. until: exclusive, as every deadline.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="late_passes", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="late_passes", verbose_name="学校")
    submission = models.CharField("材料", max_length=10)
    until = models.DateTimeField("补报到")
    reason = models.CharField("原因", max_length=200)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁开通的")
    given_at = models.DateTimeField("开通时间", default=now)
    revoked_at = models.DateTimeField("收回时间", null=True)

    objects = LatePassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补报开通"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school", "submission"],
                condition=Q(revoked_at__isnull=True),
                name="late_pass_one_in_force",
            ),
            models.CheckConstraint(
                name="late_pass_with_reason", condition=~Q(reason=""), violation_error_message="开通补报要写明原因"
            ),
        ]

    def __str__(self):
        return f"{self.school_id} {self.submission}"


class Publicity(models.Model):
    """宣传: one line of what was made known: what, where, when, link; or a material handed out, how many copies."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="publicity", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="publicity", verbose_name="学校")
    kind = models.CharField("哪一种", max_length=10, choices=PublicityKind)
    title = models.CharField("标题", max_length=100)
    channel = models.CharField("在哪里", max_length=60, blank=True)  # one of rules.channels, or the school's own words
    on = models.DateField("日期", default=today)
    link = models.URLField("链接", max_length=300, blank=True)
    copies = models.PositiveIntegerField("份数", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "宣传"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["programme", "school"], name="publicity_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school", "kind", "title", "channel", "on"],
                condition=Q(removed_at__isnull=True),
                name="publicity_once",
            )
        ]

    def __str__(self):
        return self.title


class EventPhotoQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(owner_id=reach.user_id, school_id__in=reach.staff_schools) | Q(school_id__in=reach.whole_schools)

    def standing(self):
        return self.filter(removed_at__isnull=True)


class EventPhoto(models.Model):
    """A photo of a meeting: decoded and written anew like photos of visits, private, stays in the school."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="photos", verbose_name="会议")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file = models.CharField(max_length=120)
    thumb = models.CharField(max_length=120)
    source_sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = EventPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议照片"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "source_sha256"], condition=Q(removed_at__isnull=True), name="event_photo_once"
            )
        ]

    def __str__(self):
        return f"{self.event_id} {self.pk}"
