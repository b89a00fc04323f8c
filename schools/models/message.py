import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from schools.scope import ScopedQuerySet


class MessageQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(user_id=reach.user_id)

    def arrived(self):
        """What has left by now: a decision can be undone before its notice leaves."""
        return self.filter(leaves_at__lte=now())

    def unread(self):
        return self.arrived().filter(read_at__isnull=True)


class Message(models.Model):
    """A notice to one person. Never a pupil's name or a category: it may leave as mail (issue of reminders).

    about_type, about_id: the object it tells of. leaves_at: shown from then on, so that an undo takes it back unseen.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    text = models.CharField("内容", max_length=300)
    url = models.CharField(max_length=200, blank=True)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=now)
    leaves_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-leaves_at", "-id"]
        indexes = [
            models.Index(fields=["user", "leaves_at"], name="message_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["user", "-leaves_at"], name="message_of_user"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.text[:20]}"


class DecisionQuerySet(ScopedQuerySet):
    def scope(self, reach):
        """The desks read what the district decided, the school's office everything about the school. An author reads
        what was decided on a work through the work."""
        desks = reach.authorities | reach.reviewed_authorities
        return Q(authority_id__in=desks, level="district") | Q(school_id__in=reach.whole_schools)

    def standing(self):
        return self.filter(undone_at__isnull=True)


class Decision(models.Model):
    """One move of something that goes up (a work, a plan, a report): who, from which state to which, why.

    Written only by schools.actions.decide. before: the columns the move changed, as they were, for the undo of ten
    seconds; no sealed column is ever among them. batch: one act on many.
    """

    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    about_type = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    level = models.CharField("谁的决定", max_length=8)  # author, school, district
    verb = models.CharField("做了什么", max_length=20)
    was = models.CharField(max_length=12)
    became = models.CharField(max_length=12)
    reason = models.CharField("原因", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="谁")
    at = models.DateTimeField("时间", default=now)
    batch = models.UUIDField(default=uuid.uuid4, db_index=True)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "决定"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["about_type", "about_id", "-id"], name="decision_about")]

    def __str__(self):
        return f"{self.about_type} {self.about_id} {self.verb}"
