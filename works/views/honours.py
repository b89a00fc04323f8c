"""先进教师: who was honoured, and the way to recommend somebody."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from core.download import file_response
from programmes.queries.current import current_programme
from works.actions.honours import export_honours
from works.queries import honours as queries

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def honours(request):
    authorize(request.user, "works.view_honours")
    programme = current_programme(request)
    if programme is None:
        return render(request, "works/honours.html", {})
    page = Paginator(queries.honours(request.user, programme), PAGE).get_page(request.GET.get("page"))
    asks = any(rule.code == "deeds" for rule in programme.rules.works)
    context = {
        "programme": programme, "page": page, "lines": queries.as_honours(page), "asks": asks,
        "many_schools": not request.user.reach.staff_schools, "may_write": asks and allowed(request.user, "works.write"),
        "leads": allowed(request.user, "works.approve"),
        "waiting": queries.waiting(request.user, programme) if request.user.reach.leader_schools else 0,
    }  # fmt: skip
    return render(request, "works/honours.html", context)


@require_safe
def xlsx(request):
    authorize(request.user, "works.view_honours")
    programme = current_programme(request)
    if programme is None:
        return redirect("works:honours")
    file = export_honours(programme, queries.as_honours(queries.honours(request.user, programme)), by=request.user)
    return file_response(file.getvalue(), "先进教师名单.xlsx", XLSX)
