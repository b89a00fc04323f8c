import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from programmes.enums import Mode
from schools.scope import ScopedQuerySet
from students.enums import Relation
from students.models.near import near_pupils, union
from visits.enums import Answerer, CancelledBy, Channel, LateReason, VisitKind, VisitorRole, VisitState


def readable_visits(reach):
    """Ids of the visits whose text the user may read (security.md §2, "visit text"): own, of near pupils, of the
    leader's school. A pupil visited from another school opens no text to this one."""
    parts = [VisitVisitor.objects.filter(user_id=reach.user_id).values("visit_id")]
    of_pupil = VisitStudent.objects.filter(student_id__in=near_pupils(reach, to_visit=False))
    parts.append(of_pupil.filter(school_id=models.F("visit__school_id")).values("visit_id"))
    if reach.leader_schools:
        parts.append(Visit.objects.filter(school_id__in=reach.leader_schools).values("pk"))
    return union(*parts)


class VisitQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(pk__in=readable_visits(reach))


class VisitStudentQuerySet(ScopedQuerySet):
    """That a pupil was reached is known wherever the pupil is known; the text is the visit's."""

    def scope(self, reach):
        own = VisitVisitor.objects.filter(user_id=reach.user_id).values("visit_id")
        parts = [VisitStudent.objects.filter(visit_id__in=own).values("pk")]
        parts.append(VisitStudent.objects.filter(student_id__in=near_pupils(reach, to_visit=False)).values("pk"))
        if reach.leader_schools:
            parts.append(VisitStudent.objects.filter(school_id__in=reach.leader_schools).values("pk"))
        return Q(pk__in=union(*parts))


class OfVisit(ScopedQuerySet):
    def scope(self, reach):
        return Q(visit_id__in=readable_visits(reach))


class OpinionQuerySet(OfVisit):
    def scope(self, reach):
        if not reach.whole_schools:
            return super().scope(reach)
        of_school = Opinion.objects.filter(school_id__in=reach.whole_schools).values("pk")
        return Q(pk__in=union(of_school, Opinion.objects.filter(visit_id__in=readable_visits(reach)).values("pk")))


