"""The visits of one programme: who was reached when, by whom, and what was written down afterwards."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from homevisit.demo import words
from homevisit.demo.texts import opinion, record_texts, theme_for
from programmes.enums import DeadlineKind, Mode
from programmes.models import Programme
from schools.calendar import school_year
from students.models import ChangeEvent
from visits.enums import COUNTED_STATES, Answerer, Exempt, VisitKind, VisitorRole, VisitState
from visits.models import Due, Opinion, Visit, VisitStudent, VisitVisitor

EVENING = ((17, 30), (18, 30), (19, 30))
DAYTIME = ((9, 20), (10, 40), (13, 40), (15, 0), (16, 20), (18, 30))
MODES = {Mode.IN_PERSON: 82, Mode.NEARBY: 8, Mode.AT_SCHOOL: 4, Mode.VIDEO: 3, Mode.PHONE: 3}
NEW_DAYS = 60
RECENT_DAYS = 12


@dataclass
class Season:
    """One programme as it went. rates: share of pupils reached, by school id; first, last: days with visits."""

    programme: Programme
    first: date
    last: date
    now: datetime
    rates: dict
    closed: bool
    load: Counter = field(default_factory=Counter)  # (teacher, day) → visits
    rushes: dict = field(default_factory=dict)  # teacher → times of one day that are still free (homevisit.demo.hints)
    brief: set = field(default_factory=set)  # (teacher, time) of calls that took minutes

    def __post_init__(self):
        self.rules = self.programme.rules
        self.days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        self.counting = [rule.code for rule in self.rules.visit.modes if rule.counts]
        self.other_modes = [rule.code for rule in self.rules.visit.modes if not rule.counts]
        self.items = [item.code for group in self.rules.checklist for item in group.items]
        self.fields = [f.code for f in self.rules.record.fields]
        self.due_day = min(self.programme.due_on, timezone.localtime(self.now).date())
        self.deadline = self.programme.deadlines.get(kind=DeadlineKind.COVERAGE).at


class Calls:
    """Collects the rows of a season, then writes them."""

    def __init__(self, rng, season, staff):
        self.rng, self.season, self.staff = rng, season, staff
        self.visits, self.students, self.visitors, self.opinions, self.changes = [], [], [], [], []
        self.first_of = {}  # pupil → first visit that counts
        self.exempt, self.declined = {}, []

    def run(self, pupils):
        classes = {}
        for pupil in pupils:
            place = pupil.place_on(self.season.due_day)
            if place is not None:
                classes.setdefault(place.pk, []).append(pupil)
        plans = [self._plan(members) for members in classes.values()]
        self.wanted = {pupil for reached, _ in plans for pupil in reached}
        for reached, others in plans:
            for rank, pupil in enumerate(reached):
                if pupil not in self.first_of:
                    self._family(pupil, early=rank < len(reached) / 4)
            for pupil in others:
                self._not_reached(pupil)

    def _plan(self, pupils):
        """(to be reached, not) for one class; who needs it most mostly comes first."""
        rng, season = self.rng, self.season
        rate = season.rates[pupils[0].place_on(season.due_day).school_id]
        if rate < 1:
            rate = min(1, max(0.05, rng.gauss(rate, 0.03 if season.closed else 0.1)))
        order = sorted(pupils, key=lambda p: rng.random() * (0.7 if p.marks or self._open_changes(p) else 1))
        reached = round(rate * len(order))
        return order[:reached], order[reached:]

    def _not_reached(self, pupil):
        rng = self.rng
        draw = rng.random()
        if draw < 0.03:
            self.exempt[pupil] = rng.choice((Exempt.ABROAD, Exempt.HOSPITAL))
        elif draw < (0.3 if self.season.closed else 0.08):
            self.declined.append(pupil)
        elif draw < 0.4 and self.season.other_modes:  # somebody telephoned, which does not count
            since = self._since(pupil)
            self._visit([pupil], self._day(since), mode=rng.choice(self.season.other_modes))

    def _since(self, pupil):
        return max(self.season.first, pupil.enrolment_on(self.season.due_day).starts_on)

    def _open_changes(self, pupil):
        season = self.season
        return [c for c in pupil.changes if c.answered_on is None and season.first <= c.occurred_on <= season.last]

    def _family(self, pupil, *, early):
        """First visit, siblings with it where they are to be reached too, and what follows."""
        rng, season = self.rng, self.season
        start = self._since(pupil)
        if season.closed:
            start = max([start] + [c.occurred_on for c in self._open_changes(pupil)])
        day = self._day(start, season.first + (season.last - season.first) * 0.4 if early else season.last)
        together = [pupil]
        for other in pupil.family.children:
            if other is not pupil and other in self.wanted and other not in self.first_of and self._since(other) <= day:
                together.append(other)
        mode = rng.choices(season.counting, [MODES[code] for code in season.counting])[0]
        visit = self._visit(together, day, mode=mode)
        self.first_of.update(dict.fromkeys(together, visit))
        if rng.random() < (0.35 if pupil.marks or pupil.changes else 0.06):
            again = visit.visited_on + timedelta(days=rng.randint(6, 20))
            if again <= season.last:
                self._visit([pupil], again, mode=mode, follows=visit)

    def _day(self, first, last=None):
        last = max(last or self.season.last, first)
        days = [day for day in self.season.days if first <= day <= last] or [self.season.last]
        return self.rng.choices(days, [2 if day.weekday() > 4 else 1 for day in days])[0]

    def _start(self, lead, day):
        """A time on that day or the next free one, so that nobody is at two doors at once."""
        rush = self.season.rushes.get(lead.pk)
        if rush and day <= timezone.localtime(rush[0]).date():
            return rush.pop(0)
        for _ in range(60):
            slots = DAYTIME if day.weekday() > 4 else EVENING
            used = self.season.load[lead.pk, day]
            if used < len(slots):
                self.season.load[lead.pk, day] += 1
                hour, minute = slots[used]
                local = datetime.combine(day, time(hour, minute)) + timedelta(minutes=self.rng.randint(-6, 6))
                return timezone.make_aware(local)
            day = day + timedelta(days=1) if day < self.season.last else self.season.first
        raise ValueError("a teacher has more visits than the season has evenings")

    def _visit(self, pupils, day, *, mode, follows=None):
        rng, season = self.rng, self.season
        pupil = pupils[0]
        enrolment = pupil.enrolment_on(season.due_day)
        place = enrolment.school_class
        crew = self.staff[place.school_id]
        head = crew.head_of(place)
        lead = head
        if rng.random() > 0.72:
            lead = (rng.choice(crew.visitors) if season.closed else pupil.mentor) or head
        lead = head if season.rushes.get(head.pk) else lead
        start = self._start(lead, day)
        day = timezone.localtime(start).date()
        minutes = rng.randint(24, 62)
        end = start + timedelta(minutes=minutes % 4 + 6 if (lead.pk, start) in season.brief else minutes)
        recorded = self._recorded(end)
        who = [g[1] for g in pupil.family.guardians[: 2 if rng.random() < 0.4 else 1]]
        is_new = (day - enrolment.starts_on).days < NEW_DAYS
        grade = place.grade(school_year(day)) or place.grade(school_year(season.due_day))
        theme = theme_for(rng, grade=grade, is_new=is_new, has_siblings=len(pupil.family.children) > 1)
        texts = record_texts(
            rng, kid=pupil.kid, who=who[0], town=place.school.town, girl=pupil.girl, theme=theme, mode=mode, detailed=True,
        )
        kind = VisitKind.FOLLOW_UP if follows else VisitKind.PRIORITY if pupil.marks or pupil.changes else VisitKind.UNIVERSAL
        visit = Visit(
            client_uuid=self._uuid(), programme=season.programme, authority_id=season.programme.authority_id,
            school_id=place.school_id, lead=lead, kind=kind, follows=follows, mode=mode, state=VisitState.RECORDED,
            planned_at=start if rng.random() < 0.8 else None, started_at=start, ended_at=end, visited_on=day,
            student_present=rng.random() < 0.92, guardians_met=[str(code) for code in who],
            checklist=[code for code in season.items if rng.random() < 0.55], gift_declined=True,
            created_at=recorded, recorded_at=recorded, **{code: texts[code] for code in season.fields},
        )  # fmt: skip
        self._after(visit, lead, head, crew)
        self._rows(visit, pupils, lead, crew)
        return visit

    def _after(self, visit, lead, head, crew):
        """Returned, voided or, after a week, locked."""
        rng, season = self.rng, self.season
        recent = not season.closed and season.now - visit.recorded_at < timedelta(days=RECENT_DAYS)
        if recent and rng.random() < 0.1:
            by = crew.leader if lead is head else head
            visit.returned_at = min(visit.recorded_at + timedelta(hours=rng.randint(3, 40)), season.now)
            visit.returned_by, visit.return_reason = by, rng.choice(words.RETURNS)
        elif season.closed or season.now - visit.recorded_at > timedelta(days=self.season.rules.visit.lock_after_days):
            visit.state = VisitState.LOCKED
            wait = rng.randint(1, season.rules.visit.lock_after_days) if season.closed else season.rules.visit.lock_after_days
            visit.locked_at = visit.recorded_at + timedelta(days=wait)

    def _rows(self, visit, pupils, lead, crew):
        rng = self.rng
        self.visits.append(visit)
        self._link(visit, pupils)
        self.visitors.append(VisitVisitor.went(visit, lead, VisitorRole.LEAD))
        if rng.random() < 0.45:
            other = rng.choice([u for u in (*crew.visitors, crew.psych, crew.leader) if u is not lead])
            self.visitors.append(VisitVisitor.went(visit, other))
        heard = 2 if rng.random() < 0.06 else 1 if rng.random() < 0.3 else 0
        for position in range(1, heard + 1):
            category, text = opinion(rng, self.season.rules.opinion_categories)
            self.opinions.append(
                Opinion(
                    visit=visit, authority_id=visit.authority_id, school_id=visit.school_id, category=category,
                    text=text, answerer=rng.choice(Answerer.values), position=position, created_at=visit.recorded_at,
                    counted_in=self.season.programme if self._counts(visit) else None,
                )
            )  # fmt: skip
        if rng.random() < 0.008:
            self._twice(visit, pupils, lead, crew)

    def _twice(self, visit, pupils, lead, crew):
        """The same call written down once more, and voided."""
        copy = Visit(**{f.attname: getattr(visit, f.attname) for f in Visit._meta.concrete_fields if not f.primary_key})
        copy.client_uuid, copy.state, copy.locked_at = self._uuid(), VisitState.VOIDED, None
        copy.lead, copy.follows = lead, None
        copy.returned_at, copy.returned_by, copy.return_reason = None, None, ""
        copy.voided_at = min(visit.recorded_at + timedelta(hours=5), self.season.now)
        copy.voided_by, copy.void_reason = crew.leader, self.rng.choice(words.VOIDS)
        self.visits.append(copy)
        self._link(copy, pupils)
        self.visitors.append(VisitVisitor.went(copy, lead, VisitorRole.LEAD))

    def _link(self, visit, pupils):
        season, counted = self.season, self._counts(visit)
        for pupil in pupils:
            place = pupil.place_on(visit.visited_on) or pupil.place_on(season.due_day)
            self.students.append(
                VisitStudent(
                    visit=visit, student=pupil.student, programme=season.programme,
                    authority_id=visit.authority_id, school_id=place.school_id, school_class=place, mode=visit.mode,
                    visited_on=visit.visited_on, counted=counted,
                )
            )  # fmt: skip
            if counted:
                self._answer(pupil, visit)

    def _counts(self, visit):
        season = self.season
        return (
            visit.state in COUNTED_STATES
            and visit.mode in season.counting
            and season.programme.counts_on(visit.visited_on)
        )

    def _answer(self, pupil, visit):
        for event in self._open_changes(pupil):
            if event.occurred_on <= visit.visited_on:
                event.answered_on, event.answered_at = visit.visited_on, visit.recorded_at

    def _recorded(self, end):
        """The same evening or in the next days; after a deadline for a few of its last week; never in the future."""
        rng, season = self.rng, self.season
        if season.closed and season.deadline - end < timedelta(days=6) and rng.random() < 0.1:
            return season.deadline + timedelta(hours=rng.randint(9, 21), days=rng.randint(0, 3))
        if rng.random() < 0.4:
            return min(end + timedelta(minutes=rng.randint(20, 110)), season.now)
        day = timezone.localtime(end).date() + timedelta(days=rng.choice((1, 1, 1, 2, 3, 5)))
        return min(timezone.make_aware(datetime.combine(day, time(8)) + timedelta(minutes=rng.randint(0, 800))), season.now)

    def _uuid(self):
        return UUID(int=self.rng.getrandbits(128), version=4)

    def save(self):
        """Visits first, follow-ups after what they follow; then what hangs on them."""
        Visit.objects.bulk_create([v for v in self.visits if v.follows is None])
        Visit.objects.bulk_create([v for v in self.visits if v.follows is not None])
        VisitStudent.objects.bulk_create(self.students)
        VisitVisitor.objects.bulk_create(self.visitors)
        Opinion.objects.bulk_create(self.opinions)

    def settle(self):
        """Exempt and declined families, once the register is open."""
        rows = {row.student_id: row for row in Due.objects.filter(programme=self.season.programme)}
        changed = []
        for pupil, reason in self.exempt.items():
            rows[pupil.student.pk].exempt_reason = reason
            changed.append(rows[pupil.student.pk])
        for pupil in self.declined:
            rows[pupil.student.pk].declined = True
            changed.append(rows[pupil.student.pk])
        Due.objects.bulk_update(changed, ["exempt_reason", "declined"])


def write_changes(pupils):
    ChangeEvent.objects.bulk_create([event for pupil in pupils for event in pupil.changes])
