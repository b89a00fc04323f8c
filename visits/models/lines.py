"""What a visit leaves behind line by line: words on one child, promises, help given, earlier versions, drafts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import EncryptedTextField
from schools.scope import ScopedQuerySet
from students.models.assignment import assigned
from students.models.near import union
from visits.enums import Outcome, Promiser
from visits.models.visit import OfVisit, Visit, readable_visits


class VisitNote(models.Model):
    """What differs from child to child of one visit. Not on VisitStudent: that row is seen at a sibling's school."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="notes", verbose_name="家访")
    student = models.ForeignKey("students.Student", models.PROTECT, related_name="visit_notes", verbose_name="学生")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    strengths = models.CharField("优点和长处", max_length=300, blank=True)  # S27, W67
    text = models.TextField("单独记的话", blank=True)

    objects = OfVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单个学生的记录"
        ordering = ["visit_id", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "student"], name="visit_note_unique")]

    def __str__(self):
        return f"{self.visit_id} {self.student_id}"


class PromiseQuerySet(OfVisit):
    """A promise goes with the visit's text; whoever is to visit next must know of it to keep it."""

    def scope(self, reach):
        if not reach.staff_schools:
            return super().scope(reach)
        next_ones = Q(visit__visit_students__student_id__in=assigned(reach), school_id__in=reach.staff_schools)
        readable = Promise.objects.filter(visit_id__in=readable_visits(reach)).values("pk")
        return Q(pk__in=union(readable, Promise.objects.filter(next_ones).values("pk")))


class Promise(models.Model):
    """约定: one thing somebody will do, by when; how it went is told at a later visit."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="promises", verbose_name="家访")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    who = models.CharField("谁来做", max_length=8, choices=Promiser, default=Promiser.FAMILY)
    text = models.CharField("约定", max_length=200)
    due_on = models.DateField("什么时候看", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="promises_checked")

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "约定"
        ordering = ["visit_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="promise_position_unique"),
            models.CheckConstraint(
                name="promise_outcome_has_time", condition=Q(outcome="") | Q(outcome_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"约定 {self.pk}"


class HelpGiven(models.Model):
    """What was given at the visit, for the report's figures (人次, 金额)."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="help_given", verbose_name="家访")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    kind = models.CharField("哪一种", max_length=20)  # one of the programme's help_kinds
    text = models.CharField("内容", max_length=200, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2, null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    objects = OfVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "给予的帮助"
        ordering = ["visit_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="help_position_unique"),
            models.CheckConstraint(name="help_amount_positive", condition=Q(amount__isnull=True) | Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"帮助 {self.pk}"


class VisitVersion(models.Model):
    """A record as it was before a correction or amendment (decision 0008). data: visits.queries.versions.content()."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="versions", verbose_name="家访")
    number = models.PositiveSmallIntegerField("版本")
    data = models.JSONField(default=dict)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    superseded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(default=now)
    reason = models.CharField("为什么改", max_length=300, blank=True)

    objects = OfVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记录的旧版本"
        ordering = ["visit_id", "-number"]
        indexes = [models.Index(fields=["superseded_at"], name="visit_version_until")]
        constraints = [models.UniqueConstraint(fields=["visit", "number"], name="visit_version_unique")]

    def __str__(self):
        return f"{self.visit_id} v{self.number}"


class PastVoid(models.Model):
    """A void that was taken back. Visit says how it stands now; this says that it did not count in between."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="past_voids", verbose_name="家访")
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("作废时间")
    void_reason = models.CharField("作废原因", max_length=300)
    unvoided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unvoided_at = models.DateTimeField("恢复时间", default=now)
    unvoid_reason = models.CharField("恢复原因", max_length=300)

    objects = OfVisit.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "恢复过的作废"
        ordering = ["visit_id", "id"]

    def __str__(self):
        return f"{self.visit_id} {self.voided_at:%Y-%m-%d}"


class OwnRows(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id)


class VisitDraft(models.Model):
    """What is typed and not yet submitted; the author's alone. version counts saves: a save from an older one is a
    conflict, never an overwrite. data: the form's values as JSON, encrypted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="visit_drafts")
    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+")
    client_uuid = models.UUIDField(default=uuid.uuid4)
    student = models.ForeignKey("students.Student", models.CASCADE, null=True, related_name="+")
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, related_name="drafts")  # a correction of it
    data = EncryptedTextField(default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    dropped_at = models.DateTimeField(null=True)  # deleted by its author, can be had back for some days

    objects = OwnRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "没提交的记录"
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["user", "client_uuid"], name="visit_draft_unique")]

    def __str__(self):
        return f"草稿 {self.pk}"


class CalendarLink(models.Model):
    """A teacher's secret calendar address; only its hash is kept. A new one ends the old one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    objects = OwnRows.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_link_one_open")
        ]

    def __str__(self):
        return f"日历 {self.pk}"
