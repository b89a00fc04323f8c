"""The office reminds the heads of slow classes."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import authorize
from core.states import WrongState
from programmes.queries.current import current_programme
from schools.models import School
from visits.actions.pace import remind_heads

NAMED = 3  # classes named in the answer; more are counted


@require_POST
def remind(request, pk):
    place = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "visits.view_school", place)
    programme = current_programme(request)
    if programme is None or programme.authority_id != place.authority_id:
        raise Http404
    try:
        found = remind_heads(programme, place, by=request.user)
    except WrongState as error:
        back = reverse("visits:school", args=[place.pk])
        return render(request, "409.html", {"message": str(error), "back": back}, status=409)
    if found.told:
        messages.success(request, f"提醒了{_named(found.told)}的班主任。")
    if found.headless:
        messages.warning(request, f"{_named(found.headless)}还没有班主任，没有提醒到。")
    if not found.told and not found.headless:
        messages.info(request, "今天都提醒过了。" if found.before else "照现在的速度，各班都能走完，不用提醒。")
    return redirect("visits:school", place.pk)


def _named(labels):
    """五（1）班、五（2）班, or 12个班"""
    return "、".join(labels) if len(labels) <= NAMED else f"{len(labels)}个班"