class Visit(models.Model):
    """One call on one household. State and texts change only through visits.actions.visit.

    Keeps its own school and authority: pupils move. visited_on is the day in Asia/Shanghai of started_at.
    client_uuid is made by the form: the same submission twice is one visit (security.md R1).
    """

    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="visits", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="visits", verbose_name="学校")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="led_visits", verbose_name="主访")
    kind = models.CharField("类型", max_length=10, choices=VisitKind, default=VisitKind.UNIVERSAL)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    mode = models.CharField("方式", max_length=10, choices=Mode, default=Mode.IN_PERSON)
    state = models.CharField("状态", max_length=12, choices=VisitState, default=VisitState.DONE)
    planned_at = models.DateTimeField("约定时间", null=True, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    plan_place = models.CharField("约在哪里", max_length=60, blank=True)  # a third place or a room at school; never a home
    plan_channel = models.CharField("怎么约的", max_length=8, choices=Channel, blank=True)
    confirmed_at = models.DateTimeField("家长答应的时间", null=True, blank=True)
    confirmed_with = models.CharField("谁答应的", max_length=10, choices=Relation, blank=True)
    rescheduled = models.PositiveSmallIntegerField("改期次数", default=0)
    closed_at = models.DateTimeField(null=True, blank=True)  # cancelled, declined, nobody home
    cancelled_by = models.CharField("谁取消的", max_length=8, choices=CancelledBy, blank=True)
    close_note = models.CharField("说明", max_length=200, blank=True)
    decline_offer = models.CharField("提过的其他地方", max_length=10, choices=Mode, blank=True)
    preparation = models.TextField("备课", blank=True)  # W75: what the visitor means to talk about
    started_at = models.DateTimeField("开始", null=True, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    visited_on = models.DateField("走访日期", null=True, blank=True)
    student_present = models.BooleanField("学生在家", null=True)
    guardians_met = models.JSONField("谁在家", default=list)  # Relation codes
    cause = models.TextField("家访起因", blank=True)
    process = models.TextField("家访过程", blank=True)
    analysis = models.TextField("情况分析", blank=True)
    measures = models.TextField("措施与成效", blank=True)
    reflection = models.TextField("家访反思", blank=True)
    observations = models.JSONField("在家里看到的", default=dict)  # {code of the programme: text} (W3)
    checklist = models.JSONField("聊到的内容", default=list)  # item codes of the programme
    materials = models.JSONField("送到的材料", default=list)  # item codes of the programme
    follow_up_on = models.DateField("回访日期", null=True, blank=True)
    follow_up_note = models.CharField("回访看什么", max_length=200, blank=True)
    late_reason = models.CharField("补记原因", max_length=8, choices=LateReason, blank=True)
    gift_declined = models.BooleanField("没有接受宴请和礼物", null=True)
    created_at = models.DateTimeField(default=now)
    recorded_at = models.DateTimeField("提交时间", null=True)
    locked_at = models.DateTimeField("归档时间", null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField("版本", default=1)
    returned_at = models.DateTimeField("退回时间", null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("作废原因", max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家访"
        ordering = ["-visited_on", "-id"]
        indexes = [
            # These two carry what a figure as of an instant asks of a visit, so that it reads no record (decision 0005).
            models.Index(
                fields=["programme", "school", "visited_on", "mode", "recorded_at", "voided_at", "id"],
                name="visit_school_known",
            ),
            models.Index(fields=["id", "recorded_at", "voided_at"], name="visit_known"),
            models.Index(fields=["lead", "-visited_on"], name="visit_lead_day"),
            models.Index(fields=["authority", "programme"], name="visit_authority"),
            models.Index(fields=["lead", "planned_at"], name="visit_planned", condition=Q(state=VisitState.PLANNED)),
            models.Index(fields=["recorded_at"], name="visit_to_lock", condition=Q(state=VisitState.RECORDED)),
            models.Index(
                fields=["school", "programme"], name="visit_to_review",
                condition=Q(state=VisitState.RECORDED, returned_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="visit_void_with_reason",
                condition=~Q(state=VisitState.VOIDED) | (~Q(void_reason="") & Q(voided_at__isnull=False)),
                violation_error_message="作废必须写明原因",
            ),
            models.CheckConstraint(
                name="visit_return_with_reason",
                condition=Q(returned_at__isnull=True) | ~Q(return_reason=""),
                violation_error_message="退回必须写明原因",
            ),
            models.CheckConstraint(
                name="visit_recorded_has_time",
                condition=~Q(state__in=[VisitState.RECORDED, VisitState.LOCKED])
                | Q(visited_on__isnull=False, recorded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_planned_has_time",
                condition=~Q(state=VisitState.PLANNED) | Q(planned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_cancelled_by_whom",
                condition=~Q(state=VisitState.CANCELLED) | ~Q(cancelled_by=""),
                violation_error_message="取消要写明是谁取消的",
            ),
            models.CheckConstraint(
                name="visit_locked_has_time",
                condition=~Q(state=VisitState.LOCKED) | Q(locked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("started_at")),
                violation_error_message="结束时间早于开始时间",
            ),
        ]

    def __str__(self):
        return f"家访 {self.pk}"

    @property
    def is_returned(self):
        return self.returned_at is not None


class VisitStudent(models.Model):
    """A pupil covered by a visit. Carries what the register counts by, so counting needs no join.

    counted = visit recorded or locked, in a counted mode, on a day inside the programme's window.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="visit_students", verbose_name="家访")
    student = models.ForeignKey(
        "students.Student", models.PROTECT, related_name="visit_students", verbose_name="学生", db_index=False
    )  # visit_student_known begins with it
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")  # the pupil's, at the visit
    school_class = models.ForeignKey("schools.SchoolClass", models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=10, choices=Mode)
    visited_on = models.DateField(null=True)
    counted = models.BooleanField(default=False)

    objects = VisitStudentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访到的学生"
        constraints = [models.UniqueConstraint(fields=["visit", "student"], name="visit_student_unique")]
        indexes = [
            models.Index(
                fields=["programme", "student", "visited_on"], name="visit_student_counted", condition=Q(counted=True)
            ),
            models.Index(fields=["student", "programme", "visited_on", "mode", "visit"], name="visit_student_known"),
        ]

    def __str__(self):
        return f"{self.visit_id} {self.student_id}"


class VisitVisitor(models.Model):
    """Who went. position, politics: the teacher's then, so that 人次 of leaders and of party members do not move with a
    later appointment (visits.queries.as_of); empty: as the teacher's are now."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="visitors", verbose_name="家访")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits_made", verbose_name="教师")
    role = models.CharField("角色", max_length=6, choices=VisitorRole, default=VisitorRole.OTHER)
    confirmed_at = models.DateTimeField("本人确认去过", null=True)
    denied_at = models.DateTimeField("本人说没去", null=True)
    position = models.CharField("当时的职务", max_length=20, null=True)  # noqa: DJ001 (empty is a known "none")
    politics = models.CharField("当时的政治面貌", max_length=2, null=True)  # noqa: DJ001

    objects = OfVisit.as_manager()

    @classmethod
    def went(cls, visit, user, role=VisitorRole.OTHER):
        """A row that keeps who the teacher is now."""
        return cls(visit=visit, user=user, role=role, position=user.position, politics=user.politics)

    class Meta:
        verbose_name = verbose_name_plural = "走访教师"
        constraints = [
            models.UniqueConstraint(fields=["visit", "user"], name="visit_visitor_unique"),
            models.UniqueConstraint(fields=["visit"], condition=Q(role=VisitorRole.LEAD), name="visit_one_lead"),
            models.CheckConstraint(
                name="visit_visitor_went_or_not",
                condition=Q(confirmed_at__isnull=True) | Q(denied_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.visit_id} {self.user_id}"


class Opinion(models.Model):
    """家长意见, one line of it, as heard on a visit. Its answer and close are care/'s, one to one.

    counted_in: the programme while the visit counts in it (VisitStudent.counted), so that counting needs no join.
    """

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="opinions", verbose_name="家访")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="opinions", verbose_name="学校")
    category = models.CharField("类别", max_length=20)
    text = models.TextField("意见内容")
    answerer = models.CharField("谁来答复", max_length=10, choices=Answerer, default=Answerer.SCHOOL)
    position = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=now)
    counted_in = models.ForeignKey(
        "programmes.Programme", models.PROTECT, null=True, related_name="+", db_index=False, editable=False
    )

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家长意见"
        ordering = ["visit_id", "position"]
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="opinion_position_unique")]
        indexes = [
            models.Index(
                fields=["counted_in", "school", "answerer", "authority"], name="opinion_counted",
                condition=Q(counted_in__isnull=False),
            ),
        ]

    def __str__(self):
        return f"意见 {self.pk}"
