"""A roster by browser: upload, preview, confirm once. One view a verb."""


from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.clock import local_date
from core.files import local_copy, work_folder
from core.states import WrongState
from schools.models import School
from students.actions.upload import PlanChanged, cancel, confirm, receive, remove_overdue
from students.enums import UploadState
from students.forms import RosterForm
from students.models import RosterUpload
from students.roster.held import write_held, write_template
from students.roster.plan import plan_roster
from students.roster.problems import Refused
from students.roster.reader import read_sheets

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50


def _upload(request, token):
    authorize(request.user, "students.import")
    rows = RosterUpload.objects.visible_to(request.user).select_related("school")
    return get_object_or_404(rows, token=token)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request):
    authorize(request.user, "students.import")
    schools = School.objects.filter(pk__in=request.user.reach.admin_schools).order_by("code")
    if request.method != "POST":
        return _page(request, RosterForm(schools=schools))
    form = RosterForm(request.POST, request.FILES, schools=schools)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        row = receive(
            form.cleaned_data["file"], school=form.chosen_school, scope=form.cleaned_data["scope"], by=request.user
        )  # fmt: skip
    except Refused as refused:
        form.add_error("file", refused.problem.message)
        return _page(request, form, status=422)
    except WrongState as busy:
        form.add_error(None, str(busy))
        return _page(request, form, status=409)
    return redirect("students:import_preview", row.token)


def _page(request, form, status=200):
    remove_overdue()
    mine = RosterUpload.objects.visible_to(request.user).select_related("school")
    context = {
        "form": form,
        "waiting": mine.filter(state=UploadState.WAITING).first(),
        "recent": mine.filter(state=UploadState.APPLIED)[:5],
    }
    return render(request, "students/import.html", context, status=status)


@require_GET
def template(request):
    authorize(request.user, "students.import")
    return _workbook(write_template, "学生名册模板.xlsx")


@require_safe
def preview(request, token):
    remove_overdue()
    row = _upload(request, token)
    problems = Paginator(row.report.get("problems", []), PAGE).get_page(request.GET.get("page"))
    context = {"upload": row, "report": row.report, "counts": row.report.get("counts", {}), "problems": problems}
    return render(request, "students/import_preview.html", context)


@require_POST
def confirm_import(request, token):
    row = _upload(request, token)
    here = redirect("students:import_preview", row.token)
    try:
        confirm(row, by=request.user)
    except PlanChanged:
        messages.warning(request, "预览之后，学生名单有了变化。这是按现在的名单重新算的，请再看一遍。")
    except WrongState:
        row.refresh_from_db()
        if row.state == UploadState.APPLIED:
            messages.info(request, "这份名册已导入，没有再导入一次。")
        else:
            messages.error(request, f"这份名册{row.get_state_display()}，没有导入。请重新上传。")
    except Refused as refused:
        messages.error(request, refused.problem.message)
    else:
        messages.success(request, "名册已导入。")
    return here


@require_POST
def cancel_import(request, token):
    row = _upload(request, token)
    try:
        cancel(row, by=request.user)
    except WrongState as refused:
        context = {"message": str(refused), "back": reverse("students:import_preview", args=[row.token])}
        return render(request, "409.html", context, status=409)
    messages.success(request, "已取消，什么都没有改。")
    return redirect("students:import")


@require_GET
def held_back(request, token):
    """The rows that were not imported, to repair and upload again."""
    row = _upload(request, token)
    numbers = set(row.report.get("held", []))
    if not row.is_open or not numbers:
        raise Http404
    with local_copy(row.file.name) as path:
        sheets = read_sheets(path)
    plan = plan_roster(sheets, [row.school], as_of=local_date(row.created_at))
    record(row, "roster.held_back", by=request.user, authority_id=row.school.authority_id, rows=len(numbers))
    return _workbook(lambda path: write_held(path, plan, numbers), "没有导入的学生.xlsx")


def _workbook(write, name):
    with work_folder() as folder:
        path = folder / "file.xlsx"
        write(path)
        response = HttpResponse(path.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
