"""打包表格: the forms of a list as one zip; start it, watch it, see its password once, fetch it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.audit import record
from core.job_file import job_file
from core.job_views import job_views
from core.packing import A_DAY
from core.states import WrongState
from programmes.queries.current import current_programme
from reports.actions.pack import (
    KEPT,
    packs,
    retry_pack,
    start_pack,
    still_at_desk,
)
from reports.queries.filters import EVERY, UPPER, QueueFilter, states_of
from reports.queries.review import listed, tabs

SHOWN = 5


@require_safe
def forms(request):
    authorize(request.user, "reports.review")
    return _page(request)


@require_POST
def start(request):
    authorize(request.user, "reports.review")
    programme = current_programme(request)
    if programme is None:
        raise Http404
    every = tabs(request.user, programme)
    try:
        start_pack(programme, _filters(request.POST, every), by=request.user)
    except WrongState as refused:
        return _page(request, refused=str(refused), status=409)
    return redirect("desk:forms")


def _filters(data, every):
    data = data.copy()
    if "tab" not in data:  # from the administration's list: works, report, plan
        data["tab"] = {"report": "report", "plan": "plan"}.get(data.get("of", ""), "")
    data.setdefault("state", EVERY[0])
    codes = [tab.code for tab in every]
    default = next((code for code in codes if code not in ("report", "plan")), codes[0])
    return QueueFilter.read(data, codes, default)


def _page(request, *, password=None, refused="", status=200):
    """password: {"job": …, "text": …}, on this one page only."""
    programme = current_programme(request)
    if programme is None:
        return render(request, "desk/forms.html", {"programme": None}, status=status)
    every = tabs(request.user, programme)
    filters = _filters(request.POST if refused else request.GET, every)
    context = {
        "programme": programme,
        "tabs": every,
        "states": [EVERY, *states_of(filters.tab), *([UPPER] if filters.state == UPPER[0] else [])],
        "filters": filters,
        "count": listed(request.user, programme, filters).count(),
        "rows": [VIEWS.row(job) for job in packs(request.user)[:SHOWN]],
        "password": password,
        "refused": refused,
        "a_day": A_DAY,
        "is_sealed": filters.tab not in ("report", "plan") and bool(request.user.reach.authorities),
    }
    return render(request, "desk/forms.html", context, status=status)


def _job(request, pk):
    """One's own; whoever left the desk lost the pack, as if it were not there (security.md P6)."""
    job = get_object_or_404(packs(request.user), pk=pk)
    if not allowed(request.user, "reports.review") or not still_at_desk(request.user, job):
        raise Http404
    return job


VIEWS = job_views(
    "desk:forms",
    find=_job,
    page=lambda request, job, **said: _page(request, **said),
    back=lambda job: "desk:forms",
    retry=retry_pack,
    unit="份",
)
job, cancel, retry, password = VIEWS.job, VIEWS.cancel, VIEWS.retry, VIEWS.password


@require_safe
def download(request, pk):
    row = _job(request, pk)
    response = job_file(row, kept=KEPT, name=f"报送材料-{row.pk}.zip", content_type="application/zip")
    record(None, "export.download", by=request.user, authority_id=row.authority_id, job=row.pk)
    return response
