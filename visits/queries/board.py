"""The class board: one tile a pupil, with what the register and the visits say of the family."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from core.clock import local_date, today
from schools.calendar import school_year
from students.enums import Status
from students.models import MentorLink
from students.models.student import active_on
from visits.enums import COUNTED_STATES, Priority
from visits.models import Due, VisitStudent
from visits.queries.waiting import FIRST_FAMILIES, SEALED, may_know_rank

DONE, WAITING, DECLINED, EXEMPT, OUTSIDE = "visited", "waiting", "declined", "exempt", "outside"


@dataclass(frozen=True)
class Tile:
    due: Due
    rank: int  # Priority.NONE where the viewer may not know it
    mentors: list  # names
    returned: date | None  # the day a record of this pupil went back for correction

    @property
    def student(self):
        return self.due.student

    @property
    def state(self):
        due = self.due
        if not due.in_scope:
            return EXEMPT if due.exempt_reason else OUTSIDE
        if due.visits:
            return DONE
        return DECLINED if due.declined else WAITING

    @property
    def is_first(self):
        """重点: due, and of a rank the notice puts first."""
        return self.due.in_scope and self.rank in FIRST_FAMILIES

    @property
    def is_open(self):
        return self.state == WAITING


# The chips of the board; 待访 is due − visited, so the declined are in it as in every figure.
SHOWN = {
    "": lambda tile: True,
    "waiting": lambda tile: tile.state in (WAITING, DECLINED),
    "visited": lambda tile: tile.state == DONE,
    "first": lambda tile: tile.is_first,
    "declined": lambda tile: tile.state == DECLINED,
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
    mentors, returned = _mentors(ids), _returned(programme, ids, user)
    return [
        Tile(
            due,
            due.priority if may_know_rank(user.reach, due) else Priority.NONE,
            mentors[due.student_id],
            returned.get(due.student_id),
        )
        for due in rows
    ]


def _serial(text):
    """Roster order: 2 before 10, no number last."""
    return (0, int(text), "") if text.isdecimal() else (1, 0, text)


def _mentors(student_ids):
    names = defaultdict(list)
    links = MentorLink.objects.filter(active_on(today()), student_id__in=student_ids).select_related("teacher")
    for link in links.order_by("starts_on", "pk"):
        names[link.student_id].append(link.teacher.name)
    return names


def _returned(programme, student_ids, user):
    rows = VisitStudent.objects.visible_to(user).filter(
        programme=programme,
        student_id__in=student_ids,
        visit__state__in=COUNTED_STATES,
        visit__returned_at__isnull=False,
    )
    return {pk: local_date(at) for pk, at in rows.values_list("student_id", "visit__returned_at")}


def hint(tiles):
    return Hint(
        waiting=sum(tile.is_first and tile.is_open for tile in tiles),
        others=sum(tile.state == DONE and not tile.is_first for tile in tiles),
    )
