"""后台任务: what ran, runs, failed and was tried again, for the district administrator."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import authorize
from reports.queries.jobs import GROUPS, desk_jobs, group_counts, job_lines

PAGE = 50


@require_safe
def jobs(request):
    authorize(request.user, "reports.view_jobs")
    group = request.GET.get("state", "")
    group = group if group in GROUPS else ""
    counts = group_counts(request.user)
    page = Paginator(desk_jobs(request.user, group), PAGE).get_page(request.GET.get("page"))
    address = reverse("desk:jobs")
    context = {
        "page": page,
        "lines": job_lines(page.object_list, user=request.user),
        "group": group,
        "tabs": [
            {"label": label, "count": counts[code], "url": address + (f"?state={code}" if code else ""), "current": code == group}
            for code, (label, _) in GROUPS.items()
        ],
        "open": counts["open"],
        "failed": counts["failed"],
    }
    return render(request, "desk/jobs.html", context)
