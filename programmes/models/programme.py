from functools import cached_property

from django.db import models
from django.db.models import Q

from core.clock import now
from programmes.config.days import last_day_before
from programmes.config.renamed import in_todays_words
from programmes.config.schema import ProgrammeConfig
from programmes.enums import DeadlineKind, ProgrammeState
from schools.models import School
from schools.scope import ScopedQuerySet


class OfAuthority(ScopedQuerySet):
    """Rows that belong to a programme are open to everybody who works for its authority."""

    path = "programme__"

    def scope(self, reach):
        desks = reach.authorities | reach.reviewed_authorities | reach.audited_authorities | reach.secured_authorities
        condition = Q(**{f"{self.path}authority_id__in": desks})
        if reach.staff_schools:
            employers = School.objects.filter(pk__in=reach.staff_schools).values("authority_id")
            condition |= Q(**{f"{self.path}authority_id__in": employers})
        return condition


class ProgrammeQuerySet(OfAuthority):
    path = ""


class Programme(models.Model):
    """One notice of one authority in one year. What it asks for is data: `config`, phases, deadlines, categories.

    source: the file as last loaded (Notice.rows); a changed file is compared with it, so that what the
    administration edited since stays. State changes only through programmes.actions.state.
    """

    code = models.SlugField("代码", max_length=50, unique=True)
    authority = models.ForeignKey(
        "schools.Authority", models.PROTECT, related_name="programmes", verbose_name="教育局"
    )
    school_year = models.PositiveSmallIntegerField("学年", help_text="2022 表示 2022年8月至2023年7月")
    title = models.CharField("名称", max_length=60)
    short_title = models.CharField("简称", max_length=30)
    document_no = models.CharField("文号", max_length=40, blank=True)
    document_title = models.CharField("文件标题", max_length=120, blank=True)
    issuer = models.CharField("发文单位", max_length=80, blank=True)
    issued_on = models.DateField("发文日期", null=True, blank=True)
    starts_on = models.DateField("走访开始")
    ends_on = models.DateField("走访截止日", help_text="最后一个计入的走访日")
    due_on = models.DateField("应访名单基准日", help_text="这一天在读的学生为应访；此前按当天算")
    state = models.CharField("状态", max_length=10, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    config = models.JSONField("设置", default=dict)
    source = models.JSONField(default=dict, editable=False)
    source_checksum = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="programme_ends_after_start",
                violation_error_message="截止日早于开始日",
            )
        ]

    def __str__(self):
        return f"{self.starts_on.year}年{self.short_title}"

    @cached_property
    def rules(self) -> ProgrammeConfig:
        """The validated settings: modes that count, record fields, checklist, conduct code, quotas, retention."""
        return ProgrammeConfig.model_validate(in_todays_words(self.config))

    def save(self, *args, **kwargs):
        self.__dict__.pop("rules", None)
        super().save(*args, **kwargs)

    def refresh_from_db(self, *args, **kwargs):
        self.__dict__.pop("rules", None)
        super().refresh_from_db(*args, **kwargs)

    def counts_on(self, day):
        return self.starts_on <= day <= self.ends_on


class Phase(models.Model):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="phases", verbose_name="活动")
    code = models.SlugField("代码", max_length=30)
    name = models.CharField("阶段", max_length=30)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束", help_text="含这一天")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    steps = models.JSONField("要做的事", default=list, help_text="每件一行")

    objects = OfAuthority.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="phase_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="phase_ends_after_start"),
        ]

    def __str__(self):
        return self.name


class Deadline(models.Model):
    """`at` is exclusive: "9月底前" is 2022-10-01T00:00+08:00, and a filing at that instant is late (D)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="deadlines", verbose_name="活动")
    kind = models.CharField("事项", max_length=20, choices=DeadlineKind)
    title = models.CharField("名称", max_length=40)
    at = models.DateTimeField("截止时刻", help_text="到这一刻为止（不含），如 10月1日0时 表示 9月30日24时前")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = OfAuthority.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "截止事项"
        ordering = ["at", "position"]
        constraints = [models.UniqueConstraint(fields=["programme", "kind"], name="deadline_unique")]
        indexes = [models.Index(fields=["at"], name="deadline_at")]

    def __str__(self):
        return self.title

    @property
    def last_day(self):
        """The day people call the deadline: 9月30日 for 10月1日0时."""
        return last_day_before(self.at)

    def has_passed(self, instant=None):
        return (instant or now()) >= self.at


class CategoryQuerySet(OfAuthority):
    path = ""


class Category(models.Model):
    """A kind of pupil as the authority names it; a mark on a pupil lives on from one programme to the next.

    restricted: S4 (psychology, disability): label and text only for named roles (security.md §1).
    suggested_by: roster flags (students.enums.RosterFlag) that suggest it; a class head confirms.
    """

    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="categories", verbose_name="教育局")
    code = models.CharField("代码", max_length=30)
    name = models.CharField("名称", max_length=40)
    restricted = models.BooleanField("受限", default=False, help_text="心理、残障等：仅班主任、心理教师和指定负责人可见")
    psych = models.BooleanField("归心理教师", default=False)
    suggested_by = models.JSONField(
        "名册提示", default=list, blank=True, help_text="名册里的这些标志提示本类别（班主任认定后才算），如 orphan、aid_needed"
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学生类别"
        ordering = ["authority_id", "code"]
        constraints = [models.UniqueConstraint(fields=["authority", "code"], name="category_unique")]

    def __str__(self):
        return self.name


class ProgrammeCategory(models.Model):
    """A category as one programme uses it. `position` is its bit in Due.categories (0–30) and its dimension."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="categories", verbose_name="活动")
    category = models.ForeignKey(Category, models.PROTECT, related_name="uses", verbose_name="类别")
    position = models.PositiveSmallIntegerField("顺序", help_text="0–30，已有走访后不要改")
    label = models.CharField("本次活动的叫法", max_length=40)
    priority = models.BooleanField("优先走访", default=True)
    from_changes = models.BooleanField("由重大变化产生", default=False, help_text="有日期的变化，不是长期类别")

    objects = OfAuthority.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本次活动的学生类别"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "category"], name="programme_category_unique"),
            models.UniqueConstraint(fields=["programme", "position"], name="programme_category_position_unique"),
            models.CheckConstraint(condition=Q(position__lte=30), name="programme_category_fits_mask"),
        ]

    def __str__(self):
        return self.label

    @property
    def bit(self):
        return 1 << self.position


class SchoolFormQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(school_id__in=reach.staff_schools) | Q(school__authority_id__in=reach.authorities)


class SchoolForm(models.Model):
    """How one school adapts the record form within the programme's frame (W1, W78).

    fields: {code: {"prompts": [str], "required": bool, "hidden": bool}}, only what differs from the programme.
    What the programme requires stays required.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="school_forms", verbose_name="活动")
    school = models.ForeignKey("schools.School", models.CASCADE, related_name="record_forms", verbose_name="学校")
    fields = models.JSONField("改动", default=dict)
    updated_at = models.DateTimeField(default=now)

    objects = SchoolFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学校记录表"
        constraints = [models.UniqueConstraint(fields=["programme", "school"], name="school_form_unique")]

    def __str__(self):
        return f"{self.school} {self.programme}"
