"""Records that wait for somebody's look: the class head's of the class, the leader's of class heads' own records."""

from django.db.models import Exists, F, OuterRef, Q

from schools.enums import Role
from schools.models import Post
from visits.enums import VisitState
from visits.models import Visit, VisitStudent, VisitVisitor
from visits.queries.records import people


def reviewable(user):
    """Condition on visits: the user may accept them or send them back. Says in rows what the permission says of one.

    A class head reviews records of the class that others wrote; the school's leader those a class head wrote.
    """
    reach = user.reach
    visitors = VisitVisitor.objects.filter(visit=OuterRef("pk"))
    # Ids, not an Exists: from the class there are forty pupils to read, from the visits all of the district's.
    of_class = VisitStudent.objects.filter(student__school_class__in=reach.classes, school=F("visit__school"))
    may = Q(pk__in=of_class.values("visit_id")) if reach.classes else Q(pk__in=())
    if reach.leader_schools:
        headed = Post.objects.active().filter(role=Role.CLASS_HEAD, user__visits_made__visit=OuterRef("visit_id"))
        by_head = VisitStudent.objects.filter(
            Exists(headed.filter(school_class=OuterRef("student__school_class"))), visit=OuterRef("pk")
        )
        may |= Q(Exists(by_head), school__in=reach.leader_schools)
    return may & ~Q(Exists(visitors.filter(user=user)))


def waiting(user, *, programme=None, school_class=None):
    """Recorded, not returned, not accepted, and the user's to look at; the last written first."""
    rows = _waiting(Visit.objects.visible_to(user), user, programme, school_class)
    return rows.order_by("-recorded_at", "-pk")


def _waiting(rows, user, programme, school_class):
    rows = rows.filter(reviewable(user), state=VisitState.RECORDED, returned_at__isnull=True)
    if programme is not None:
        rows = rows.filter(programme=programme)
    if school_class is not None and not _heads_only(user, school_class):
        rows = rows.filter(
            Exists(VisitStudent.objects.filter(visit=OuterRef("pk"), student__school_class=school_class))
        )
    return rows


def _heads_only(user, school_class):
    """Whatever this person may review is of this class."""
    return user.reach.classes == {school_class.pk} and not user.reach.leader_schools


def waiting_count(user, programme=None, school_class=None):
    """How many waiting() has. What one may review one may read: the bare number needs only the first condition, and
    many pages show it."""
    return _waiting(Visit.objects.all(), user, programme, school_class).count()


def waiting_list(user, *, programme, school_class=None):
    """Rows of the review page with everything their texts need: a fixed number of queries."""
    return (
        waiting(user, programme=programme, school_class=school_class)
        .select_related("lead", "school")
        .prefetch_related(*people(), "opinions", "promises", "notes")
    )


def waiting_classes(user, programme):
    """{class id: records that wait} of the user's classes and, for a leader, of the school's."""
    rows = waiting(user, programme=programme).order_by().values_list("visit_students__student__school_class", "pk")
    found = {}
    for class_id, pk in rows.distinct():
        found.setdefault(class_id, set()).add(pk)
    return {class_id: len(ids) for class_id, ids in found.items() if class_id}
