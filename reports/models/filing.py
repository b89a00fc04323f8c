"""What a school files with its district as a whole: the plan and the report. One state table, one set of columns."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from reports.enums import FilingState
from schools.scope import ScopedQuerySet

F = FilingState
SENT = [F.APPROVED, F.FILED, F.ACCEPTED]
AT_DISTRICT = [F.FILED, F.ACCEPTED]


class FilingQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The school's office writes it; its staff and the desks read what has been filed (security.md §2)."""
        desks = reach.authorities | reach.reviewed_authorities
        return (
            Q(school_id__in=reach.whole_schools)
            | Q(school_id__in=reach.staff_schools, filed_at__isnull=False)
            | Q(authority_id__in=desks, filed_at__isnull=False)
        )


class Filing(models.Model):
    """State changes only through reports.actions.filing. version counts filings, revision every save of the text.

    receipt: the number the school gets when it is filed. A return keeps what was filed in a version row.
    """

    client_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="%(class)ss", verbose_name="活动")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+", verbose_name="教育局")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="%(class)ss", verbose_name="学校")
    state = models.CharField("状态", max_length=12, choices=FilingState, default=F.DRAFT)
    version = models.PositiveSmallIntegerField("第几次报送", default=0)
    revision = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(default=now)
    approved_at = models.DateTimeField("审定时间", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审定人"
    )
    filed_at = models.DateTimeField("报送时间", null=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="报送人"
    )
    receipt = models.CharField("回执号", max_length=40, blank=True)
    late = models.BooleanField("补报", default=False)
    returned_at = models.DateTimeField("退回时间", null=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    accepted_at = models.DateTimeField("通过时间", null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recommended_at = models.DateTimeField("推荐典型时间", null=True)
    recommended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = FilingQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["programme", "school"], name="%(class)s_one_a_school"),
            models.CheckConstraint(
                name="%(class)s_approved_by_whom",
                condition=~Q(state__in=SENT) | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_filed_with_receipt",
                condition=~Q(state__in=AT_DISTRICT)
                | (Q(filed_at__isnull=False, filed_by__isnull=False, version__gte=1) & ~Q(receipt="")),
            ),
            models.CheckConstraint(
                name="%(class)s_returned_with_reason",
                condition=~Q(state=F.RETURNED)
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
                violation_error_message="退回必须写明原因",
            ),
            models.CheckConstraint(
                name="%(class)s_accepted_by_whom",
                condition=~Q(state=F.ACCEPTED) | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_recommended_is_accepted",
                condition=Q(recommended_at__isnull=True) | Q(state=F.ACCEPTED, recommended_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.school_id}"


class FilingVersion(models.Model):
    """What was filed, as data: one row a filing, the last one included."""

    number = models.PositiveSmallIntegerField("第几次")
    data = models.JSONField()
    filed_at = models.DateTimeField("报送时间", default=now)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        ordering = ["number"]
