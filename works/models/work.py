import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from core.fields import EncryptedTextField
from schools.scope import ScopedQuerySet
from students.models.near import union
from works.enums import SENDABLE_STATES, Level, WorkKind, WorkState, side_label

S = WorkState
HANDED_IN = [S.SUBMITTED, S.APPROVED, S.FILED, S.ACCEPTED, S.SHORTLISTED, S.AWARDED, S.PUBLISHED]
RECOMMENDED = HANDED_IN[1:]
AT_DISTRICT = HANDED_IN[2:]


def readable_works(reach):
    """Ids of the works whose text the user may read (security.md §2, "story"): the author's own; at the school once
    handed in; at the district once filed."""
    own = Work.objects.filter(author_id=reach.user_id, school_id__in=reach.staff_schools)
    parts = [own.values("pk")]
    if reach.whole_schools:
        sent = Work.objects.filter(school_id__in=reach.whole_schools, submitted_at__isnull=False)
        parts.append(sent.values("pk"))
    if desks := reach.authorities | reach.reviewed_authorities:
        parts.append(Work.objects.filter(authority_id__in=desks, filed_at__isnull=False).values("pk"))
    return union(*parts)


class WorkQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(pk__in=readable_works(reach))


class OfWork(ScopedQuerySet):
    def scope(self, reach):
        return Q(work_id__in=readable_works(reach))


def _unless(states, **needs):
    """A check: in none of the states, or these conditions hold."""
    return ~Q(state__in=list(states)) | Q(**needs)


