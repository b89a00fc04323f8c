"""The draft of a record: saved by draft.js as one types, by a button without script."""

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed
from programmes.queries.current import current_programme, programmes_for
from programmes.queries.form import record_form
from students.models import Student
from visits.actions.draft import AlreadySubmitted, delete_draft, from_post, save_draft, take_back, with_spare
from visits.forms.record import is_number
from visits.models import Visit, VisitDraft
from visits.queries.draft import base_of, owner_tag, saved_at, submitted_as, told
from visits.rules import pupils_to_visit


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request, client_uuid):
    own = VisitDraft.objects.filter(user=request.user, client_uuid=client_uuid, dropped_at=None).first()
    asked = _asked(request) if request.method == "POST" else {}
    visit = _visit(request.user, asked.get("visit") or request.GET.get("visit"))
    if not (own or visit or allowed(request.user, "visits.log")):
        raise PermissionDenied
    if request.method != "POST":
        return _tell(request, client_uuid, own, visit)
    if asked.get("owner", owner_tag(request.user)) != owner_tag(request.user):
        return JsonResponse({"owner": False}, status=403)  # somebody else has signed in meanwhile
    student = _student(request.user, asked.get("student"), own, visit)
    if not _is_json(request):
        asked["data"] = from_post(request.POST, known=own)
    try:
        saved, conflict = save_draft(
            request.user, programme=_programme(request, asked.get("programme"), own, visit),
            client_uuid=client_uuid, base=str(asked.get("base", "")), data=asked.get("data"),
            student=student, visit=visit,
        )  # fmt: skip
    except AlreadySubmitted as error:
        return _gone(request, error.visit)
    except ValidationError as error:
        return _refused(request, error.messages[0], student, visit)
    if _is_json(request):
        return JsonResponse(_state(saved, with_data=bool(conflict)), status=409 if conflict else 200)
    if conflict:
        _both(request, conflict, asked, student, visit)
        messages.info(request, "这一家在别处也写过。你刚写的存好了，那边写的放在“没用上的另一份”里。")
    else:
        messages.success(request, f"草稿存好了，{saved_at(saved)}。")
    return redirect(_form_url(student, visit))


@require_safe
def text(request, client_uuid):
    """The words of a draft, to be copied: also where its pupil is no longer mine."""
    found = get_object_or_404(VisitDraft.objects.select_related("programme"), user=request.user, client_uuid=client_uuid)
    programme = found.programme
    school = found.student.school if found.student_id else None
    fields = record_form(programme, school) if school else programme.rules.record.fields
    labels = {f"text_{asked.code}": asked.label for asked in fields}
    return render(request, "visits/draft_text.html", {"draft": found, "lines": told(found, labels)})


@require_POST
def delete(request, client_uuid):
    if not delete_draft(request.user, client_uuid):
        get_object_or_404(VisitDraft, user=request.user, client_uuid=client_uuid)  # deleted already: once is enough
    if _is_json(request):
        return JsonResponse({})
    messages.success(request, "删掉了，7天内可以在“今天”页的“没提交的记录”里找回。")
    return redirect("visits:home")


@require_POST
def restore(request, client_uuid):
    found = take_back(request.user, client_uuid)
    if found is None:
        raise Http404
    messages.success(request, "找回来了。")
    return redirect("visits:home")


# ── What was asked ──


def _is_json(request):
    return request.content_type == "application/json"


def _asked(request):
    """owner, programme, student, visit, base, data; without script from the posted form."""
    if not _is_json(request):
        post = request.POST
        return {
            "programme": post.get("programme"), "student": post.get("student"), "visit": post.get("draft_visit"),
            "base": post.get("draft_base", ""),
        }  # fmt: skip
    try:
        asked = json.loads(request.body)
    except ValueError:
        asked = None
    return asked if isinstance(asked, dict) else {}


def _visit(user, number):
    if not is_number(str(number or "")):
        return None
    visits = Visit.objects.visible_to(user).exclude(recorded_at=None).select_related("programme")
    return get_object_or_404(visits, pk=number)


def _student(user, number, own, visit):
    """Whom the draft is about: a pupil of mine, or the one it was about before."""
    if not is_number(str(number or "")):
        return None
    known = [own.student_id] if own else []
    if visit:
        known += visit.visit_students.values_list("student_id", flat=True)
    if int(number) in known:
        return get_object_or_404(Student, pk=number)
    return get_object_or_404(Student.objects.filter(pupils_to_visit(user.reach)), pk=number)


def _programme(request, code, own, visit):
    """The notice the form was opened for, whatever another tab has switched to since."""
    if visit or own and own.programme.code == code:
        return (visit or own).programme
    current = current_programme(request)
    if current is not None and code in (None, current.code):
        return current
    found = next((row for row in programmes_for(request.user) if row.code == code), None)
    if found is None:
        raise Http404
    return found


# ── What is answered ──


def _state(found, with_data):
    state = {"base": base_of(found), "saved": saved_at(found) if found else ""}
    if with_data and found:
        state["data"] = json.loads(found.data or "{}")
    return state


def _tell(request, client_uuid, own, visit):
    """Where the draft stands, for a page that has lost touch; with a token for its next save."""
    done = submitted_as(request.user, client_uuid, visit)
    return JsonResponse({
        **_state(own, with_data=True), "owner": owner_tag(request.user), "csrf": get_token(request),
        "submitted": reverse("visits:detail", args=[done.pk]) if done else "",
    })  # fmt: skip


def _gone(request, visit):
    url = reverse("visits:detail", args=[visit.pk])
    if _is_json(request):
        return JsonResponse({"submitted": url}, status=410)
    messages.info(request, "这次走访已经提交过，没有再存草稿。")
    return redirect(url)


def _refused(request, sentence, student, visit):
    if _is_json(request):
        return JsonResponse({"error": sentence}, status=422)
    return render(request, "409.html", {"message": sentence, "back": _form_url(student, visit)}, status=422)


def _both(request, theirs, asked, student, visit):
    """Without script nobody can be asked: the posted words stand, the others stay beside them as spare."""
    save_draft(
        request.user, programme=theirs.programme, client_uuid=theirs.client_uuid, base=base_of(theirs),
        data=with_spare(asked["data"], theirs), student=student, visit=visit,
    )  # fmt: skip


def _form_url(student, visit):
    if visit:
        return reverse("visits:correct", args=[visit.pk])
    return reverse("visits:log", args=[student.pk]) if student else reverse("visits:log")
