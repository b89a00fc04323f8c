"""存为视图: the filters of the desk kept under a name; each officer's own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import authorize
from reports.actions.saved_view import plain_query, remove_view, rename_view, save_view, views_of
from reports.forms.desk_acts import ViewForm
from reports.queries.desk import desk_words, whole_desk
from reports.views.desk import VIEWS, desk_filters, desk_programme


@require_http_methods(["GET", "HEAD", "POST"])
def views(request):
    """The filters of the address, a name for them, and the views there are."""
    return _page(request, ViewForm(request.POST if request.method == "POST" else None))


def _page(request, form, *, renaming=None):
    programme = desk_programme(request)
    if programme is None:
        raise Http404
    page = whole_desk(programme, user=request.user)
    filters = desk_filters(request.GET, page, programme)
    if form.is_bound and renaming is None and form.is_valid():
        try:
            view = save_view(request.user, VIEWS, name=form.cleaned_data["name"], query=filters.address())
        except ValidationError as error:
            form.add_error("name", error.message_dict["name"])
        else:
            messages.success(request, f"存好了“{view.name}”，在工作台上面点它就看到。")
            return redirect(reverse("desk:home") + f"?{view.query}")
    rows = [
        {"view": view, "words": desk_words(desk_filters(QueryDict(view.query), page, programme), page)}
        for view in views_of(request.user, VIEWS)
    ]
    context = {
        "form": form, "renaming": renaming, "rows": rows, "filters": filters, "words": desk_words(filters, page),
        "query": plain_query(filters.address()),
    }  # fmt: skip
    return render(request, "desk/views.html", context, status=422 if form.errors else 200)


def _own(request, pk):
    authorize(request.user, "reports.view_desk")
    return get_object_or_404(views_of(request.user, VIEWS), pk=pk)


@require_POST
def rename(request, pk):
    view = _own(request, pk)
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            rename_view(view, name=form.cleaned_data["name"])
        except ValidationError as error:
            form.add_error("name", error.message_dict["name"])
        else:
            return redirect("desk:views")
    return _page(request, form, renaming=view.pk)


@require_POST
def remove(request, pk):
    view = _own(request, pk)
    remove_view(view)
    messages.success(request, f"删掉了视图“{view.name}”。")
    return redirect("desk:views")
