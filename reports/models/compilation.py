from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.clock import now
from core.fields import EncryptedTextField
from core.formats import instant
from programmes.enums import DeadlineKind
from reports.enums import MADE, CompilationState, Handed
from schools.enums import SchoolKind
from schools.scope import ScopedQuerySet


class CompilationQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The deadline package belongs to the district officers of the authority (security.md X1)."""
        return Q(authority_id__in=reach.authorities)


class Compilation(models.Model):
    """What one programme's schools had reached and handed in as of one instant, frozen, with its package.

    The deadline's own compilation is the one with as_of == deadline_at; an earlier as_of is 阶段性, a later
    one shows what came after. revision counts up per programme and kind. Both are unique, so two workers make
    one; a correction is one more revision of the same instant. See docs/decisions/0004-compilations.md.
    """

    programme = models.ForeignKey(
        "programmes.Programme", models.PROTECT, related_name="compilations", verbose_name="活动"
    )
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    kind = models.CharField("事项", max_length=20, choices=DeadlineKind)
    revision = models.PositiveSmallIntegerField("第几版", default=1)
    as_of = models.DateTimeField("数据截至")
    # Up to when what was recorded counts: as_of, or later in a correction (visited by as_of, recorded by known_at).
    known_at = models.DateTimeField("按哪一刻所知")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    reason = models.CharField("更正原因", max_length=200, blank=True)
    deadline_at = models.DateTimeField("截止时刻")  # as it stood when the compilation was started
    state = models.CharField("状态", max_length=10, choices=CompilationState, default=CompilationState.WAITING)
    job = models.ForeignKey("core.Job", models.PROTECT, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    file = models.CharField(max_length=200, blank=True)  # below the private media folder
    checksum = models.CharField("SHA-256", max_length=64, blank=True)
    password = EncryptedTextField(blank=True)  # of the zip; "" is an open one
    missing = models.JSONField("没有汇编成的学校", default=list)  # [{"school": id, "name", "why"}]
    mail_to = models.EmailField("发到", blank=True)
    mailed_at = models.DateTimeField("发出时间", null=True)
    mail_error = models.CharField("没有发出", max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True)

    objects = CompilationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇编"
        ordering = ["-as_of", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "revision"], name="compilation_unique"),
            models.UniqueConstraint(
                fields=["programme", "kind", "as_of"],
                condition=Q(corrects__isnull=True),
                name="compilation_once_an_instant",
            ),
            models.CheckConstraint(
                name="compilation_file_when_made",
                condition=~Q(state__in=[CompilationState.READY, CompilationState.INCOMPLETE])
                | (~Q(file="") & ~Q(checksum="")),
            ),
            models.CheckConstraint(
                name="compilation_correction_says_why",
                condition=Q(corrects__isnull=True, reason="") | (Q(corrects__isnull=False) & ~Q(reason="")),
                violation_error_message="更正要写明原因",
            ),
            models.CheckConstraint(name="compilation_known_after", condition=Q(known_at__gte=F("as_of"))),
        ]

    def __str__(self):
        return f"{self.programme} {self.get_kind_display()} 第{self.revision}版"

    @property
    def is_ready(self):
        return self.state == CompilationState.READY

    @property
    def is_made(self):
        """It stands as a file, and nobody is at it."""
        return self.state in MADE

    @property
    def has_file(self):
        """Also one that lacks schools, and stays until the whole one takes its place."""
        return bool(self.file)

    @property
    def stage(self):
        """截止数据 · 阶段性 · 截止后"""
        if self.as_of == self.deadline_at:
            return "截止数据"
        return "阶段性" if self.as_of < self.deadline_at else "截止后"

    @property
    def as_of_words(self):
        return instant(self.as_of)


class FrozenQuerySet(ScopedQuerySet):
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

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结数据"
        constraints = [
            models.UniqueConstraint(fields=["compilation", "school_class", "dimension"], name="snapshot_unique"),
            models.CheckConstraint(name="snapshot_sane", condition=Q(visited__lte=F("due"))),
        ]
        indexes = [models.Index(fields=["compilation", "school"], name="snapshot_school")]

    def __str__(self):
        return f"{self.compilation_id} {self.school_class_id} {self.dimension}"


class SchoolSnapshot(models.Model):
    """One school in a compilation: name and kind as they were, and the figures that no class carries.

    Written in one transaction with the school's Snapshot rows, so its presence says that the school is frozen.
    Households: pupils joined by students.Household; a pupil without one is a household of its own. A household
    counts once at each school its children go to. Person-times: Σ visitors over counted visits.
    """

    compilation = models.ForeignKey(Compilation, models.CASCADE, related_name="schools")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+", verbose_name="学校")
    code = models.CharField("学校标识码", max_length=10)
    name = models.CharField("学校", max_length=80)
    kind = models.CharField("学段", max_length=20, choices=SchoolKind)
    classes = models.PositiveIntegerField("班级数")
    pupils = models.PositiveIntegerField("在校学生数")
    due_households = models.PositiveIntegerField("应访户数")
    visited_households = models.PositiveIntegerField("实访户数")
    in_person_households = models.PositiveIntegerField("上门户数")
    other_households = models.PositiveIntegerField("其他形式户数")
    teachers = models.PositiveIntegerField("参与教师数")
    person_times = models.PositiveIntegerField("教师家访人次")
    leader_times = models.PositiveIntegerField("校级领导家访人次")
    middle_times = models.PositiveIntegerField("中层家访人次")
    party_times = models.PositiveIntegerField("党员家访人次")
    opinions = models.PositiveIntegerField("征集意见")
    answered = models.PositiveIntegerField("已办结", null=True)  # empty: frozen before it was counted
    help_times = models.PositiveIntegerField("资助人次", default=0)
    help_amount = models.DecimalField("资助金额（元）", max_digits=12, decimal_places=2, default=0)
    cases = models.PositiveIntegerField("典型案例", default=0)
    stories = models.PositiveIntegerField("故事推荐", default=0)
    essays = models.PositiveIntegerField("征文", default=0)
    press = models.PositiveIntegerField("报道", default=0)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结的学校数据"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["compilation", "school"], name="school_snapshot_unique"),
            models.CheckConstraint(
                name="school_snapshot_sane", condition=Q(visited_households__lte=F("due_households"))
            ),
        ]

    def __str__(self):
        return f"{self.compilation_id} {self.name}"


class SubmissionLine(models.Model):
    """One paper one school owes, as of the compilation's instant, frozen. code: of the programme's rules.submissions.

    state: the worst of what the school handed in of that code (a returned story shows); count: how many stand filed;
    late: the last of them came after the deadline.
    """

    compilation = models.ForeignKey(Compilation, models.CASCADE, related_name="submissions")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    code = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=Handed)
    late = models.BooleanField(default=False)
    count = models.PositiveSmallIntegerField(default=0)
    filed_at = models.DateTimeField(null=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冻结的报送登记"
        constraints = [
            models.UniqueConstraint(fields=["compilation", "school", "code"], name="submission_line_unique"),
            models.CheckConstraint(
                name="submission_filed_has_time",
                condition=Q(state__in=[Handed.MISSING, Handed.DRAFT, Handed.RETURNED]) | Q(filed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.compilation_id} {self.school_id} {self.code}"


class SchoolPart(models.Model):
    """One school's share of a package: its job, and the zip of its papers as they stood at the instant.

    Written whole, so `file` says that the school is done; papers: [{"name", "kind", "title", "sha256"}].
    """

    compilation = models.ForeignKey(Compilation, models.CASCADE, related_name="parts")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    job = models.OneToOneField("core.Job", models.PROTECT, related_name="+")
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    papers = models.JSONField(default=list)
    ready_at = models.DateTimeField(null=True)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "汇编里的学校"
        constraints = [
            models.UniqueConstraint(fields=["compilation", "school"], name="school_part_unique"),
        ]

    def __str__(self):
        return f"{self.compilation_id} {self.school_id}"
