"""评选: a round of a school or a district, its judges, what is judged, and each judge's sheet."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet
from students.models.near import union
from works.enums import Level, RoundState, SheetState, WorkKind
from works.models.work import Work


def run_rounds(reach):
    """Ids of the rounds the user runs: the leader's school, the officer's district."""
    of_school = Round.objects.filter(level=Level.SCHOOL, school_id__in=reach.leader_schools)
    of_district = Round.objects.filter(level=Level.DISTRICT, authority_id__in=reach.authorities)
    return union(of_school.values("pk"), of_district.values("pk"))


def _judged_rounds(reach):
    return Judge.objects.filter(user_id=reach.user_id, removed_at__isnull=True).values("round_id")


class RoundQuerySet(ScopedQuerySet):
    def scope(self, reach):
        judged = Round.objects.filter(pk__in=_judged_rounds(reach)).exclude(state=RoundState.DRAFT)
        return Q(pk__in=union(run_rounds(reach), judged.values("pk")))


class Round(models.Model):
    """One judging of one kind of work. criteria, ties, judges_each and awards are copied from the programme and may be
    changed until it opens: [{"code", "label", "weight", "max", "hint"}], ["criterion:truth", "spread"], [{"label",
    "places"}]. blind: judges see neither author nor school nor pupils.
    """

    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="rounds", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, null=True, related_name="rounds", verbose_name="学校")
    level = models.CharField("级别", max_length=8, choices=Level)
    kind = models.CharField("种类", max_length=10, choices=WorkKind)
    title = models.CharField("名称", max_length=60)
    criteria = models.JSONField("评分项", default=list)
    ties = models.JSONField("同分规则", default=list)
    awards = models.JSONField("等级", default=list)
    judges_each = models.PositiveSmallIntegerField("每件几人评", default=3)
    drop_extremes = models.BooleanField("去掉最高和最低分", default=False)
    blind = models.BooleanField("匿名评审", default=True)
    state = models.CharField("状态", max_length=8, choices=RoundState, default=RoundState.DRAFT)
    closes_at = models.DateTimeField("评到什么时候", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    opened_at = models.DateTimeField("开始时间", null=True)
    closed_at = models.DateTimeField("结束时间", null=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评选"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="round_of_school_has_school",
                condition=Q(level=Level.SCHOOL, school__isnull=False) | Q(level=Level.DISTRICT, school__isnull=True),
            ),
            models.CheckConstraint(
                name="round_states_have_times",
                condition=Q(state=RoundState.DRAFT)
                | Q(state=RoundState.OPEN, opened_at__isnull=False)
                | Q(state=RoundState.CLOSED, opened_at__isnull=False, closed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["programme", "school", "kind", "title"],
                condition=Q(level=Level.SCHOOL),
                name="round_once_a_school",
                violation_error_message="已经有同名的评选，换个名称。",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "title"],
                condition=Q(level=Level.DISTRICT),
                name="round_once_a_district",
                violation_error_message="已经有同名的评选，换个名称。",
            ),
        ]

    def __str__(self):
        return self.title


class JudgeQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id) | Q(round_id__in=run_rounds(reach))

    def standing(self):
        return self.filter(removed_at__isnull=True)


class Judge(models.Model):
    """Somebody asked to judge one round: an assignment, not a post. school: where the judge works, so that works of
    that school are never dealt to this judge; null for somebody of the authority."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="judges", verbose_name="评选")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="judgings", verbose_name="评委")
    school = models.ForeignKey("schools.School", models.PROTECT, null=True, related_name="+")
    appointed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    objects = JudgeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评委"
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="judge_once")]

    def __str__(self):
        return f"{self.round_id} {self.user_id}"


class EntryQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(round_id__in=run_rounds(reach))


class Entry(models.Model):
    """A work in a round. number: what judges call it, dealt at random. title, body: the text as it was when the round
    opened, with names taken out. score: 0–100; place: 1 is best, equal scores that no rule parts share a place."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="entries", verbose_name="评选")
    work = models.ForeignKey(Work, models.PROTECT, related_name="entries", verbose_name="作品")
    version = models.PositiveSmallIntegerField("第几次提交", default=1)
    number = models.PositiveSmallIntegerField("编号", null=True)
    title = models.CharField(max_length=60, blank=True)
    body = models.TextField(blank=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=3, null=True)
    place = models.PositiveSmallIntegerField("名次", null=True)
    award = models.CharField("等级", max_length=20, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参评作品"
        ordering = ["round_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "work"], name="entry_once"),
            models.UniqueConstraint(
                fields=["round", "number"], condition=Q(number__isnull=False), name="entry_number_once"
            ),
        ]

    def __str__(self):
        return f"{self.round_id} {self.number}"


class SheetQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """One's own; whoever runs the round reads them when it is closed, not before."""
        own = Sheet.objects.filter(judge__user_id=reach.user_id, judge__removed_at__isnull=True)
        own = own.exclude(entry__round__state=RoundState.DRAFT)
        told = Sheet.objects.filter(entry__round_id__in=run_rounds(reach), entry__round__state=RoundState.CLOSED)
        return Q(pk__in=union(own.values("pk"), told.values("pk")))


class Sheet(models.Model):
    """One judge's marks for one entry: scores {criterion code: points}, total 0–100 by the weights."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="sheets", verbose_name="参评作品")
    judge = models.ForeignKey(Judge, models.CASCADE, related_name="sheets", verbose_name="评委")
    state = models.CharField("状态", max_length=8, choices=SheetState, default=SheetState.DEALT)
    scores = models.JSONField("打分", default=dict)
    total = models.DecimalField("总分", max_digits=6, decimal_places=3, null=True)
    comment = models.CharField("评语", max_length=500, blank=True)
    recuse_reason = models.CharField("回避原因", max_length=200, blank=True)
    updated_at = models.DateTimeField(default=now)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评分表"
        ordering = ["judge_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "judge"], name="sheet_once"),
            models.CheckConstraint(
                name="sheet_scored_has_total", condition=~Q(state=SheetState.SCORED) | Q(total__isnull=False)
            ),
            models.CheckConstraint(
                name="sheet_recused_with_reason", condition=~Q(state=SheetState.RECUSED) | ~Q(recuse_reason="")
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} {self.judge_id}"
