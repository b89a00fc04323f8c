from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core.files import storage_ready
from schools.enums import Role


@require_safe
def home(request):
    """Each role's first page (ui.md): the desk, the school, else today's list."""
    reach = request.user.reach
    if reach.authorities:
        return redirect("desk:home")
    if reach.reviewed_authorities:
        return redirect("desk:review")
    if reach.leader_schools:
        return redirect("visits:school")
    if reach.classes or reach.staff_schools:
        if reach.roles <= {Role.SCHOOL_ADMIN}:
            return redirect("students:import")
        return redirect("visits:home")
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "home_empty.html")


@login_not_required
@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """The process can work: the database answers and files can be written."""
    problems = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except connection.Database.Error:
        problems.append("database")
    if not storage_ready():
        problems.append("files")
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    return render(request, "500.html", status=500)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
