"""Where the visiting leads: what working days ask for by a day, and what the present pace makes of the rest."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from django.db.models import Count as CountRows
from django.db.models import Min, OuterRef, Q, Subquery

from core.clock import local_date, today
from core.formats import day as day_words
from core.formats import percent
from programmes.config.days import midnight, midnight_after
from programmes.enums import DeadlineKind
from programmes.queries.workdays import calendar
from schools.calendar import is_workday, workdays, workdays_between
from visits.enums import VisitState
from visits.models import Due, VisitStudent
from visits.queries.coverage import coverage
from visits.queries.listed import listed
from visits.queries.school import school_classes

__all__ = [
    "ClassOutlook", "Outlook", "Schools", "Window", "coming_workdays", "coverage_day", "expected_share", "lately", "look_ahead",
    "outlook", "reach_day", "schools_outlook", "visiting_window", "workdays",
]  # fmt: skip

HORIZON = 400  # days: what lies further off is told as never
PACE_WORKDAYS = 10  # a class of forty is slow some days: two weeks tell more than one
ENOUGH = 5  # whole workdays from which a pace says anything
A_FEW = 5  # pupils: so many at the end are no rush, however small the class


def coverage_day(programme):
    """The last day before the coverage deadline; without one, the last day visits count."""
    for deadline in programme.deadlines.all():
        if deadline.kind == DeadlineKind.COVERAGE:
            return local_date(deadline.at - timedelta(microseconds=1))
    return programme.ends_on


# ── What is expected ──


@dataclass(frozen=True)
class Window:
    """The days of visiting, both ends in. working: those of them that are workdays, or all where none is."""

    first: date
    last: date
    working: tuple

    def share(self, day):
        """The part of the working days that has gone by at the end of a day, as an exact Fraction of 1."""
        return Fraction(sum(one <= day for one in self.working), len(self.working))

    def shares(self, days):
        """[share] of days one after the other, counted once through."""
        working, found = set(self.working), []
        gone = sum(one < days[0] for one in self.working) if days else 0
        for day in days:
            gone += day in working
            found.append(Fraction(gone, len(self.working)))
        return found


def visiting_window(programme):
    """The days of visiting up to the coverage deadline. programme.deadlines should be prefetched."""
    first = programme.starts_on
    last = max(coverage_day(programme), first)
    working = workdays_between(first, last, calendar(programme))
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return Window(first, last, tuple(working or every))


def expected_share(programme, day):
    """应达: the share of the working days of the visiting window that has gone by at the end of a day.

    programme.deadlines should be prefetched.
    """
    return visiting_window(programme).share(day)


# ── What the present pace makes of it ──


@dataclass(frozen=True)
class Stretch:
    """The days a pace is taken from: some workdays, with the free days between and after them."""

    since: date
    until: date
    workdays: int  # 1 at least: visits of a first weekend are a pace too

    def holds(self, day):
        return self.since <= day <= self.until

    def speed(self, done):
        """Pupils a workday, exactly."""
        return Fraction(done, self.workdays)


def lately(kept, *, start, now, wanted):
    """The last `wanted` whole workdays before a day, fewer at the start; a first day stands for itself."""
    until = max(now - timedelta(days=1), start)
    since, found, day = until, 0, until
    while day >= start and found < wanted:
        since, found, day = day, found + is_workday(day, kept), day - timedelta(days=1)
    return Stretch(since, until, max(found, 1))


def coming_workdays(now, kept):
    """The workdays of the next year or so, today in: asked once for all places of a page."""
    return workdays_between(now, now + timedelta(days=HORIZON), kept)


def reach_day(left, *, speed, now, coming, today=0, planned=None):
    """The day the rest is done at a speed a workday, today in; None when not within a year.

    left: as of this morning. today: done since. planned: {day: appointments}; whichever is sooner, pace or appointments.
    """
    if left <= today:
        return now
    needed = ceil(left / speed) if speed else len(coming) + 1
    days = [coming[needed - 1]] if needed <= len(coming) else []
    sure = today
    for day, number in sorted((planned or {}).items()):
        sure += number
        if sure >= left:
            days.append(day)
            break
    return min(days, default=None)


@dataclass(frozen=True)
class Outlook:
    """What lies ahead of a class or a school. warning: a sentence, "" where nothing is to be said."""

    left: int  # pupils still to be called on, without those who said no
    finish_on: date | None  # None: nobody left, or no end in sight
    late: bool  # not done by the last day at the present pace and with the appointments made
    bunched: bool  # too many fall into the last days (严禁突击式)
    warning: str


@dataclass(frozen=True)
class ClassOutlook(Outlook):
    school_class: object
    label: str


@dataclass(frozen=True)
class Schools:
    """Schools of a district the pace or the last days speak of; never ranked."""

    late_ids: frozenset = frozenset()
    bunched_ids: frozenset = frozenset()

    @property
    def late(self):
        return len(self.late_ids)

    @property
    def bunched(self):
        return len(self.bunched_ids)


@dataclass(frozen=True)
class Ahead:
    """What an outlook is read from, the same for all places of a programme."""

    now: date
    last: date
    coming: list  # the workdays from today on
    days_left: int  # of these, up to the last day
    stretch: Stretch
    known: bool  # so much of the window is over that a pace says something
    rush_from: date  # the last days, as the notice's hints say; after the last day where they ask for none
    rush_days: int
    rush_share: float

    @property
    def since(self):
        """The earliest day that matters."""
        return min(self.stretch.since, self.rush_from)

    def in_last_days(self, day):
        return self.rush_from <= day <= self.last


class Lately(NamedTuple):
    """Pupils reached for the first time: in the stretch a pace is taken from, today, and in the last days."""

    stretch: int = 0
    today: int = 0
    last_days: int = 0


def ahead_of(programme):
    """No query but the calendar's. programme.deadlines should be prefetched."""
    now, last, kept, hints = today(), coverage_day(programme), calendar(programme), programme.rules.hints
    start = programme.starts_on
    known = now > start and workdays(start, now - timedelta(days=1), kept) >= ENOUGH
    rush_from = last - timedelta(days=hints.last_days - 1)
    stretch = lately(kept, start=start, now=now, wanted=PACE_WORKDAYS)
    coming = coming_workdays(now, kept)
    days_left = sum(day <= last for day in coming)
    return Ahead(now, last, coming, days_left, stretch, known, rush_from, hints.last_days, hints.last_days_share)


