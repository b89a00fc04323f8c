"""The class board: who is left, at a glance, with one step to each family."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from core.clock import today
from core.formats import day
from programmes.queries.current import current_programme
from schools.grades import grade_label
from schools.models import SchoolClass
from students.queries.pupil import suggestions
from visits.enums import Priority
from visits.queries.board import (
    DECLINED,
    DONE,
    EXEMPT,
    OUTSIDE,
    SHOWN,
    WAITING,
    class_tiles,
    hint,
    label_year,
)
from visits.queries.coverage import Count, coverage, total
from visits.queries.school import school_classes
from visits.queries.trend import coverage_day
from visits.queries.waiting import readable_categories

CHIPS = (("", "全部"), ("waiting", "待访"), ("visited", "已访"), ("first", "重点"), ("declined", "婉拒"), ("exempt", "免访"))
NAMES_SHOWN = 5


@require_safe
def my_board(request):
    """My class; with several, or as leader with none of my own, a choice."""
    reach = request.user.reach
    classes = list(
        SchoolClass.objects.visible_to(request.user)
        .filter(Q(pk__in=reach.classes) | Q(school_id__in=reach.whole_schools))
        .select_related("school")
    )
    if not classes and not reach.whole_schools:
        raise PermissionDenied("visits.view_board")
    own = [school_class for school_class in classes if school_class.pk in reach.classes]
    if len(own or classes) == 1:
        return redirect("visits:board", (own or classes)[0].pk)
    programme = current_programme(request)
    year = label_year(programme) if programme else None
    return render(request, "visits/board_choose.html", {"groups": _by_grade(own or classes, year)})


def _by_grade(classes, year):
    """[(school and grade, [(class, label)])], so that 40 classes are found by eye."""
    rows = [(c.school, c.grade(year), c) for c in classes]
    rows.sort(key=lambda r: (r[0].code, r[1] is None, r[1] or 0, r[2].entry_year, r[2].number))
    several = len({school.pk for school, _, _ in rows}) > 1
    groups = {}
    for school, grade, school_class in rows:
        head = f"{school.short_name} {grade_label(grade)}" if several else grade_label(grade)
        groups.setdefault(head, []).append((school_class, school_class.label(year)))
    return groups.items()


@require_safe
def board(request, pk):
    school_class = get_object_or_404(SchoolClass.objects.visible_to(request.user).select_related("school"), pk=pk)
    authorize(request.user, "visits.view_board", school_class)
    programme = current_programme(request)
    if programme is None or programme.authority_id != school_class.school.authority_id:
        return render(request, "visits/board_none.html", {"label": school_class.label()})
    prefetch_related_objects([programme], "deadlines", "categories__category")
    tiles = class_tiles(programme, school_class, user=request.user)
    knows_rank = allowed(request.user, "visits.view_rank", school_class)
    is_head = school_class.pk in request.user.reach.classes
    state = request.GET.get("state", "")
    state = state if state in SHOWN and (knows_rank or state != "first") else ""
    view = "list" if request.GET.get("view") == "list" else ""
    figure, grade_count = _figures(programme, school_class, request.user)
    last_day = coverage_day(programme)
    context = {
        "programme": programme,
        "school_class": school_class,
        "label": school_class.label(label_year(programme)),
        "listed": len(tiles),
        "first": sum(tile.is_first for tile in tiles) if knows_rank else None,
        "last_day": last_day,
        "days_left": (last_day - today()).days,
        "figure": figure,
        "grade": grade_count,
        "chips": _chips(tiles, state, view, knows_rank),
        "views": [(name, label, _query(state, name)) for name, label in (("", "格子"), ("list", "列表"))],
        "view": view,
        "state": state,
        "tiles": [_drawn(tile, is_head) for tile in tiles if SHOWN[state](tile)],
        "is_head": is_head,
        "imports": allowed(request.user, "students.import"),
        "hint": hint(tiles),
        "waiting_first": _waiting_first(tiles, school_class),
        "suggestions": len(suggestions(school_class, user=request.user)) if is_head else 0,
        "categories": _categories(programme, school_class, figure, request.user),
        "returned": [tile.student for tile in tiles if tile.returned],
    }
    if context["suggestions"]:
        context["suggestions_url"] = reverse("students:suggestions", args=[school_class.pk])
    return render(request, "visits/board.html", context)


def _figures(programme, school_class, user):
    """Figure of the class and the Count of its grade, by the one coverage function."""
    classes = school_classes(programme, school_class.school, user=user)
    grade = classes[school_class.pk][1]
    peers = [pk for pk, row in classes.items() if row[1] == grade]
    figures = coverage(
        programme, user=user, by="school_class", school=school_class.school_id, grade_classes=peers
    )
    own = next((figure for figure in figures if figure.place_id == school_class.pk), None)
    return own, total(figures).all if len(peers) > 1 else None


def _query(state, view):
    return "?" + urlencode({name: value for name, value in (("state", state), ("view", view)) if value})


def _chips(tiles, state, view, knows_rank):
    return [
        {
            "label": label,
            "url": _query(name, view),
            "count": sum(SHOWN[name](tile) for tile in tiles),
            "current": name == state,
            "rank": 1 if name == "first" else 0,
        }
        for name, label in CHIPS
        if name != "first" or knows_rank
    ]


def _waiting_first(tiles, school_class):
    """重点 families nobody has been to: how many, the first names, how many more."""
    names = [tile.student.name for tile in tiles if tile.is_first and tile.is_open]
    return {
        "count": len(names),
        "names": names[:NAMES_SHOWN],
        "more": max(len(names) - NAMES_SHOWN, 0),
        "url": _names(school_class, state="open", first=1),
    }


def _names(school_class, **query):
    """Address of the list behind a number of this class."""
    return f"{reverse('visits:waiting')}?" + urlencode({"school_class": school_class.pk} | query)


def _categories(programme, school_class, figure, user):
    """Counts by category for those who may tell them apart, with the names behind each number."""
    uses = readable_categories(
        programme, user.reach, school_id=school_class.school_id, school_class_id=school_class.pk
    )
    counts = figure.categories if figure else {}
    rows = []
    for use in uses:
        count = counts.get(use.position, Count())
        if not count.due:
            continue
        code = use.category.code
        rows.append(
            {
                "label": use.label,
                "count": count,
                "due_url": _names(school_class, category=code),
                "visited_url": _names(school_class, category=code, state="visited"),
                "waiting_url": _names(school_class, category=code, state="waiting"),
            }
        )
    return rows


# state of a tile: (tile class, tag kind, tag icon, words); a visited one says the day instead
LOOKS = {
    DONE: ("done", "done", "", "已访"),
    WAITING: ("todo", "todo", "", "待访"),
    DECLINED: ("declined", "soon", "door-closed", "婉拒"),
    EXEMPT: ("off", "mute", "slash-circle", "免访"),
    OUTSIDE: ("off", "mute", "slash-circle", "不在名单"),
}


def _drawn(tile, is_head):
    """What a tile or a list line shows: words and links, no category."""
    kind, tag, tag_icon, words = LOOKS[tile.state]
    student, due = tile.student, tile.due
    log_url = reverse("visits:log", args=[student.pk])
    links = [{"url": reverse("students:detail", args=[student.pk]), "label": "看学生", "icon": "person"}]
    if is_head:
        links.append({"url": log_url, "label": "记家访", "icon": "plus-lg"})
        links.append({"url": reverse("students:marks", args=[student.pk]), "label": "标记", "icon": "star"})
        if not due.visits and tile.state != OUTSIDE:
            links.append(
                {"url": reverse("visits:due", args=[due.pk]), "label": "免访、婉拒", "icon": "slash-circle"}
            )
    mentors = "、".join(tile.mentors)
    return {
        "name": student.name,
        "kind": kind,
        "tag": tag,
        "tag_icon": tag_icon,
        "words": words,
        "text": day(due.first_on) if tile.state == DONE else words,
        "rank": tile.rank if tile.rank <= Priority.THIRD else 0,
        "under": "导师 " + "、".join(name[:1] for name in tile.mentors) if mentors else "未定导师",
        "about": f"导师 {mentors}" if mentors else "",
        "mentors": mentors,
        "returned": tile.returned,
        "serial": student.class_serial,
        "visits": due.visits,
        "last_on": due.last_on,
        "url": links[0]["url"],
        "log_url": log_url,
        "links": links,
    }
