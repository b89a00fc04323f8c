"""催办, 延期, 指定审核人: what the desk does with the ticked schools. GET shows what would happen, POST does it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.formats import instant
from core.states import WrongState
from programmes.models import LatePass
from programmes.queries.window import windows
from reports.actions.duty import give_duty, reviewers_of
from reports.actions.extend import extend as extend_schools
from reports.actions.nudge import nudge as nudge_schools
from reports.actions.nudge import preview
from reports.forms.desk_acts import DutyForm, ExtendForm, NudgeForm
from reports.queries.desk import HEADS, picked
from reports.views.desk import desk_programme, desk_table

NAMED = 30  # schools a sentence names before it counts


class Picked:
    """The schools an act is about, and the table they were ticked in. GET says them as the table's form does, POST as
    one list, so that what was read is what is done."""

    def __init__(self, request, programme):
        back = request.POST.get("back", "")
        query = QueryDict(back) if back else request.GET
        self.page, self.filters = desk_table(programme, query, user=request.user)
        self.lines = picked(self.page.lines, request.POST if request.method == "POST" else request.GET, self.filters)
        self.ids = [line.school.pk for line in self.lines]

    @property
    def address(self):
        return reverse("desk:home") + self.filters.address()

    def context(self, programme, **more):
        return {
            "programme": programme, "lines": self.lines, "schools": ",".join(map(str, self.ids)),
            "back": urlencode(self.filters.pairs), "desk": self.address, **more,
        }  # fmt: skip


def _start(request):
    programme = desk_programme(request)
    if programme is None:
        raise Http404
    return programme, Picked(request, programme)


@require_http_methods(["GET", "HEAD", "POST"])
def nudge(request):
    programme, chosen = _start(request)
    form = NudgeForm(request.POST if request.method == "POST" else None)
    if chosen.lines and form.is_bound and form.is_valid():
        try:
            outcome = nudge_schools(programme, chosen.ids, by=request.user, words=form.cleaned_data["words"])
        except WrongState as refused:
            form.add_error("words", str(refused))
        else:
            _say(request, outcome.done and f"催了{outcome.done}所学校，{outcome.people}人会看到。", "没有催", outcome.refused)
            return redirect(chosen.address)
    asked = preview(programme, chosen.ids, by=request.user) if chosen.lines else []
    left_out = {}
    for school, _, why in asked:
        if why:
            left_out.setdefault(why, []).append(school.short_name)
    context = chosen.context(
        programme,
        form=form,
        told=[(school, text) for school, text, why in asked if not why],
        left_out=[(why, len(names), _names(names)) for why, names in left_out.items()],
        overdue=_names([line.school.short_name for line in chosen.lines if line.hints and line.hints.overdue]),
        copied="\n".join(f"{school.short_name}：{text}" for school, text, _ in asked if text),
    )
    return render(request, "desk/nudge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request):
    programme, chosen = _start(request)
    places = [place for place in windows(programme, None).values() if place.deadline]
    form = ExtendForm(
        request.POST if request.method == "POST" else None,
        papers=[(place.code, HEADS.get(place.code, place.label), instant(place.deadline)) for place in places],
    )
    if chosen.lines and form.is_bound and form.is_valid():
        try:
            outcome = extend_schools(programme, chosen.ids, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.show_errors(error)
        else:
            done = outcome.done and f"给{outcome.done}所学校延期了，学校会收到通知。"
            _say(request, done, "没有延期", outcome.refused)
            return redirect(chosen.address)
    context = chosen.context(programme, form=form, papers=places, entries=_with_passes(request, programme, chosen, places))
    return render(request, "desk/extend.html", context, status=422 if form.errors else 200)


def _with_passes(request, programme, chosen, places):
    """[(line, ["活动报告到2022年10月12日24:00"])]: what each school has been given so far."""
    labels = {place.code: HEADS.get(place.code, place.label) for place in places}
    given = {}
    rows = LatePass.objects.visible_to(request.user).standing().filter(programme=programme, school__in=chosen.ids)
    for school_id, code, until in rows.order_by("until").values_list("school_id", "submission", "until"):
        given.setdefault(school_id, []).append(f"{labels.get(code, code)}到{instant(until)}")
    return [(line, given.get(line.school.pk, [])) for line in chosen.lines]


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request):
    programme, chosen = _start(request)
    form = DutyForm(request.POST if request.method == "POST" else None, reviewers=reviewers_of(programme))
    if chosen.lines and form.is_bound and form.is_valid():
        reviewer = form.cleaned_data["reviewer"]
        try:
            changed = give_duty(programme, chosen.ids, reviewer, by=request.user)
        except WrongState as refused:
            form.add_error("reviewer", str(refused))
        else:
            name = f"由{reviewer.name}审" if reviewer else "不再指定审核人"
            messages.success(request, f"{changed}所学校改成{name}。" if changed else f"这些学校本来就{name}。")
            return redirect(chosen.address)
    context = chosen.context(programme, form=form)
    return render(request, "desk/duty.html", context, status=422 if form.errors else 200)


def _say(request, done, refused, reasons):
    """What was done, and every school that was left out with its reason."""
    if done:
        messages.success(request, done)
    if reasons:
        words = "；".join(f"{_names(names)}（{why.rstrip('。')}）" for why, names in reasons.items())
        messages.warning(request, f"{refused}：{words}。")


def _names(names):
    return "、".join(names[:NAMED]) + (f"等{len(names)}所" if len(names) > NAMED else "")
