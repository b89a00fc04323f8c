"""Photos and films: sent piece by piece, looked at through short-lived links, removed; the family's consent."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.media.kinds import MediaKind, Refused
from core.media.serve import kept_file
from core.states import WrongState
from programmes.queries.current import programmes_for
from students.actions.consent import give_consent, withdraw_consent
from students.enums import ConsentPurpose, Relation
from students.models import Student
from visits.actions.media import clear_media, remove_media, take_files
from visits.actions.upload import PIECE, Elsewhere, add_piece, forget, start
from visits.media.links import is_fresh, link
from visits.models import Media, Upload, Visit
from visits.queries.media import is_withheld, of_form, shown, tile

SHA256 = 64

# ── On its way ──


@require_POST
def start_upload(request):
    """Announce a file: {"upload": address, "received": bytes} to go on, or {"tile": address} when it is there."""
    authorize(request.user, "visits.log")
    asked = _asked(request)
    if asked is None:
        return JsonResponse({"error": "没有说清是哪个文件，重新选一次。"}, status=422)
    authorize(request.user, "visits.note_consent", asked["student"])
    try:
        upload, media = start(by=request.user, **asked)
    except Refused as refused:
        return _no(refused)
    return JsonResponse(_standing(upload, media))


def _asked(request):
    """What the browser said of the file, None when something is missing. A pupil out of scope is a 404."""
    data = request.POST
    size, checksum, kind = data.get("size", ""), data.get("sha256", ""), data.get("kind", "")
    try:
        client_uuid = uuid.UUID(data.get("client_uuid", ""))
    except ValueError:
        return None
    if not (size.isdecimal() and len(size) <= 12 and kind in MediaKind.values and data.get("student", "").isdecimal()):
        return None
    if checksum and (len(checksum) != SHA256 or set(checksum) - set("0123456789abcdef")):
        return None
    programme = next((row for row in programmes_for(request.user) if row.code == data.get("programme")), None)
    if programme is None:
        return None
    pupils = Student.objects.visible_to(request.user).select_related("school")
    student = get_object_or_404(pupils, pk=data["student"])
    return {
        "programme": programme, "student": student, "client_uuid": client_uuid, "kind": kind, "size": int(size),
        "sha256": checksum,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, token):
    """GET: how far it has come. POST: the next piece, raw, at ?offset=."""
    row = get_object_or_404(Upload.objects.visible_to(request.user), token=token)
    authorize(request.user, "visits.log")
    if request.method != "POST":
        return JsonResponse(_standing(row, row.media))
    offset = request.GET.get("offset", "")
    length = request.META.get("CONTENT_LENGTH") or ""
    if not (offset.isdecimal() and len(offset) <= 12 and length.isdecimal() and 0 < int(length) <= PIECE):
        return JsonResponse({"error": "这一段没有传对，再试一次。"}, status=422)
    try:
        row = add_piece(row, int(offset), request.body)
    except Refused as refused:
        return _no(refused)
    except Elsewhere as elsewhere:
        return JsonResponse(_standing(elsewhere.upload, None) | {"error": str(elsewhere)}, status=409)
    return JsonResponse(_standing(row, row.media))


@require_POST
def drop_upload(request, token):
    """The teacher thought better of it."""
    row = get_object_or_404(Upload.objects.visible_to(request.user), token=token)
    authorize(request.user, "visits.log")
    forget(row)
    return JsonResponse({})


def _standing(upload, media):
    if media is not None:
        return {"tile": reverse("visits:media_tile", args=[media.token]), "received": upload.size if upload else 0}
    return {"upload": reverse("visits:upload", args=[upload.token]), "received": upload.received, "piece": PIECE}


def _no(refused):
    return JsonResponse({"error": str(refused), "code": refused.code}, status=422)


# ── On the form ──


@require_safe
def tiles(request):
    """Everything sent so far for a form: ?form=client_uuid."""
    authorize(request.user, "visits.log")
    found = of_form(request.user, request.GET.get("form", ""))
    return render(request, "visits/_photo_tiles.html", {"media": found})


@require_safe
def media_tile(request, token):
    """One tile; asked again every two seconds until the job has looked at the file."""
    media = get_object_or_404(Media.objects.visible_to(request.user).select_related("visit"), token=token)
    if media.state == "removed" or _hidden(media):
        raise Http404
    return render(request, "visits/_photo_tile.html", {"tile": tile(request.user, media)})


@require_POST
def remove(request, token):
    media = get_object_or_404(Media.objects.visible_to(request.user).select_related("visit"), token=token)
    authorize(request.user, "visits.remove_media", media)
    try:
        remove_media(media, by=request.user)
    except WrongState as error:
        return render(request, "409.html", {"message": str(error), "back": "/"}, status=409)
    if request.htmx or media.visit is None:
        return HttpResponse("")
    messages.success(request, "删掉了。")
    return redirect("visits:detail", media.visit.pk)


@require_POST
def clear(request, pk):
    """Delete what a family no longer agrees to."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "visits.clear_media", visit)
    number = clear_media(visit, by=request.user)
    messages.success(request, f"删掉了{number}张照片。" if number else "已经没有照片了。")
    return redirect("visits:detail", visit.pk)


