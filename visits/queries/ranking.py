"""Which family to visit first: pupils of my class, those I mentor and those assigned to me, by household, with the
facts that say why. templates/visits/_how.html tells the order in words; a test holds the two together."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q

from core import formats
from core.clock import local_date, now, today
from schools.calendar import school_year
from schools.models import User
from students.enums import AssignmentRole
from students.models import Assignment, CategoryMark, ChangeEvent, Student
from visits.enums import COUNTED_STATES, Priority, VisitState
from visits.models import Due, Visit, VisitStudent
from visits.queries.board import label_year
from visits.rules import my_pupils, pupils_to_visit

LONG_WAIT = 7  # days after a change from which the reason says how long the family has waited
FOLLOW_UP_DAYS = 3  # a follow-up is due so many days before its day
PLAN_DAYS = 3  # an appointment that nobody kept or moved is forgotten after so many days
FAR = date.max
NEVER = date.min
SEALED = ("national_no", "aux_no", "address", "phone")  # encrypted, and in no list: neither read nor opened


@dataclass(frozen=True)
class Plan:
    """An appointment that waits: its time, and who is to go."""

    visit_id: int
    moment: datetime
    lead_id: int
    lead: str
    been: bool  # there already, not recorded yet


@dataclass(frozen=True)
class Member:
    """One pupil: the register's row (None: not in it), and facts. priority: as far as the viewer may know it."""

    student: Student
    label: str  # 五（3）班
    due: Due | None = None
    priority: int = Priority.NONE
    change_on: date | None = None  # day of the oldest change no visit has answered
    arrived_on: date | None = None  # newly arrived only
    last_on: date | None = None  # last counted visit of any programme
    follow_up_on: date | None = None  # a recorded visit asked for another one, now due
    follow_up_of: int | None = None  # that visit
    visit_by: date | None = None  # the class head asked me to go by this day
    goes: User | None = None  # the class head asked somebody else
    plan: Plan | None = None

    @property
    def is_due(self):
        return self.due is not None and self.due.in_scope

    @property
    def waits(self):
        return self.is_due and not self.due.visits

    @property
    def calls(self):
        """Somebody is to go there: not reached yet, or a follow-up is due."""
        return self.waits or self.follow_up_on is not None and not (self.due and self.due.exempt_reason)

    @property
    def declined(self):
        return self.due is not None and self.due.declined

    @property
    def order(self):
        """The one ranking. A change of it is a change of _how.html."""
        return (
            not self.calls, self.waits and self.declined, self.priority, self.follow_up_on or FAR,
            self.change_on or FAR, self.visit_by or FAR, self.last_on or NEVER, self.arrived_on or FAR,
            self.label, _serial(self.student.class_serial), self.student.pk,
        )  # fmt: skip

    @property
    def reason(self):
        """Facts in one line, never a category."""
        if self.due is not None and self.due.exempt_reason:
            return "这次免访"
        if self.follow_up_on:
            return self._follow_up
        if not self.is_due:
            return "不在这次的应访名单里"
        if not self.waits:
            times = f"，共{self.due.visits}次" if self.due.visits > 1 else ""
            return f"{formats.day(self.due.last_on)}走访过{times}"
        if self.declined:
            return "婉拒过上门，可以约到学校或别处见面"
        return f"{self._by}{self._wait}"

    @property
    def _follow_up(self):
        late = (today() - self.follow_up_on).days
        if late > 0:
            return f"回访已过期{late}天"
        return f"约好{formats.day(self.follow_up_on)}前回访" if late < 0 else "约好今天回访"

    @property
    def _by(self):
        if not self.visit_by:
            return ""
        late = (today() - self.visit_by).days
        return f"原定{formats.day(self.visit_by)}前去，" if late > 0 else f"{formats.day(self.visit_by)}前去，"

    @property
    def _wait(self):
        if self.change_on:
            waited = (today() - self.change_on).days
            how_long = f"，已等{waited}天" if waited >= LONG_WAIT else ""
            return f"{formats.day(self.change_on)}有了新情况，还没去过{how_long}"
        if self.arrived_on and not self.last_on:
            return f"{formats.day(self.arrived_on)}{self._arrival}，还没走访过"
        if self.last_on:
            return f"上次走访是{last_time(self.last_on)}"
        return "本学期还没走访"

    @property
    def _arrival(self):
        """A first-former enters, everybody else comes from another school."""
        entry_year = self.student.school_class.entry_year if self.student.school_class else None
        return "入学" if entry_year == school_year(self.arrived_on) and self.arrived_on.month in (8, 9) else "转入"


