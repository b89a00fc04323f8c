"""A class's archive: start it, watch it, see its password once, fetch it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.audit import record
from core.job_file import job_file
from core.job_views import job_views
from core.models import Job
from core.packing import A_DAY
from core.states import WrongState
from programmes.queries.current import current_programme
from schools.models import SchoolClass
from visits.actions.archive import (
    KEPT,
    KIND,
    archive_visits,
    archives,
    retry_archive,
    start_archive,
)
from visits.queries.board import label_year

SHOWN = 5


@require_safe
def archive(request, pk):
    school_class = _class(request, pk)
    return _page(request, school_class)


@require_POST
def start(request, pk):
    school_class = _class(request, pk)
    programme = current_programme(request)
    if programme is None or programme.authority_id != school_class.school.authority_id:
        raise Http404
    try:
        start_archive(programme, school_class, by=request.user)
    except WrongState as refused:
        return _page(request, school_class, refused=str(refused), status=409)
    return redirect("visits:archive", pk)


def _class(request, pk):
    school_class = get_object_or_404(SchoolClass.objects.visible_to(request.user).select_related("school"), pk=pk)
    authorize(request.user, "visits.archive", school_class)
    return school_class


def _page(request, school_class, *, password=None, refused="", status=200):
    """password: {"job": …, "text": …}, on this one page only."""
    programme = current_programme(request)
    if programme is None or programme.authority_id != school_class.school.authority_id:
        return render(request, "visits/board_none.html", {"label": school_class.label()}, status=status)
    rows = list(archives(request.user, programme, school_class)[:SHOWN])
    context = {
        "school_class": school_class,
        "label": school_class.label(label_year(programme)),
        "programme": programme,
        "count": archive_visits(programme, school_class, user=request.user).count(),
        "rows": [VIEWS.row(job) for job in rows],
        "password": password,
        "refused": refused,
        "a_day": A_DAY,
    }
    return render(request, "visits/archive.html", context, status=status)


def _job(request, pk):
    """One's own, with its class; whoever lost that lost the archive, as if it were not there (security.md P6)."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk, kind=KIND, owner_id=request.user.pk)
    rows = SchoolClass.objects.visible_to(request.user).select_related("school")
    job.school_class = get_object_or_404(rows, pk=job.args["school_class"])
    if not allowed(request.user, "visits.archive", job.school_class):
        raise Http404
    return job


VIEWS = job_views(
    "visits:archive",
    find=_job,
    page=lambda request, job, **said: _page(request, job.school_class, **said),
    back=lambda job: reverse("visits:archive", args=[job.school_class.pk]),
    retry=retry_archive,
    unit="份",
)
job, cancel, retry, password = VIEWS.job, VIEWS.cancel, VIEWS.retry, VIEWS.password


@require_safe
def download(request, pk):
    row = _job(request, pk)
    school_class = row.school_class
    response = job_file(row, kept=KEPT, name=f"家访记录-{row.pk}.zip", content_type="application/zip")
    record(school_class, "export.download", by=request.user, school_id=school_class.school_id, job=row.pk)
    return response
