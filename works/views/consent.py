"""A family's yes to a showing, noted by whoever was there or leads the school: of one pupil, or of all a work tells of."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access import authorize
from students.actions.consent import give_consent, withdraw_consent
from students.enums import ConsentPurpose, Relation
from students.models import Student
from students.queries.consent import publication_consents
from visits.queries.records import shown_name
from works.models import Work
from works.queries.showing import visited_pupils


@require_http_methods(["GET", "HEAD", "POST"])
def of_work(request, pk):
    rows = Work.objects.visible_to(request.user).select_related("school", "author")
    work = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.note_consents", work)
    pupils = [row.student for row in visited_pupils(work)]
    here = reverse("works:consents", args=[pk])
    if request.method == "POST":
        asked = request.POST.get("student", "")
        return _note(request, next((one for one in pupils if str(one.pk) == asked), None), here)
    return _page(request, pupils, work.school_id, here, work=work, back=reverse("works:detail", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def of_pupil(request, pk):
    student = get_object_or_404(Student.objects.visible_to(request.user).select_related("school_class__school"), pk=pk)
    authorize(request.user, "works.note_consent", student)
    here = reverse("works:pupil_consent", args=[pk])
    if request.method == "POST":
        return _note(request, student, here)
    return _page(request, [student], student.school_id, here, back=reverse("students:detail", args=[pk]))


def _note(request, student, here):
    if student is None:
        raise Http404
    if request.POST.get("agreed"):
        relation = request.POST.get("relation", "")
        relation = relation if relation in Relation.values else ""
        give_consent(student, ConsentPurpose.PUBLICATION, by=request.user, relation=relation)
        messages.success(request, "记下了。")
    else:
        withdraw_consent(student, ConsentPurpose.PUBLICATION, by=request.user)
        messages.success(request, "撤回了。写到这家的作品不再展示。")
    return redirect(here)


def _page(request, pupils, school_id, here, *, back, work=None):
    known = publication_consents([pupil.pk for pupil in pupils])
    lines = [(pupil, shown_name(pupil, school_id), known.get(pupil.pk)) for pupil in pupils]
    return render(request, "works/consents.html", {"lines": lines, "here": here, "back": back, "work": work})
