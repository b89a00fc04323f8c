"""The class board: one tile a pupil, with what the register and the visits say of the family."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from core.clock import local_date, today
from schools.calendar import school_year
from students.enums import AssignmentRole, Status
from students.models import Assignment, MentorLink
from students.models.student import active_on
from visits.enums import COUNTED_STATES, Priority, VisitState
from visits.models import Due, Visit, VisitStudent
from visits.queries.listed import DECLINED, DONE, EXEMPT, WAITING, state_of
from visits.queries.waiting import FIRST_FAMILIES, SEALED, may_know_rank

OPEN, ASSIGNED, LATE, PLANNED = "open", "assigned", "late", "planned"  # steps of a waiting family
ON_THE_WAY = (VisitState.PLANNED, VisitState.DONE)  # appointed; been there, not written down yet


@dataclass(frozen=True)
class Tile:
    due: Due
    rank: int  # Priority.NONE where the viewer may not know it
    mentors: list  # names
    returned: date | None  # the day a record of this pupil went back for correction
    told: bool = False  # may the viewer know who goes when
    lead: Assignment | None = None
    visit: Visit | None = None  # the next one on the way
    mentor_ids: tuple = ()

    @property
    def student(self):
        return self.due.student

    @property
    def state(self):
        return state_of(self.due)

    @property
    def step(self):
        """Of a family that waits: open, assigned, late, planned, where the viewer may know; else the state."""
        if self.state not in (WAITING, DECLINED) or not self.told:
            return self.state
        if self.visit:
            return PLANNED
        if self.state == DECLINED:
            return DECLINED
        if self.days_late:
            return LATE
        return ASSIGNED if self.lead else OPEN

    @property
    def days_late(self):
        """Days since the last day the class head asked for."""
        last = self.lead.visit_by if self.lead else None
        return max((today() - last).days, 0) if last else 0

    @property
    def can_assign(self):
        return self.step in (OPEN, ASSIGNED, LATE)

    @property
    def is_first(self):
        """重点: due, and of a rank the notice puts first."""
        return self.due.in_scope and self.rank in FIRST_FAMILIES

    @property
    def is_open(self):
        return self.state == WAITING


# The chips of the board. Who may not know who goes has 待访 instead of 待安排, 待约, 已约: it is due − visited, so
# the declined are in it as in every figure.
SHOWN = {
    "": lambda tile: True,
    "waiting": lambda tile: tile.state in (WAITING, DECLINED),
    "open": lambda tile: tile.step in (OPEN, LATE),
    "assigned": lambda tile: tile.step == ASSIGNED,
    "planned": lambda tile: tile.step == PLANNED,
    "visited": lambda tile: tile.state == DONE,
    "first": lambda tile: tile.is_first,
    "declined": lambda tile: tile.step == DECLINED,
    "exempt": lambda tile: tile.state == EXEMPT,
}


@dataclass(frozen=True)
class Hint:
    """S20: families that go first are waiting while others have been visited. Pupils, the declined left out."""

    waiting: int
    others: int

    def __bool__(self):
        return bool(self.waiting and self.others)


def label_year(programme):
    """School year by which classes are named on the pages of a programme: today's, kept inside its window."""
    return school_year(min(max(today(), programme.starts_on), programme.ends_on))


def class_tiles(programme, school_class, *, user):
    """Tiles of the class in roster order: everybody in the register here, and pupils here whom it leaves out."""
    here = Q(in_scope=True) | ~Q(exempt_reason="")
    here |= Q(student__school_class=school_class, student__status=Status.ACTIVE)
    rows = list(
        Due.objects.visible_to(user)
        .filter(here, programme=programme, school_class=school_class)
        .select_related("student")
        .defer(*SEALED)
    )
    rows.sort(key=lambda due: (_serial(due.student.class_serial), due.student_id))
    ids = [due.student_id for due in rows]
    told = any(may_know_rank(user.reach, due) for due in rows)
    mentors, leads = _mentors(ids), _leads(programme, ids, user) if told else {}
    visits, returned = _open_visits(programme, ids, user)
    return [
        Tile(
            due,
            due.priority if may_know_rank(user.reach, due) else Priority.NONE,
            [name for _, name in mentors[due.student_id]],
            returned.get(due.student_id),
            may_know_rank(user.reach, due),
            leads.get(due.student_id),
            visits.get(due.student_id) if told else None,
            tuple(pk for pk, _ in mentors[due.student_id]),
        )
        for due in rows
    ]


def _serial(text):
    """Roster order: 2 before 10, no number last."""
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)


def _mentors(student_ids):
    """{student id: [(id, name) of a mentor]}"""
    found = defaultdict(list)
    links = MentorLink.objects.filter(active_on(today()), student_id__in=student_ids).order_by("starts_on", "pk")
    for student_id, *mentor in links.values_list("student_id", "teacher_id", "teacher__name"):
        found[student_id].append(mentor)
    return found


def _leads(programme, student_ids, user):
    """{student id: who is to go}; who has been there and may still write it up is no lead any more."""
    rows = Assignment.objects.visible_to(user).filter(
        programme=programme, student_id__in=student_ids, role=AssignmentRole.LEAD, ended_at=None
    )
    return {row.student_id: row for row in rows.select_related("visitor")}


def _open_visits(programme, student_ids, user):
    """({student id: the earliest visit that is planned, or was made and waits for its record}, {student id: the day a
    record of the pupil went back for correction})"""
    returned = Q(visit__state__in=COUNTED_STATES, visit__returned_at__isnull=False)
    rows = VisitStudent.objects.visible_to(user).filter(
        Q(visit__state__in=ON_THE_WAY) | returned, programme=programme, student_id__in=student_ids
    )
    rows = rows.select_related("visit").order_by("-visit__planned_at", "-visit_id")
    coming, back = {}, {}
    for row in rows.only("student", "visit", *(f"visit__{name}" for name in ("state", "planned_at", "returned_at"))):
        if row.visit.state in ON_THE_WAY:
            coming[row.student_id] = row.visit
        else:
            back[row.student_id] = local_date(row.visit.returned_at)
    return coming, back


def hint(tiles):
    return Hint(
        waiting=sum(tile.is_first and tile.is_open for tile in tiles),
        others=sum(tile.state == DONE and not tile.is_first for tile in tiles),
    )
