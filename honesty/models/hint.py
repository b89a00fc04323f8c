from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.clock import now
from honesty.enums import OPEN_STATES, Finding, HintKind, HintState, Reason
from schools.enums import Role
from schools.models import Post
from schools.scope import NOTHING, ScopedQuerySet


class HintQuerySet(ScopedQuerySet):
    """Its teacher first; the school's leader from leader_from on (domain.md §7). The district has counts, never rows."""

    def scope(self, reach):
        wanted = Q(teacher_id=reach.user_id, school_id__in=reach.staff_schools) if reach.staff_schools else NOTHING
        if reach.leader_schools:
            wanted |= Q(school_id__in=reach.leader_schools, leader_from__lte=now())
        return wanted

    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def with_nobody_to_conclude(self):
        """nobody_to_conclude: its teacher is the only leader of the school, and nobody concludes on the own records (P5)."""
        leaders = Post.objects.active().filter(role=Role.SCHOOL_LEADER, school=OuterRef("school"), user__is_active=True)
        own = leaders.filter(user=OuterRef("teacher"))
        return self.annotate(nobody_to_conclude=Exists(own) & ~Exists(leaders.exclude(user=OuterRef("teacher"))))

    def standing(self):
        """What is or was worth asking about: all but what vanished with its cause."""
        return self.exclude(state=HintState.GONE)


class HintVisitQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(hint__in=Hint.objects.filter(Hint.objects.all().scope(reach)))


class Hint(models.Model):
    """提醒, never a verdict: something in a teacher's records of one notice that is worth a question (S29, domain.md §7).

    key: what it is about, so that the same finding twice is one row: the day of BUNCHED, "field:first visit" of ALIKE,
    the first photo of PHOTO. facts: numbers its sentence is made of (honesty.queries.words), no text and no name.
    visits: the teacher's own records it speaks of. leader_from: when the school's leader sees it, at once when the
    teacher has answered. weight: how many records it spoke of when it was concluded, 0 before.
    """

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="hints", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="hints", verbose_name="学校")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hints", verbose_name="教师")
    kind = models.CharField("种类", max_length=8, choices=HintKind)
    key = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=10, choices=HintState, default=HintState.TOLD)
    found_at = models.DateTimeField("发现时间", default=now)
    leader_from = models.DateTimeField("学校负责人可见")
    reason = models.CharField("老师说是", max_length=10, choices=Reason, blank=True)
    answer = models.CharField("老师的说明", max_length=300, blank=True)
    answered_at = models.DateTimeField("说明时间", null=True)
    finding = models.CharField("核实结果", max_length=8, choices=Finding, blank=True)
    finding_note = models.CharField("核实情况", max_length=300, blank=True)
    concluded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField("核实时间", null=True)
    weight = models.PositiveIntegerField(default=0)
    gone_at = models.DateTimeField(null=True)

    objects = HintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "真实性提醒"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "school", "teacher", "kind", "key"], name="hint_once"),
            models.CheckConstraint(
                name="hint_concluded_by_whom",
                condition=~Q(state=HintState.CONCLUDED)
                | (~Q(finding="") & Q(concluded_at__isnull=False, concluded_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="hint_answered_has_time",
                condition=~Q(state=HintState.ANSWERED) | (~Q(reason="") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["programme", "school", "state"], name="hint_of_school")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class HintVisit(models.Model):
    """One record a hint speaks of. media: the photo of it that is there again, of PHOTO."""

    hint = models.ForeignKey(Hint, models.CASCADE, related_name="hint_visits")
    visit = models.ForeignKey("visits.Visit", models.CASCADE, related_name="hint_visits")
    media = models.ForeignKey("visits.Media", models.SET_NULL, null=True, related_name="+")

    objects = HintVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒说到的记录"
        constraints = [models.UniqueConstraint(fields=["hint", "visit"], name="hint_visit_once")]

    def __str__(self):
        return f"{self.hint_id} {self.visit_id}"




class SchoolLook(models.Model):
    """When a school's records were last looked through, so that a quiet night costs nothing."""

    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+")
    looked_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查看过的学校"
        constraints = [models.UniqueConstraint(fields=["programme", "school"], name="school_look_once")]

    def __str__(self):
        return f"{self.programme_id} {self.school_id}"
