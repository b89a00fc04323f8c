"""Printing: a record as Word or PDF, a pupil's whole visit file. Each paper that leaves is written down."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import pdf
from core.access import allowed, authorize
from core.download import paper_response
from students.models import Student
from visits.actions.paper import PDF, print_pupil_file, print_record
from visits.forms.papers import FullForm
from visits.papers.context import readable_visits
from visits.queries.file import open_promises, opinions, timeline


@require_safe
def record_docx(request, pk):
    return _record(request, pk, "docx")


@require_safe
def record_pdf(request, pk):
    return _record(request, pk, PDF)


def _record(request, pk, form):
    visit = get_object_or_404(readable_visits(request.user), pk=pk)
    with_photos = bool(request.GET.get("photos"))
    back = reverse("visits:detail", args=[pk])
    make = partial(print_record, visit, by=request.user, form=form, with_photos=with_photos)
    return paper_response(request, make, f"家访记录表-{pk}", form=form, back=back)


@require_POST
def record_full(request, pk):
    """With telephones and address, for whom the pupil's page would show them too."""
    visit = get_object_or_404(readable_visits(request.user), pk=pk)
    authorize(request.user, "visits.print_contacts", visit)
    asked, back = FullForm(request.POST, prefix="paper"), reverse("visits:detail", args=[pk])
    if not asked.is_valid():
        return render(
            request, "visits/paper_full.html", {"form": asked, "visit": visit, "back": back}, status=422
        )
    form, reason = asked.cleaned_data["form"] or "docx", asked.cleaned_data["reason"]
    make = partial(print_record, visit, by=request.user, form=form, full=True, reason=reason)
    return paper_response(request, make, f"家访记录表-{pk}-含联系方式", form=form, back=back)


@require_safe
def pupil_file(request, pk):
    student = _pupil(request, pk)
    user = request.user
    entries = timeline(user, student)
    context = {
        "student": student,
        "label": student.school_class.label() if student.school_class_id else "不在班",
        "entries": entries,
        "opinions": opinions(user, student),
        "promises": open_promises(user, student),
        "pdf": pdf.available(),
        "may_log": allowed(user, "visits.log", student),
    }
    return render(request, "visits/pupil_file.html", context)


@require_safe
def pupil_file_docx(request, pk):
    return _file(request, pk, "docx")


@require_safe
def pupil_file_pdf(request, pk):
    return _file(request, pk, PDF)


def _file(request, pk, form):
    student = _pupil(request, pk)
    back = reverse("visits:pupil_file", args=[pk])
    make = partial(print_pupil_file, student, by=request.user, form=form)
    return paper_response(request, make, f"学生走访档案-{pk}", form=form, back=back)


def _pupil(request, pk):
    authorize(request.user, "visits.view_file")
    rows = Student.objects.visible_to(request.user).select_related("school", "school_class__school")
    return get_object_or_404(rows, pk=pk)