def look_ahead(ahead, *, figure, made, planned):
    """An Outlook from a place's Figure. made: {day: pupils reached for the first time}; planned: {day: pupils still to
    be reached whose next appointment it is}."""
    return _look(ahead, figure, _lately_of(ahead, made), planned)


def _look(ahead, figure, reached, planned):
    count = figure.all
    left = max(0, min(figure.target - count.visited, count.waiting - count.declined))
    bunched, rush = _rush(ahead, count.due, reached.last_days, planned)
    if not left or ahead.now > ahead.last:
        return Outlook(left, None, False, bunched, rush)
    speed, after = ahead.stretch.speed(reached.stretch) or Fraction(reached.today), reached.today
    finish_on = reach_day(left + after, speed=speed, now=ahead.now, coming=ahead.coming, today=after, planned=planned)
    late = ahead.known and (finish_on is None or finish_on > ahead.last)
    lately_done = reached.stretch + after
    return Outlook(left, finish_on, late, bunched, _slow(ahead, left, finish_on, lately_done) if late else rush)


def _lately_of(ahead, made):
    def number(holds):
        return sum(number for day, number in made.items() if holds(day))

    return Lately(number(ahead.stretch.holds), made.get(ahead.now, 0), number(ahead.in_last_days))


def _rush(ahead, due, gone, planned):
    """(too many in the last days?, the sentence on it)"""
    coming = sum(number for day, number in planned.items() if ahead.in_last_days(day))
    if gone + coming < A_FEW or gone + coming <= ahead.rush_share * due:
        return False, ""
    part, days = percent(gone + coming, due, 0), f"最后{ahead.rush_days}天"
    if ahead.now > ahead.last:
        return True, f"{days}走了{gone}人，占{part}"
    if not coming:
        return True, f"{days}已经走了{gone}人，占{part}"
    return True, f"{days}要走{gone + coming}人，占{part}，能提前的往前挪一挪"


def _slow(ahead, left, finish_on, lately_done):
    """照现在的速度要到10月12日走完，还有18人；每个工作日走2人能赶上"""
    days = ahead.days_left
    each = ceil(left / (days or (ahead.last - ahead.now).days + 1))
    way = f"{'每个工作日' if days else '每天'}走{each}人能赶上"
    if not lately_done:
        return f"近{PACE_WORKDAYS}个工作日没有新走到的，还有{left}人；{way}"
    if finish_on is None:
        return f"照现在的速度{day_words(ahead.last)}前走不完，还有{left}人；{way}"
    return f"照现在的速度要到{day_words(finish_on)}走完，还有{left}人；{way}"


