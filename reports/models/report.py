from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.models.filing import Filing, FilingQuerySet, FilingVersion
from schools.scope import ScopedQuerySet


class OfReport(ScopedQuerySet):
    def scope(self, reach):
        return Q(report_id__in=SchoolReport.objects.filter(FilingQuerySet(SchoolReport).scope(reach)).values("pk"))


class SchoolReport(Filing):
    """学校活动报告 (附件2, S56). sections: texts, one for each of rules.report.sections in order.

    figures: what was computed for 一、开展情况 as of figures_at, as plain data; refreshed until it is approved.
    """

    title = models.CharField("标题", max_length=120, blank=True)
    sections = models.JSONField("各部分", default=list)
    figures = models.JSONField("数据", default=dict)
    figures_at = models.DateTimeField("数据截至", null=True)
    figures_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta(Filing.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "学校活动报告"

    def content(self):
        """What is filed, as JSON: a version's data."""
        return {
            "title": self.title,
            "sections": self.sections,
            "figures": self.figures,
            "figures_at": self.figures_at.isoformat() if self.figures_at else None,
        }

    def missing(self):
        """What must be there before it is settled, as sentences."""
        found = []
        for position, section in enumerate(self.programme.rules.report.sections):
            text = self.sections[position] if position < len(self.sections) else ""
            if section.figures and not self.figures_at:
                found.append(f"“{section.label}”还没有数据，点“取数”。")
            elif not section.figures and not text.strip():
                found.append(f"“{section.label}”还没有写。")
        return found


class ReportVersion(FilingVersion):
    report = models.ForeignKey(SchoolReport, models.CASCADE, related_name="versions", verbose_name="报告")

    objects = OfReport.as_manager()

    class Meta(FilingVersion.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "报告版本"
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="report_version_once")]

    def __str__(self):
        return f"{self.report_id} v{self.number}"
