"""Records that wait for the class head's or the leader's look: the same as visits.queries.review.waiting, counted for
many people at once. A test holds the two together."""

from collections import defaultdict

from django.db.models import F
from django.urls import reverse

from reminders.enums import LineKind
from reminders.queries.line import Line
from schools.enums import Role
from schools.models import Post
from visits.enums import VisitState
from visits.models import VisitStudent, VisitVisitor


def records(people):
    """Three queries at most: the records with their pupils' classes, who went, who heads a class."""
    places = set(people.classes.values()) | set(people.leaders)
    if not places:
        return {}
    rows = VisitStudent.objects.filter(
        visit__state=VisitState.RECORDED, visit__returned_at__isnull=True, visit__school_id__in=places,
        visit__programme_id__in=people.programmes,
    )  # fmt: skip
    asked = list(rows.annotate(place=F("visit__school_id")).values_list(
        "visit_id", "visit__programme_id", "place", "school_id", "student__school_class_id"
    ))  # fmt: skip
    if not asked:
        return {}
    went, heads = _went(rows), _heads(places)
    found = defaultdict(lambda: defaultdict(set))
    for visit, programme, place, school, school_class in asked:
        visitors = went[visit]
        if school == place:
            for person in people.heads.get(school_class, set()) - visitors:
                found[person][programme].add(visit)
        if heads.get(school_class, set()) & visitors:
            for person in people.leaders.get(place, set()) - visitors:
                found[person][programme].add(visit)
    url = reverse("visits:to_review")
    return {
        person: [
            Line(LineKind.REVIEW, f"{len(visits)}份家访记录等你看", url, len(visits), "record", programme)
            for programme, visits in sorted(own.items())
        ]
        for person, own in found.items()
    }


def _went(rows):
    went = defaultdict(set)
    visitors = VisitVisitor.objects.filter(visit_id__in=rows.values("visit_id"))
    for visit, person in visitors.values_list("visit_id", "user_id"):
        went[visit].add(person)
    return went


def _heads(places):
    posts = Post.objects.active().filter(role=Role.CLASS_HEAD, school_class__school_id__in=places)
    heads = defaultdict(set)
    for school_class, person in posts.values_list("school_class_id", "user_id"):
        heads[school_class].add(person)
    return heads
