"""真实性提醒, the teacher's own."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import authorize
from honesty.queries.lists import own_hints, unanswered
from honesty.views.parts import row_of
from programmes.queries.current import current_programme

PAGE = 50


@require_safe
def mine(request):
    authorize(request.user, "honesty.view_own")
    programme = current_programme(request)
    if request.htmx:
        waiting = unanswered(request.user, programme) if programme else 0
        return render(request, "honesty/_mine.html", {"waiting": waiting})
    if programme is None:
        return render(request, "honesty/mine.html", {"programme": None})
    page = Paginator(own_hints(request.user, programme), PAGE).get_page(request.GET.get("page"))
    context = {"programme": programme, "page": page, "rows": [row_of(hint, mine=True) for hint in page]}
    return render(request, "honesty/mine.html", context)