class Work(models.Model):
    """One piece of writing on its way up: 感人故事 (附件1), 征文, 日记, 调查报告, 典型案例, 先进事迹.

    State and texts change only through works.actions. kind: a code of the programme's rules.works. visit: the recorded
    visit it tells of; a story has one (S62). honoree: whose deeds it tells (kind deeds), else the author's own.
    version counts submissions, revision every save of the text (so that two tabs do not overwrite each other).
    facts: the nominee's fields of 附件1 as they stood at the last submission, sealed JSON {name, gender, birth_month,
    position, politics, phone, target, visited_on}. aliases: sealed JSON {real name: alias} of the pupils and parents
    named in the text (works.queries.alias). A return keeps what was said before in WorkVersion and Decision.
    sent_up_at: gone on to the office above, where the notice's levels reach that far; upper_award: what it was given there.
    """

    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="works", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="works", verbose_name="学校")
    kind = models.CharField("种类", max_length=10, choices=WorkKind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="works", verbose_name="作者")
    honoree = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="写的是谁"
    )
    visit = models.ForeignKey("visits.Visit", models.PROTECT, null=True, related_name="works", verbose_name="家访")
    title = models.CharField("题目", max_length=60, blank=True)
    body = models.TextField("正文", blank=True)
    facts = EncryptedTextField(blank=True)
    aliases = EncryptedTextField(blank=True)
    may_publish = models.BooleanField("愿意公开展示", default=False)
    named = models.BooleanField("展示时署名", default=True)
    state = models.CharField("状态", max_length=12, choices=WorkState, default=S.DRAFT)
    version = models.PositiveSmallIntegerField("第几次提交", default=0)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    submitted_at = models.DateTimeField("提交时间", null=True)
    author_confirmed_at = models.DateTimeField("作者确认真实", null=True)
    returned_at = models.DateTimeField("退回时间", null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    returned_level = models.CharField("谁退回的", max_length=8, choices=Level, blank=True)
    return_reason = models.CharField("退回原因", max_length=300, blank=True)
    approved_at = models.DateTimeField("推荐时间", null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approver_confirmed_at = models.DateTimeField("学校确认真实", null=True)
    opinion = models.CharField("学校推荐意见", max_length=500, blank=True)
    opinion_on = models.DateField("意见日期", null=True)
    school_order = models.PositiveSmallIntegerField("推荐顺序", null=True)
    school_award = models.CharField("校级等级", max_length=20, blank=True)
    filed_at = models.DateTimeField("报区时间", null=True)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    late = models.BooleanField("补报", default=False)
    accepted_at = models.DateTimeField("区通过时间", null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    shortlisted_at = models.DateTimeField("推荐典型时间", null=True)
    shortlisted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    award = models.CharField("区级等级", max_length=20, blank=True)
    awarded_at = models.DateTimeField("表彰时间", null=True)
    awarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("展示时间", null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    sent_up_at = models.DateTimeField("报市时间", null=True)
    sent_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    upper_award = models.CharField("市级等级", max_length=20, blank=True)
    upper_award_on = models.DateField("市级评定日期", null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作品"
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["programme", "school", "kind", "state"], name="work_of_school"),
            models.Index(fields=["authority", "programme", "kind", "state", "filed_at"], name="work_of_district"),
            models.Index(fields=["author", "programme"], name="work_of_author"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "kind"],
                condition=Q(kind="story", visit__isnull=False) & ~Q(state=S.WITHDRAWN),
                name="work_one_story_a_visit",
                violation_error_message="这次家访已经写过一篇感人故事。",
            ),
            models.CheckConstraint(
                name="work_handed_in_whole",
                condition=_unless(HANDED_IN, submitted_at__isnull=False, version__gte=1)
                & (~Q(state__in=HANDED_IN) | (~Q(title="") & ~Q(body=""))),
                violation_error_message="提交的作品要有题目和正文",
            ),
            models.CheckConstraint(
                name="work_story_true_and_visited",
                condition=~Q(kind="story", state__in=HANDED_IN)
                | Q(visit__isnull=False, author_confirmed_at__isnull=False),
                violation_error_message="感人故事要有一次真实的家访，并由作者确认内容真实",
            ),
            models.CheckConstraint(
                name="work_recommended_by_school",
                condition=_unless(
                    RECOMMENDED, approved_at__isnull=False, approved_by__isnull=False, opinion_on__isnull=False
                )
                & (~Q(state__in=RECOMMENDED) | ~Q(opinion="")),
                violation_error_message="推荐要有学校意见和日期",
            ),
            models.CheckConstraint(
                name="work_story_true_says_school",
                condition=~Q(kind="story", state__in=RECOMMENDED) | Q(approver_confirmed_at__isnull=False),
                violation_error_message="推荐感人故事时，学校要确认内容真实",
            ),
            models.CheckConstraint(
                name="work_filed_has_time",
                condition=_unless(AT_DISTRICT, filed_at__isnull=False, filed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="work_accepted_has_time",
                condition=_unless([S.ACCEPTED], accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="work_shortlisted_has_time",
                condition=_unless([S.SHORTLISTED], shortlisted_at__isnull=False, shortlisted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="work_awarded_with_what",
                condition=_unless([S.AWARDED, S.PUBLISHED], awarded_at__isnull=False, awarded_by__isnull=False)
                & (~Q(state__in=[S.AWARDED, S.PUBLISHED]) | ~Q(award="")),
                violation_error_message="表彰要写明等级",
            ),
            models.CheckConstraint(
                name="work_published_may_be",
                condition=_unless(
                    [S.PUBLISHED], published_at__isnull=False, published_by__isnull=False, may_publish=True
                ),
                violation_error_message="作者同意后才能展示",
            ),
            models.CheckConstraint(
                name="work_returned_with_reason",
                condition=~Q(state=S.RETURNED)
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="") & ~Q(returned_level="")),
                violation_error_message="退回必须写明原因",
            ),
            models.CheckConstraint(
                name="work_withdrawn_has_time", condition=_unless([S.WITHDRAWN], withdrawn_at__isnull=False)
            ),
            models.CheckConstraint(
                name="work_not_approved_by_author",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("author")),
                violation_error_message="自己的作品由别人来审",
            ),
            models.CheckConstraint(
                name="work_sent_up_from_district",
                condition=Q(sent_up_at__isnull=True, sent_up_by__isnull=True)
                | Q(sent_up_at__isnull=False, sent_up_by__isnull=False, state__in=list(SENDABLE_STATES)),
                violation_error_message="区里推荐或表彰过的才能往上报",
            ),
            models.CheckConstraint(
                name="work_upper_award_after_sending",
                condition=Q(upper_award="", upper_award_on__isnull=True)
                | (~Q(upper_award="") & Q(sent_up_at__isnull=False, upper_award_on__isnull=False)),
                violation_error_message="报上去的才有上级评的等级和日期",
            ),
        ]

    def __str__(self):
        return self.title or f"{self.get_kind_display()} {self.pk}"

    def label_for(self, side):
        return side_label(self.state, side)


class WorkVersion(models.Model):
    """A work as it was handed in: one row a submission, the last one included. facts: as Work.facts was sealed then; a
    later submission seals its own, and a paper of an instant before it prints these."""

    work = models.ForeignKey(Work, models.CASCADE, related_name="versions", verbose_name="作品")
    number = models.PositiveSmallIntegerField("第几次")
    title = models.CharField("题目", max_length=60)
    body = models.TextField("正文")
    facts = EncryptedTextField(blank=True)
    submitted_at = models.DateTimeField("提交时间", default=now)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = OfWork.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作品版本"
        ordering = ["work_id", "number"]
        constraints = [models.UniqueConstraint(fields=["work", "number"], name="work_version_once")]

    def __str__(self):
        return f"{self.work_id} v{self.number}"


class ScanQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """It shows the teacher's telephone and birth: the school's office, and the district's administrators."""
        of_school = Scan.objects.filter(work__school_id__in=reach.whole_schools)
        at_desk = Scan.objects.filter(work__authority_id__in=reach.authorities, work__filed_at__isnull=False)
        return Q(pk__in=union(of_school.values("pk"), at_desk.values("pk")))

    def standing(self):
        return self.filter(removed_at__isnull=True)


class Scan(models.Model):
    """A scan of the sealed paper copy of a work's form: PDF, JPEG or PNG, download only (security.md §3)."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, models.CASCADE, related_name="scans", verbose_name="作品")
    version = models.PositiveSmallIntegerField("盖章的是第几次提交")
    file = models.CharField(max_length=120)  # name in private storage
    original_name = models.CharField("文件名", max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "盖章件"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "sha256"], condition=Q(removed_at__isnull=True), name="scan_once"
            )
        ]

    def __str__(self):
        return self.original_name


class PastAward(models.Model):
    """The school's own award of a work before it was given another, or none; held until that instant, and before it
    whatever an earlier row tells. Written by actions.school.give_school_award only."""

    work = models.ForeignKey(Work, models.CASCADE, related_name="past_awards", verbose_name="作品")
    label = models.CharField("校级等级", max_length=20, blank=True)
    until = models.DateTimeField()

    objects = OfWork.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "以前的校级等级"
        ordering = ["work_id", "id"]

    def __str__(self):
        return f"{self.work_id} {self.until:%Y-%m-%d}"
