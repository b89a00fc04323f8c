"""The addresses of a job that makes a file for its maker: its row, cancel, once more, its password, the file.

    def _find(request, pk): …                                  # the job, for whom it is; 404 for anybody else
    def _page(request, *, refused="", status=200): …           # where the jobs stand

    VIEWS = job_views("desk:register", find=_find, page=…, back=…, retry=retry_register_export, unit="所")
    job, cancel, retry = VIEWS.job, VIEWS.cancel, VIEWS.retry
"""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.enums import JobState
from core.packing import cancel_pack, has_password, show_password
from core.states import WrongState


@dataclass(frozen=True)
class JobViews:
    """row: job → what components/job_row.html takes; the rest are views of (request, pk)."""

    row: Any
    job: Any
    cancel: Any
    retry: Any
    password: Any


def job_views(name, *, find, page, back, retry, unit=""):
    """name: of the page the jobs stand on; their addresses are named NAME_job, NAME_cancel, NAME_retry, NAME_download and
    NAME_password. find: (request, pk) → the job. page: (request, job, *, status, refused or password) → that page again.
    back: job → its address. retry: (job, *, by)."""

    def row(job):
        return job_row(name, job, unit)

    def act(request, pk, action):
        job = find(request, pk)
        try:
            action(job, by=request.user)
        except WrongState as refused:
            return page(request, job, refused=str(refused), status=409)
        return redirect(back(job))

    @require_safe
    def one(request, pk):
        """The row alone, for htmx."""
        return render(request, "components/job_row.html", row(find(request, pk)))

    @require_POST
    def cancel(request, pk):
        return act(request, pk, cancel_pack)

    @require_POST
    def again(request, pk):
        return act(request, pk, retry)

    @require_POST
    def password(request, pk):
        job = find(request, pk)
        try:
            text = show_password(job, by=request.user)
        except WrongState as refused:
            return page(request, job, refused=str(refused), status=409)
        return page(request, job, password={"job": job.pk, "text": text})

    return JobViews(row, one, cancel, again, password)


def job_row(name, job, unit=""):
    """What components/job_row.html takes, and where its password waits to be seen."""

    def address(what):
        return reverse(f"{name}_{what}", args=[job.pk])

    at_hand = job.state == JobState.DONE and bool(job.file)
    return {
        "job": job,
        "poll": address("job"),
        "cancel": address("cancel"),
        "retry": address("retry"),
        "download": address("download") if at_hand else "",
        "password": address("password") if has_password(job) else "",
        "unit": unit,
    }
