from django.db import models
from django.db.models import Q

from schools.scope import ScopedQuerySet
from students.models.student import pupils_of
from visits.enums import Exempt, Priority

ALL = 0  # ClassCount.dimension of "everybody"; a category's dimension is its position + 1


class DueQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """A due row names a pupil: it goes with the pupil. The district has the sums in ClassCount."""
        return pupils_of(reach, "student__")

    def waiting(self):
        return self.filter(in_scope=True, visits=0)


class Due(models.Model):
    """The register: programme × pupil. Written only by visits.actions.register.recompute.

    visits, first_on, last_on come from counted visits; place, categories (bit mask by
    ProgrammeCategory.position) and priority from students/, as of now until the programme closes.
    in_scope = at school on the day that decides (programme.due_on, until then today) and not exempt.
    """

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="due_rows", verbose_name="活动")
    student = models.ForeignKey("students.Student", models.CASCADE, related_name="due_rows", verbose_name="学生")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+", verbose_name="学校")
    school_class = models.ForeignKey("schools.SchoolClass", models.PROTECT, null=True, related_name="+")
    categories = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    in_scope = models.BooleanField(default=True)
    exempt_reason = models.CharField("免访原因", max_length=10, choices=Exempt, blank=True)
    declined = models.BooleanField("婉拒", default=False)
    visits = models.PositiveSmallIntegerField("次数", default=0)
    first_on = models.DateField("首次走访", null=True)
    last_on = models.DateField("最近走访", null=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应访名单"
        constraints = [
            models.UniqueConstraint(fields=["programme", "student"], name="due_unique"),
            models.CheckConstraint(
                name="due_visits_with_days",
                condition=Q(visits=0, first_on__isnull=True, last_on__isnull=True)
                | Q(visits__gt=0, first_on__isnull=False, last_on__isnull=False),
            ),
        ]
        # No index on visits or last_on: every further visit of a pupil stays a heap-only update (performance.md). The
        # first one alone moves first_on; what a district of 200,000 has reached lately is told from that index alone.
        indexes = [
            models.Index(fields=["programme", "school", "school_class"], name="due_place"),
            models.Index(
                fields=["programme", "first_on", "school"], name="due_reached_on",
                condition=Q(in_scope=True, first_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.programme_id} {self.student_id}"


class PastDueQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return pupils_of(reach, "due__student__")


class PastDue(models.Model):
    """What a row of the register said before on exemption and 婉拒. Written by visits.actions.register.set_due_facts.

    Known at an instant K: since < K <= until; since empty is from the beginning.
    """

    due = models.ForeignKey(Due, models.CASCADE, related_name="past", verbose_name="应访名单")
    exempt_reason = models.CharField("免访原因", max_length=10, choices=Exempt, blank=True)
    declined = models.BooleanField("婉拒", default=False)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()

    objects = PastDueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "以前的免访和婉拒"
        ordering = ["due_id", "id"]
        indexes = [models.Index(fields=["until"], name="past_due_until")]
        constraints = [
            models.CheckConstraint(
                name="past_due_order", condition=Q(since__isnull=True) | Q(until__gte=models.F("since"))
            )
        ]

    def __str__(self):
        return f"{self.due_id} {self.until:%Y-%m-%d}"


class ClassCountQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(authority_id__in=reach.authorities | reach.reviewed_authorities) | Q(school_id__in=reach.staff_schools)


class ClassCount(models.Model):
    """Programme × class × dimension → due, visited, declined. Sums of these are every coverage figure."""

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="class_counts")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    school_class = models.ForeignKey("schools.SchoolClass", models.PROTECT, related_name="+")
    dimension = models.PositiveSmallIntegerField(default=ALL)
    due = models.IntegerField(default=0)
    visited = models.IntegerField(default=0)
    declined = models.IntegerField(default=0)

    objects = ClassCountQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班级计数"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school_class", "dimension"], name="class_count_unique"
            ),
            models.CheckConstraint(
                name="class_count_sane", condition=Q(visited__gte=0) & Q(visited__lte=models.F("due")) & Q(declined__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["programme", "dimension", "school"], name="class_count_school")]

    def __str__(self):
        return f"{self.programme_id} {self.school_class_id} {self.dimension}"
