"""Names behind the figures: rows of the register by state, and who may know a rank or a category of them."""

from django.db.models import Case, F, Prefetch, Q, Value, When
from django.db.models.functions import Length

from programmes.models import ProgrammeCategory
from schools.enums import Stage
from visits.enums import Priority
from visits.models import Due

# The same conditions make the figures: waiting is due − visited, with the declined in it.
STATES = {
    "waiting": Q(in_scope=True, visits=0),
    "open": Q(in_scope=True, visits=0, declined=False),
    "visited": Q(in_scope=True, visits__gt=0),
    "declined": Q(in_scope=True, visits=0, declined=True),
    "exempt": Q(in_scope=False) & ~Q(exempt_reason=""),
}
STATE_LABELS = {"waiting": "待访", "open": "待访（不含婉拒）", "visited": "已访", "declined": "婉拒", "exempt": "免访"}
# Encrypted columns of a pupil that no list shows: neither read nor opened.
SEALED = tuple(f"student__{name}" for name in ("national_no", "aux_no", "address", "phone"))
STAGE_ORDER = Case(*(When(school_class__stage=stage, then=Value(n)) for n, stage in enumerate(Stage)), default=Value(9))
FIRST_FAMILIES = (Priority.FIRST, Priority.SECOND)  # 重点: the notice's priority families; newly arrived come after


def uses():
    """For prefetch_related_objects([programme], …): readable_categories() asks no more. One query."""
    return Prefetch("categories", ProgrammeCategory.objects.select_related("category"))


def ranked(reach):
    """Rows whose rank the user may know: a rank tells that some category is set."""
    return Q(school_id__in=reach.leader_schools) | Q(school_class_id__in=reach.classes)


def may_know_rank(reach, due):
    return due.school_id in reach.leader_schools or due.school_class_id in reach.classes


def categorised(reach, category):
    """Rows whose mark in the category the user may know (security.md §2): class head all, leader below S4."""
    schools = reach.restricted_schools if category.restricted else reach.leader_schools
    return Q(school_id__in=schools) | Q(school_class_id__in=reach.classes)


def readable_categories(programme, reach, *, school_id=None, school_class_id=None):
    """ProgrammeCategory rows the user may tell apart at a class, at a school, or anywhere."""

    def readable(use):
        schools = reach.restricted_schools if use.category.restricted else reach.leader_schools
        if school_id is None and school_class_id is None:
            return bool(schools or reach.classes)
        return school_id in schools or school_class_id in reach.classes

    return [use for use in programme.categories.all() if readable(use)]


def due_names(programme, *, user, state="", school=None, class_ids=None, use=None, first=None):
    """Register rows with names: everybody due, or one state. First the ranked, then the unreached, then by class.

    use: a ProgrammeCategory; first: True for 重点, False for the others. Both keep to rows where the user may know.
    Each row carries `rank`, Priority.NONE where the user may not know it.
    """
    reach = user.reach
    rows = Due.objects.visible_to(user).filter(STATES.get(state, Q(in_scope=True)), programme=programme)
    if school is not None:
        rows = rows.filter(school=school)
    if class_ids is not None:
        rows = rows.filter(school_class_id__in=class_ids)
    if use is not None:
        rows = rows.filter(categorised(reach, use.category)).annotate(
            bit=F("categories").bitand(use.bit)
        ).filter(bit__gt=0)  # fmt: skip
    if first is not None:
        rank = Q(priority__in=FIRST_FAMILIES)
        rows = rows.filter(ranked(reach), rank if first else ~rank)
    # fmt: off
    return (
        rows.annotate(rank=Case(When(ranked(reach), then=F("priority")), default=Value(Priority.NONE)))
        .select_related("student", "school_class__school")
        .defer(*SEALED)
        .order_by(
            "rank", "visits", "school_id", STAGE_ORDER, "-school_class__entry_year", "school_class__number",
            Length("student__class_serial"), "student__class_serial", "student_id",
        )
    )
