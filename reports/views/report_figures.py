"""一、开展情况: the figures taken, how each is counted, the rows behind each."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed
from core.formats import instant
from core.states import WrongState
from reports.actions import filing
from reports.actions.report import take_figures
from reports.queries import figures as queries
from reports.queries.figures import Facts
from reports.queries.figures.lines import line as told_line
from reports.queries.figures.rows import counts, opened, ordered
from reports.queries.figures.specs import spec_of
from reports.queries.text import as_read
from reports.views.report import conflict, of_office, readable_reports
from visits.queries.waiting import readable_categories

PAGE = 50


@require_POST
def take(request, pk):
    """取数, 刷新: as of now, or as of the coverage deadline."""
    row = of_office(request, pk, "reports.write_filing")
    try:
        take_figures(row, by=request.user, at_deadline=request.POST.get("at") == "deadline")
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, "数据取好了。")
    return redirect(f"{filing.address(row)}#part-1")


@require_safe
def meaning(request, pk):
    """核对口径: every figure with how it is counted, and the way to its rows."""
    row, shown, office = _row(request, pk)
    context = {"report": row, "office": office, "as_of": _as_of(shown), "back": _back(row, office)}
    if shown.figures_at:
        facts = Facts(shown.programme, shown.school, shown.figures_at)
        readable = readable_categories(row.programme, request.user.reach, school_id=row.school_id) if office else []
        kept = {one["code"]: one for one in shown.figures.get("lines", [])}
        context["lines"] = [(kept.get(one["code"], one), how) for one, how in queries.meaning(facts, readable=readable)]
        context["grades"] = shown.figures.get("grades", [])
    return render(request, "reports/report_meaning.html", context)



@require_safe
def rows(request, pk, code):
    """As many rows as the figure says, as of its instant; beyond the school's office only counts."""
    row, shown, office = _row(request, pk)
    context = {"report": row, "office": office, "as_of": _as_of(shown)}
    if not shown.figures_at:
        return render(request, "reports/report_rows.html", context)
    facts = Facts(shown.programme, shown.school, shown.figures_at)
    spec = spec_of(facts, code)
    if spec is None or not _may_open(request.user, row, spec, office):
        raise Http404
    kept = next((one for one in shown.figures.get("lines", []) if one["code"] == code), None)
    context |= {"spec": spec, "line": kept or told_line(spec, facts, inside=office)}
    if not office or (spec.small and row.school_id not in request.user.reach.leader_schools):  # who comes first: S3
        counted = {"office": False, "counts": counts(spec, facts)}
        return render(request, "reports/report_rows.html", context | counted)
    found = ordered(spec, facts)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context |= {
        "page": page,
        "table": opened(spec, facts, page.object_list, user=request.user),
        "number": len(found),
        "moved": _moved(kept, spec, facts),
    }
    return render(request, "reports/report_rows.html", context)


def _moved(kept, spec, facts):
    """What the figure would be today as of the same instant, where that differs from the report; "" where it does not.

    Meetings and their guests, and who is on the staff, have no history of their own.
    """
    if kept is None or kept["value"] is None:
        return ""
    number = spec.number(facts)
    return "" if number == kept["value"] else f"{number}{spec.unit}"


def _may_open(user, row, spec, office):
    """A category for whom the school may tell it apart; others open what the report says."""
    if not spec.inside:
        return True
    return office and spec.use in readable_categories(row.programme, user.reach, school_id=row.school_id)


def _row(request, pk):
    """(the report, as this reader sees it, whether the reader is of its office)"""
    row = get_object_or_404(readable_reports(request.user), pk=pk)
    office = allowed(request.user, "reports.write_filing", row)
    return row, as_read(row, request.user), office


def _as_of(shown):
    return instant(shown.figures_at) if shown.figures_at else ""


def _back(row, office):
    return filing.address(row) if office else ""
