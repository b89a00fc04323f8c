from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import EncryptedTextField
from reminders.enums import Platform
from schools.scope import ScopedQuerySet


class RobotHookQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(school_id__in=reach.whole_schools)


class RobotHook(models.Model):
    """A school's robot in its staff group. address and secret let anybody write there, so both are sealed."""

    school = models.OneToOneField("schools.School", models.CASCADE, related_name="robot", verbose_name="学校")
    platform = models.CharField("哪一家", max_length=10, choices=Platform)
    address = EncryptedTextField("机器人地址")
    secret = EncryptedTextField("加签密钥", blank=True)
    is_active = models.BooleanField("启用", default=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=now)

    objects = RobotHookQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群机器人"

    def __str__(self):
        return f"{self.school_id} {self.get_platform_display()}"
