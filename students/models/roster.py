import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet
from students.enums import RosterScope, UploadState

KEPT = timedelta(hours=1)


class RosterUploadQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(uploaded_by_id=reach.user_id) & Q(school_id__in=reach.admin_schools)

    def overdue(self):
        """Older than an hour and still holding a file."""
        return self.filter(created_at__lt=now() - KEPT).exclude(file="")


class RosterUpload(models.Model):
    """A file waiting for its preview to be confirmed: kept privately for an hour, then removed.

    report: students.roster.report.preview(); its lists of names go with the file, its counts stay.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+", verbose_name="学校")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="上传人")
    file = models.FileField(upload_to="rosters")
    checksum = models.CharField(max_length=64)
    scope = models.CharField("范围", max_length=10, choices=RosterScope, default=RosterScope.CLASSES)
    state = models.CharField("状态", max_length=10, choices=UploadState, default=UploadState.WAITING)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    applied_at = models.DateTimeField(null=True)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册上传"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state=UploadState.WAITING),
                name="roster_one_waiting",
                violation_error_message="本校有一份名册还没确认，请先确认或取消",
            )
        ]

    def __str__(self):
        return str(self.token)

    @property
    def is_open(self):
        """The file is still here: it can be looked at, and repaired rows can be fetched."""
        return bool(self.file) and self.created_at > now() - KEPT
