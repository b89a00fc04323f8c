"""A background task as a row that tells how far it is."""

from functools import wraps

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access import authorize
from core.models import Job
from core.states import WrongState
from reports.actions.compile import cancel_compilation, restart_compilation
from reports.models import Compilation

ON_ITS_PAGE = "?page=1"  # the row is asked for by the page of its package


def posted(view):
    """Only a POST acts. A GET of its address, as a reload after signing in makes it, leads to the package."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request, pk):
        return view(request, pk) if request.method == "POST" else redirect("reports:snapshot", pk)

    return answer


def job_context(job, compilation=None, *, on_its_page=False):
    """What components/job_row.html takes."""
    asked_by = ON_ITS_PAGE if on_its_page else ""
    context = {"job": job, "poll": reverse("reports:job", args=[job.pk]) + asked_by, "unit": "所" if compilation else ""}
    if compilation is not None:
        context["cancel"] = reverse("reports:cancel", args=[compilation.pk]) + asked_by
        context["retry"] = reverse("reports:retry", args=[compilation.pk]) + asked_by
        context["download"] = reverse("reports:download", args=[compilation.pk]) if compilation.has_file else ""
        context["details"] = reverse("reports:package_schools", args=[compilation.pk])
        context["again"] = context["retry"] if compilation.missing else ""
    return context


@require_safe
def job(request, pk):
    """The row alone, for htmx: the maker's own jobs, and the district's packages. On its own page a package that is over
    brings the whole page anew: its figures, correction and mail."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    compilation = Compilation.objects.visible_to(request.user).filter(job=row).first()
    on_its_page = "page" in request.GET
    answer = render(request, "reports/_job.html", job_context(row, compilation, on_its_page=on_its_page))
    if on_its_page and not row.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@posted
def cancel(request, pk):
    return _act(request, pk, cancel_compilation)


@posted
def retry(request, pk):
    """A package that failed, was cancelled or lacks schools goes on where it stopped."""
    return _act(request, pk, restart_compilation)


def _act(request, pk, action):
    compilation = get_object_or_404(Compilation.objects.visible_to(request.user).select_related("job"), pk=pk)
    authorize(request.user, "reports.compile", compilation)
    back = _asked_from(request, compilation)
    try:
        action(compilation, by=request.user)
    except WrongState as refused:
        return render(request, "409.html", {"message": str(refused), "back": back}, status=409)
    return redirect(back)


def _asked_from(request, compilation):
    """The page the button stood on."""
    if "page" in request.GET:
        return reverse("reports:snapshot", args=[compilation.pk])
    return reverse("desk:jobs" if "list" in request.GET else "desk:home")
