from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import EncryptedTextField, blind_index
from schools.enums import Gender, Politics
from schools.scope import ScopedQuerySet
from students.enums import Relation, Status


def active_on(day):
    """Condition on starts_on/ends_on rows that hold on a day; ends_on is the last day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def pupils_of(reach, prefix=""):
    """Pupils whose name and class the user may see (security.md §2, first row); prefix is the path to Student."""
    from students.models.near import near_pupils  # its models point here

    return Q(**{f"{prefix}pk__in": near_pupils(reach, schools=reach.whole_schools)})


class StudentQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return pupils_of(reach)

    def active(self):
        return self.filter(status=Status.ACTIVE)


class HouseholdQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(pk__in=Student.objects.filter(pupils_of(reach)).values("household_id"))


class Household(models.Model):
    """Joins siblings, so that one visit may cover each of them. Members: Student.household."""

    created_at = models.DateTimeField(default=now)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家庭"

    def __str__(self):
        return f"家庭 {self.pk}"


class Student(models.Model):
    """A pupil. School and class are as of now; history stands in Enrolment. Written by students.actions only.

    Numbers, phone and address are encrypted; matching and search use the blind indexes. Never derive a birthday
    or an ID number from national_no.
    """

    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="students", verbose_name="学校")
    school_class = models.ForeignKey(
        "schools.SchoolClass", models.PROTECT, null=True, related_name="students", verbose_name="班级"
    )
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="students", verbose_name="家庭"
    )
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ACTIVE)
    name = models.CharField("姓名", max_length=50)
    former_name = models.CharField("曾用名", max_length=50, blank=True)
    gender = models.CharField("性别", max_length=1, choices=Gender, default=Gender.UNKNOWN)
    birth = models.DateField("出生日期", null=True, blank=True)
    national_no = EncryptedTextField("全国学籍号", blank=True)
    national_no_index = models.CharField(max_length=64, blank=True, editable=False)
    national_no_tail = models.CharField(max_length=4, blank=True, editable=False)
    aux_no = EncryptedTextField("学籍副号", blank=True)
    aux_no_index = models.CharField(max_length=64, blank=True, editable=False)
    class_serial = models.CharField("班内学号", max_length=10, blank=True)
    student_no = models.CharField("校内学号", max_length=30, blank=True)
    enrolled = models.CharField("入学年月", max_length=6, blank=True)  # 202209
    ethnicity = models.CharField("民族", max_length=2, blank=True)  # GB/T 3304
    politics = models.CharField("政治面貌", max_length=2, choices=Politics, blank=True)
    health = models.CharField("健康状况", max_length=2, blank=True)
    hukou = models.CharField("户口所在地", max_length=60, blank=True)
    address = EncryptedTextField("现住址", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    boarding = models.CharField("就读方式", max_length=1, blank=True)  # 1走读 2住校
    left_behind = models.CharField("留守", max_length=1, blank=True)  # 0否 1单亲 2双亲
    migrant = models.BooleanField("随迁子女", null=True)
    orphan = models.BooleanField("孤儿", null=True)
    martyr = models.BooleanField("烈士或优抚子女", null=True)
    aid_needed = models.BooleanField("需要申请资助", null=True)
    disability = models.CharField("残疾类型", max_length=10, blank=True)
    inclusion = models.BooleanField("随班就读", null=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    arrived_on = models.DateField("到本校日期", null=True)
    created_at = models.DateTimeField(default=now)

    objects = StudentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "学生"
        ordering = ["school_class_id", "class_serial", "id"]
        indexes = [
            models.Index(fields=["school", "school_class"], name="student_school_class"),
            models.Index(fields=["authority", "status"], name="student_authority"),
            models.Index(fields=["aux_no_index"], name="student_aux_no"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["national_no_index"],
                condition=~Q(national_no_index=""),
                name="student_national_no_unique",
                violation_error_message="这个学籍号已经有学生了",
            ),
        ]

    def __str__(self):
        return self.name

    def seal(self):
        """Set the search columns from the numbers; save() does it, bulk writers must."""
        self.national_no_index = blind_index(self.national_no, "national_no")
        self.national_no_tail = self.national_no[-4:]
        self.aux_no_index = blind_index(self.aux_no, "aux_no")
        self.phone_index = blind_index(self.phone, "phone")
        return self

    def save(self, *args, **kwargs):
        self.seal()
        super().save(*args, **kwargs)


class OfStudent(ScopedQuerySet):
    """Rows that hang on a pupil go with the pupil."""

    def scope(self, reach):
        return pupils_of(reach, "student__")


class Enrolment(models.Model):
    """Student × class × from–to: a move is a new row. created_at and closed_at say when we knew it."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="enrolments", verbose_name="学生")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="enrolments", verbose_name="学校")
    school_class = models.ForeignKey(
        "schools.SchoolClass", models.PROTECT, related_name="enrolments", verbose_name="班级"
    )
    starts_on = models.DateField("从")
    ends_on = models.DateField("到", null=True, blank=True)  # last day
    created_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)

    objects = OfStudent.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "在班记录"
        ordering = ["student_id", "starts_on"]
        indexes = [
            models.Index(fields=["authority", "school", "school_class"], name="enrolment_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(ends_on__isnull=True), name="enrolment_one_open"),
        ]

    def __str__(self):
        return f"{self.student_id} {self.school_class_id} {self.starts_on}"


class Guardian(models.Model):
    """One pupil–guardian link. The same name and phone at two pupils joins their household."""

    student = models.ForeignKey(Student, models.CASCADE, related_name="guardians", verbose_name="学生")
    name = models.CharField("姓名", max_length=50, blank=True)
    relation = models.CharField("关系", max_length=10, choices=Relation, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=64, blank=True, editable=False)
    is_guardian = models.BooleanField("监护人", null=True)
    lives_with = models.BooleanField("同住", null=True)
    workplace = models.CharField("工作单位", max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    objects = OfStudent.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "监护人"
        ordering = ["student_id", "position"]
        indexes = [models.Index(fields=["phone_index", "name"], name="guardian_phone_name")]

    def __str__(self):
        return self.name

    def seal(self):
        self.phone_index = blind_index(self.phone, "phone")
        return self

    def save(self, *args, **kwargs):
        self.seal()
        super().save(*args, **kwargs)
