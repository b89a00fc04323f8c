"""One hint: what was noticed, the records, what the teacher says, what the leader found out."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from honesty.actions.answer import answer
from honesty.actions.conclude import conclude, reopen, undo_conclusion
from honesty.enums import OPEN_STATES, HintKind, HintState, Reason
from honesty.forms import AnswerForm, ConcludeForm
from honesty.models import Hint
from honesty.queries.lists import just_concluded, leads_alone
from honesty.queries.page import shown, visits_of, with_others_photo, with_people
from honesty.queries.words import class_labels, field_label
from honesty.views.parts import row_of
from honesty.views.school import list_address, may_list
from schools.actions.decide import decisions_on

RECORDS = 20  # a page of texts or photos laid side by side
MENDS = (Reason.WRONG_TIME, Reason.TEMPLATE, Reason.WRONG_PHOTO)
SAID = {
    "answer": "说明了情况", "conclude": "核实了", "reopen_told": "重新打开", "reopen_answered": "重新打开",
}  # fmt: skip


@require_safe
def hint(request, pk):
    return _page(request, _hint(request, pk))


@require_POST
def answer_hint(request, pk):
    hint = _hint(request, pk)
    authorize(request.user, "honesty.answer", hint)
    form = AnswerForm(request.POST, hint=hint)
    if not form.is_valid():
        return _page(request, hint, answer_form=form, status=422)
    reason = form.cleaned_data["reason"]
    try:
        answer(hint, by=request.user, reason=reason, text=form.cleaned_data["text"])
    except ValidationError as error:
        form.show_errors(error)
        return _page(request, hint, answer_form=form, status=422)
    except WrongState as error:
        return _wrong(request, hint, error)
    if reason in MENDS:
        messages.success(request, "说明交了。改好记录，提醒会自己消掉。")
        return _to_the_record(hint)
    messages.success(request, "说明交了，学校负责人看得到。")
    return redirect("honesty:hint", hint.pk)


@require_POST
def conclude_hint(request, pk):
    hint = _hint(request, pk)
    authorize(request.user, "honesty.conclude", hint)
    form = ConcludeForm(request.POST, hint=hint)
    if not form.is_valid():
        return _page(request, hint, conclude_form=form, status=422)
    values = form.cleaned_data
    try:
        conclude(hint, by=request.user, finding=values["finding"], note=values["note"], was=values["was"])
    except ValidationError as error:
        form.show_errors(error)
        return _page(request, hint, conclude_form=form, status=422)
    except WrongState as error:
        return _wrong(request, hint, error)
    return redirect(list_address(request.user, hint.school))


@require_POST
def reopen_hint(request, pk):
    hint = _hint(request, pk)
    authorize(request.user, "honesty.conclude", hint)
    try:
        reopen(hint, by=request.user)
    except WrongState as error:
        return _wrong(request, hint, error)
    messages.success(request, "重新打开了，可以再核实一次。")
    return redirect("honesty:hint", hint.pk)


@require_POST
def undo_hint(request, pk):
    hint = _hint(request, pk)
    authorize(request.user, "honesty.conclude", hint)
    try:
        undo_conclusion(hint, by=request.user, batch=_batch(request))
    except WrongState as error:
        return _wrong(request, hint, error)
    messages.success(request, "撤销了，还是核实前的样子。")
    return redirect("honesty:hint", hint.pk)


def _to_the_record(hint):
    """Straight there where it is about a single one, else to the list of them."""
    ids = list(hint.hint_visits.values_list("visit_id", flat=True)[:2])
    return redirect("visits:detail", ids[0]) if len(ids) == 1 else redirect("honesty:hint", hint.pk)


def _batch(request):
    """Which conclusion is meant; nonsense is the last one."""
    try:
        return uuid.UUID(request.POST.get("batch", ""))
    except ValueError:
        return None


def _hint(request, pk):
    rows = Hint.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("programme", "school", "teacher", "concluded_by"), pk=pk)


def _wrong(request, hint, error):
    back = reverse("honesty:hint", args=[hint.pk])
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)


# ── The page ──


def _page(request, hint, *, answer_form=None, conclude_form=None, status=200):
    user, is_open = request.user, hint.state in OPEN_STATES
    is_mine, leads = hint.teacher_id == user.pk, may_list(user, hint.school)
    page = Paginator(with_people(visits_of(hint, user)), RECORDS).get_page(request.GET.get("page"))
    records = shown(hint, page, user)
    may_conclude = allowed(user, "honesty.conclude", hint)
    context = {
        "hint": hint,
        "row": row_of(hint, "" if is_mine else class_labels([hint]).get(hint.pk, ""), mine=is_mine),
        "is_mine": is_mine,
        "leads": leads,
        "alone": is_mine and leads and leads_alone(hint),
        "back": reverse("honesty:mine") if is_mine else list_address(user, hint.school),
        "page": page,
        "records": records,
        "stuck": is_mine and is_open and any(not row.fix and not row.off for row in records),
        "field_label": field_label(hint.programme, hint.facts["field"]) if hint.kind == HintKind.ALIKE else "",
        "elsewhere": _elsewhere(hint, page.paginator.count),
        "others": with_others_photo(hint, user) if leads and not is_mine else [],
        "answer_form": (answer_form or AnswerForm(hint=hint)) if is_mine and is_open else None,
        "conclude_form": (conclude_form or ConcludeForm(hint=hint)) if may_conclude and is_open else None,
        "may_reopen": may_conclude and hint.state == HintState.CONCLUDED,
        "fresh": just_concluded(user) if may_conclude else None,
        "history": _history(hint),
    }  # fmt: skip
    return render(request, "honesty/hint.html", context, status=status)


def _elsewhere(hint, own):
    """How many records of other teachers it is about too; they are told of their own."""
    everything = {HintKind.ALIKE: "all", HintKind.PHOTO: "records"}.get(hint.kind)
    return max(hint.facts[everything] - own, 0) if everything else 0


def _history(hint):
    return [{"row": row, "said": SAID.get(row.verb, row.verb)} for row in decisions_on(hint)]
