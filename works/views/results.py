"""What came out of a closed round: everything for who runs it, numbers and places for its judges."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from works.actions.awards import choose_awards, give_awards, set_places
from works.actions.judging import number_of
from works.actions.printing import export_results
from works.actions.results import share_out
from works.enums import RoundState, SheetState
from works.forms.judging import PlacesForm
from works.models import Entry, Round, Sheet
from works.queries import judging as queries

PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_YET = {"title": "评选还没有结束", "message": "结束以后才有结果，现在谁也看不到分数。"}


@require_safe
def results(request, pk):
    round_ = _round(request, pk)
    runs = allowed(request.user, "works.run_round", round_)
    if not runs:
        authorize(request.user, "works.judge_in", round_)
    if round_.state != RoundState.CLOSED:
        back = reverse("works:round" if runs else "works:judging_round", args=[pk])
        return _not_yet(request, back)
    if not runs:
        page = Paginator(queries.blind_results(round_), PAGE).get_page(request.GET.get("page"))
        rows = [(row, number_of(row)) for row in page]
        return render(request, "works/results_blind.html", {"round": round_, "page": page, "rows": rows})
    return _results_page(request, round_)


def _results_page(request, round_, *, form=None, problem="", status=200):
    page = Paginator(queries.entry_ids(round_, "place", "number"), PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.with_sheets(queries.results_on(round_, page))
    chosen, written = queries.awards_of(round_)
    labels, room = [one["label"] for one in round_.awards], sum(one.get("places") or 0 for one in round_.awards)
    options = {
        award: render_to_string("works/_award_options.html", {"labels": labels, "award": award})
        for award in {row.award for row in page}
    }
    context = {
        "round": round_,
        "kind": queries.kind_label(round_),
        "page": page,
        "rows": [(row, number_of(row), queries.given(round_, row), options[row.award]) for row in page],
        "labels": labels,
        "notes": share_out(queries.first_sizes(round_, room), round_.awards)[1] if room and not written else [],
        "form": form or PlacesForm(round_=round_),
        "chosen": [(one["label"], chosen.get(one["label"], 0)) for one in round_.awards],
        "chosen_count": sum(chosen.values()),
        "written": written,
        "problem": problem,
    }
    return render(request, "works/results.html", context, status=status)


@require_safe
def results_xlsx(request, pk):
    round_ = _run(request, pk)
    if round_.state != RoundState.CLOSED:
        return _not_yet(request, reverse("works:round", args=[pk]))
    try:
        data = export_results(round_, by=request.user)
    except WrongState as error:
        return _conflict(request, error, pk)
    response = FileResponse(BytesIO(data), as_attachment=True, filename=f"评选结果-{pk}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def entry(request, token):
    """One entry as a judge reads it; when the round is closed, with every sheet."""
    rows = Entry.objects.visible_to(request.user).select_related("round__programme", "work__author", "work__school")
    row = get_object_or_404(rows, token=token)
    authorize(request.user, "works.run_round", row.round)
    queries.with_titles(row.round, [row.work])
    closed = row.round.state == RoundState.CLOSED
    sheets = []
    if closed:
        found = Sheet.objects.visible_to(request.user).filter(entry=row).select_related("judge__user").order_by("pk")
        sheets = [(one, _points(one, row.round)) for one in found]
    context = {
        "entry": row,
        "round": row.round,
        "number": number_of(row),
        "frozen": row.round.state != RoundState.DRAFT,
        "closed": closed,
        "sheets": sheets,
        "scored": SheetState.SCORED,
        "recused": SheetState.RECUSED,
    }
    return render(request, "works/entry.html", context)


def _points(sheet, round_):
    return [(one["label"], sheet.scores.get(one["code"]), one["max"]) for one in round_.criteria]


@require_POST
def places(request, pk):
    """How many get each label; the suggestions follow."""
    round_ = _run(request, pk)
    form = PlacesForm(request.POST, round_=round_)
    if round_.state == RoundState.CLOSED and not form.is_valid():
        return _results_page(request, round_, form=form, status=422)
    try:
        set_places(round_, by=request.user, places=form.places() if form.is_valid() else {})
    except WrongState as error:
        return _conflict(request, error, pk)
    messages.success(request, "等级按名次排好了，可以再逐件改。")
    return redirect("works:results", pk)


@require_POST
def awards(request, pk):
    """The labels chosen one by one on a page of the list."""
    round_ = _run(request, pk)
    chosen = {
        int(name.removeprefix("award-")): label
        for name, label in request.POST.items()
        if name.startswith("award-") and name.removeprefix("award-").isdecimal() and len(name) < 25
    }
    try:
        count = choose_awards(round_, by=request.user, chosen=chosen)
    except ValidationError as error:
        return _results_page(request, round_, problem=error.messages[0], status=422)
    except WrongState as error:
        return _conflict(request, error, pk)
    messages.success(request, f"改了{count}件。" if count else "没有变化。")
    page = request.POST.get("page", "")
    return redirect(reverse("works:results", args=[pk]) + (f"?page={page}" if page.isdecimal() else ""))


@require_POST
def give(request, pk):
    """按结果写入等级"""
    round_ = _run(request, pk)
    try:
        outcome = give_awards(round_, by=request.user)
    except WrongState as error:
        return _conflict(request, error, pk)
    if outcome.done:
        messages.success(request, f"写入了{len(outcome.done)}件。")
    elif not outcome.refused:
        messages.success(request, "没有要写入的，等级都在作品上了。")
    numbers = {row.work_id: number_of(row) for row in Entry.objects.filter(round=round_, work_id__in=outcome.refused)}
    by_sentence = {}
    for work_id, sentence in outcome.refused.items():
        by_sentence.setdefault(sentence, []).append(numbers[work_id])
    for sentence, found in by_sentence.items():
        messages.warning(request, f"第{'、'.join(sorted(found)[:5])}号{'等' if len(found) > 5 else ''}没有写入：{sentence}")
    return redirect("works:results", pk)


def _round(request, pk):
    rows = Round.objects.visible_to(request.user).select_related("programme", "school").defer("programme__source")
    return get_object_or_404(rows, pk=pk)


def _run(request, pk):
    round_ = _round(request, pk)
    authorize(request.user, "works.run_round", round_)
    return round_


def _not_yet(request, back):
    return render(request, "409.html", NOT_YET | {"back": back}, status=409)


def _conflict(request, error, pk):
    facts = {"message": str(error), "back": reverse("works:round", args=[pk])}
    return render(request, "409.html", facts, status=409)
