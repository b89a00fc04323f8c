"""宣传: what was made known and handed out. The school's office writes, its staff and the desks read."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from programmes.actions.publicity import add_publicity, change_publicity, export_publicity, remove_publicity
from programmes.enums import ProgrammeState, PublicityKind
from programmes.models import Publicity
from programmes.publicity_forms import PublicityForm
from programmes.queries import publicity as queries
from programmes.queries.current import current_programme
from programmes.queries.overview import home_school, schools_run_by

PAGE = 50
LONGEST = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def publicity(request):
    authorize(request.user, "programmes.view_publicity")
    programme = current_programme(request)
    if programme is None:
        return render(request, "programmes/overview_none.html")
    user, found = request.user, _found(request, programme)
    page = Paginator(found["rows"], PAGE).get_page(request.GET.get("page"))
    counts = queries.by_kind(found["every"])
    chips = [{"label": "全部", "url": _query("", found), "current": not found["kind"], "count": sum(counts.values())}]
    chips += [
        {"label": kind.label, "url": _query(kind.value, found), "current": found["kind"] == kind, "count": counts[kind]}
        for kind in PublicityKind
    ]
    own = home_school(user, programme)
    opened = programme.state == ProgrammeState.OPEN
    context = {
        "programme": programme, "page": page, "chips": chips, "kind": found["kind"], "q": found["q"],
        "many_schools": not user.reach.staff_schools,
        "mine": user.reach.whole_schools if opened else (),
        "may_add": opened and schools_run_by(user, programme).exists(),
        "may_export": allowed(user, "programmes.export_publicity"),
        "query": request.GET.urlencode(),
        "counts": queries.counts(programme, own) if own else None,
    }  # fmt: skip
    return render(request, "programmes/publicity.html", context)


@require_safe
def publicity_xlsx(request):
    """The list as it is filtered now."""
    authorize(request.user, "programmes.export_publicity")
    programme = current_programme(request)
    if programme is None:
        return redirect("programmes:publicity")
    found = _found(request, programme)
    words = [PublicityKind(found["kind"]).label] if found["kind"] else []
    words += [f"学校名含“{found['q']}”"] if found["q"] else []
    file = export_publicity(programme, found["rows"], "、".join(words), by=request.user)
    name = f"{programme.short_title}宣传记录.xlsx"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _found(request, programme):
    """What the address asks for. q: part of a school's name, for who sees several."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "")
    kind = kind if kind in PublicityKind.values else ""
    every = queries.lines(request.user, programme)
    if q:
        every = every.filter(Q(school__name__contains=q) | Q(school__short_name__contains=q))
    return {"kind": kind, "q": q, "every": every, "rows": every.filter(kind=kind) if kind else every}


def _query(kind, found):
    return "?" + urlencode({name: value for name, value in (("kind", kind), ("q", found["q"])) if value})


@require_http_methods(["GET", "HEAD", "POST"])
def publicity_new(request):
    authorize(request.user, "programmes.add_publicity")
    programme = current_programme(request)
    schools = schools_run_by(request.user, programme) if programme else ()
    if not schools:
        raise Http404
    initial = {"kind": request.GET.get("kind")}
    form = PublicityForm(request.POST or None, programme=programme, schools=schools, initial=initial)
    if request.method != "POST":
        return _form_page(request, programme, form, schools)
    if form.is_valid():
        try:
            _, created = add_publicity(programme, form.chosen_school, by=request.user, **form.values())
        except WrongState as error:
            return _conflict(request, error)
        messages.success(request, "记好了。" if created else "这一条已经记过，没有重复记。")
        again = "more" in request.POST
        return redirect("programmes:publicity_new" if again else "programmes:publicity")
    return _form_page(request, programme, form, schools, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def publicity_edit(request, pk):
    line = _line(request, pk)
    form = PublicityForm(request.POST or None, programme=line.programme, line=line)
    if request.method != "POST":
        return _form_page(request, line.programme, form, [line.school], line)
    if form.is_valid():
        try:
            change_publicity(line, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        except WrongState as error:
            return _conflict(request, error)
        else:
            messages.success(request, "改好了。")
            return redirect("programmes:publicity")
    return _form_page(request, line.programme, form, [line.school], line, status=422)


@require_POST
def publicity_remove(request, pk):
    line = _line(request, pk, removed_too=True)
    try:
        remove_publicity(line, by=request.user)
    except WrongState as error:
        return _conflict(request, error)
    messages.success(request, "删掉了。")
    return redirect("programmes:publicity")


def _line(request, pk, *, removed_too=False):
    authorize(request.user, "programmes.view_publicity")
    rows = Publicity.objects.visible_to(request.user).select_related("programme", "school")
    line = get_object_or_404(rows if removed_too else rows.filter(removed_at__isnull=True), pk=pk)
    authorize(request.user, "programmes.change_publicity", line)
    return line


def _conflict(request, error):
    return render(request, "409.html", {"message": str(error), "back": reverse("programmes:publicity")}, status=409)


def _form_page(request, programme, form, schools, line=None, status=200):
    facts = {
        "programme": programme, "form": form, "line": line,
        "channels": queries.channels(programme, [school.pk for school in schools]),
    }  # fmt: skip
    return render(request, "programmes/publicity_form.html", facts, status=status)
