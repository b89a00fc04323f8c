"""What happened at one school under one programme, as known at an instant. A figure is a number of these rows.

Each kind of row is read when it is first asked for. A record that was corrected since is read from the version that stood
(visits.queries.as_of). As of today are the posts and the party membership of staff who did not go.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q, prefetch_related_objects
from django.db.models.functions import Coalesce

from programmes.config.days import last_day_before
from programmes.enums import Mode, PublicityKind
from programmes.models import Event, Publicity
from programmes.queries.past import notice_as_of
from schools.calendar import school_year
from schools.enums import Role
from schools.models import Decision, Post, SchoolClass
from visits.models import HelpGiven, Opinion, Visit, VisitVisitor
from visits.queries.as_of import (
    LEADERS,
    MODES,
    PARTY,
    deciding_day_as_of,
    known_as_of,
    modes_as_of,
    past_calls,
    pupils_as_of,
)
from works.enums import RECOMMENDED_STATES, STANDING_STATES
from works.models import Work

TEACHING = (Role.TEACHER, Role.CLASS_HEAD, Role.PSYCH_TEACHER, Role.SCHOOL_LEADER)
VISIT_COLUMNS = (
    "pk", "visited_on", "mode", "kind", "started_at", "ended_at", "checklist", "materials", "lead_id",
)  # fmt: skip


@dataclass(frozen=True)
class Pupil:
    """One pupil due. modes: bits of MODES of every call; visited: called on in a form that counts."""

    student_id: int
    school_class_id: int
    home: tuple
    modes: int
    visited: bool
    declined: bool
    categories: int


class Call(NamedTuple):
    """One counted visit."""

    pk: int
    visited_on: object
    mode: str
    kind: str
    minutes: int | None
    checklist: list
    materials: list
    lead_id: int
    students: tuple | None = None  # of a record that was corrected since; None: as it says now


class Trip(NamedTuple):
    """One teacher on one counted visit: 人次."""

    visit_id: int
    user_id: int
    position: str
    politics: str


@dataclass(frozen=True)
class Meeting:
    pk: int
    kind: str
    title: str
    held_on: object
    people: int  # teachers ticked by then, and guests


@dataclass
class Facts:
    programme: object
    school: object
    at: object  # exclusive: what was written before it is in
    known: Q = field(init=False)

    def __post_init__(self):
        self.programme = notice_as_of(self.programme, self.at)
        self.known = known_as_of(self.programme, self.at) & Q(visit__school_id=self.school.pk)

    @property
    def day(self):
        """The last day that is in: midnight belongs to the day that ends."""
        return last_day_before(self.at)

    # ── pupils ──

    @cached_property
    def uses(self):
        """The programme's categories, each with its Category."""
        prefetch_related_objects([self.programme], "categories__category")
        return list(self.programme.categories.all())

    @cached_property
    def every_past(self):
        """Of all schools: a pupil here may stand on a sibling's visit by another school."""
        return past_calls(self.programme, self.at)

    @cached_property
    def past(self):
        """Counted visits of this school whose record was corrected since, as it said then."""
        counted = self.programme.rules.counted_modes
        return [call for call in self.every_past if call.school_id == self.school.pk and call.mode in counted]

    @cached_property
    def pupils(self):
        """Everybody due: at school on the deciding day and not exempt."""
        modes = modes_as_of(self.programme, self.at, self.school.pk, past=self.every_past)
        counted = bits(self.programme.rules.counted_modes)
        found = []
        for row in pupils_as_of(self.programme, self.at, [self.school.pk]):
            if row.exempt_reason:
                continue
            reached = modes.get(row.student_id, 0)
            visited = bool(reached & counted)
            found.append(
                Pupil(row.student_id, row.school_class_id, row.home, reached, visited, bool(row.declined) and not visited,
                      row.categories)
            )  # fmt: skip
        return found

    @cached_property
    def visited(self):
        return [pupil for pupil in self.pupils if pupil.visited]

    @cached_property
    def priority(self):
        mask = sum(use.bit for use in self.uses if use.priority)
        return [pupil for pupil in self.pupils if pupil.categories & mask]

    @cached_property
    def classes(self):
        """{class id: SchoolClass with its school} of the pupils due."""
        ids = {pupil.school_class_id for pupil in self.pupils}
        return {row.pk: row for row in SchoolClass.objects.filter(pk__in=ids).select_related("school")}

    @cached_property
    def year(self):
        """School year by which classes are named: that of the deciding day."""
        return school_year(deciding_day_as_of(self.programme, self.at))

    # ── visits ──

    @cached_property
    def trips(self):
        rows = VisitVisitor.objects.filter(self.known).annotate(
            then=Coalesce("position", "user__position"), party=Coalesce("politics", "user__politics")
        )
        trips = [Trip(*row) for row in rows.values_list("visit_id", "user_id", "then", "party").order_by("visit_id", "pk")]
        trips += [Trip(call.visit_id, *visitor) for call in self.past for visitor in call.visitors]
        return sorted(trips, key=lambda trip: trip.visit_id)

    @cached_property
    def calls(self):
        counted = VisitVisitor.objects.filter(self.known).values("visit_id")
        rows = Visit.objects.filter(pk__in=counted).order_by("visited_on", "pk").values_list(*VISIT_COLUMNS, named=True)
        calls = [
            Call(row.pk, row.visited_on, row.mode, row.kind, _minutes(row.started_at, row.ended_at), row.checklist,
                 row.materials, row.lead_id)
            for row in rows
        ]  # fmt: skip
        calls += [
            Call(one.visit_id, one.visited_on, one.mode, one.kind, _minutes(one.started_at, one.ended_at), one.checklist,
                 one.materials, one.lead_id, tuple(one.students))
            for one in self.past
        ]  # fmt: skip
        return sorted(calls, key=lambda call: (call.visited_on, call.pk))

    @cached_property
    def teachers(self):
        """Ids of those who went on a counted visit."""
        return sorted({trip.user_id for trip in self.trips})

    @cached_property
    def staff(self):
        """{user id: is a party member} of who taught or led here on the day."""
        posts = Post.objects.active(on=self.day).filter(
            Q(school=self.school) | Q(school_class__school=self.school), role__in=TEACHING
        )
        return {pk: politics in PARTY for pk, politics in posts.values_list("user_id", "user__politics")}

    @cached_property
    def party(self):
        """Ids of party members who went."""
        return sorted({trip.user_id for trip in self.trips if trip.politics in PARTY})

    def trips_of(self, positions):
        return [trip for trip in self.trips if trip.position in positions]

    # ── what was heard and given ──

    @cached_property
    def opinions(self):
        rows = Opinion.objects.filter(self.known, created_at__lt=self.at).order_by("visit__visited_on", "pk")
        return self._with_past(rows.select_related("visit"), Opinion, lambda call: call.opinions)

    @cached_property
    def help(self):
        rows = HelpGiven.objects.filter(self.known).order_by("visit__visited_on", "pk")
        given = lambda call: [{"kind": kind, "amount": amount} for kind, amount in call.help]  # noqa: E731
        return self._with_past(rows.select_related("visit"), HelpGiven, given)

    def _with_past(self, rows, model, lines_of):
        """Rows, and lines of records corrected since as rows that were never saved (their numbers are below 0)."""
        found = list(rows)
        for call in self.past:
            visit = Visit(pk=call.visit_id, visited_on=call.visited_on)
            for number, line in enumerate(lines_of(call)):
                found.append(model(pk=-(call.visit_id * 100 + number), visit=visit, **line))
        return sorted(found, key=lambda row: (row.visit.visited_on, abs(row.pk)))

    # ── meetings, publicity, works ──

    @cached_property
    def meetings(self):
        standing = Q(cancelled_at__isnull=True) | Q(cancelled_at__gte=self.at)
        rows = Event.objects.filter(
            standing, programme=self.programme, school=self.school, created_at__lt=self.at, held_on__lte=self.day
        ).annotate(came=Count("attendances", filter=Q(attendances__marked_at__lt=self.at)))
        return [
            Meeting(row.pk, row.kind, row.title, row.held_on, row.came + row.guests)
            for row in rows.order_by("held_on", "pk")
        ]

    @cached_property
    def publicity(self):
        standing = Q(removed_at__isnull=True) | Q(removed_at__gte=self.at)
        rows = Publicity.objects.filter(
            standing, programme=self.programme, school=self.school, created_at__lt=self.at, on__lte=self.day
        )
        return list(rows.order_by("on", "pk"))

    @property
    def told(self):
        """Publicity without what was handed out."""
        return [row for row in self.publicity if row.kind != PublicityKind.MATERIAL]

    @cached_property
    def works(self):
        """[(Work, its state at the instant)] of works that were handed in by then and stood."""
        rows = Work.objects.filter(programme=self.programme, school=self.school, submitted_at__isnull=False)
        rows = list(rows.select_related("author").order_by("kind", "pk"))
        states = self._states_of([row.pk for row in rows])
        told = ((row, states.get(row.pk, row.state if row.submitted_at < self.at else "")) for row in rows)
        return [(row, state) for row, state in told if state in STANDING_STATES]

    def _states_of(self, ids):
        """{work id: state}, from the decisions; "" where the first of them came later."""
        taken = Decision.objects.filter(about_type=Work._meta.label_lower, about_id__in=ids).order_by("id")
        states = {}
        for pk, at, undone_at, became in taken.values_list("about_id", "at", "undone_at", "became"):
            states.setdefault(pk, "")
            if at < self.at and (undone_at is None or undone_at >= self.at):
                states[pk] = became
        return states

    def works_of(self, kind, *, recommended=False):
        states = RECOMMENDED_STATES if recommended else STANDING_STATES
        return [row for row, state in self.works if row.kind == kind and state in states]

    def pupils_by_class(self, pupils):
        found = defaultdict(list)
        for pupil in pupils:
            found[pupil.school_class_id].append(pupil)
        return found


def bits(modes):
    return sum(1 << MODES.index(mode) for mode in modes)


def has_mode(pupil, mode):
    return bool(pupil.modes & bits([mode]))


def _minutes(start, end):
    """Whole minutes; None where no length was noted."""
    seconds = (end - start).total_seconds() if start and end else 0
    return int(seconds // 60) if seconds >= 60 else None


IN_PERSON, OTHER_MODES = Mode.IN_PERSON, [mode for mode in Mode if mode != Mode.IN_PERSON]
MIDDLE = ("middle_manager",)
__all__ = ["IN_PERSON", "LEADERS", "MIDDLE", "OTHER_MODES", "Facts", "bits", "has_mode"]
