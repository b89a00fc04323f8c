"""What the desk keeps for itself: views of its table, who reviews which school, and whom it has reminded."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now, today
from schools.scope import ScopedQuerySet


class SavedViewQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id)


class SavedView(models.Model):
    """A named set of filters of one page, one person's own. query: as in the address, without page numbers."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=30)
    name = models.CharField("名称", max_length=20)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "存下的视图"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"], name="saved_view_once", violation_error_message="已经有同名的视图，换个名称。"
            )
        ]

    def __str__(self):
        return self.name


class OfDesk(ScopedQuerySet):
    def scope(self, reach):
        return Q(authority_id__in=reach.authorities | reach.reviewed_authorities)


class ReviewDuty(models.Model):
    """Who reads what one school hands in. Whoever has none is everybody's."""

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="review_duties", verbose_name="学校")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="审核人")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects = OfDesk.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核分工"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school"], condition=Q(ended_at__isnull=True), name="review_duty_one_reader"
            )
        ]

    def __str__(self):
        return f"{self.school_id} {self.reviewer_id}"


class NudgeQuerySet(ScopedQuerySet):
    def scope(self, reach):
        desks = reach.authorities | reach.reviewed_authorities
        return Q(authority_id__in=desks) | Q(school_id__in=reach.whole_schools)


class Nudge(models.Model):
    """催办: the desk asked one school for what is missing, once a day at most."""

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="nudges", verbose_name="学校")
    on = models.DateField("日期", default=today)
    text = models.CharField("内容", max_length=300)
    told = models.PositiveSmallIntegerField("告诉了几人", default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁")
    at = models.DateTimeField("时间", default=now)

    objects = NudgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "school", "on"], name="nudge_once_a_day"),
            models.CheckConstraint(name="nudge_says_something", condition=~Q(text="")),
        ]

    def __str__(self):
        return f"{self.school_id} {self.on}"
