"""盖章件: uploaded by the school's office, downloaded by who may see it, removed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.files import open_private
from core.media.kinds import Refused
from core.states import WrongState
from works.actions.scan import PDF, add_scan, remove_scan
from works.forms.school import ScanForm
from works.models import Scan
from works.views.school import moved_on
from works.views.school_paper import fetched, paper

POLICY = "sandbox; default-src 'none'"


@require_POST
def scan_upload(request, pk):
    work = fetched(request, pk)
    authorize(request.user, "works.file", work)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return paper(request, work, scan_form=form, status=422)
    try:
        add_scan(work, form.cleaned_data["file"], by=request.user)
    except Refused as refused:
        form.add_error("file", ValidationError(str(refused)))
        return paper(request, work, scan_form=form, status=422)
    except WrongState as error:
        return moved_on(request, error, reverse("works:school_review", args=[pk]))
    messages.success(request, "盖章件传好了。")
    return redirect("works:school_review", pk)


@require_safe
def scan(request, token):
    """The file: a download, never shown in the page; each one is written down."""
    row = get_object_or_404(Scan.objects.visible_to(request.user).standing().select_related("work"), token=token)
    try:
        file = open_private(row.file)
    except FileNotFoundError:
        raise Http404 from None
    work = row.work
    record(row, "scan.download", by=request.user, authority_id=work.authority_id, school_id=work.school_id, work=work.pk)
    name = f"盖章件-{work.pk}-第{row.version}次.{'pdf' if row.content_type == PDF else 'jpg'}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=row.content_type)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


@require_POST
def scan_remove(request, token):
    row = get_object_or_404(Scan.objects.visible_to(request.user).select_related("work"), token=token)
    authorize(request.user, "works.file", row.work)
    remove_scan(row, by=request.user)
    messages.success(request, "盖章件删掉了。")
    return redirect("works:school_review", row.work_id)
