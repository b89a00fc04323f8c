"""Assigning families from the board: look, do, take back, take away. The board itself is views/board.py."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import authorize
from core.states import WrongState
from programmes.queries.current import current_programme
from schools.models import SchoolClass
from visits.actions.assign import assign_families, take_back_families, unassign_families
from visits.forms.assign import join, numbers
from visits.queries.board import class_tiles
from visits.views.assign_panel import UNDO, last_act, make_panel, read_form, remember, sentences
from visits.views.board import board_page

CHANGED = "选的家庭变了。按现在选的重新算了一遍，看过再分配。"
NOTHING = "没有等着分配的家庭，先选几家。"


@require_POST
def preview(request, pk):
    """The panel for what is ticked now; writes nothing. Without script the whole board."""
    school_class, programme = _place(request, pk)
    ticked, mode = numbers(request.POST.getlist("students")), request.POST.get("to") or request.POST.get("mode")
    tiles = class_tiles(programme, school_class, user=request.user)
    panel = make_panel(programme, school_class, tiles, user=request.user, ticked=ticked, data=request.POST, mode=mode)
    if request.htmx:
        return render(request, "visits/_assign_panel.html", {"panel": panel, "school_class": school_class})
    return board_page(request, school_class, programme, tiles=tiles, panel=panel)


@require_POST
def assign(request, pk):
    """Do what the panel showed; where the ticks have changed since, show the new proposal instead."""
    school_class, programme = _place(request, pk)
    ticked, mode = numbers(request.POST.getlist("students")), request.POST.get("mode")
    stale = join(ticked) != request.POST.get("asked", "")

    def again(status, *, check=False, **said):
        tiles = class_tiles(programme, school_class, user=request.user)
        panel = make_panel(
            programme, school_class, tiles, user=request.user, ticked=ticked, data=request.POST, mode=mode, check=check,
            **said,
        )  # fmt: skip
        return board_page(request, school_class, programme, tiles=tiles, panel=panel, status=status)

    if stale:
        return again(422, note=CHANGED)
    form = read_form(request.POST, programme, school_class)
    if not form.is_valid():
        return again(422, check=True)
    if not form.pairs():
        return again(422, note=NOTHING)
    try:
        outcome = assign_families(
            programme, school_class, form.pairs(), by=request.user, visit_by=form.cleaned_data["visit_by"]
        )
    except WrongState as refused:
        return _refused(request, school_class, refused)
    if outcome.refused and not outcome.undo:
        return again(409, refused=sentences(outcome.refused, user=request.user))
    remember(request, outcome)
    return redirect("visits:board", school_class.pk)


@require_POST
def unassign(request, pk):
    school_class, programme = _place(request, pk)
    ids = numbers(request.POST.getlist("students"))
    try:
        ended, kept = unassign_families(programme, school_class, ids, by=request.user)
    except WrongState as refused:
        return _refused(request, school_class, refused)
    if ended:
        messages.success(request, "已取消分配，回到待安排")
    if kept:
        messages.warning(request, f"有{kept}名学生已经约好时间或不在这个班，没有改动")
    if not (ended or kept):
        messages.info(request, "选的家庭还没有分配，没有改动")
    return redirect("visits:board", school_class.pk)


@require_POST
def undo(request, pk):
    school_class, programme = _place(request, pk)
    act = last_act(request, school_class, programme)
    if act is None:
        messages.info(request, "没有可以撤回的分配")
        return redirect("visits:board", school_class.pk)
    try:
        _, _, kept = take_back_families(programme, act, by=request.user)
    except WrongState as refused:
        return _refused(request, school_class, refused)
    del request.session[UNDO]
    messages.success(request, "已撤回，和分配前一样")
    if kept:
        messages.warning(request, f"有{kept}名学生已经约好时间，没有撤回")
    return redirect("visits:board", school_class.pk)


def _place(request, pk):
    """The class, which must be the user's own, and the programme of today."""
    school_class = get_object_or_404(SchoolClass.objects.visible_to(request.user).select_related("school"), pk=pk)
    authorize(request.user, "visits.assign", school_class)
    programme = current_programme(request)
    if programme is None or programme.authority_id != school_class.school.authority_id:
        raise Http404
    return school_class, programme


def _refused(request, school_class, error):
    context = {"message": str(error), "back": reverse("visits:board", args=[school_class.pk])}
    return render(request, "409.html", context, status=409)
