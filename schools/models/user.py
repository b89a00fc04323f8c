from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from core.access import allowed
from core.clock import now, today
from core.fields import EncryptedTextField, blind_index
from core.scope import union
from schools.enums import (
    AUTHORITY_ROLES,
    CLASS_ROLES,
    SCHOOL_ROLES,
    SEPARATED_ROLES,
    Gender,
    Politics,
    Position,
    Role,
    Title,
)
from schools.models.place import Authority, School, SchoolClass
from schools.scope import ScopedQuerySet, reach_of

ADMIN_ROLES = {Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN, Role.REVIEWER, Role.SECURITY_ADMIN, Role.AUDITOR}


class UserQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """Oneself, colleagues of one's schools, and for the district everybody at its schools and desks."""
        posts, places = Post.objects.active(), []
        if reach.staff_schools:
            places += [{"school_id__in": reach.staff_schools}, {"school_class__school_id__in": reach.staff_schools}]
        if overseen := reach.authorities | reach.secured_authorities:
            paths = ("authority_id", "school__authority_id", "school_class__school__authority_id")
            places += [{f"{path}__in": overseen} for path in paths]
        own = Q(pk=reach.user_id)
        if not places:
            return own
        return own | Q(pk__in=union(*(posts.filter(**place).values("user_id") for place in places)))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username, password=None, **fields):
        user = self.model(username=self.model.normalize_username(username).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person of the staff, with the fields 附件1 asks for. What the person may do comes from posts alone."""

    username = models.CharField(
        "账号", max_length=150, unique=True, validators=[UnicodeUsernameValidator()], help_text="登录用，一般是工号"
    )
    name = models.CharField("姓名", max_length=50)
    staff_no = models.CharField("工号", max_length=30, blank=True)
    gender = models.CharField("性别", max_length=1, choices=Gender, default=Gender.UNKNOWN)
    birth_month = models.CharField(
        "出生年月", max_length=7, blank=True, validators=[RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", "写成 1985-03")]
    )
    position = models.CharField("职务", max_length=20, choices=Position, blank=True)
    title = models.CharField("职称", max_length=20, choices=Title, blank=True)
    subject = models.CharField("学科", max_length=20, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=Politics, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    email = models.EmailField("邮箱", blank=True, help_text="收提醒用，可以不填")
    wants_mail = models.BooleanField("提醒也发邮件", default=True)
    is_active = models.BooleanField("可以登录", default=True)
    date_joined = models.DateTimeField("建立时间", default=now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    is_superuser = False  # nobody: rights come from posts, and Django's admin asks has_perm

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["username"]

    def __str__(self):
        return self.name or self.username

    def save(self, *args, **kwargs):
        self.username = self.username.lower()
        self.phone_index = blind_index(self.phone, "phone")
        if (fields := kwargs.get("update_fields")) and "phone" in fields:
            kwargs["update_fields"] = {*fields, "phone_index"}
        super().save(*args, **kwargs)

    @cached_property
    def posts_now(self):
        """Posts held today, with the rows their scope needs: one query a request. Put in order here: every page asks, and
        to say an order over four tables costs more than the handful of rows."""
        posts = self.posts.active().order_by().select_related("authority", "school", "school_class__school")
        return sorted(posts, key=lambda post: (post.role, post.pk))

    @cached_property
    def reach(self):
        return reach_of(self)

    @cached_property
    def home_authority_id(self):
        """The authority whose log lines and programmes are this person's; None without a post."""
        return next((post.place_authority_id for post in self.posts_now), None)

    def holds(self, role, *, authority=None, school=None, school_class=None):
        """True if some post of today has the role, at the place when one is given (object or id)."""
        place = {"authority_id": authority, "school_id": school, "school_class_id": school_class}
        wanted = {name: getattr(value, "pk", value) for name, value in place.items() if value is not None}
        return any(
            post.role == role and all(getattr(post, name) == pk for name, pk in wanted.items()) for post in self.posts_now
        )

    @property
    def is_staff(self):
        """May open /admin/ at all; what is seen there is scoped again."""
        return bool(ADMIN_ROLES & {post.role for post in self.posts_now})

    def has_perm(self, perm, obj=None):
        try:
            return allowed(self, perm, obj)
        except LookupError:  # Django's own model permissions are never granted: admin classes decide by rules
            return False

    def has_perms(self, perms, obj=None):
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label):
        return self.is_staff


class PostQuerySet(ScopedQuerySet):
    def active(self, on=None):
        day = on or today()
        return self.filter(Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day)))

    def scope(self, reach):
        overseen = reach.authorities | reach.secured_authorities
        return (
            Q(user_id=reach.user_id)
            | Q(school_id__in=reach.whole_schools)
            | Q(school_class__school_id__in=reach.whole_schools)
            | Q(authority_id__in=overseen)
            | Q(school__authority_id__in=overseen)
            | Q(school_class__school__authority_id__in=overseen)
        )


class Post(models.Model):
    """User × role × place × from–to. All permission comes from posts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="posts", verbose_name="人员")
    role = models.CharField("角色", max_length=20, choices=Role)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, verbose_name="教育局")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, verbose_name="学校")
    school_class = models.ForeignKey(
        SchoolClass, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="班级"
    )
    starts_on = models.DateField("开始", default=today)
    ends_on = models.DateField("结束", null=True, blank=True, help_text="最后一天；不填表示一直担任")
    reads_restricted = models.BooleanField(
        "可看受限信息", default=False, help_text="仅学校指定的负责人：可看心理、残障等受限类别，每次查看留痕"
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ["user_id", "role"]
        constraints = [
            models.CheckConstraint(
                name="post_place_fits_role",
                condition=(
                    Q(role__in=CLASS_ROLES, school_class__isnull=False, school__isnull=True, authority__isnull=True)
                    | Q(role__in=SCHOOL_ROLES, school_class__isnull=True, school__isnull=False, authority__isnull=True)
                    | Q(role__in=AUTHORITY_ROLES, school_class__isnull=True, school__isnull=True, authority__isnull=False)
                ),
                violation_error_message="班主任填班级，学校岗位填学校，区级岗位填教育局，其余两项留空",
            ),
            models.CheckConstraint(
                name="post_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="结束日期早于开始日期",
            ),
            models.UniqueConstraint(
                name="post_one_of_three_administrators",
                fields=["user"],
                condition=Q(role__in=SEPARATED_ROLES, ends_on__isnull=True),
                violation_error_message="系统、安全、审计三个管理员岗位，同一人只能担任一个",
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.place}"

    @property
    def place(self):
        return self.school_class or self.school or self.authority

    @property
    def place_school(self):
        return self.school or (self.school_class.school if self.school_class_id else None)

    @property
    def place_authority_id(self):
        school = self.place_school
        return school.authority_id if school else self.authority_id
