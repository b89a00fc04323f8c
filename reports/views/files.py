"""汇编与报表: what has been compiled, the figures in it, and the file, checked for scope once more when it leaves."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from core.access import authorize
from core.audit import record
from core.clock import now
from core.files import open_private
from core.formats import thousands
from programmes.queries.current import current_programme
from reports.models import Compilation
from reports.queries.compilations import compilations_for, deadline_lines, not_started
from reports.queries.summary import NOTES, summary_table
from reports.views.jobs import job_context

PAGE = 50
NAME = 1  # the column that names the row


@require_safe
def files(request):
    authorize(request.user, "reports.view_desk")
    programme = current_programme(request)
    page = Paginator(compilations_for(request.user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "programme": programme}
    if programme is not None:
        moment = now()
        lines = deadline_lines(programme, user=request.user)
        stuck = not_started(
            programme,
            [deadline for deadline, _ in lines],
            {(package.kind, package.as_of) for _, package in lines if package},
        )
        why = {job.args["kind"]: job.message for job in stuck}
        context["lines"] = [
            {"deadline": deadline, "passed": deadline.at <= moment, "package": package, "why": why.get(deadline.kind)}
            for deadline, package in lines
        ]
        context["mail_to"] = programme.authority.package_email
    return render(request, "reports/files.html", context)


@require_safe
def snapshot(request, pk):
    """One package: its figures as its workbook has them, who is missing, its mail, its corrections."""
    authorize(request.user, "reports.view_desk")
    return package_page(request, get_object_or_404(compilations_for(request.user), pk=pk))


def package_page(request, compilation, *, status=200, **said):
    """said: what an act on this page answers with: password, reason, reason_error."""
    context = {"compilation": compilation, "job": job_context(compilation.job, compilation, on_its_page=True), **said}
    if not compilation.has_file:
        return render(request, "reports/snapshot.html", context, status=status)
    table = summary_table(compilation)
    context |= {
        "columns": table.columns,
        "notes": NOTES,
        "number_of_schools": len(table.rows),
        "table_rows": format_html_join("", "<tr>{}</tr>", ((_cells(table.columns, row),) for row in table.rows)),
        "sum_row": _cells(table.columns, table.sums),
        "cards": format_html_join("", "{}", ((_card(table.columns, row),) for row in [*table.rows, table.sums])),
        "correction": Compilation.objects.filter(corrects=compilation).first(),
        "corrected": Compilation.objects.filter(pk=compilation.corrects_id).first() if compilation.corrects_id else None,
        "address": compilation.authority.package_email,
    }
    return render(request, "reports/snapshot.html", context, status=status)


def _cells(columns, row):
    cells = []
    for index, (column, value) in enumerate(zip(columns, row, strict=True)):
        text = thousands(value) if isinstance(value, int) else value
        if index == NAME:
            cells.append(format_html('<th scope="row">{}</th>', text))
        else:
            cells.append(format_html("<td>{}</td>" if column.kind == "text" else '<td class="n">{}</td>', text))
    return format_html_join("", "{}", ((cell,) for cell in cells))


def _card(columns, row):
    """The same school on a phone, by the figures that are asked for first."""
    told = {column.title: value for column, value in zip(columns, row, strict=True) if not column.group}
    return format_html(
        '<div class="sl num"><div class="fx fx-b"><b class="ink">{}</b><b class="ink">{}</b></div>'
        '<div class="fx fx-b fx-w sm sec mt-1"><span>学生{} / {}，户{} / {}</span><span>上门率{}</span></div></div>',
        told["学校"] if isinstance(row[0], int) else row[0], told["覆盖率"], thousands(told["实访学生数"]),
        thousands(told["应访学生数"]), thousands(told["实访户数"]), thousands(told["应访户数"]), told["上门率"],
    )  # fmt: skip


@require_safe
def download(request, pk):
    """The package itself. Out of scope is like missing; each download is written down."""
    compilation = get_object_or_404(compilations_for(request.user), pk=pk)
    authorize(request.user, "reports.view_desk", compilation)
    if not compilation.has_file:
        raise Http404
    try:
        file = open_private(compilation.file)
    except FileNotFoundError:
        raise Http404 from None
    record(compilation, "report.download", by=request.user, sha256=compilation.checksum, revision=compilation.revision)
    as_of = timezone.localtime(compilation.as_of)
    name = f"{compilation.programme.short_title}{compilation.get_kind_display()}汇编-截至{as_of:%Y%m%d-%H%M}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
