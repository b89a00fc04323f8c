"""The class board: who is left, at a glance, with one step to each family."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Q, prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from core.clock import local_date, today
from core.formats import day
from core.links import by_number
from core.templatetags.ui import icon
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme
from programmes.queries.workdays import left_words, workdays_left
from schools.grades import grade_label
from schools.models import SchoolClass
from students.queries.pupil import suggestions_count
from visits.enums import Priority, VisitState
from visits.forms.assign import numbers
from visits.queries.board import ASSIGNED, LATE, OPEN, PLANNED, SHOWN, class_tiles, hint, label_year
from visits.queries.coverage import Count, coverage, total
from visits.queries.forecast import ahead_of, coverage_day, outlook
from visits.queries.listed import DECLINED, DONE, EXEMPT, OUTSIDE, WAITING
from visits.queries.review import waiting_count
from visits.queries.waiting import readable_categories, uses
from visits.views.assign_panel import done_note, last_act, make_panel

CHIPS = (
    ("", "全部"), ("waiting", "待访"), ("open", "待安排"), ("assigned", "待约"), ("planned", "已约"), ("visited", "已访"),
    ("first", "重点"), ("declined", "婉拒"), ("exempt", "免访"),
)  # fmt: skip
TOLD, UNTOLD = {"open", "assigned", "planned", "first"}, {"waiting"}  # chips of who knows who goes, and of who does not
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
    return board_page(request, school_class, programme)


def board_page(request, school_class, programme, *, tiles=None, panel=None, status=200):
    """The whole board; tiles and panel where the caller has them already (views/assign.py)."""
    prefetch_related_objects([programme], "deadlines", uses())
    tiles = class_tiles(programme, school_class, user=request.user) if tiles is None else tiles
    knows_rank = allowed(request.user, "visits.view_rank", school_class)
    is_head = school_class.pk in request.user.reach.classes
    assigns = is_head and programme.state == ProgrammeState.OPEN
    if assigns and panel is None:
        panel = make_panel(
            programme, school_class, tiles, user=request.user, ticked=numbers(request.GET.getlist("pick")),
            mode=request.GET.get("mode"),
        )  # fmt: skip
    act = last_act(request, school_class, programme) if assigns else None
    hidden = UNTOLD if knows_rank else TOLD
    state = request.GET.get("state", "")
    state = state if state in SHOWN and state not in hidden else ""
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
        "days_left": (days_left := (last_day - today()).days),
        "workdays": left_words(days_left, workdays_left(programme, last_day)),
        "figure": figure,
        "grade": grade_count,
        "chips": _chips(tiles, state, view, hidden),
        "views": [(name, label, _query(state, name)) for name, label in (("", "格子"), ("list", "列表"))],
        "view": view,
        "state": state,
        "tiles": _drawn_tiles([tile for tile in tiles if SHOWN[state](tile)], is_head, panel),
        "is_head": is_head,
        "told": knows_rank,
        "ahead": _ahead(programme, school_class, figure, tiles, request.user),
        "planned": sum(tile.step == PLANNED for tile in tiles),
        "late": sum(tile.step == LATE for tile in tiles),
        "panel": panel,
        "done": done_note(act, user=request.user) if act else None,
        "imports": allowed(request.user, "students.import"),
        "hint": hint(tiles),
        "waiting_first": _waiting_first(tiles, school_class),
        "suggestions": suggestions_count(school_class, user=request.user) if is_head else 0,
        "categories": _categories(programme, school_class, figure, request.user),
        "returned": [tile.student for tile in tiles if tile.returned],
        "review_class": school_class,
        "review_waiting": waiting_count(request.user, programme, school_class) if knows_rank else 0,
    }
    if context["suggestions"]:
        context["suggestions_url"] = reverse("students:suggestions", args=[school_class.pk])
    return render(request, "visits/board.html", context, status=status)


def _figures(programme, school_class, user):
    """Figure of the class and the Count of its grade, by the one coverage function."""
    peers = SchoolClass.objects.visible_to(user).filter(
        school=school_class.school_id, stage=school_class.stage, entry_year=school_class.entry_year
    )
    figures = coverage(
        programme, user=user, by="school_class", school=school_class.school_id, grade_classes=peers.values("pk")
    )
    own = next((figure for figure in figures if figure.place_id == school_class.pk), None)
    return own, total(figures).all if len(figures) > 1 else None


def _ahead(programme, school_class, figure, tiles, user):
    """(the sentence on where the class's pace leads, is it a warning); None where there is nothing to say."""
    if figure is None:
        return None
    classes = {school_class.pk: (school_class, None, "")}
    rows = [tile.due for tile in tiles]
    found = outlook(programme, user, school_class.school, classes=classes, figures=[figure], rows=rows)
    if found and found[0].warning:
        return found[0].warning, True
    if found and found[0].finish_on and ahead_of(programme).known:
        return f"照现在的速度，{day(found[0].finish_on)}能走完", False
    return None


def _query(state, view):
    return "?" + urlencode({name: value for name, value in (("state", state), ("view", view)) if value})


def _chips(tiles, state, view, hidden):
    return [
        {
            "label": label,
            "url": _query(name, view),
            "count": sum(SHOWN[name](tile) for tile in tiles),
            "current": name == state,
            "rank": 1 if name == "first" else 0,
        }
        for name, label in CHIPS
        if name not in hidden
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


LINK = '<a href="{}">{}{}</a>'  # two hundred a board: drawn here
# step of a tile: (tile class, tag kind, tag icon, words); the words of some say more, see _words
LOOKS = {
    DONE: ("done", "done", "", "已访"),
    WAITING: ("todo", "todo", "", "待访"),
    OPEN: ("todo", "todo", "", "待安排"),
    ASSIGNED: ("assigned", "todo", "person-check", "待约"),
    LATE: ("late", "late", "", "过期"),
    PLANNED: ("plan", "plan", "", "已约"),
    DECLINED: ("declined", "soon", "door-closed", "婉拒"),
    EXEMPT: ("off", "mute", "slash-circle", "免访"),
    OUTSIDE: ("off", "mute", "slash-circle", "不在名单"),
}


def _words(tile):
    """(foot of the tile, tag of the list line)"""
    if tile.step == DONE:
        return day(tile.due.first_on), "已访"
    if tile.step == ASSIGNED:
        return f"{tile.lead.visitor.name[:1]}老师", f"{tile.lead.visitor.name}待约"
    if tile.step == LATE:
        return f"过{tile.days_late}天", f"{tile.lead.visitor.name}过{tile.days_late}天"
    if tile.step == PLANNED:
        if tile.visit.state == VisitState.DONE:
            return "待记录", "去过待记录"
        on = local_date(tile.visit.planned_at)
        when = "今天" if on == today() else day(on)
        return when, f"已约{when}"
    words = LOOKS[tile.step][-1]
    return words, words


def _drawn_tiles(tiles, is_head, panel):
    names = ("students:detail", "visits:log", "students:marks", "visits:due")
    addresses = {name: by_number(name) for name in names}
    return [_drawn(tile, is_head, panel, addresses) for tile in tiles]


def _drawn(tile, is_head, panel, addresses):
    """What a tile or a list line shows: words and links, no category."""
    kind, tag, tag_icon, _ = LOOKS[tile.step]
    text, words = _words(tile)
    student, due = tile.student, tile.due
    mentors = "、".join(tile.mentors)
    goes = _who_goes(tile)
    links = _links(tile, is_head, panel, addresses)
    return {
        "name": student.name,
        "kind": kind,
        "tag": tag,
        "tag_icon": tag_icon,
        "words": words,
        "text": text,
        "rank": tile.rank if tile.rank <= Priority.THIRD else 0,
        "under": "导师 " + "、".join(name[:1] for name in tile.mentors) if mentors else "未定导师",
        "about": "，".join(filter(None, (f"导师 {mentors}" if mentors else "", goes))),
        "mentors": mentors,
        "returned": tile.returned,
        "serial": student.class_serial,
        "visits": due.visits,
        "last_on": due.last_on,
        "url": links[0]["url"],
        "log_url": links[1]["url"] if is_head else "",
        "links": links,
        "menu": format_html_join("", LINK, ((link["url"], icon(link["icon"]), link["label"]) for link in links)),
        "pick": student.pk if panel and tile.can_assign else None,
        "picked": panel is not None and student.pk in panel.ticked,
    }


def _who_goes(tile):
    """由罗一鸣走访，9月27日前"""
    if not tile.lead or tile.step not in (ASSIGNED, LATE, PLANNED):
        return ""
    until = f"，{day(tile.lead.visit_by)}前" if tile.lead.visit_by else ""
    return f"由{tile.lead.visitor.name}走访{until}"


def _links(tile, is_head, panel, addresses):
    def link(name, number, label, icon_name):
        return {"url": addresses[name](number), "label": label, "icon": icon_name}

    student = tile.student
    links = [link("students:detail", student.pk, "看学生", "person")]
    if not is_head:
        return links
    links.append(link("visits:log", student.pk, "记家访", "plus-lg"))
    links.append(link("students:marks", student.pk, "标记", "star"))
    if not tile.due.visits and tile.state != OUTSIDE:
        links.append(link("visits:due", tile.due.pk, "免访、婉拒", "slash-circle"))
    if panel and tile.can_assign:
        by_hand = urlencode({"pick": student.pk, "mode": "hand"})
        links.append({"url": f"?{by_hand}#assign", "label": "指派老师", "icon": "person-check"})
    return links
