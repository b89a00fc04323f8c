from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.clock import today
from schools.enums import Ownership, SchoolKind, Stage, System
from schools.grades import class_label, grade_in, grade_label
from schools.scope import ScopedQuerySet


class AuthorityQuerySet(ScopedQuerySet):
    def scope(self, reach):
        own = reach.authorities | reach.reviewed_authorities | reach.secured_authorities | reach.audited_authorities
        return Q(pk__in=own) | Q(schools__in=reach.staff_schools)

    def visible_to(self, user):
        return super().visible_to(user).distinct()


class Authority(models.Model):
    """A 教育局. Not the same as a region: a town may lie in one district while another bureau runs its schools."""

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=20)
    region_code = models.CharField(
        "行政区划代码", max_length=6, validators=[RegexValidator(r"^\d{6}$", "应为6位数字（GB/T 2260）")]
    )
    system = models.PositiveSmallIntegerField("学制", choices=System)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级教育局"
    )
    package_email = models.EmailField("汇编发到", blank=True, help_text="到截止时刻的汇编加密后发到这个邮箱；不填就不发")

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "教育局"
        ordering = ["code"]

    def __str__(self):
        return self.short_name


class SchoolQuerySet(ScopedQuerySet):
    def scope(self, reach):
        overseen = reach.authorities | reach.reviewed_authorities | reach.secured_authorities
        return Q(authority_id__in=overseen) | Q(pk__in=reach.staff_schools)


class School(models.Model):
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="schools", verbose_name="教育局")
    code = models.CharField(
        "学校标识码", max_length=10, unique=True, validators=[RegexValidator(r"^\d{10}$", "应为10位数字")]
    )
    name = models.CharField("全称", max_length=80, help_text="与公章一致")
    short_name = models.CharField("简称", max_length=30)
    kind = models.CharField("类别", max_length=20, choices=SchoolKind)
    ownership = models.CharField("办学性质", max_length=10, choices=Ownership, default=Ownership.PUBLIC)
    system = models.PositiveSmallIntegerField("学制", choices=System)
    town = models.CharField("街镇", max_length=30, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学校"
        ordering = ["code"]
        indexes = [models.Index(fields=["authority", "code"], name="school_authority")]

    def __str__(self):
        return self.short_name


class SchoolClassQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(school__authority_id__in=reach.authorities) | Q(school_id__in=reach.staff_schools)


class SchoolClass(models.Model):
    """Entry year and number name a class for good; its grade and label belong to a school year."""

    school = models.ForeignKey(School, models.PROTECT, related_name="classes", verbose_name="学校")
    stage = models.CharField("学段", max_length=15, choices=Stage)
    entry_year = models.PositiveSmallIntegerField("入学年份")
    number = models.PositiveSmallIntegerField("班号")

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "班级"
        ordering = ["school_id", "stage", "-entry_year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "stage", "entry_year", "number"],
                name="class_unique",
                violation_error_message="这个班已经有了",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(number__lte=60), name="class_number", violation_error_message="班号应为1–60"
            ),
        ]

    def __str__(self):
        return f"{self.school.short_name} {self.label()}"

    def grade(self, school_year=None):
        """Grade in the school year (default: today's), None when not at school then. Reads school.system."""
        year = school_year if school_year is not None else _school_year(today())
        return grade_in(year, entry_year=self.entry_year, stage=self.stage, system=self.school.system)

    def label(self, school_year=None):
        """六（1）班 in that school year"""
        return class_label(self.grade(school_year), self.number, entry_year=self.entry_year)

    def grade_label(self, school_year=None):
        return grade_label(self.grade(school_year))


def _school_year(day):
    return day.year if day.month >= 8 else day.year - 1


