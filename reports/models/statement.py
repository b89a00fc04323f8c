from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from reports.enums import StatementState
from schools.scope import ScopedQuerySet

S = StatementState


class StatementQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The teacher's own once shown, and the leader's."""
        own = Q(teacher_id=reach.user_id, school_id__in=reach.staff_schools) & ~Q(state=S.COUNTED)
        return own | Q(school_id__in=reach.leader_schools)


class Statement(models.Model):
    """教师走访情况表 (S49–S52, W87, W91, W92): facts of one teacher under one rule, for 师德档案.

    facts: [{"code", "label", "value", "of", "unit"}], computed as of counted_at by rule_version of
    rules.assessment; no points, no rank, nothing from the length of texts or the number of photos.
    """

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="statements", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="statements", verbose_name="学校")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="statements", verbose_name="教师"
    )
    state = models.CharField("状态", max_length=10, choices=StatementState, default=S.COUNTED)
    rule_version = models.PositiveSmallIntegerField("口径版本", default=1)
    facts = models.JSONField("事实", default=list)
    counted_at = models.DateTimeField("数据截至")
    shown_at = models.DateTimeField("公示给本人的时间", null=True)
    objected_at = models.DateTimeField("提出异议的时间", null=True)
    objection = models.CharField("异议", max_length=500, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField("本人确认的时间", null=True)
    final_at = models.DateTimeField("定稿时间", null=True)
    final_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "教师走访情况表"
        ordering = ["teacher__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "school", "teacher"], name="statement_once"),
            models.CheckConstraint(
                name="statement_objected_with_words",
                condition=~Q(state=S.OBJECTED) | (Q(objected_at__isnull=False) & ~Q(objection="")),
                violation_error_message="异议要写明哪里不对",
            ),
            models.CheckConstraint(
                name="statement_final_by_whom",
                condition=~Q(state=S.FINAL)
                | Q(shown_at__isnull=False, final_at__isnull=False, final_by__isnull=False),
            ),
            models.CheckConstraint(
                name="statement_shown_has_time", condition=Q(state=S.COUNTED) | Q(shown_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.teacher_id} {self.get_state_display()}"
