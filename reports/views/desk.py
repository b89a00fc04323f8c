"""The district officer's first page: how far every school has come, worst first, and the report on it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.clock import local_date, now, today
from core.formats import day, headline
from honesty.queries.desk import schools_hints
from programmes.config.days import last_day_before
from programmes.models import Programme
from programmes.queries.current import current_programme
from reports.actions.compile import CannotCompile, start_compilation
from reports.actions.export import export_desk
from reports.actions.saved_view import plain_query, views_of
from reports.enums import Handed
from reports.forms.desk import VISITS, DeskFilter, tabs_of
from reports.queries.compilations import on_desk
from reports.queries.desk import (
    chosen,
    class_lines,
    desk_words,
    look_ahead,
    ordered,
    picked,
    summed,
    whole_desk,
)
from reports.queries.filters import AHEAD, HINTS, OF_SCHOOL
from reports.queries.review import Waiting
from reports.views import rows
from reports.views.jobs import job_context
from schools.models import School
from visits.queries.coverage import priority_waiting
from visits.queries.school import tasks

PAGE = 50
CARDS = 5  # on top of the desk
VIEWS = "desk"  # page of SavedView
NO_HINTS = {"hints": "各校的走访记录里没有要问的。", "overdue": "学校收到的提醒都在期限内。"}
CLASS_SORTS = ("coverage", "due", "waiting", "declined")  # not by a category: the order would tell hidden counts


def desk_programme(request):
    """The programme of the page with what every figure on it needs, or None; 403 where it is another district's."""
    authorize(request.user, "reports.view_desk")
    programme = current_programme(request)
    if programme is not None:
        authorize(request.user, "reports.view_desk", programme)
        prefetch_related_objects([programme], "deadlines", "categories")
    return programme


def desk_filters(query, page, programme):
    """What an address asks of the desk's table."""
    return DeskFilter.read(
        query, kinds=page.kinds, towns=page.towns, papers=[code for code, _ in page.papers], readers=page.readers,
        dimensions=[use.position + 1 for use in programme.categories.all()], hints=page.has_hints,
    )  # fmt: skip


def desk_table(programme, query, *, user):
    """(Desk, DeskFilter) of an address; the outlook of the schools is asked for where the address asks for it."""
    page = whole_desk(programme, user=user)
    filters = desk_filters(query, page, programme)
    if filters.looks_ahead:
        look_ahead(page, programme, user=user)
    return page, filters


@require_safe
def home(request):
    programme = desk_programme(request)
    if programme is None:
        return render(request, "desk/none.html")
    page, filters = desk_table(programme, request.GET, user=request.user)
    lines = chosen(page.lines, filters)
    shown = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    latest, final, stuck = on_desk(programme, user=request.user)
    context = {
        "programme": programme,
        "desk": page,
        "updated": now(),
        "pupils": headline(page.sum.count.due),
        "strip": _strip(programme, page, request.user),
        "filters": filters,
        "page": shown,
        "matching": len(lines),
        "tabs": _tabs(page, filters),
        "no_hints": NO_HINTS.get(filters.tab, ""),
        "views": _views(request, filters),
        "states": Handed.choices,
        "job": job_context(latest.job, latest) if latest else None,
        "final": final,
        "stuck": stuck,
        "busy": latest is not None and latest.job.is_open,
        **_table(programme, page, filters, shown, lines),
    }
    return render(request, "desk/home.html", context)


def _table(programme, page, filters, shown, lines):
    uses = list(programme.categories.all())
    label = f"合计 {len(lines)}所" if filters.narrows else "合计"
    of_visits = filters.cols == VISITS or not page.papers
    columns = rows.Columns(uses, None if of_visits else page.papers, page.has_first, page.has_hints, filters.looks_ahead)
    return {
        "of_visits": of_visits,
        "categories": _heads(uses),
        "table_rows": rows.school_rows(shown, columns),
        "sum_row": rows.schools_sum(_sum_of(page, lines), lines, columns, label),
        "cards": rows.school_cards(shown, page.papers),
    }


def _sum_of(page, lines):
    return page.sum if len(lines) == len(page.lines) else summed(lines, page.sum.share)


def _strip(programme, page, user):
    lines = tasks(programme)
    coverage_task = next((line for line in lines if line.is_coverage), None)
    others = [line for line in lines if not line.is_coverage]
    coming = [line for line in others if line.open]
    after = next(iter(coming or others[-1:]), None)
    waiting = {use: number for use, number in priority_waiting(programme, page.sum.figure).items() if number}
    dimensions = [use.position + 1 for use in waiting]
    then = coming[1:2]
    hints = _hints(programme, page) if page.has_hints else None
    review = _to_review(page, user) if page.papers else None
    cards = 2 + sum(map(bool, (after, review, hints)))
    return {
        "coverage": coverage_task and _countdown(coverage_task, "走访截止"),
        "next": after and _countdown(after, after.title),
        "handed": _handed(page, after) if after else [],
        "then": f"之后{day(then[0].on)} {then[0].title}" if then else "" if coming else "已截止",
        "waiting": max(waiting.items(), key=lambda pair: pair[1], default=None),
        "waiting_schools": sum(any([line.category(d).waiting for d in dimensions]) for line in page.lines),
        "waiting_sort": f"-c{max(waiting, key=waiting.get).position + 1}" if waiting else "",
        "review": review,
        "hints": hints,
        "cards": min(cards + 1, CARDS),
        "room": cards < CARDS,  # for the categories that go first, which otherwise stand in a line below
    }


