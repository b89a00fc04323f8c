"""Visit records: what a record asks for, who may have gone along, what happened to it."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from core import formats
from core.scope import union
from schools.models import Post, User
from students.models import Student
from visits.enums import COUNTED_STATES, Answerer
from visits.models import Opinion, Visit, VisitStudent, VisitVisitor


def colleagues(school_id):
    """Everybody with a post at the school today."""
    posts = Post.objects.active().values("user_id")
    here = union(posts.filter(school_id=school_id), posts.filter(school_class__school_id=school_id))
    return User.objects.filter(is_active=True, pk__in=here)


def companions(user, limit=4):
    """Colleagues who went along with the user most often, to be picked with one tap."""
    rows = VisitVisitor.objects.filter(visit__lead=user, visit__state__in=COUNTED_STATES).exclude(user=user).order_by()
    ids = rows.values("user_id").annotate(times=Count("pk")).order_by("-times", "user_id").values_list("user_id")[:limit]
    found = User.objects.visible_to(user).filter(is_active=True).in_bulk([pk for (pk,) in ids])
    return list(found.values())


def siblings(pupil, programme):
    """Other pupils of the household whom a visit may cover too."""
    if pupil is None or pupil.household_id is None:
        return []
    rows = Student.objects.active().filter(household_id=pupil.household_id, authority_id=programme.authority_id)
    return list(rows.exclude(pk=pupil.pk).select_related("school", "school_class__school"))


@dataclass(frozen=True)
class Before:
    """What to take along to a family: the last visit the user may read, and what the parents asked then."""

    visit: Visit | None = None
    opinions: list = field(default_factory=list)


def before_visit(user, pupils):
    ids = [pupil.pk for pupil in pupils]
    last = (
        Visit.objects.visible_to(user)
        .filter(state__in=COUNTED_STATES, pk__in=VisitStudent.objects.filter(student__in=ids).values("visit_id"))
        .first()
    )
    if last is None:
        return Before()
    return Before(last, list(Opinion.objects.filter(visit=last).exclude(answerer=Answerer.ANSWERED)))


def people():
    """Prefetches of a visit's pupils (with class and school) and visitors: two queries for any number of visits."""
    return (
        Prefetch("visit_students", VisitStudent.objects.select_related("student__school", "school_class__school")),
        Prefetch("visitors", VisitVisitor.objects.select_related("user")),
    )


def records(user, programme):
    """Visits of a programme the user may read, in any state, the latest first, with pupils and visitors for a list."""
    uncounted = VisitStudent.objects.filter(visit=OuterRef("pk"), counted=True)
    return (
        Visit.objects.visible_to(user)
        .filter(programme=programme)
        .annotate(is_counted=Exists(uncounted))
        .select_related("lead")
        .prefetch_related(*people())
    )


def my_recent(user, programme, limit=5):
    """Records of visits I led or joined: those returned to me first, then the latest."""
    mine = VisitVisitor.objects.filter(user=user).values("visit_id")
    rows = records(user, programme).filter(pk__in=mine, state__in=COUNTED_STATES)
    return list(rows.annotate(to_correct=Q(returned_at__isnull=False, lead=user)).order_by("-to_correct", *ORDER)[:limit])


ORDER = ("-visited_on", "-pk")


def duration(visit):
    """18:34–19:26，52分钟; "" for a visit that has not begun."""
    if not visit.started_at:
        return ""
    if not visit.ended_at:
        return formats.clock(visit.started_at)
    minutes = int((visit.ended_at - visit.started_at) / timedelta(minutes=1))
    return f"{formats.span(visit.started_at, visit.ended_at)}，{minutes}分钟"


def shown_name(student, school_id):
    """A pupil of another school, met as a sibling, is named by the first character only."""
    return student.name if student.school_id == school_id else formats.mask_name(student.name)
