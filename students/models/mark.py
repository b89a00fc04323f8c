from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now, today
from schools.scope import NOTHING, ScopedQuerySet
from students.enums import ChangeKind, MarkSource
from students.models.assignment import assigned
from students.models.student import OfStudent, Student, active_on


def mentored(reach):
    """Ids of the pupils the user mentors today."""
    return MentorLink.objects.filter(active_on(today()), teacher_id=reach.user_id).values("student_id")


def referred(reach):
    """Ids of the pupils a psychologist looks after: a confirmed psychological mark, at the own school."""
    return CategoryMark.objects.filter(
        active_on(today()), category__psych=True, confirmed_by__isnull=False, student__school_id__in=reach.psych_schools
    ).values("student_id")


class CategoryMarkQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """Class head: all of the class. Leader, mentor, assigned visitor: below S4; a named leader all.
        Psychologist: PSY only."""
        below_s4 = Q(category__restricted=False) & (
            Q(student__school_id__in=reach.leader_schools)
            | Q(student_id__in=mentored(reach))
            | Q(student_id__in=assigned(reach))
        )
        condition = Q(student__school_class_id__in=reach.classes) | below_s4
        condition |= Q(student__school_id__in=reach.restricted_schools) if reach.restricted_schools else NOTHING
        if reach.psych_schools:
            condition |= Q(category__psych=True, student__school_id__in=reach.psych_schools)
        return condition

    def in_force(self, day):
        """Confirmed and running on that day: only these count."""
        return self.filter(active_on(day), confirmed_by__isnull=False)


class CategoryMark(models.Model):
    """Student × category × level × from–to × source × confirmed_by.

    A roster only suggests (confirmed_by empty); the class head confirms, sets and ends. Level 1 is the most
    urgent. Never drawn on lists: these show the rank only.
    """

    student = models.ForeignKey(Student, models.CASCADE, related_name="marks", verbose_name="学生")
    category = models.ForeignKey("programmes.Category", models.PROTECT, related_name="marks", verbose_name="类别")
    level = models.PositiveSmallIntegerField("级别", choices=[(1, "一级"), (2, "二级"), (3, "三级")], default=2)
    starts_on = models.DateField("从", default=today)
    ends_on = models.DateField("到", null=True, blank=True)
    source = models.CharField("来源", max_length=12, choices=MarkSource, default=MarkSource.CLASS_HEAD)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人"
    )
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    objects = CategoryMarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "类别标记"
        ordering = ["student_id", "level", "category_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "category"],
                condition=Q(ends_on__isnull=True),
                name="mark_one_open",
                violation_error_message="这个类别已经标过了",
            ),
            models.CheckConstraint(condition=Q(level__gte=1) & Q(level__lte=3), name="mark_level"),
        ]

    def __str__(self):
        return f"{self.student_id} {self.category_id}"


class ChangeEventQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """What happened to a family is S3: class head, leader, mentor, assigned visitor; nobody beyond the school."""
        from students.models.near import near_pupils  # it knows mentors and referrals from here

        return Q(student_id__in=near_pupils(reach, schools=reach.leader_schools, referrals=False))

    def open(self):
        return self.filter(answered_at__isnull=True)


class ChangeEvent(models.Model):
    """A dated major change: raises the pupil to priority 1 until a visit on or after that day answers it."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="changes", verbose_name="学生")
    kind = models.CharField("哪方面", max_length=10, choices=ChangeKind)
    occurred_on = models.DateField("发生日期", default=today)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField(default=now)
    answered_on = models.DateField("走访日期", null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ChangeEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重大变化"
        ordering = ["student_id", "-occurred_on"]

    def __str__(self):
        return f"{self.student_id} {self.occurred_on}"


class MentorLink(models.Model):
    """全员导师制: a teacher beside the class head, who may visit and log (S4)."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="mentor_links", verbose_name="学生")
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentor_links", verbose_name="导师"
    )
    starts_on = models.DateField("从", default=today)
    ends_on = models.DateField("到", null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    objects = OfStudent.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导师"
        ordering = ["student_id", "starts_on"]
        indexes = [models.Index(fields=["teacher", "student"], name="mentor_teacher")]
        constraints = [
            models.UniqueConstraint(
                fields=["student", "teacher"], condition=Q(ends_on__isnull=True), name="mentor_one_open"
            )
        ]

    def __str__(self):
        return f"{self.teacher_id} {self.student_id}"
