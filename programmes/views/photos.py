"""Photos of a meeting: added and removed by the school's office, sent only to whoever may see them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.media.serve import kept_file
from core.states import WrongState
from programmes.actions.photo import add_photos, remove_photo
from programmes.models import Event, EventPhoto


@require_POST
def event_photo_add(request, pk):
    authorize(request.user, "programmes.view_events")
    row = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "programmes.change_event", row)
    files = request.FILES.getlist("photos")
    try:
        added, refusals = add_photos(row, files, by=request.user)
    except WrongState as error:
        return _conflict(request, error, row.pk)
    if added:
        messages.success(request, f"加了{added}张照片。")
    elif files and not refusals:
        messages.info(request, "这些照片已经有了，没有重复存。")
    for sentence in refusals if files else ["先选照片。"]:
        messages.warning(request, sentence)
    return redirect("programmes:event", row.pk)


@require_safe
def event_photo(request, token):
    photo = _photo(request, token)
    if photo.owner_id != request.user.pk:
        record(photo, "event_photo.view", by=request.user, event=photo.event_id)
    return kept_file(photo.file, f"meeting-{photo.pk}.jpg")


@require_safe
def event_thumb(request, token):
    photo = _photo(request, token)
    return kept_file(photo.thumb, f"meeting-{photo.pk}-s.jpg")


@require_POST
def event_photo_remove(request, token):
    photo = _photo(request, token, removed_too=True)
    authorize(request.user, "programmes.change_event", photo.event)
    try:
        remove_photo(photo, by=request.user)
    except WrongState as error:
        return _conflict(request, error, photo.event_id)
    messages.success(request, "删掉了。")
    return redirect("programmes:event", photo.event_id)


def _photo(request, token, *, removed_too=False):
    photo = get_object_or_404(EventPhoto.objects.visible_to(request.user).select_related("event"), token=token)
    if photo.removed_at and not removed_too:
        raise Http404
    return photo


def _conflict(request, error, pk):
    facts = {"message": str(error), "back": reverse("programmes:event", args=[pk])}
    return render(request, "409.html", facts, status=409)
