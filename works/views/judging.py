"""The judge's side: what is mine to judge, one sheet after the other. Nothing here names author, school or pupil."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.states import WrongState
from works.actions.judging import Changed, number_of, recuse, save_sheet, state_of
from works.actions.printing import print_sheet
from works.actions.results import plain
from works.enums import RoundState, SheetState
from works.forms.judging import RecuseForm, ScoreForm, score_initial
from works.models import Judge, Sheet
from works.queries.judging import judgings, neighbours, next_sheet, own_count, progress, sheets_of

PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TAGS = {SheetState.DEALT: "todo", SheetState.SCORED: "done", SheetState.RECUSED: "mute"}


@require_safe
def judging(request):
    """My rounds, with what is left to do."""
    authorize(request.user, "works.view_judging")
    page = Paginator(judgings(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "works/judging.html", {"page": page, "closed": RoundState.CLOSED})


@require_safe
def judging_round(request, pk):
    """The works of one round dealt to me; how far the others are, without names."""
    rows = Judge.objects.visible_to(request.user).standing().filter(user=request.user).exclude(round__state=RoundState.DRAFT)
    judge = get_object_or_404(rows.select_related("round"), round_id=pk)
    page = Paginator(sheets_of(judge), PAGE).get_page(request.GET.get("page"))
    scored, total = own_count(judge.pk)
    others = [one for one in progress(judge.round) if one.removed_at is None and one.pk != judge.pk]
    context = {
        "round": judge.round,
        "page": page,
        "rows": [(sheet, number_of(sheet.entry), TAGS[sheet.state], plain(sheet.total)) for sheet in page],
        "scored": scored,
        "total": total,
        "others": [(f"评委{n}", one.scored, one.total) for n, one in enumerate(others, start=1)],
        "next": Sheet.objects.filter(judge=judge, state=SheetState.DEALT).order_by("entry__number").first(),
        "is_open": judge.round.state == RoundState.OPEN,
    }
    return render(request, "works/judging_round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request, token):
    """Read on one side, points on the other. Saved, the next one opens."""
    row = _sheet(request, token)
    round_ = row.entry.round
    if request.method != "POST":
        form = ScoreForm(criteria=round_.criteria, initial=score_initial(row, state_of(row)))
        return _sheet_page(request, row, form)
    form = ScoreForm(request.POST, criteria=round_.criteria)
    if not form.is_valid():
        return _sheet_page(request, row, form, status=422)
    try:
        seen = form.cleaned_data["seen"] or None
        save_sheet(row, by=request.user, scores=form.scores(), comment=form.cleaned_data["comment"], seen=seen)
    except Changed as changed:
        row.refresh_from_db()
        return _sheet_page(request, row, _again(request, row, form), status=422, problem=str(changed))
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _sheet_page(request, row, form, status=422)
    except WrongState as error:
        return _conflict(request, error, "works:judging_round", round_.pk)
    return _onward(request, row)


def _again(request, row, form):
    """The typed points once more, now upon what stands on the sheet."""
    data = request.POST.copy()
    data["seen"] = state_of(row)
    return ScoreForm(data, criteria=form.criteria)


def _onward(request, row):
    following = next_sheet(row)
    if following:
        messages.success(request, f"第{number_of(row.entry)}号记下了。")
        return redirect("works:sheet", following)
    messages.success(request, "都评完了。结束之前还可以改。")
    return redirect("works:judging_round", row.entry.round_id)


@require_POST
def sheet_recuse(request, token):
    row = _sheet(request, token)
    form = RecuseForm(request.POST)
    if not form.is_valid():
        blank = ScoreForm(criteria=row.entry.round.criteria, initial=score_initial(row, state_of(row)))
        return _sheet_page(request, row, blank, recusing=form, status=422)
    try:
        recuse(row, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as error:
        return _conflict(request, error, "works:judging_round", row.entry.round_id)
    following = next_sheet(row)
    messages.success(request, f"第{number_of(row.entry)}号你不用评了，会请别的评委。")
    if following:
        return redirect("works:sheet", following)
    return redirect("works:judging_round", row.entry.round_id)


@require_safe
def sheet_docx(request, token):
    """To read on paper: number, title, text, and room for the points."""
    row = _sheet(request, token)
    data = print_sheet(row, by=request.user)
    name = f"作品-{number_of(row.entry)}.docx"
    response = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=DOCX)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sheet(request, token):
    rows = Sheet.objects.visible_to(request.user).select_related("judge", "entry__round")
    row = get_object_or_404(rows, token=token)
    authorize(request.user, "works.judge", row)
    return row


def _sheet_page(request, row, form, *, problem="", recusing=None, status=200):
    before, after = neighbours(row)
    scored, total = own_count(row.judge_id)
    context = {
        "sheet": row,
        "entry": row.entry,
        "round": row.entry.round,
        "number": number_of(row.entry),
        "form": form,
        "recusing": recusing or RecuseForm(),
        "recuse_open": recusing is not None,
        "problem": problem,
        "before": before,
        "after": after,
        "scored": scored,
        "total": total,
        "total_points": plain(row.total),
        "is_open": row.entry.round.state == RoundState.OPEN and row.state != SheetState.RECUSED,
        "recused": row.state == SheetState.RECUSED,
        "weights": sum(one["weight"] for one in row.entry.round.criteria),
    }
    return render(request, "works/sheet.html", context, status=status)


def _conflict(request, error, *back):
    return render(request, "409.html", {"message": str(error), "back": reverse(back[0], args=back[1:])}, status=409)