def take_sent(request, form, programme, pupil):
    """Files that came with the record form itself, from a browser without script; True when all were taken. What was
    taken stays with the form, whatever else has to be repaired."""
    files = request.FILES.getlist("photos")
    if not files or pupil is None:
        return True
    agreed = request.POST.get("photo_consent")
    try:
        client_uuid = uuid.UUID(request.POST.get("client_uuid", ""))
    except ValueError:
        return True  # the form says so itself
    refusals = take_files(
        files, by=request.user, programme=programme, school=pupil.school, client_uuid=client_uuid, student=pupil,
        consent=_who(request.POST) if agreed else None,
    )  # fmt: skip
    for sentence in refusals:
        form.add_error(None, ValidationError(sentence, code="photos"))
    return not refusals


# ── Looked at ──


@require_safe
def photo(request, token):
    return _serve(request, token, "visits:photo")


@require_safe
def thumb(request, token):
    return _serve(request, token, "visits:thumb")


def _serve(request, token, name):
    """The file itself: in scope each time, by a link of this person's that still holds, else by a fresh one."""
    media = get_object_or_404(shown(request.user).select_related("visit"), token=token)
    if _hidden(media):
        raise Http404
    if not is_fresh(name, media, request.user, request.GET):
        return redirect(link(name, media, request.user))
    full = name == "visits:photo"
    if full and media.owner_id != request.user.pk:
        record(media, "media.view", by=request.user, kind=media.kind, visit=media.visit_id)
    is_video = full and media.kind == MediaKind.VIDEO
    content_type, ending = (media.content_type, "mp4" if is_video else "jpg") if full else ("image/jpeg", "jpg")
    kept = media.file if full else media.thumb
    return kept_file(kept, f"visit-{media.pk}.{ending}", content_type, attachment=is_video)


def _hidden(media):
    return media.visit_id is not None and is_withheld(media.visit_id)


# ── The family's consent ──


@require_POST
def consent(request, pk):
    """家长同意合影, switched on or off in the record form, taken back on the pupil's page."""
    student = get_object_or_404(Student.objects.visible_to(request.user), pk=pk)
    if request.POST.get("photo_consent"):
        authorize(request.user, "visits.note_consent", student)
        give_consent(student, ConsentPurpose.PHOTO, by=request.user, relation=_who(request.POST))
    else:
        authorize(request.user, "visits.withdraw_consent", student)
        withdraw_consent(student, ConsentPurpose.PHOTO, by=request.user)
    if request.htmx:
        return render(request, "visits/_photo_consent.html", {"pupil": student})
    messages.success(request, "记下了。")
    return redirect("students:detail", student.pk)


def _who(data):
    """Who agreed: as said, else the one grown-up who was at home."""
    told = data.get("consent_by", "")
    if told in Relation.values:
        return told
    adults = [code for code in data.getlist("at_home") if code in Relation.values and code != Relation.SIBLING]
    return adults[0] if len(adults) == 1 else ""
