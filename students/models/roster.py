import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet


class RosterUploadQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(uploaded_by_id=reach.user_id) & Q(school_id__in=reach.admin_schools)


class RosterUpload(models.Model):
    """A file waiting for its preview to be confirmed: kept privately for an hour, then removed."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+", verbose_name="学校")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="上传人")
    file = models.FileField(upload_to="rosters")
    checksum = models.CharField(max_length=64)
    whole_school = models.BooleanField("全校名册", default=False)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    applied_at = models.DateTimeField(null=True)

    objects = RosterUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册上传"
        ordering = ["-id"]

    def __str__(self):
        return str(self.token)
