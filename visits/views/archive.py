"""A class's archive: start it, watch it, see its password once, fetch it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.audit import record
from core.enums import JobState
from core.job_file import job_file
from core.models import Job
from core.packing import A_DAY, cancel_pack, has_password, show_password
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
        "rows": [_row(job) for job in rows],
        "password": password,
        "refused": refused,
        "a_day": A_DAY,
    }
    return render(request, "visits/archive.html", context, status=status)


def _row(job):
    """What components/job_row.html takes, and whether its password waits to be seen."""
    at_hand = job.state == JobState.DONE and bool(job.file)
    return {
        "job": job,
        "poll": reverse("visits:archive_job", args=[job.pk]),
        "cancel": reverse("visits:archive_cancel", args=[job.pk]),
        "retry": reverse("visits:archive_retry", args=[job.pk]),
        "download": reverse("visits:archive_download", args=[job.pk]) if at_hand else "",
        "password": reverse("visits:archive_password", args=[job.pk]) if has_password(job) else "",
    }


def _job(request, pk):
    """One's own; whoever lost the class lost the archive, as if it were not there (security.md P6)."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk, kind=KIND, owner_id=request.user.pk)
    rows = SchoolClass.objects.visible_to(request.user).select_related("school")
    school_class = get_object_or_404(rows, pk=job.args["school_class"])
    if not allowed(request.user, "visits.archive", school_class):
        raise Http404
    return job, school_class


@require_safe
def job(request, pk):
    """The row alone, for htmx."""
    row, _ = _job(request, pk)
    return render(request, "visits/_archive_job.html", _row(row))


@require_POST
def cancel(request, pk):
    return _act(request, pk, cancel_pack)


@require_POST
def retry(request, pk):
    return _act(request, pk, retry_archive)


def _act(request, pk, action):
    row, school_class = _job(request, pk)
    try:
        action(row, by=request.user)
    except WrongState as refused:
        return _page(request, school_class, refused=str(refused), status=409)
    return redirect("visits:archive", school_class.pk)


@require_POST
def password(request, pk):
    row, school_class = _job(request, pk)
    try:
        text = show_password(row, by=request.user)
    except WrongState as refused:
        return _page(request, school_class, refused=str(refused), status=409)
    return _page(request, school_class, password={"job": row.pk, "text": text})


@require_safe
def download(request, pk):
    row, school_class = _job(request, pk)
    response = job_file(row, kept=KEPT, name=f"家访记录-{row.pk}.zip", content_type="application/zip")
    record(school_class, "export.download", by=request.user, school_id=school_class.school_id, job=row.pk)
    return response
