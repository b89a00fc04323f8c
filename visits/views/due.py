"""免访 and 婉拒: one page that explains them, one address for each verb."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.states import WrongState
from programmes.enums import ProgrammeState
from visits.actions.due import clear_declined, clear_exempt, set_declined, set_exempt
from visits.enums import Exempt
from visits.models import Due
from visits.queries.board import label_year


def _due(request, pk):
    rows = Due.objects.visible_to(request.user).select_related("student", "programme", "school_class__school")
    due = get_object_or_404(rows, pk=pk)
    authorize(request.user, "visits.change_due", due)
    return due


def _page(request, due, *, error="", chosen="", status=200):
    context = {
        "due": due,
        "student": due.student,
        "label": due.school_class.label(label_year(due.programme)),
        "reasons": Exempt.choices,
        "chosen": chosen,
        "error": error,
        "is_open": due.programme.state == ProgrammeState.OPEN,
    }
    return render(request, "visits/board_due.html", context, status=status)


@require_safe
def due(request, pk):
    return _page(request, _due(request, pk))


@require_POST
def exempt(request, pk):
    row = _due(request, pk)
    reason = request.POST.get("reason", "")
    if reason not in Exempt.values:
        return _page(request, row, error="还没有选免访的原因，选一项再登记。", status=422)
    return _done(request, row, set_exempt, "已登记免访，不再算在应访里", reason=reason)


@require_POST
def unexempt(request, pk):
    return _done(request, _due(request, pk), clear_exempt, "已取消免访，回到应访名单")


@require_POST
def decline(request, pk):
    return _done(request, _due(request, pk), set_declined, "已登记婉拒，仍算在应访里，单列一栏")


@require_POST
def undecline(request, pk):
    return _done(request, _due(request, pk), clear_declined, "已取消婉拒")


def _done(request, row, action, words, **facts):
    try:
        action(row, by=request.user, **facts)
    except WrongState as refused:
        context = {"message": str(refused), "back": reverse("visits:due", args=[row.pk])}
        return render(request, "409.html", context, status=409)
    messages.success(request, words)
    return redirect("visits:board", row.school_class_id)
