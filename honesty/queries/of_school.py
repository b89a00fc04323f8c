"""Which schools of a notice have something new since they were last looked through."""

from datetime import timedelta

from django.db.models import Max, Q

from honesty.models import SchoolLook
from programmes.models import PastNotice
from schools.models import School
from students.models import PastHousehold
from visits.models import Media, PastVoid, Visit, VisitVersion

SLACK = timedelta(minutes=10)  # what was being written while the school was read


def schools_to_look_at(programme):
    """Ids of schools in use, in order. A handful of queries for any number of schools."""
    looks = SchoolLook.objects.filter(programme=programme)
    looked = dict(looks.values_list("school_id", "looked_at"))
    newest = _newest(programme, min(looked.values(), default=None))
    notice = PastNotice.objects.filter(programme=programme).aggregate(last=Max("until"))["last"]
    changed = [
        school_id
        for school_id, moment in newest.items()
        if school_id not in looked or max(moment, notice or moment) > looked[school_id] - SLACK
    ]
    return list(School.objects.filter(pk__in=changed, is_active=True).order_by("pk").values_list("pk", flat=True))


def _newest(programme, since):
    """{school: when something of it last changed}: written, corrected, voided, brought back, a photo, a family. Records are
    asked for from the first on: a school whose look failed has none."""
    visits = Visit.objects.filter(programme=programme, recorded_at__isnull=False)
    newest = {}
    for rows, school, times in [(visits, "school_id", ["recorded_at", "voided_at"]), *_changes(programme)]:
        if since is not None and rows.model is not Visit:
            rows = rows.filter(_any_after(times, since - SLACK))
        for school_id, *moments in rows.order_by().values_list(school).annotate(*[Max(name) for name in times]):
            newest[school_id] = max(moment for moment in [newest.get(school_id), *moments] if moment)
    return newest


def _changes(programme):
    yield VisitVersion.objects.filter(visit__programme=programme), "visit__school_id", ["superseded_at"]
    yield PastVoid.objects.filter(visit__programme=programme), "visit__school_id", ["unvoided_at"]
    media = Media.objects.filter(programme=programme, visit__isnull=False, ready_at__isnull=False)
    yield media, "school_id", ["ready_at", "removed_at"]
    families = PastHousehold.objects.filter(student__visit_students__programme=programme)
    yield families, "student__school_id", ["until"]


def _any_after(names, moment):
    wanted = Q()
    for name in names:
        wanted |= Q(**{f"{name}__gt": moment})
    return wanted
