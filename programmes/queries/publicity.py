"""What was made known: the list as a reader sees it, and what the report may tell of meetings and publicity."""

from dataclasses import dataclass, field

from django.db.models import Count, Sum

from programmes.enums import PublicityKind
from programmes.models import Event, EventPhoto, Publicity
from programmes.queries.events import kind_label


def lines(user, programme):
    """Standing lines of the programme, as far as the user may see them, with their school."""
    rows = Publicity.objects.visible_to(user).filter(programme=programme, removed_at__isnull=True)
    return rows.select_related("school").order_by("-on", "-pk")


def by_kind(rows):
    """{kind: how many}, every kind there. One query."""
    found = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return {kind: found.get(kind, 0) for kind in PublicityKind.values}


def channels(programme, school_ids):
    """Where things were made known: the notice's suggestions, then what the schools wrote themselves. One query."""
    rows = Publicity.objects.filter(programme=programme, school_id__in=school_ids, removed_at__isnull=True)
    own = rows.exclude(channel="").order_by("channel").values_list("channel", flat=True).distinct()
    return list(dict.fromkeys([*programme.rules.channels, *own]))


# ── For the report ──


@dataclass(frozen=True)
class Meetings:
    """of one kind: how many were held, staff and guests who came, each as often as they came."""

    code: str
    label: str
    held: int
    staff: int
    guests: int


@dataclass(frozen=True)
class Counts:
    """meetings: in the order of the notice. publicity: {kind: lines}. copies: of materials handed out."""

    meetings: list = field(default_factory=list)
    photos: int = 0
    publicity: dict = field(default_factory=dict)
    copies: int = 0

    @property
    def held(self):
        return sum(one.held for one in self.meetings)

    @property
    def came(self):
        """person-times, staff and guests"""
        return sum(one.staff + one.guests for one in self.meetings)

    @property
    def made_known(self):
        """Without what was handed out."""
        return sum(number for kind, number in self.publicity.items() if kind != PublicityKind.MATERIAL)


def counts(programme, school, *, until=None):
    """Counts of one school under a programme. until: a day, meetings and lines after it left out. Four queries."""
    events = Event.objects.held().filter(programme=programme, school=school)
    rows = Publicity.objects.filter(programme=programme, school=school, removed_at__isnull=True)
    if until is not None:
        events, rows = events.filter(held_on__lte=until), rows.filter(on__lte=until)
    held = {code: (number, guests) for code, number, guests in
            events.order_by().values_list("kind").annotate(Count("pk"), Sum("guests"))}  # fmt: skip
    staff = dict(events.order_by().values_list("kind").annotate(Count("attendances")))
    order = {one.code: place for place, one in enumerate(programme.rules.events)}
    meetings = [
        Meetings(code, kind_label(programme, code), held[code][0], staff.get(code, 0), held[code][1] or 0)
        for code in sorted(held, key=lambda code: (order.get(code, len(order)), code))
    ]
    kinds = {kind: (number, copies) for kind, number, copies in
             rows.order_by().values_list("kind").annotate(Count("pk"), Sum("copies"))}  # fmt: skip
    return Counts(
        meetings=meetings,
        photos=EventPhoto.objects.standing().filter(event__in=events).count(),
        publicity={kind: kinds.get(kind, (0, 0))[0] for kind in PublicityKind.values},
        copies=kinds.get(PublicityKind.MATERIAL, (0, 0))[1] or 0,
    )