def _hints(programme, page):
    """真实性提醒: at how many schools, how many have looked into all of theirs, how many let one lie."""
    told = [line.hints for line in page.lines if line.hints]
    return {
        "schools": len(told),
        "concluded": sum(hints.concluded for hints in told),
        "overdue": sum(hints.overdue for hints in told),
        "days": programme.rules.hints.follow_up_days,
    }


def _handed(page, task):
    """[(label, how many stand filed, 所 or 篇)] of what is due with a task."""
    found = []
    for code, label in page.papers:
        papers = [line.papers[code] for line in page.lines if code in line.papers]
        if papers and papers[0].deadline and last_day_before(papers[0].deadline) == task.on:
            found.append((label, sum(paper.count for paper in papers), "所" if code in OF_SCHOOL else "篇"))
    return found


def _to_review(page, user):
    """What waits for the reader: of the schools named to them, or of all where they have none."""
    own = [line for line in page.lines if line.reader and line.reader[0] == user.pk]
    found = sum((line.waiting for line in own or page.lines), Waiting())
    return {
        "label": "待我审核" if own or not page.readers else "待审",
        "url": reverse("desk:review") + ("?mine=1" if own else ""),
        "count": found.count,
        "days": (today() - local_date(found.since)).days if found.since else 0,
    }


def _countdown(task, title):
    """12天, 过3天, 今天24:00截止, as label, words before, figure, words after."""
    label = f"{day(task.on)} {title}"
    if task.days_left > 0:
        return {"label": label, "before": "", "figure": task.days_left, "after": "天", "note": task.workdays}
    if task.open:
        return {"label": label, "before": "", "figure": "今天", "after": "24:00截止"}
    return {"label": label, "before": "过", "figure": -task.days_left, "after": "天"}


def _heads(uses):
    return [{"label": use.label, "key": f"c{use.position + 1}"} for use in uses]


def _tabs(page, filters):
    """The outlook is not asked for only to be counted: its tabs have numbers when one is open. A part of a tab stands
    beside it while one of the two is open."""
    tabs = {"": "全部"} | tabs_of([code for code, _ in page.papers], hints=page.has_hints)
    for whole, *parts in (AHEAD, HINTS):
        if filters.tab not in (whole, *parts):
            tabs = {code: label for code, label in tabs.items() if code not in parts}
    return [
        {
            "label": label,
            "count": None if code in AHEAD and not filters.looks_ahead else sum([line.in_tab(code) for line in page.lines]),
            "url": filters.address(tab=code) or "?",
            "current": code == filters.tab,
        }
        for code, label in tabs.items()
    ]


def _views(request, filters):
    """The reader's own tabs: a name, its filters, and whether they are the ones in force."""
    here = plain_query(filters.address())
    return [
        {"pk": view.pk, "label": view.name, "url": f"?{view.query}", "current": view.query == here}
        for view in views_of(request.user, VIEWS)
    ]


@require_safe
def school(request, pk):
    programme = desk_programme(request)
    place = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    if programme is None:
        return render(request, "desk/none.html")
    if place.authority_id != programme.authority_id:
        return render(request, "desk/school_none.html", {"school": place, "programme": programme})
    lines, whole = class_lines(programme, place, user=request.user)
    hints = schools_hints(programme, request.user, place).get(place.pk)
    uses = list(programme.categories.all())
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") in CLASS_SORTS:
        lines = ordered(lines, sort)
    context = {
        "school": place,
        "programme": programme,
        "whole": whole,
        "updated": now(),
        "lines": lines,
        "behind": sum(line.is_behind for line in lines),
        "complete": sum(line.count.complete for line in lines),
        "sort": sort,
        "categories": _heads(uses),
        "hints": hints,
        "hint_tags": rows.hint_tags(hints),
        "follow_up_days": programme.rules.hints.follow_up_days,
        "kinds": [(use.label, rows.category(whole, use.position + 1)) for use in uses],
        "table_rows": rows.class_rows(lines, uses),
        "cards": rows.class_cards(lines),
        "sum_row": rows.sum_row(whole, uses, "合计"),
    }
    return render(request, "desk/school.html", context)


@require_POST
def compile_now(request):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), code=request.POST.get("programme", ""))
    authorize(request.user, "reports.compile", programme)
    present = request.POST.get("at") == "now"
    try:
        compilation = start_compilation(programme, "coverage", by=request.user, present=present)
    except CannotCompile as error:
        messages.error(request, str(error))
        return redirect("desk:home")
    if compilation.is_ready:
        messages.info(request, f"{compilation.stage}已经汇编好了，可以直接下载。")
    return redirect("desk:home")


@require_safe
def export(request):
    """The table as it is filtered and sorted now, or the ticked schools of it, as a workbook."""
    programme = desk_programme(request)
    if programme is None:
        return redirect("desk:home")
    page, filters = desk_table(programme, request.GET, user=request.user)
    lines, words = chosen(page.lines, filters), desk_words(filters, page)
    if "school" in request.GET and request.GET.get("all") != "1":
        lines = ordered(picked(page.lines, request.GET, filters), filters.sort)
        words = f"选中的{len(lines)}所"
    whole = _sum_of(page, lines)
    file = export_desk(
        programme, lines, filters, by=request.user, whole=whole, words=words, papers=page.papers, has_first=page.has_first,
        has_hints=page.has_hints,
    )  # fmt: skip
    name = f"{programme.short_title}走访进度.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=rows.XLSX)
    response["Cache-Control"] = "no-store, private"
    return response
