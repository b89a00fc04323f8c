"""Who could visit which family: the proposal of the one-click assignment, and how many families each visitor has.

A family is the pupils of one household in the class. It goes to its mentor; where the mentor's hands are full, or
there is none, to whoever of those already connected with the class has the fewest. The same question has the same
answer.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from schools.enums import Role
from schools.models import Post, User
from students.enums import AssignmentRole
from students.models import Assignment, Student
from students.models.near import union
from visits.models import Due, VisitStudent
from visits.queries.board import ON_THE_WAY, class_tiles
from visits.queries.records import colleagues


@dataclass(frozen=True)
class Home:
    """Waiting pupils of one household in the class, and the ids of their mentors who may go."""

    students: tuple
    mentors: tuple

    @property
    def names(self):
        return "、".join(student.name for student in self.students)

    @property
    def ids(self):
        return [student.pk for student in self.students]


@dataclass
class Part:
    """One visitor: families before, and those added."""

    visitor: User
    before: int
    cap: int
    homes: list = field(default_factory=list)

    @property
    def after(self):
        return self.before + len(self.homes)

    @property
    def is_full(self):
        return self.after >= self.cap

    @property
    def names(self):
        return "、".join(home.names for home in self.homes)

    @property
    def order(self):
        """The same for the same class: families, then the name."""
        return self.after, self.visitor.name, self.visitor.pk


@dataclass(frozen=True)
class Proposal:
    """pool: everybody connected with the class; homes: the families asked for, all of them in some part."""

    pool: list
    homes: list

    @property
    def parts(self):
        """Who gets somebody, the most first."""
        return sorted((part for part in self.pool if part.homes), key=lambda part: -len(part.homes))

    @property
    def pairs(self):
        """[(student id, visitor id)]: what the button does."""
        return [(pk, part.visitor.pk) for part in self.parts for home in part.homes for pk in home.ids]


def proposal(programme, school_class, student_ids, user, tiles=None):
    """For each waiting family of these pupils, or with no ids of all that nobody is assigned to, who might go.

    tiles: those of the class where the caller has them. The same number of queries for any number of families.
    """
    tiles = class_tiles(programme, school_class, user=user) if tiles is None else tiles
    mentors = {tile.due.student_id: tile.mentor_ids for tile in tiles}
    visitors = {tile.lead.visitor_id for tile in tiles if tile.lead}
    pool, classes = _pool(school_class, {pk for ids in mentors.values() for pk in ids} | visitors)
    chosen = _chosen(tiles, set(student_ids))
    homes = [
        Home(tuple(tile.student for tile in home), _of(home, mentors, pool)) for home in chosen
    ]
    before = loads(programme, school_class.school_id, list(pool), classes, without={pk for h in homes for pk in h.ids})
    cap = programme.rules.visit.families_each
    parts = {pk: Part(visitor, before[pk], cap) for pk, visitor in pool.items()}
    later = [home for home in homes if parts and not _to_mentor(parts, home)]
    for home in later:
        _next_best(parts, home).homes.append(home)
    return Proposal(sorted(parts.values(), key=lambda part: (part.visitor.name, part.visitor.pk)), homes)


def _to_mentor(parts, home):
    """True when a mentor with room takes the family."""
    with_room = [parts[pk] for pk in home.mentors if not parts[pk].is_full]
    if with_room:
        min(with_room, key=lambda part: part.order).homes.append(home)
    return bool(with_room)


def _next_best(parts, home):
    """Who has room and the fewest; else the mentor all the same; else the fewest."""
    with_room = [part for part in parts.values() if not part.is_full]
    group = with_room or [parts[pk] for pk in home.mentors] or parts.values()
    return min(group, key=lambda part: part.order)


def _chosen(tiles, wanted):
    """Lists of tiles, a household each, the priority families first, then in roster order."""
    homes = defaultdict(list)
    for tile in tiles:
        if tile.can_assign:
            homes[tile.student.household_id or f"pupil {tile.student.pk}"].append(tile)
    if wanted:
        chosen = [home for home in homes.values() if any(tile.student.pk in wanted for tile in home)]
    else:
        chosen = [[tile for tile in home if not tile.lead] for home in homes.values()]
        chosen = [home for home in chosen if home]
    return sorted(chosen, key=lambda home: min(tile.rank for tile in home))


def _of(home, mentors, pool):
    found = [pk for tile in home for pk in mentors[tile.student.pk] if pk in pool]
    return tuple(dict.fromkeys(found))


def _pool(school_class, ids):
    """({user id: user}, {class id: ids of its heads}): those of the ids who are at the school, and the class heads."""
    here = Q(school_id=school_class.school_id) | Q(school_class__school_id=school_class.school_id)
    heads = Q(role=Role.CLASS_HEAD, school_class=school_class)
    posts = Post.objects.active().filter(here, Q(user_id__in=ids) | heads, user__is_active=True).select_related("user")
    pool, classes = {}, defaultdict(list)
    for post in posts.order_by("user_id", "pk"):
        pool[post.user_id] = post.user
        if post.role == Role.CLASS_HEAD:
            classes[post.school_class_id].append(post.user_id)
    return pool, classes


def loads(programme, school_id, visitor_ids, classes=None, *, without=()):
    """{visitor id: families to visit}: appointed, assigned, or of a class headed and nobody else's.

    classes: {class id: ids of its heads}. without: pupils not to count. Three queries.
    """
    classes = classes or {}
    planned = _leads_of(
        VisitStudent.objects.filter(programme=programme, visit__state__in=ON_THE_WAY), classes,
        "visit__lead_id", visitor_ids, "-visit__planned_at",
    )  # fmt: skip
    leads = _leads_of(
        Assignment.objects.filter(programme=programme, role=AssignmentRole.LEAD, ended_at=None), classes,
        "visitor_id", visitor_ids, "-pk",
    )  # fmt: skip
    waiting = Due.objects.filter(
        Q(student_id__in=[*planned, *leads]) | Q(school_class_id__in=classes), programme=programme, school_id=school_id,
        declined=False,
    ).waiting()  # fmt: skip
    families = {pk: set() for pk in visitor_ids}
    for student_id, household_id, class_id in waiting.values_list(
        "student_id", "student__household_id", "school_class_id"
    ):
        if student_id in without:
            continue
        lead = planned.get(student_id) or leads.get(student_id)
        for pk in [lead] if lead else classes.get(class_id, []):
            families.get(pk, set()).add(household_id or f"pupil {student_id}")
    return {pk: len(homes) for pk, homes in families.items()}


def _leads_of(rows, classes, lead, visitor_ids, order):
    """{student id: who goes, by the earliest} of these people's and of these classes' pupils.

    A UNION: for one OR over two tables PostgreSQL reads both through.
    """
    columns = rows.values_list("student_id", lead, order.removeprefix("-"))
    found = union(columns.filter(**{f"{lead}__in": visitor_ids}), columns.filter(student__school_class_id__in=classes))
    return {student_id: visitor_id for student_id, visitor_id, _ in found.order_by(order)}


def choices(school_class, pool):
    """Who may be chosen by hand: [(group, [(user, families or None)])], those connected with the class first."""
    near = {part.visitor.pk for part in pool}
    rest = colleagues(school_class.school_id).exclude(pk__in=near).order_by("name", "pk")
    groups = [("常走这个班", [(part.visitor, part.before) for part in pool])] if pool else []
    return groups + [("其他老师", [(user, None) for user in rest])]


def named(student_ids, *, user):
    """{student id: name} for sentences about pupils, as far as the user may see them."""
    return dict(Student.objects.visible_to(user).filter(pk__in=student_ids).values_list("pk", "name"))
