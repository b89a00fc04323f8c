"""导出登记: the coverage register as a file; start it, watch it, fetch it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.job_file import job_file
from core.job_views import job_views
from core.packing import A_DAY
from core.states import WrongState
from programmes.queries.current import current_programme
from reports.actions.register_export import FORMS, KEPT, exports, retry_register_export, start_register_export
from reports.queries.register import COLUMNS
from reports.views.rows import XLSX
from visits.queries.coverage import coverage

SHOWN = 5
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@require_safe
def register(request):
    authorize(request.user, "reports.view_desk")
    return _page(request)


def _page(request, *, refused="", status=200):
    programme = current_programme(request)
    context = {
        "programme": programme,
        "forms": FORMS,
        "columns": [column.title for column in COLUMNS],
        "rows": [VIEWS.row(job) for job in exports(request.user)[:SHOWN]],
        "refused": refused,
        "a_day": A_DAY,
    }
    if programme is not None:
        authorize(request.user, "reports.view_desk", programme)
        context["count"] = sum(figure.all.due for figure in coverage(programme, user=request.user, by="authority"))
    return render(request, "desk/register.html", context, status=status)


@require_POST
def start(request):
    programme = current_programme(request)
    authorize(request.user, "reports.view_desk", programme)
    if programme is None:
        raise Http404
    try:
        start_register_export(programme, by=request.user, form=request.POST.get("form", ""))
    except WrongState as refused:
        return _page(request, refused=str(refused), status=409)
    return redirect("desk:register")


def _job(request, pk):
    """One's own; whoever left the desk lost the export, as if it were not there (security.md P6)."""
    row = get_object_or_404(exports(request.user), pk=pk)
    if row.authority_id not in request.user.reach.authorities:
        raise Http404
    return row


VIEWS = job_views(
    "desk:register",
    find=_job,
    page=lambda request, job, **said: _page(request, **said),
    back=lambda job: "desk:register",
    retry=retry_register_export,
    unit="所",
)
job, cancel, retry = VIEWS.job, VIEWS.cancel, VIEWS.retry


@require_safe
def download(request, pk):
    row = _job(request, pk)
    form = row.args["form"]
    response = job_file(row, kept=KEPT, name=f"走访登记-{row.pk}.{form}", content_type=TYPES[form])
    record(None, "register.download", by=request.user, authority_id=row.authority_id, job=row.pk)
    return response
