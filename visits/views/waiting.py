"""The names behind a number: who is due, waiting, visited, declined or exempt, as far as the viewer may go."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, prefetch_related_objects
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import authorize
from core.audit import record
from core.formats import day
from programmes.queries.current import current_programme
from schools.grades import grade_label
from schools.models import SchoolClass
from visits.enums import Priority
from visits.queries.board import label_year
from visits.queries.waiting import STATE_LABELS, due_names, may_know_rank, readable_categories

PAGE = 50
FIRST = {"1": "重点学生", "0": "其他家庭"}


@dataclass(frozen=True)
class Filters:
    """What the address asks for, as far as it makes sense; `dropped` where something did not."""

    state: str = ""
    school: int | None = None
    school_class: int | None = None
    grade: int | None = None
    use: object = None  # ProgrammeCategory
    first: bool | None = None
    dropped: bool = False

    @property
    def query(self):
        values = {
            "school": self.school,
            "grade": self.grade,
            "school_class": self.school_class,
            "state": self.state or None,
            "category": self.use and self.use.category.code,
            "first": None if self.first is None else int(self.first),
        }
        return {name: value for name, value in values.items() if value is not None}


@require_safe
def waiting(request):
    authorize(request.user, "visits.view_names")
    programme = current_programme(request)
    if programme is None:
        return render(request, "visits/waiting_none.html")
    prefetch_related_objects([programme], "categories__category")
    classes = _classes(request.user, label_year(programme))
    uses = readable_categories(programme, request.user.reach)
    ranks = bool(request.user.reach.leader_schools or request.user.reach.classes)
    filters = _filters(request.GET, classes, uses, ranks)
    rows = due_names(
        programme,
        user=request.user,
        state=filters.state,
        school=filters.school,
        class_ids=_class_ids(filters, classes),
        use=filters.use,
        first=filters.first,
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if filters.use is not None and filters.use.category.restricted:
        record(
            programme, "due.read_restricted", by=request.user, school_id=filters.school,
            category=filters.use.category.code, count=page.paginator.count,
        )  # fmt: skip
    context = {
        "page": page,
        "rows": [_row(due, classes, request.user.reach) for due in page],
        "filters": filters,
        "title": _title(filters, classes),
        "back": _back(filters, request.user.reach),
        "chips": _chips(filters),
        "classes": [(pk, row.label) for pk, row in classes.items() if filters.grade in (None, row.grade)],
        "grades": [
            (grade, grade_label(grade)) for grade in sorted({r.grade for r in classes.values() if r.grade is not None})
        ],
        "uses": uses,
        "ranks": ranks,
        "several_schools": len({row.school_class.school_id for row in classes.values()}) > 1,
    }
    return render(request, "visits/waiting.html", context)


@dataclass(frozen=True)
class Named:
    school_class: SchoolClass
    grade: int | None
    label: str


def _classes(user, year):
    """{class id: Named}: classes whose names the viewer reads as head, leader or school admin, in order of grade."""
    rows = [
        Named(c, c.grade(year), c.label(year))
        for c in SchoolClass.objects.visible_to(user)
        .filter(Q(pk__in=user.reach.classes) | Q(school_id__in=user.reach.whole_schools))
        .select_related("school")
    ]
    rows.sort(key=lambda r: (r.school_class.school_id, r.grade is None, r.grade or 0, r.label, r.school_class.number))
    return {row.school_class.pk: row for row in rows}


def _filters(query, classes, uses, ranks):
    """Nonsense, and what the viewer may not tell apart, is left out in the same way: no answer is an answer."""
    schools = {row.school_class.school_id for row in classes.values()}
    grades = {row.grade for row in classes.values() if row.grade is not None}
    found = {
        "state": _one(query, "state", STATE_LABELS),
        "school": _one(query, "school", schools),
        "school_class": _one(query, "school_class", classes),
        "grade": _one(query, "grade", grades),
        "use": next((use for use in uses if use.category.code == query.get("category")), None),
        "first": {"1": True, "0": False}.get(query.get("first")) if ranks else None,
    }
    asked = {name: query.get("category" if name == "use" else name) for name in found}
    dropped = any(asked[name] and value is None for name, value in found.items())
    return Filters(**found | {"state": found["state"] or ""}, dropped=dropped)


def _one(query, name, allowed):
    return next((value for value in allowed if str(value) == query.get(name)), None)


def _class_ids(filters, classes):
    """Only the viewer's own classes and schools, whatever else (a pupil mentored elsewhere) is visible."""
    return [
        pk
        for pk, row in classes.items()
        if filters.school_class in (None, pk) and filters.grade in (None, row.grade)
    ]


def _title(filters, classes):
    """五（3）班 重点学生 待访"""
    words = []
    if filters.school_class is not None:
        words.append(classes[filters.school_class].label)
    elif filters.grade is not None:
        words.append(grade_label(filters.grade))
    if filters.use is not None:
        words.append(filters.use.label)
    if filters.first is not None:
        words.append(FIRST[str(int(filters.first))])
    words.append(STATE_LABELS.get(filters.state, "应访"))
    return " ".join(words)


def _back(filters, reach):
    """(address, words) of the page the numbers stand on."""
    if filters.school_class is not None:
        return reverse("visits:board", args=[filters.school_class]), "回到看板"
    if filters.school is not None:
        return reverse("visits:school", args=[filters.school]), "走访覆盖"
    return (reverse("visits:school"), "走访覆盖") if reach.whole_schools else (reverse("visits:board"), "回到看板")


def _chips(filters):
    kept = {name: value for name, value in filters.query.items() if name != "state"}
    states = [("", "应访"), *((name, label) for name, label in STATE_LABELS.items() if name != "open")]
    if filters.state == "open":
        states.insert(2, ("open", STATE_LABELS["open"]))
    return [
        {
            "label": label,
            "url": "?" + urlencode(kept | ({"state": name} if name else {})),
            "current": name == filters.state,
        }
        for name, label in states
    ]


def _row(due, classes, reach):
    place = classes.get(due.school_class_id)
    kind, icon, text = _state(due, may_know_rank(reach, due))
    return {
        "name": due.student.name,
        "url": reverse("students:detail", args=[due.student_id]),
        "rank": due.rank if due.rank <= Priority.THIRD else 0,
        "label": place.label if place else "",
        "school": place.school_class.school.short_name if place else "",
        "board_url": reverse("visits:board", args=[due.school_class_id]) if place else "",
        "serial": due.student.class_serial,
        "kind": kind,
        "icon": icon,
        "text": text,
        "first_on": due.first_on,
        "visits": due.visits,
    }


def _state(due, knows_why):
    if not due.in_scope:
        return "mute", "slash-circle", f"免访：{due.get_exempt_reason_display()}" if knows_why else "免访"
    if due.visits:
        return "done", "", f"{day(due.first_on)}已访"
    return ("soon", "door-closed", "婉拒") if due.declined else ("todo", "", "待访")
