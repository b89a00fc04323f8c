from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from programmes.enums import DeadlineKind
from reports.enums import CompilationState
from schools.scope import ScopedQuerySet


class CompilationQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The deadline package belongs to the district officers of the authority (security.md X1)."""
        return Q(authority_id__in=reach.authorities)


class Compilation(models.Model):
    """One deadline's package. Unique per programme, kind and revision, so two workers make one."""

    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="compilations", verbose_name="活动"
    )
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    kind = models.CharField("事项", max_length=20, choices=DeadlineKind)
    revision = models.PositiveSmallIntegerField("第几版", default=1)
    as_of = models.DateTimeField("数据截至")
    state = models.CharField("状态", max_length=10, choices=CompilationState, default=CompilationState.WAITING)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    file = models.CharField(max_length=200, blank=True)  # below the private media folder
    checksum = models.CharField("SHA-256", max_length=64, blank=True)
    created_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True)

    objects = CompilationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇编"
        ordering = ["-as_of", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "revision"], name="compilation_unique"),
            models.CheckConstraint(
                name="compilation_ready_has_file",
                condition=~Q(state=CompilationState.READY) | (~Q(file="") & ~Q(checksum="")),
            ),
        ]

    def __str__(self):
        return f"{self.programme} {self.get_kind_display()} 第{self.revision}版"


class SnapshotQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(authority_id__in=reach.authorities) | Q(school_id__in=reach.leader_schools)


class Snapshot(models.Model):
    """Coverage of one class in one dimension as of the compilation's instant, frozen.

    dimension as in visits.ClassCount. Modes overlap: in_person … phone count pupils reached in that mode and
    do not sum to visited (domain.md §6).
    """

    compilation = models.ForeignKey(Compilation, models.CASCADE, related_name="rows")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    school_class = models.ForeignKey("schools.SchoolClass", models.PROTECT, related_name="+")
    dimension = models.PositiveSmallIntegerField()
    due = models.PositiveIntegerField()
    visited = models.PositiveIntegerField()
    declined = models.PositiveIntegerField(default=0)
    in_person = models.PositiveIntegerField(default=0)
    nearby = models.PositiveIntegerField(default=0)
    at_school = models.PositiveIntegerField(default=0)
    video = models.PositiveIntegerField(default=0)
    phone = models.PositiveIntegerField(default=0)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结数据"
        constraints = [
            models.UniqueConstraint(fields=["compilation", "school_class", "dimension"], name="snapshot_unique"),
        ]
        indexes = [models.Index(fields=["compilation", "school"], name="snapshot_school")]

    def __str__(self):
        return f"{self.compilation_id} {self.school_class_id} {self.dimension}"
