"""A report written in Word: uploaded, shown piece by piece with where it goes, then put into the sections."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.audit import record
from core.states import WrongState
from reports.actions import filing
from reports.actions.report import SETTLED, WRITABLE, Elsewhere, save_report
from reports.forms.report import FillForm, UploadForm
from reports.queries.text import heading, section_texts
from reports.views.report import conflict, of_office
from reports.word.read import NotTaken, pieces, read


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, pk):
    row = of_office(request, pk, "reports.write_filing")
    if row.state not in WRITABLE:
        return conflict(request, WrongState(SETTLED), row)
    if request.method != "POST":
        return _page(request, row, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, row, form, 422)
    try:
        paragraphs = read(form.cleaned_data["file"])
    except NotTaken as refused:
        form.add_error("file", str(refused))
        return _page(request, row, form, 422)
    labels = [section.label for section in row.programme.rules.report.sections]
    title, found = pieces(paragraphs, labels)
    if len(found) > FillForm.MOST:
        form.add_error("file", f"文件里有{len(found)}段标题，太多了。只留各部分的大标题再上传。")
        return _page(request, row, form, 422)
    record(row, "report.import", by=request.user, pieces=len(found))
    fill_form = FillForm(labels=_headings(labels), pieces=found, revision=row.revision)
    return _preview(request, row, fill_form, title=title)


@require_POST
def fill(request, pk):
    """What was previewed goes into the sections; what stood there stays or is replaced as chosen."""
    row = of_office(request, pk, "reports.write_filing")
    if row.state not in WRITABLE:
        return conflict(request, WrongState(SETTLED), row)
    labels = [section.label for section in row.programme.rules.report.sections]
    form = FillForm(request.POST, labels=_headings(labels))
    if not form.is_valid() or not form.number:
        return _preview(request, row, form, status=422)
    try:
        save_report(
            row, form.filled(section_texts(row)), by=request.user, revision=form.cleaned_data["revision"]
        )
    except Elsewhere:
        form.add_error(None, "预览之后报告改过。看过现在的内容，再点一次“填进报告”。")
        return _preview(request, row, form, status=409)
    except ValidationError as error:
        form.add_error(None, error)
        return _preview(request, row, form, status=422)
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, "填进报告了。数据那部分仍由系统算。")
    return redirect(filing.address(row))


def _headings(labels):
    return [heading(position, label) for position, label in enumerate(labels)]


def _page(request, row, form, status=200):
    context = {"report": row, "form": form, "back": filing.address(row)}
    return render(request, "reports/report_import.html", context, status=status)


def _preview(request, row, form, *, title="", status=200):
    context = {
        "report": row, "form": form, "rows": list(form.rows()), "title": title, "back": filing.address(row),
        "revision": row.revision, "has_words": any(text.strip() for text in section_texts(row)),
    }  # fmt: skip
    return render(request, "reports/report_import_preview.html", context, status=status)
