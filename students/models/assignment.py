from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from programmes.enums import ProgrammeState
from schools.scope import ScopedQuerySet
from students.enums import AssignmentRole, AssignmentSource
from students.models.student import Student


def open_now(moment=None):
    """Condition on assignments that hold at an instant: they end when the record locks, or with a day set ahead."""
    return Q(ended_at__isnull=True) | Q(ended_at__gt=moment or now())


def opens_pupil():
    """Condition on assignments that let the visitor see the pupil: what nobody kept ends with its programme."""
    return open_now() & (Q(programme__state=ProgrammeState.OPEN) | Q(ended_at__isnull=False))


def assigned(reach):
    """Ids of the pupils whose family the user is to visit (security.md §2, "asg"), while both are of one school."""
    return Assignment.objects.filter(
        opens_pupil(), visitor_id=reach.user_id, student__school_id__in=reach.staff_schools
    ).values("student_id")  # fmt: skip


class AssignmentQuerySet(ScopedQuerySet):
    """The visitor's own, the class head's and the leader's; a mentor knows who else goes from the pupil."""

    def scope(self, reach):
        return (
            Q(visitor_id=reach.user_id)
            | Q(student__school_class_id__in=reach.classes)
            | Q(school_id__in=reach.leader_schools)
        )

    def current(self):
        return self.filter(open_now())

    def opening(self):
        return self.filter(opens_pupil())


class Assignment(models.Model):
    """Who is to visit a pupil's family in a programme. Written by students.actions.assign only.

    From assignment or appointment until the record locks, at most 30 days after the visit, it opens the pupil to the
    visitor (security.md §2). visit_by: the day the class head asks for. One lead a pupil, any number going along.
    """

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="assignments", verbose_name="活动")
    student = models.ForeignKey(Student, models.CASCADE, related_name="assignments", verbose_name="学生")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+", verbose_name="学校")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", verbose_name="走访教师"
    )
    role = models.CharField("角色", max_length=6, choices=AssignmentRole, default=AssignmentRole.LEAD)
    source = models.CharField("来源", max_length=12, choices=AssignmentSource, default=AssignmentSource.HEAD)
    visit_by = models.DateField("最晚走访", null=True, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="分配人")
    assigned_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访分配"
        ordering = ["student_id", "id"]
        indexes = [models.Index(fields=["visitor", "student"], name="assignment_visitor")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "student", "visitor"], condition=Q(ended_at__isnull=True), name="assignment_one_open"
            ),
            models.UniqueConstraint(
                fields=["programme", "student"],
                condition=Q(ended_at__isnull=True, role=AssignmentRole.LEAD),
                name="assignment_one_lead",
            ),
        ]

    def __str__(self):
        return f"{self.visitor_id} {self.student_id}"
