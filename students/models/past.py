"""What was true before and has no days of its own: kept as rows from–to of knowing it, so that a figure as of an
instant comes out the same later (docs/decisions/0005-as-of-needs-two-times.md).

Known at an instant K: since < K <= until; since empty is from the beginning.
"""

from django.db import models
from django.db.models import F, Q

from schools.scope import ScopedQuerySet
from students.models.mark import ChangeEvent
from students.models.student import Household, OfStudent, Student


class PastHousehold(models.Model):
    """The household a pupil was in before, or none. Written by students.actions.household only."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="past_households", verbose_name="学生")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, related_name="+", verbose_name="家庭")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()

    objects = OfStudent.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "以前的家庭"
        ordering = ["student_id", "id"]
        indexes = [models.Index(fields=["until"], name="past_household_until")]
        constraints = [
            models.CheckConstraint(name="past_household_order", condition=Q(since__isnull=True) | Q(until__gte=F("since")))
        ]

    def __str__(self):
        return f"{self.student_id} {self.household_id}"


class PastAnswerQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """Goes with the change it tells of."""
        return Q(change__in=ChangeEvent.objects.filter(ChangeEvent.objects.all().scope(reach)).values("pk"))


class PastAnswer(models.Model):
    """A change counted as answered for a while: the visit that answered it was voided or corrected since."""

    change = models.ForeignKey(ChangeEvent, models.CASCADE, related_name="past_answers", verbose_name="重大变化")
    answered_on = models.DateField("走访日期")
    answered_at = models.DateTimeField()
    reopened_at = models.DateTimeField()

    objects = PastAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "撤销过的走访答复"
        ordering = ["change_id", "id"]
        indexes = [models.Index(fields=["reopened_at"], name="past_answer_reopened")]
        constraints = [
            models.CheckConstraint(name="past_answer_order", condition=Q(reopened_at__gte=F("answered_at")))
        ]

    def __str__(self):
        return f"{self.change_id} {self.answered_on}"
