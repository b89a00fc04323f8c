import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.clock import now
from core.media.kinds import MediaKind
from schools.scope import ScopedQuerySet
from students.models.near import union
from visits.enums import MediaState
from visits.models.visit import Visit, VisitStudent, VisitVisitor


class MediaQuerySet(ScopedQuerySet):
    """Photos stay near (security.md §2, "visit photo"): whoever took it or was there, the class head, the leader."""

    def scope(self, reach):
        visits = [VisitVisitor.objects.filter(user_id=reach.user_id).values("visit_id")]
        if reach.classes:
            of_class = VisitStudent.objects.filter(student__school_class_id__in=reach.classes)
            visits.append(of_class.filter(school_id=models.F("visit__school_id")).values("visit_id"))
        taken = Media.objects.filter(owner_id=reach.user_id, school_id__in=reach.staff_schools)
        parts = [taken.values("pk"), Media.objects.filter(visit_id__in=union(*visits)).values("pk")]
        if reach.leader_schools:
            of_school = Media.objects.filter(visit__isnull=False, school_id__in=reach.leader_schools)
            parts.append(of_school.values("pk"))
        return Q(pk__in=union(*parts))

    def standing(self):
        return self.exclude(state__in=[MediaState.REMOVED, MediaState.REFUSED])


class Media(models.Model):
    """A photo or video of a visit. The file as sent is never served: what is kept has been decoded and written anew.

    Until the record is submitted it hangs on the form's client_uuid; submit_visit joins it to the visit.
    file, thumb: names in private storage, random; sha256, width, height, seconds of the kept file. likeness: of a photo,
    what it looks like in 128 bits as hex, so that the same picture sent on by a messenger is known again; "" when unknown.
    claimed_at, tries: when a worker last took it up; a lost one is sent again (visits.actions.media.sweep).
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client_uuid = models.UUIDField(db_index=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="media", verbose_name="家访")
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, related_name="+")
    authority = models.ForeignKey("schools.Authority", models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=8, choices=MediaKind)
    state = models.CharField("状态", max_length=8, choices=MediaState, default=MediaState.WAITING)
    source = models.CharField(max_length=120, blank=True)  # the file as sent, until it is processed
    source_sha256 = models.CharField(max_length=64, blank=True)  # the same picture sent twice is one
    file = models.CharField(max_length=120, blank=True)
    thumb = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    likeness = models.CharField(max_length=32, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes of the kept file
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    refusal = models.CharField("为什么没收下", max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "照片和视频"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["created_at"], name="media_waiting", condition=Q(state=MediaState.WAITING)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client_uuid", "owner", "source_sha256"],
                condition=~Q(source_sha256="") & ~Q(state=MediaState.REMOVED),
                name="media_once",
            ),
            models.CheckConstraint(
                name="media_ready_has_file",
                condition=~Q(state=MediaState.READY) | (~Q(file="") & ~Q(sha256="") & Q(size__gt=0)),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class UploadQuerySet(ScopedQuerySet):
    def scope(self, reach):
        return Q(owner_id=reach.user_id)


class Upload(models.Model):
    """A file on its way, piece by piece: `received` bytes of `size` are safe; a broken connection goes on there.

    sha256: of the whole file as the browser says it, so that the same file picked again goes on where it stopped.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    client_uuid = models.UUIDField()
    programme = models.ForeignKey("programmes.Programme", models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.School", models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=MediaKind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    received = models.PositiveIntegerField(default=0)
    media = models.ForeignKey(Media, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上传中的文件"
        constraints = [
            models.CheckConstraint(name="upload_received_fits", condition=Q(received__lte=models.F("size"))),
            models.UniqueConstraint(
                fields=["owner", "client_uuid", "sha256"], condition=~Q(sha256=""), name="upload_once"
            ),
        ]

    def __str__(self):
        return f"上传 {self.pk}"
