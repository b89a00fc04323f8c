"""What a visit brings to light: something worth telling (S43), a teacher a family speaks well of (S35)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet
from visits.models.visit import readable_visits
from works.enums import HighlightKind, PraisedBy


class OfReadVisit(ScopedQuerySet):
    def scope(self, reach):
        return Q(visit_id__in=readable_visits(reach))


class Highlight(models.Model):
    """A recorded visit marked as 亮点, 典型 or 特色: material for report and cases. note: why, without names."""

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="highlights", verbose_name="家访")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="highlights", verbose_name="学校")
    kind = models.CharField("哪一种", max_length=8, choices=HighlightKind)
    note = models.CharField("好在哪里", max_length=200, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁标的")
    marked_at = models.DateTimeField(default=now)

    objects = OfReadVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "亮点标记"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["visit", "kind"], name="highlight_once")]

    def __str__(self):
        return f"{self.visit_id} {self.kind}"


class Praise(models.Model):
    """身边的“四有”好老师: a family named a teacher at a visit. A lead for a story or 先进事迹, never a count."""

    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="praises", verbose_name="家访")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="praises", verbose_name="学校")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="praises", verbose_name="老师")
    said_by = models.CharField("谁说的", max_length=8, choices=PraisedBy)
    words = models.CharField("怎么说的", max_length=300)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁记的")
    noted_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = OfReadVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "好老师线索"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "teacher"], condition=Q(removed_at__isnull=True), name="praise_once"
            )
        ]

    def __str__(self):
        return f"{self.visit_id} {self.teacher_id}"
