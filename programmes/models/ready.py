"""Getting ready: the conduct code signed, meetings and training with attendance, papers' templates."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now, today
from programmes.enums import TemplateKind
from programmes.models.programme import Programme
from schools.scope import ScopedQuerySet


class ConductSignatureQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id) | Q(school_id__in=reach.whole_schools)


class ConductSignature(models.Model):
    """守则 read and signed: once per programme and version (domain.md §7)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="signatures", verbose_name="活动")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="signatures", verbose_name="教师")
    school = models.ForeignKey("schools.School", models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField("版本")
    signed_at = models.DateTimeField("签署时间", default=now)

    objects = ConductSignatureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "守则签署"
        constraints = [
            models.UniqueConstraint(fields=["programme", "user", "version"], name="conduct_signed_once")
        ]

    def __str__(self):
        return f"{self.user_id} v{self.version}"


class EventQuerySet(ScopedQuerySet):
    """S1: everybody at the school, and the desks of its authority."""

    def scope(self, reach):
        return (
            Q(school_id__in=reach.staff_schools)
            | Q(authority_id__in=reach.authorities)
            | Q(authority_id__in=reach.reviewed_authorities)
        )

    def held(self):
        return self.filter(cancelled_at__isnull=True)


class Event(models.Model):
    """A meeting of a school under a programme: 动员会, 培训, 座谈会, 交流会 (S13, W29, W30, W90).

    kind: a code of the programme's `events`. minutes hold what was said, never who complained about whom.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="meetings", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="meetings", verbose_name="学校")
    kind = models.CharField("哪一种", max_length=40)
    title = models.CharField("名称", max_length=60)
    held_on = models.DateField("日期", default=today)
    place = models.CharField("地点", max_length=60, blank=True)
    speaker = models.CharField("主讲或主持", max_length=60, blank=True)
    topics = models.JSONField("内容", default=list)
    minutes = models.TextField("纪要", blank=True, max_length=5000)
    materials = models.TextField("材料", blank=True, max_length=1000)  # titles, one a line
    guests = models.PositiveSmallIntegerField("家长等人数", default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    cancelled_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议和培训"
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["programme", "school", "kind"], name="event_place")]

    def __str__(self):
        return self.title


class AttendanceQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id) | Q(school_id__in=reach.whole_schools)


class Attendance(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="attendances", verbose_name="会议")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="attendances", verbose_name="教师")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=now)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "到会"
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="attendance_once")]

    def __str__(self):
        return f"{self.event_id} {self.user_id}"


class DocumentTemplateQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(authority_id__in=reach.authorities)


class DocumentTemplate(models.Model):
    """A bureau's own .docx for one of our papers, checked on upload. Without one the built-in template is used."""

    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="templates", verbose_name="教育局")
    kind = models.CharField("哪种文书", max_length=20, choices=TemplateKind)
    file = models.CharField(max_length=120)  # name in private storage
    original_name = models.CharField("文件名", max_length=120)
    checksum = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", default=now)
    retired_at = models.DateTimeField("停用时间", null=True)

    objects = DocumentTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        ordering = ["kind", "-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind"], condition=Q(retired_at__isnull=True), name="template_one_in_use"
            )
        ]

    def __str__(self):
        return self.original_name
