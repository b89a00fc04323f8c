"""What one author writes and may write about: works by kind, what the notice asks for, the visits to tell of."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, F, IntegerField, Prefetch, Q, Value, When
from django.urls import NoReverseMatch, reverse

from core.clock import today
from programmes.config.days import last_day_before
from programmes.config.schema import WorkKind as KindRule
from programmes.enums import ProgrammeState
from programmes.queries.window import windows
from schools.models import User
from visits.enums import COUNTED_STATES
from visits.models import Visit, VisitStudent, VisitVisitor
from visits.queries.records import colleagues
from works.enums import WorkKind, WorkState
from works.models import Work

LONG = ("body", "facts", "aliases")  # what a list does not show


@dataclass(frozen=True)
class Asked:
    """One kind of the notice, until when it is to be handed in, and what the author has of it."""

    rule: KindRule
    last_day: date | None = None
    days_left: int | None = None
    late_until: date | None = None
    works: list = field(default_factory=list)
    is_open: bool = True


def kind_rule(programme, code):
    return next((rule for rule in programme.rules.works if rule.code == code), None)


def my_works(user, programme):
    """Newest first, those sent back before all others. One query."""
    back = Case(When(state=WorkState.RETURNED, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Work.objects.visible_to(user).filter(programme=programme, author=user).order_by(back, "-updated_at", "-pk")
    return rows.select_related("visit", "honoree").defer(*LONG)


def asked(user, programme):
    """[Asked] in the order of the notice; kinds it no longer asks for stand last if the author has such works."""
    by_kind = {}
    for work in my_works(user, programme):
        by_kind.setdefault(work.kind, []).append(work)
    found = windows(programme, next(iter(sorted(user.reach.staff_schools)), None))
    is_open = programme.state == ProgrammeState.OPEN
    rows = [
        Asked(rule, *_until(found.get(rule.code)), by_kind.pop(rule.code, []), is_open) for rule in programme.rules.works
    ]
    return rows + [
        Asked(KindRule(code=code, label=WorkKind(code).label), works=works, is_open=False)
        for code, works in by_kind.items()
    ]


def _until(window):
    """(last day, days left, last day of a pass)"""
    if window is None or window.deadline is None:
        return None, None, None
    last = last_day_before(window.deadline)
    is_later = window.late_until and window.late_until > window.deadline
    return last, (last - today()).days, last_day_before(window.late_until) if is_later else None


# ── Visits to tell of ──


def my_visits(user, programme):
    """Recorded visits the author went on, at a school where the author works; the latest first."""
    went = VisitVisitor.objects.filter(user=user, denied_at__isnull=True).values("visit_id")
    return Visit.objects.filter(
        pk__in=went, programme=programme, state__in=COUNTED_STATES, school_id__in=user.reach.staff_schools,
        visited_on__range=(programme.starts_on, programme.ends_on),
    ).order_by("-visited_on", "-pk")  # fmt: skip


def visits_to_tell(user, programme, kind, words=""):
    """my_visits with pupils and, as `told`, what has been written of that kind: by anybody for a story, else by the
    author. words: a part of a pupil's name."""
    told = Work.objects.filter(kind=kind).exclude(state=WorkState.WITHDRAWN).select_related("author").defer(*LONG)
    if kind != WorkKind.STORY:
        told = told.filter(author=user)
    pupils = VisitStudent.objects.select_related("student", "school_class__school")
    rows = my_visits(user, programme)
    if words:
        named = VisitStudent.objects.filter(student__name__icontains=words, school_id=F("visit__school_id"))
        rows = rows.filter(pk__in=named.values("visit_id"))
    return rows.prefetch_related(Prefetch("visit_students", pupils), Prefetch("works", told, to_attr="told"))


def nominees(school_id):
    """Whose deeds may be told: everybody with a post at the school."""
    return colleagues(school_id)


def nominees_of(user):
    """Colleagues at any of the author's schools, by name."""
    found = Q(pk__in=[])
    for school_id in user.reach.staff_schools:
        found |= Q(pk__in=colleagues(school_id).values("pk"))
    return User.objects.filter(found).order_by("name", "pk")


# ── Addresses that notices carry ──


def author_url(work):
    return reverse("works:detail", args=[work.pk])


def review_url(work):
    """Where the school reads it."""
    try:
        return reverse("works:school_review", args=[work.pk])
    except NoReverseMatch:
        return author_url(work)
