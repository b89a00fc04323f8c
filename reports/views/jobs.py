"""A background task as a row that tells how far it is."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.models import Job
from core.states import WrongState
from reports.actions.compile import cancel_compilation, restart_compilation
from reports.models import Compilation


def job_context(job, compilation=None):
    """What components/job_row.html takes."""
    context = {"job": job, "poll": reverse("reports:job", args=[job.pk]), "unit": "所" if compilation else ""}
    if compilation is not None:
        context["cancel"] = reverse("reports:cancel", args=[compilation.pk])
        context["retry"] = reverse("reports:retry", args=[compilation.pk])
        context["download"] = reverse("reports:download", args=[compilation.pk]) if compilation.has_file else ""
        context["details"] = reverse("reports:package_schools", args=[compilation.pk])
        context["again"] = context["retry"] if compilation.missing else ""
    return context


@require_safe
def job(request, pk):
    """The row alone, for htmx: the maker's own jobs, and the district's packages."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    compilation = Compilation.objects.visible_to(request.user).filter(job=row).first()
    return render(request, "reports/_job.html", job_context(row, compilation))


@require_POST
def cancel(request, pk):
    return _act(request, pk, cancel_compilation)


@require_POST
def retry(request, pk):
    """A package that failed, was cancelled or lacks schools goes on where it stopped."""
    return _act(request, pk, restart_compilation)


def _act(request, pk, action):
    compilation = get_object_or_404(Compilation.objects.visible_to(request.user).select_related("job"), pk=pk)
    authorize(request.user, "reports.compile", compilation)
    try:
        action(compilation, by=request.user)
    except WrongState as refused:
        return render(request, "409.html", {"message": str(refused), "back": reverse("desk:home")}, status=409)
    return redirect("desk:home")
