"""The district officer's first page: how far every school has come, worst first, and the report on it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.clock import now
from core.formats import day, headline
from programmes.models import Programme
from programmes.queries.current import current_programme
from reports.actions.compile import CannotCompile, start_compilation
from reports.actions.export import export_desk
from reports.forms.desk import DeskFilter
from reports.queries.compilations import on_desk
from reports.queries.desk import chosen, class_lines, desk, ordered, summed
from reports.views import rows
from reports.views.jobs import job_context
from schools.models import School
from visits.queries.coverage import priority_waiting
from visits.queries.school import tasks

PAGE = 50
CLASS_SORTS = ("coverage", "due", "waiting", "declined")  # not by a category: the order would tell hidden counts


def _programme(request):
    """The programme of the page with what every figure on it needs, or None; 403 where it is another district's."""
    authorize(request.user, "reports.view_desk")
    programme = current_programme(request)
    if programme is not None:
        authorize(request.user, "reports.view_desk", programme)
        prefetch_related_objects([programme], "deadlines", "categories")
    return programme


def _filters(request, page, programme):
    dimensions = [use.position + 1 for use in programme.categories.all()]
    return DeskFilter.read(request.GET, kinds=page.kinds, towns=page.towns, dimensions=dimensions)


@require_safe
def home(request):
    programme = _programme(request)
    if programme is None:
        return render(request, "desk/none.html")
    page = desk(programme, user=request.user)
    filters = _filters(request, page, programme)
    lines = chosen(page.lines, filters)
    shown = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    latest, final = on_desk(programme, user=request.user)
    uses = list(programme.categories.all())
    label = f"合计 {len(lines)}所" if filters.narrows else "合计"
    listed = page.sum if len(lines) == len(page.lines) else summed(lines, page.sum.share)
    context = {
        "programme": programme,
        "desk": page,
        "updated": now(),
        "pupils": headline(page.sum.count.due),
        "strip": _strip(programme, page),
        "filters": filters,
        "page": shown,
        "table_rows": rows.school_rows(shown, uses),
        "sum_row": rows.sum_row(listed, uses, label, 3),
        "cards": rows.school_cards(shown),
        "categories": _heads(uses),
        "tabs": _tabs(request, page, filters),
        "job": job_context(latest.job, latest) if latest else None,
        "final": final,
        "busy": latest is not None and latest.job.is_open,
    }
    return render(request, "desk/home.html", context)


def _strip(programme, page):
    lines = tasks(programme)
    coverage_task = next((line for line in lines if line.is_coverage), None)
    others = [line for line in lines if not line.is_coverage]
    coming = [line for line in others if line.open]
    waiting = {use: number for use, number in priority_waiting(programme, page.sum.figure).items() if number}
    dimensions = [use.position + 1 for use in waiting]
    then = coming[1:2]
    return {
        "coverage": coverage_task and _countdown(coverage_task, "走访截止"),
        "next": _countdown(after, after.title) if (after := next(iter(coming or others[-1:]), None)) else None,
        "then": f"之后{day(then[0].on)} {then[0].title}" if then else "最后一项报送" if coming else "已截止",
        "waiting": max(waiting.items(), key=lambda pair: pair[1], default=None),
        "waiting_schools": sum(1 for line in page.lines if any(line.category(d).waiting for d in dimensions)),
        "waiting_sort": f"-c{max(waiting, key=waiting.get).position + 1}" if waiting else "",
    }


def _countdown(task, title):
    """12天, 过3天, 今天24:00截止, as label, words before, figure, words after."""
    label = f"{day(task.on)} {title}"
    if task.days_left > 0:
        return {"label": label, "before": "", "figure": task.days_left, "after": f"天，{task.workdays}"}
    if task.open:
        return {"label": label, "before": "", "figure": "今天", "after": "24:00截止"}
    return {"label": label, "before": "过", "figure": -task.days_left, "after": "天"}


def _heads(uses):
    return [{"label": use.label, "key": f"c{use.position + 1}"} for use in uses]


def _tabs(request, page, filters):
    query = request.GET.copy()
    for name in ("page", "behind"):
        query.pop(name, None)
    every = "?" + query.urlencode()
    query["behind"] = "1"
    return [
        {"label": "全部", "count": len(page.lines), "url": every, "current": not filters.behind},
        {"label": "进度落后", "count": len(page.behind), "url": "?" + query.urlencode(), "current": filters.behind},
    ]


@require_safe
def school(request, pk):
    programme = _programme(request)
    place = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    if programme is None:
        return render(request, "desk/none.html")
    if place.authority_id != programme.authority_id:
        return render(request, "desk/school_none.html", {"school": place, "programme": programme})
    lines, whole = class_lines(programme, place, user=request.user)
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
        "kinds": [(use.label, rows.category(whole, use.position + 1)) for use in uses],
        "table_rows": rows.class_rows(lines, uses),
        "cards": rows.class_cards(lines),
        "sum_row": rows.sum_row(whole, uses, "合计", 1),
    }
    return render(request, "desk/school.html", context)


@require_POST
def compile_now(request):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), code=request.POST.get("programme", ""))
    authorize(request.user, "reports.compile", programme)
    at = now() if request.POST.get("at") == "now" else None
    try:
        compilation = start_compilation(programme, "coverage", by=request.user, at=at)
    except CannotCompile as error:
        messages.error(request, str(error))
        return redirect("desk:home")
    if compilation.is_ready:
        messages.info(request, f"{compilation.stage}已经汇编好了，可以直接下载。")
    return redirect("desk:home")


@require_safe
def export(request):
    """The table as it is filtered and sorted now, as a workbook."""
    programme = _programme(request)
    if programme is None:
        return redirect("desk:home")
    page = desk(programme, user=request.user)
    filters = _filters(request, page, programme)
    file = export_desk(programme, chosen(page.lines, filters), filters, by=request.user)
    name = f"{programme.short_title}走访进度.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=rows.XLSX)
    response["Cache-Control"] = "no-store, private"
    return response
