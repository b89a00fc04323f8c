from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now, today
from schools.scope import ScopedQuerySet
from students.enums import Aspect, ConsentPurpose, NoteSource, Relation
from students.models.near import near_pupils
from students.models.student import OfStudent, Student


class PortraitNoteQuerySet(ScopedQuerySet):
    """What is written about a pupil (S3): class head, leader, mentor, assigned visitor, the referred's psychologist."""

    def scope(self, reach):
        return Q(student_id__in=near_pupils(reach, schools=reach.leader_schools))

    def standing(self):
        return self.filter(removed_at__isnull=True)


class PortraitNote(models.Model):
    """学生画像: one observed fact with source and date; no score, no label (ui.md, Microcopy). Feeds the brief (S32)."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="portrait", verbose_name="学生")
    aspect = models.CharField("哪方面", max_length=10, choices=Aspect, default=Aspect.STRENGTHS)
    text = models.CharField("看到的事实", max_length=300)
    source = models.CharField("来源", max_length=8, choices=NoteSource, default=NoteSource.SCHOOL)
    observed_on = models.DateField("日期", default=today)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = PortraitNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学生画像"
        ordering = ["student_id", "aspect", "-observed_on", "-id"]

    def __str__(self):
        return f"{self.student_id} {self.aspect}"


class Consent(models.Model):
    """A family's yes, per pupil and purpose: who said it, when, and when it was taken back (security.md T0)."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="consents", verbose_name="学生")
    purpose = models.CharField("用途", max_length=12, choices=ConsentPurpose)
    relation = models.CharField("谁同意的", max_length=10, choices=Relation, blank=True)
    given_on = models.DateField("同意日期", default=today)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = OfStudent.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家长同意"
        ordering = ["student_id", "-given_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_one_open"
            )
        ]

    def __str__(self):
        return f"{self.student_id} {self.purpose}"