@dataclass(frozen=True)
class Family:
    """One line of the list: the pupils of one household in my care, the one to see first at the front."""

    members: list
    rank: int = 0  # 1, 2, 3 … among those to visit next; 0 otherwise

    @property
    def first(self):
        return self.members[0]

    @property
    def student(self):
        return self.first.student

    @property
    def names(self):
        return "、".join(member.student.name for member in self.members)

    @property
    def label(self):
        return "、".join(dict.fromkeys(member.label for member in self.members))

    @property
    def is_due(self):
        return any(member.is_due for member in self.members)

    @property
    def waits(self):
        return any(member.waits for member in self.members)

    @property
    def plan(self):
        """The next appointment of one of them who waits for a visit."""
        plans = [member.plan for member in self.members if member.plan and member.calls]
        return min(plans, key=lambda plan: plan.moment) if plans else None

    @property
    def goes(self):
        """Who else was asked to go, when none of those who wait is left to me."""
        calling = [member.goes for member in self.members if member.calls]
        return calling[0] if calling and all(calling) else None

    @property
    def is_next(self):
        """Somebody is to go, nobody has an appointment, nobody else was asked."""
        return self.first.calls and not self.plan and not self.goes

    @property
    def priority(self):
        """1, 2, 3 of the pupil at the front who is to be visited, 0 for none."""
        known = self.first.priority if self.first.calls else Priority.NONE
        return int(known) if known <= Priority.THIRD else 0

    @property
    def is_late(self):
        """A day that was set has passed."""
        day = self.first.follow_up_on or self.first.visit_by
        return self.is_next and day is not None and day < today()

    @property
    def reason(self):
        if not self.plan:
            return f"{self.goes.name}老师去，{self.first.reason}" if self.goes else self.first.reason
        if self.plan.been:
            return f"{self.plan.lead or '你'}去过了，还没有记录"
        when = f"{formats.day(self.plan.moment)}{formats.clock(self.plan.moment)}"
        return f"{self.plan.lead}约了{when}" if self.plan.lead else f"约好{when}"

    @property
    def reached_on(self):
        """The day the whole family was reached; None while somebody waits."""
        days = [member.due.first_on for member in self.members if member.is_due]
        return max(days) if days and all(days) else None


@dataclass(frozen=True)
class MyList:
    families: list = field(default_factory=list)

    @property
    def due(self):
        return [family for family in self.families if family.is_due]

    @property
    def waiting(self):
        """Not reached yet, with an appointment or without: what is left of the number due."""
        return [family for family in self.families if family.waits]

    @property
    def next(self):
        """Whom to ask for an appointment, in this order."""
        return [family for family in self.families if family.is_next]

    @property
    def to_ask(self):
        """Not reached yet, no appointment, nobody else was asked, and nobody declined: what reminders tell of."""
        return [family for family in self.next if family.first.waits and not family.first.declined]

    @property
    def planned(self):
        """Not reached yet, and an appointment stands; the next one first."""
        return sorted((family for family in self.waiting if family.plan), key=lambda family: family.plan.moment)

    @property
    def open(self):
        """Not reached yet and no appointment: reached + planned + open are the number due."""
        return [family for family in self.waiting if not family.plan]

    @property
    def elsewhere(self):
        """Families that wait and that somebody else was asked to visit."""
        return [family for family in self.families if family.goes and not family.plan]

    @property
    def to_return_to(self):
        """Reached already, and a follow-up is due."""
        return [family for family in self.families if not family.waits and family.first.calls]

    @property
    def visited(self):
        """Reached families, the latest first."""
        done = [family for family in self.due if not family.waits]
        return sorted(done, key=lambda family: family.reached_on, reverse=True)

    @property
    def priority_waiting(self):
        return [family for family in self.waiting if family.first.priority <= Priority.SECOND]

    @property
    def priority_due(self):
        return [
            family for family in self.due if any(m.is_due and m.priority <= Priority.SECOND for m in family.members)
        ]


def my_list(user, programme, *, referred=False):
    """MyList of a programme, families to visit first. referred: with a psychologist's referred pupils.

    The same number of queries however long the list: pupils, register, changes, last visits, follow-ups (one more where
    some are due), assignments, appointments, and one more for the ranks of pupils of other heads' classes.
    """
    condition = pupils_to_visit(user.reach) if referred else my_pupils(user.reach)
    pupils = list(Student.objects.filter(condition).active().select_related("school_class__school").defer(*SEALED))
    ids = [pupil.pk for pupil in pupils]
    due = {row.student_id: row for row in Due.objects.filter(programme=programme, student_id__in=ids)}
    changes = _open_changes(user, ids)
    last = _last_visits(ids)
    follow_ups = _follow_ups(user, programme, ids)
    asked = _asked(programme, ids)
    plans = _plans(user, programme, ids)
    ranks = _known_ranks(user, programme, [p for p in pupils if p.school_class_id not in user.reach.classes])
    newly_since = today() - timedelta(days=programme.rules.visit.newly_arrived_days)
    year = label_year(programme)
    homes = {}
    for pupil in pupils:
        row = due.get(pupil.pk)
        newly = pupil.arrived_on if pupil.arrived_on and newly_since <= pupil.arrived_on <= today() else None
        change_on = changes.get(pupil.pk)
        if pupil.school_class_id in user.reach.classes:
            rank = row.priority if row else Priority.NONE
        else:
            rank = Priority.FIRST if change_on else ranks.get(pupil.pk, Priority.THIRD if newly else Priority.NONE)
        follow_up_on, follow_up_of = follow_ups.get(pupil.pk, (None, None))
        lead = asked.get(pupil.pk)
        is_mine = lead is not None and lead.visitor_id == user.pk
        member = Member(
            pupil, pupil.school_class.label(year) if pupil.school_class else "", row, rank, change_on, newly,
            last.get(pupil.pk), follow_up_on, follow_up_of, visit_by=lead.visit_by if is_mine else None,
            goes=lead.visitor if lead and not is_mine else None, plan=plans.get(pupil.pk),
        )  # fmt: skip
        homes.setdefault(pupil.household_id or f"pupil {pupil.pk}", []).append(member)
    return MyList(_ranked(homes.values()))


def _ranked(homes):
    groups = sorted((sorted(members, key=lambda m: m.order) for members in homes), key=lambda members: members[0].order)
    families, rank = [], 0
    for members in groups:
        family = Family(members)
        if family.is_next:
            rank += 1
            family = Family(members, rank)
        families.append(family)
    return families


def _serial(text):
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)


def _open_changes(user, ids):
    """{student id: day of the oldest unanswered change}, where the user may know of it."""
    rows = ChangeEvent.objects.visible_to(user).open().filter(student_id__in=ids, occurred_on__lte=today())
    found = {}
    for student_id, day in rows.order_by("-occurred_on").values_list("student_id", "occurred_on"):
        found[student_id] = day
    return found


def _last_visits(ids):
    rows = VisitStudent.objects.filter(student_id__in=ids, counted=True).order_by()
    return dict(rows.values_list("student_id").annotate(Max("visited_on")))


def _follow_ups(user, programme, ids):
    """{student id: (day, id of the visit that asked for it)} where it is due and nobody has been there since.

    Only from records the user may read: that somebody comes back is part of what was said there.
    """
    since = VisitStudent.objects.filter(
        Q(visited_on__gt=OuterRef("visited_on")) | Q(visit__follows=OuterRef("visit_id")),
        student_id=OuterRef("student_id"), visit__state__in=COUNTED_STATES,
    )  # fmt: skip
    asking = (programme.starts_on, today() + timedelta(days=FOLLOW_UP_DAYS))
    rows = VisitStudent.objects.filter(
        ~Exists(since), student_id__in=ids, visit__state__in=COUNTED_STATES, visit__follow_up_on__range=asking
    ).order_by("-visit__follow_up_on", "pk")
    rows = list(rows.values_list("student_id", "visit__follow_up_on", "visit_id"))
    if not rows:
        return {}
    # Few ask for another visit: of these, not of a thousand records, it is asked whether the user may read them.
    readable = Visit.objects.visible_to(user).filter(pk__in={visit_id for *_, visit_id in rows})
    may_read = set(readable.values_list("pk", flat=True))
    return {student_id: (day, visit_id) for student_id, day, visit_id in rows if visit_id in may_read}


def _asked(programme, ids):
    """{student id: the assignment of the one who is to lead}"""
    rows = Assignment.objects.current().filter(
        programme=programme, student_id__in=ids, role=AssignmentRole.LEAD, ended_at=None
    )
    return {row.student_id: row for row in rows.select_related("visitor")}


def _plans(user, programme, ids):
    """{student id: the next appointment}, whoever made it; one long past and forgotten is none."""
    rows = VisitStudent.objects.filter(
        programme=programme, student_id__in=ids, visit__state__in=(VisitState.PLANNED, VisitState.DONE)
    ).select_related("visit__lead")
    earliest = now() - timedelta(days=PLAN_DAYS)
    found = {}
    for row in rows:
        visit = row.visit
        been = visit.state == VisitState.DONE
        moment = visit.started_at if been else visit.planned_at
        if moment is None or local_date(moment) < local_date(earliest):
            continue
        mine = visit.lead_id == user.pk
        plan = Plan(visit.pk, moment, visit.lead_id, "" if mine else f"{visit.lead.name}老师", been)
        known = found.get(row.student_id)
        if known is None or plan.moment < known.moment:
            found[row.student_id] = plan
    return found


def _known_ranks(user, programme, pupils):
    """Ranks of pupils of other classes from the marks the user may read: S4 stays with its named readers."""
    if not pupils:
        return {}
    marks = CategoryMark.objects.visible_to(user).in_force(today()).filter(
        student__in=[pupil.pk for pupil in pupils], category__uses__programme=programme, category__uses__priority=True
    )  # fmt: skip
    found = {}
    for student_id, level in marks.order_by("-level").values_list("student_id", "level"):
        found[student_id] = Priority.FIRST if level == 1 else Priority.SECOND
    return found


def last_time(day):
    """5月12日, 去年11月, 2020年11月"""
    years = today().year - day.year
    if years == 0:
        return formats.day(day)
    return f"去年{day.month}月" if years == 1 else f"{day.year}年{day.month}月"
