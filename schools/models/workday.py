from django.db import models


class WorkdayQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The state's calendar is no secret: any signed-in user."""
        return self if user.is_authenticated and user.is_active else self.none()


class Workday(models.Model):
    """One day on which the state's list differs from Monday to Friday, for years the library does not know."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班", default=False, help_text="调休上班打勾，放假不打勾")
    name = models.CharField("说明", max_length=30, blank=True)

    objects = WorkdayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日"
        ordering = ["-day"]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {'上班' if self.is_workday else '放假'}"
