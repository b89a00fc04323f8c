from django.db import models
from django.db.models import Q

from core.clock import now
from core.enums import Result
from core.scope import ScopedQuerySet


class AppendOnly(Exception):
    """Somebody tried to change or delete a line of the log."""


class AuditQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(authority_id__in=reach.audited_authorities)

    def update(self, **kwargs):
        raise AppendOnly

    def delete(self):
        raise AppendOnly


class AuditEntry(models.Model):
    """Who did, saw or exported what, when, from where (security.md L1).

    Plain ids, no foreign keys: a line outlives what it speaks of. `facts` holds ids, codes, counts and
    reasons, never names or texts of pupils.
    """

    at = models.DateTimeField("时间", default=now, db_index=True)
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor = models.CharField("操作人账号", max_length=150, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    action = models.CharField("动作", max_length=50)
    object_type = models.CharField("对象", max_length=50, blank=True)
    object_id = models.CharField("对象编号", max_length=36, blank=True)
    authority_id = models.BigIntegerField("教育局编号", null=True)
    school_id = models.BigIntegerField("学校编号", null=True)
    fields = models.JSONField("改动的字段", default=list)
    facts = models.JSONField("事实", default=dict)
    result = models.CharField("结果", max_length=10, choices=Result, default=Result.OK)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["authority_id", "-id"], name="audit_authority"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type} {self.object_id}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly
