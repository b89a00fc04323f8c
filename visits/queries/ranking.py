"""Which family to visit first: pupils of my class and those I mentor, by household, with the facts that say why."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil

from django.db.models import Max

from core import formats
from core.clock import today
from schools.calendar import school_year
from students.models import CategoryMark, ChangeEvent, Student
from visits.enums import Priority
from visits.models import Due, VisitStudent
from visits.queries.board import label_year
from visits.rules import my_pupils, pupils_to_visit

PACE_DAYS = 14
LONG_WAIT = 7  # days after a change from which the reason says how long the family has waited
FAR = date.max
NEVER = date.min


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

    @property
    def is_due(self):
        return self.due is not None and self.due.in_scope

    @property
    def waits(self):
        return self.is_due and not self.due.visits

    @property
    def declined(self):
        return self.due is not None and self.due.declined

    @property
    def order(self):
        """Rank, then the older change, the earlier arrival, never visited, the longest not visited, the roster."""
        return (
            not self.waits, self.declined, self.priority, self.change_on or FAR, self.arrived_on or FAR,
            self.last_on or NEVER, self.label, _serial(self.student.class_serial), self.student.pk,
        )  # fmt: skip

    @property
    def reason(self):
        """Facts in one line, never a category."""
        if self.due is not None and self.due.exempt_reason:
            return "这次免访"
        if not self.is_due:
            return "不在这次的应访名单里"
        if not self.waits:
            times = f"，共{self.due.visits}次" if self.due.visits > 1 else ""
            return f"{formats.day(self.due.last_on)}走访过{times}"
        if self.declined:
            return "婉拒过上门，可以约到学校或别处见面"
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
    rank: int = 0  # 1, 2, 3 … among the waiting; 0 otherwise

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
    def priority(self):
        """1, 2, 3 of the waiting pupil at the front, 0 for none."""
        known = self.first.priority if self.first.waits else Priority.NONE
        return int(known) if known <= Priority.THIRD else 0

    @property
    def reason(self):
        return self.first.reason

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
        return [family for family in self.families if family.waits]

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
    """MyList of a programme, waiting families first. referred: with a psychologist's referred pupils.

    The same number of queries however long the list: pupils, register, changes, last visits, and one more
    for the ranks of pupils of other heads' classes.
    """
    condition = pupils_to_visit(user.reach) if referred else my_pupils(user.reach)
    pupils = list(Student.objects.filter(condition).active().select_related("school_class__school"))
    ids = [pupil.pk for pupil in pupils]
    due = {row.student_id: row for row in Due.objects.filter(programme=programme, student_id__in=ids)}
    changes = _open_changes(user, ids)
    last = _last_visits(ids)
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
        member = Member(
            pupil, pupil.school_class.label(year) if pupil.school_class else "", row, rank, change_on, newly,
            last.get(pupil.pk),
        )  # fmt: skip
        homes.setdefault(pupil.household_id or f"pupil {pupil.pk}", []).append(member)
    return MyList(_ranked(homes.values()))


def _ranked(homes):
    groups = sorted((sorted(members, key=lambda m: m.order) for members in homes), key=lambda members: members[0].order)
    waiting = sum(members[0].waits for members in groups)
    return [Family(members, at if at <= waiting else 0) for at, members in enumerate(groups, 1)]


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


@dataclass(frozen=True)
class Pace:
    """One sentence on where the present speed leads; tone "" or "warm"."""

    text: str
    tone: str = ""


def pace(mine, programme, last_day):
    """From the families reached in the last two weeks (fewer at the start of a programme)."""
    left = len(mine.waiting)
    if not left:
        return Pace("都走到了")
    now = today()
    if now > last_day:
        return Pace(f"{formats.day(last_day)}已经截止，现在去算补访", "warm")
    days = max(1, min(PACE_DAYS, (now - programme.starts_on).days + 1))
    since = now - timedelta(days=days - 1)
    done = sum(1 for family in mine.visited if since <= family.reached_on <= now)
    days_left = (last_day - now).days + 1
    if not done:
        each = ceil(left / days_left)
        return Pace(f"每天走{each}家，{formats.day(last_day)}前能走完")
    finish_on = now + timedelta(days=ceil(left * days / done))
    if finish_on <= last_day:
        return Pace(f"照这个速度，{formats.day(finish_on)}能走完")
    return Pace(f"照这个速度，要到{formats.day(finish_on)}，晚{(finish_on - last_day).days}天", "warm")
