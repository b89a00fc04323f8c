"""The display: stories to read, putting one there, taking it down."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from works.actions import showing as actions
from works.enums import RECOMMENDED_STATES, Level, WorkKind, WorkState
from works.forms.showing import PublishForm, ShowingFilter, TakeDownForm
from works.models import Work
from works.queries.alias import outside
from works.queries.showing import (
    choices_of,
    consents,
    findings,
    hindrances,
    narrowed,
    on_display,
    readable_showings,
    signature_of,
)

PAGE = 24
EXCERPT = 96
NOT_YET, NOT_AWARDED = "还不能展示", "这件作品还没有表彰，表彰以后才能展示。"


@require_safe
def showings(request):
    authorize(request.user, "works.view_showings")
    of_school = bool(request.user.reach.staff_schools)
    level = Level.SCHOOL if of_school and request.GET.get("at") == "school" else Level.DISTRICT
    every = on_display(request.user, level)
    programmes, kinds, awards = choices_of(every)
    form = ShowingFilter(
        request.GET, programmes=[(str(one.pk), str(one)) for one in programmes],
        kinds=[(kind, WorkKind(kind).label) for kind in kinds], awards=awards,
    )  # fmt: skip
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    page = Paginator(narrowed(every, **asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "level": level, "of_school": of_school, "form": form, "asked": asked, "page": page,
        "cards": [(row, WorkKind(row.kind).label, _excerpt(row.body)) for row in page],
        "here": "?at=school" if level == Level.SCHOOL else "?",
    }  # fmt: skip
    return render(request, "works/showings.html", context)


def _excerpt(body):
    text = "".join(line.strip() for line in body.splitlines())
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}……"


@require_safe
def showing(request, pk):
    authorize(request.user, "works.view_showings")
    return _reading(request, _showing(request, pk), TakeDownForm())


@require_POST
def take_down(request, pk):
    row = _showing(request, pk)
    authorize(request.user, "works.take_down", row)
    form = TakeDownForm(request.POST)
    if not form.is_valid():
        return _reading(request, row, form, status=422)
    actions.take_down(row, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, "撤下了，作者会收到通知。")
    return redirect(_list_of(row.level))


def _showing(request, pk):
    return get_object_or_404(readable_showings(request.user).select_related("programme"), pk=pk)


def _reading(request, row, form, status=200):
    context = {
        "showing": row, "kind": WorkKind(row.kind).label, "form": form, "back": _list_of(row.level),
        "may_take_down": allowed(request.user, "works.take_down", row),
    }  # fmt: skip
    return render(request, "works/showing.html", context, status=status)


def _list_of(level):
    return reverse("works:showings") + ("?at=school" if level == Level.SCHOOL else "")


# ── Putting one there ──


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, pk):
    """The district shows an awarded work."""
    work = _work(request, pk)
    authorize(request.user, "works.publish", work)
    if request.method != "POST" and (shown := work.showings.standing().filter(level=Level.DISTRICT).first()):
        return redirect("works:showing", shown.pk)
    if work.state not in (WorkState.AWARDED, WorkState.PUBLISHED):
        return _conflict(request, NOT_AWARDED, reverse("works:showings"), NOT_YET)
    return _put(request, work, Level.DISTRICT, actions.publish_work, "展示了，作者会收到通知。")


@require_http_methods(["GET", "HEAD", "POST"])
def show_school(request, pk):
    """The leader shows a recommended work to the staff of the school."""
    work = _work(request, pk)
    authorize(request.user, "works.show_at_school", work)
    if work.state not in RECOMMENDED_STATES:
        return _conflict(request, actions.NOT_RECOMMENDED, reverse("works:detail", args=[pk]), NOT_YET)
    return _put(request, work, Level.SCHOOL, actions.show_at_school, "在本校展示了，作者会收到通知。")


def _put(request, work, level, action, said):
    if request.method != "POST":
        start = {"title": outside(work, work.title), "body": outside(work, work.body)}
        return _form_page(request, work, level, PublishForm(initial=start))
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _form_page(request, work, level, form, status=422)
    try:
        row = action(work, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _form_page(request, work, level, form, status=422)
    except WrongState as error:
        return _conflict(request, str(error), reverse("works:showings"))
    messages.success(request, said)
    return redirect("works:showing", row.pk)


def _form_page(request, work, level, form, status=200):
    agreed, asked = consents(work)
    title, body = (form.data.get(name, "") if form.is_bound else form.initial[name] for name in ("title", "body"))
    context = {
        "work": work, "level": level, "form": form, "hindrances": hindrances(work), "agreed": agreed, "asked": asked,
        "findings": findings(work, title, body) if not form.is_bound else [], "signature": signature_of(work),
        "kind": WorkKind(work.kind).label, "award": work.award if level == Level.DISTRICT else work.school_award,
        "may_note": allowed(request.user, "works.note_consents", work),
    }  # fmt: skip
    return render(request, "works/publish.html", context, status=status)


def _work(request, pk):
    rows = Work.objects.visible_to(request.user).select_related("programme", "school", "author", "honoree")
    return get_object_or_404(rows, pk=pk)


def _conflict(request, message, back, title=""):
    return render(request, "409.html", {"title": title, "message": message, "back": back}, status=409)
