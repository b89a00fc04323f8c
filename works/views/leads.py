"""亮点 and 好老师线索: marked on a visit, gathered for the leader."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.states import WrongState
from programmes.queries.current import current_programme
from visits.enums import COUNTED_STATES
from visits.models import Visit
from works.actions.leads import ask_for, mark_highlight, note_praise, remove_praise
from works.forms.author import HighlightForm, PraiseForm
from works.models import Praise
from works.queries.leads import marks_of, praises_of, school_highlights, school_praises
from works.queries.mine import kind_rule, my_visits, nominees

PAGE = 50


def _visit(request, pk):
    rows = Visit.objects.visible_to(request.user).select_related("programme", "school", "lead")
    visit = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.mark_visit", visit)
    return visit


@require_safe
def of_visit(request, pk):
    """The card on a record's page (by htmx), or the same as a page of its own."""
    visit = _visit(request, pk)
    return _page(request, visit, whole=not request.htmx)


def _page(request, visit, *, form=None, mistake="", whole=True, status=200):
    user = request.user
    leads = visit.school_id in user.reach.leader_schools
    praises = list(praises_of(visit))
    for praise in praises:
        praise.may_remove = leads or praise.noted_by_id == user.pk
    marks = [
        {"kind": kind, "row": row, "may_change": row is None or leads or row.marked_by_id == user.pk}
        for kind, row in marks_of(visit)
    ]
    context = {
        "visit": visit, "marks": marks, "praises": praises, "mistake": mistake,
        "may_mark": visit.state in COUNTED_STATES,
        "form": form or PraiseForm(people=_people(visit), prefix="praise"),
        "kinds": visit.programme.rules.works if my_visits(user, visit.programme).filter(pk=visit.pk).exists() else [],
    }  # fmt: skip
    return render(request, "works/of_visit.html" if whole else "works/_of_visit.html", context, status=status)


def _people(visit):
    return nominees(visit.school_id).order_by("name", "pk")


@require_POST
def highlight(request, pk):
    visit = _visit(request, pk)
    form = HighlightForm(request.POST)
    if not form.is_valid():
        sentence = next(iter(form.errors.values()))[0]
        return _page(request, visit, mistake=sentence, whole=not request.htmx, status=422)
    data = form.cleaned_data
    try:
        mark_highlight(visit, by=request.user, kind=data["kind"], on=data["on"], note=data["note"])
    except WrongState as error:
        return _conflict(request, visit, error)
    return _done(request, visit, "标好了。" if data["on"] else "取消了。")


@require_POST
def praise(request, pk):
    visit = _visit(request, pk)
    form = PraiseForm(request.POST, people=_people(visit), prefix="praise")
    if form.is_valid():
        try:
            note_praise(visit, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("teacher", error.message_dict["teacher"])
        except WrongState as error:
            return _conflict(request, visit, error)
        else:
            return _done(request, visit, "记下了，学校负责人会看到。")
    return _page(request, visit, form=form, whole=not request.htmx, status=422)


@require_POST
def praise_remove(request, pk):
    row = get_object_or_404(Praise.objects.visible_to(request.user).select_related("visit"), pk=pk)
    authorize(request.user, "works.mark_visit", row.visit)
    try:
        remove_praise(row, by=request.user)
    except WrongState as error:
        return _conflict(request, row.visit, error)
    if request.POST.get("then") == "leads":
        messages.success(request, "去掉了。")
        return redirect("works:leads")
    return _done(request, _visit(request, row.visit_id), "去掉了。")


def _done(request, visit, sentence):
    if request.htmx:
        return _page(request, visit, whole=False)
    messages.success(request, sentence)
    return redirect("works:of_visit", visit.pk)


def _conflict(request, visit, error):
    if request.htmx:  # a card in a page has no room for a page that says so
        return _page(request, visit, mistake=str(error), whole=False, status=422)
    back = reverse("works:of_visit", args=[visit.pk])
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)


@require_safe
def leads(request):
    """The leader's list of what could become a work."""
    authorize(request.user, "works.approve")
    programme = current_programme(request)
    if programme is None:
        return render(request, "works/leads.html", {})
    shown = "highlights" if request.GET.get("show") == "highlights" else "praises"
    rows = (school_highlights if shown == "highlights" else school_praises)(request.user, programme)
    context = {
        "programme": programme, "shown": shown,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "deeds": kind_rule(programme, "deeds"),
        "kinds": [rule for rule in programme.rules.works if rule.code in ("case", "story")],
    }  # fmt: skip
    return render(request, "works/leads.html", context)


@require_POST
def ask(request, pk):
    """The leader asks the teacher who made the visit to write it up."""
    authorize(request.user, "works.approve")
    rows = Visit.objects.visible_to(request.user).select_related("programme", "lead")
    visit = get_object_or_404(rows.filter(school_id__in=request.user.reach.leader_schools), pk=pk)
    try:
        ask_for(visit, by=request.user, kind=request.POST.get("kind", ""))
    except WrongState as error:
        return render(request, "409.html", {"message": str(error), "back": reverse("works:leads")}, status=409)
    messages.success(request, f"已经告诉{visit.lead.name}。")
    return redirect(f"{reverse('works:leads')}?show=highlights")
