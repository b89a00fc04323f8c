from django.db import models

from programmes.models.programme import OfAuthority, Programme


class PastNotice(models.Model):
    """What a notice said before it was changed: its days, settings, deadlines and categories (queries.rows.rows_in),
    so that a figure as of an instant comes out the same later (docs/decisions/0005-as-of-needs-two-times.md).

    Written by actions.past.keep_notice only. Said until that instant, and before it whatever an earlier row tells. What
    was called something else then is read in today's words (programmes/config/renamed.py).
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="past_notices", verbose_name="活动")
    data = models.JSONField()
    until = models.DateTimeField()

    objects = OfAuthority.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "以前的活动设置"
        ordering = ["programme_id", "id"]
        indexes = [models.Index(fields=["programme", "until"], name="past_notice_until")]

    def __str__(self):
        return f"{self.programme_id} {self.until:%Y-%m-%d}"