def outlook(programme, user, school, *, classes=None, figures=None, rows=None):
    """[ClassOutlook] of the classes the user runs or heads and where somebody is due, in order of grade and number.

    One query, none after the last day, and those for what is not given: classes of school_classes(), figures of
    coverage() by class, rows of listed() or of Due.
    """
    classes = school_classes(programme, school, user=user) if classes is None else classes
    if figures is None:
        figures = coverage(programme, user=user, by="school_class", school=school, only_all=True)
    reach, ahead = user.reach, ahead_of(programme)
    mine = classes if school.pk in reach.whole_schools else reach.classes & classes.keys()
    known = {figure.place_id: figure for figure in figures if figure.place_id in mine}
    rows = listed(programme, school, user=user) if rows is None else rows
    rows = [row for row in rows if row.in_scope and row.school_class_id in known]
    made, planned = _made_by_class(rows), _planned_by_class(programme, rows, ahead)
    return [
        ClassOutlook(
            **look_ahead(ahead, figure=known[pk], made=made[pk], planned=planned[pk]).__dict__,
            school_class=school_class,
            label=label,
        )
        for pk, (school_class, _, label) in classes.items()
        if pk in known
    ]


def _made_by_class(rows):
    """{class id: {day: pupils reached for the first time}}"""
    found = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.visits:
            found[row.school_class_id][row.first_on] += 1
    return found


def _planned_by_class(programme, rows, ahead):
    """{class id: {day: pupils still to be reached}} by the next appointment that would count."""
    found = defaultdict(lambda: defaultdict(int))
    waiting = {row.student_id: row.school_class_id for row in rows if not row.visits}
    if ahead.now > ahead.last or not waiting:
        return found
    # An appointment has no day of a visit yet: of a pupil's rows an index picks it out, and no other visit is looked up.
    appointments = _to_come(programme, ahead).filter(
        student_id__in=list(waiting), programme=programme, visited_on__isnull=True
    )
    for pk, at in appointments.order_by().values_list("student_id").annotate(Min("visit__planned_at")):
        found[waiting[pk]][local_date(at)] += 1
    return found


def schools_outlook(programme, *, user, figures=None):
    """Schools of the district that will not be done at the present pace, or whose visits bunch at the end.

    Two queries, one after the last day, and one for figures of coverage() by school where they are not given.
    """
    figures = coverage(programme, user=user, by="school", only_all=True) if figures is None else figures
    ahead = ahead_of(programme)
    made, planned = _made_by_school(programme, ahead), _planned_by_school(programme, ahead)
    found = {
        figure.place_id: _look(ahead, figure, made.get(figure.place_id, Lately()), planned.get(figure.place_id, {}))
        for figure in figures
    }
    return Schools(
        frozenset(pk for pk, one in found.items() if one.late), frozenset(pk for pk, one in found.items() if one.bunched)
    )


def _made_by_school(programme, ahead):
    """{school id: Lately}, added up by the database. coverage() says which schools the user sees.

    Whoever has a first day was reached: due_reached_on answers alone.
    """
    rows = Due.objects.filter(programme=programme, in_scope=True, first_on__gte=ahead.since)
    sums = rows.order_by().values("school_id").annotate(
        stretch=CountRows("first_on", filter=Q(first_on__range=(ahead.stretch.since, ahead.stretch.until))),
        today=CountRows("first_on", filter=Q(first_on=ahead.now)),
        last_days=CountRows("first_on", filter=Q(first_on__range=(ahead.rush_from, ahead.last))),
    )
    return {pk: Lately(*numbers) for pk, *numbers in sums.values_list("school_id", *Lately._fields)}


def _planned_by_school(programme, ahead):
    """{school id: {day: pupils still to be reached}} up to the last day, on two days only: the last one stands for all
    of the last days, today for those before them. What comes later brings no school through in time.

    Read from the appointments, since few of the pupils have one, and through their keys alone: an index answers.
    """
    if ahead.now > ahead.last:
        return {}
    waiting = Due.objects.waiting().filter(programme=programme, student=OuterRef("student_id"))
    appointments = _to_come(programme, ahead).filter(visit__planned_at__lt=midnight_after(ahead.last))
    sooner = Q(visit__planned_at__lt=midnight(ahead.rush_from))
    # Whoever has an appointment before the last days and one in them is called on at the first.
    sums = appointments.annotate(place=Subquery(waiting.values("school_id"))).order_by().values("place").annotate(
        every=CountRows("student", distinct=True), before=CountRows("student", distinct=True, filter=sooner)
    )
    found = sums.values_list("place", "every", "before")
    return {pk: _by_then(ahead, before, every - before) for pk, every, before in found if pk is not None}


def _by_then(ahead, before, last_days):
    return {ahead.last: before + last_days} if ahead.now == ahead.last else {ahead.now: before, ahead.last: last_days}


def _to_come(programme, ahead):
    """Appointments from this morning on that would count."""
    return VisitStudent.objects.filter(
        visit__programme=programme,
        visit__state=VisitState.PLANNED,
        visit__planned_at__gte=midnight(ahead.now),
        visit__mode__in=programme.rules.counted_modes,
    )
