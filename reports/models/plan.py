from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.models.filing import Filing, FilingQuerySet, FilingVersion
from schools.scope import ScopedQuerySet


class OfPlan(ScopedQuerySet):
    def scope(self, reach):
        return Q(plan_id__in=SchoolPlan.objects.filter(FilingQuerySet(SchoolPlan).scope(reach)).values("pk"))


class SchoolPlan(Filing):
    """学校走访方案 (S46, W9, W28). sections: {label of rules.plan_fields: text}; phases: [{"code", "name", "starts_on",
    "ends_on", "text"}], taken from the notice and made the school's own."""

    title = models.CharField("标题", max_length=100, blank=True)
    sections = models.JSONField("内容", default=dict)
    phases = models.JSONField("阶段", default=list)

    class Meta(Filing.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "学校方案"

    def content(self):
        """What is filed, as JSON: a version's data."""
        members = self.members.order_by("position", "id")
        return {
            "title": self.title,
            "sections": self.sections,
            "phases": self.phases,
            "members": list(members.values("seat", "name", "office", "duty", "phases")),
        }

    def missing(self):
        """What must be written before it is settled, as sentences."""
        empty = [label for label in self.programme.rules.plan_fields if not (self.sections.get(label) or "").strip()]
        found = [f"“{label}”还没有写。" for label in empty]
        if self.programme.rules.group and not self.members.exists():
            found.append("领导小组还没有人。")
        if nameless := self.members.filter(name="").count():
            found.append(f"领导小组有{nameless}行没有姓名：写上，或者删掉那一行。")
        return found


class PlanMember(models.Model):
    """领导小组: one person with seat, office and duty (W9, W10, S47). user: where the person has an account."""

    plan = models.ForeignKey(SchoolPlan, models.CASCADE, related_name="members", verbose_name="方案")
    position = models.PositiveSmallIntegerField(default=0)
    seat = models.CharField("职责", max_length=60)  # 组长, 副组长, 组员: rules.group
    name = models.CharField("姓名", max_length=50)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    office = models.CharField("职务", max_length=60, blank=True)
    duty = models.CharField("分工", max_length=200, blank=True)
    phases = models.JSONField("在哪些阶段", default=list)  # codes of phases; [] is all of them

    objects = OfPlan.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领导小组成员"
        ordering = ["position", "id"]

    def __str__(self):
        return self.name


class PlanVersion(FilingVersion):
    plan = models.ForeignKey(SchoolPlan, models.CASCADE, related_name="versions", verbose_name="方案")

    objects = OfPlan.as_manager()

    class Meta(FilingVersion.Meta):
        abstract = False
        verbose_name = verbose_name_plural = "方案版本"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_once")]

    def __str__(self):
        return f"{self.plan_id} v{self.number}"
