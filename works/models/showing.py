from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet
from works.enums import Level
from works.models.work import Work


class ShowingQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """Inside the platform only: a school's display for its staff, the district's for everybody under it."""
        everybody = reach.member_authorities | reach.authorities
        return Q(level=Level.SCHOOL, school_id__in=reach.staff_schools) | Q(
            level=Level.DISTRICT, authority_id__in=everybody
        )

    def standing(self):
        return self.filter(taken_down_at__isnull=True)


class Showing(models.Model):
    """A work on display: its text with names taken out, read by a person before it was shown (security.md X6).

    Never a class, a day or a photo. signature: the teacher's name and school if the author agreed, else "".
    """

    work = models.ForeignKey(Work, models.PROTECT, related_name="showings", verbose_name="作品")
    level = models.CharField("级别", max_length=8, choices=Level)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="showings")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=10)
    title = models.CharField("题目", max_length=60)
    body = models.TextField("正文")
    signature = models.CharField("署名", max_length=120, blank=True)
    award = models.CharField("等级", max_length=20, blank=True)
    shown_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shown_at = models.DateTimeField("展示时间", default=now)
    taken_down_at = models.DateTimeField("撤下时间", null=True)
    taken_down_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    down_reason = models.CharField("撤下原因", max_length=200, blank=True)

    objects = ShowingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "展示"
        ordering = ["-shown_at", "-id"]
        indexes = [models.Index(fields=["authority", "programme", "level"], name="showing_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "level"], condition=Q(taken_down_at__isnull=True), name="showing_once"
            ),
            models.CheckConstraint(
                name="showing_down_with_reason",
                condition=Q(taken_down_at__isnull=True) | ~Q(down_reason=""),
                violation_error_message="撤下要写明原因",
            ),
        ]

    def __str__(self):
        return self.title
