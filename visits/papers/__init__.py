"""家访记录表 on paper: its fields, their values, the built-in shape. `links` is what a record's page shows of it."""

from django.urls import reverse

from core import pdf
from core.access import allowed
from students.forms import RevealForm
from students.models import Student
from visits.papers.context import ON_PAPER, photos_to_print


def links(user, visit):
    """For visits/_papers.html: addresses to print this visit, and the pupils' files. The visit comes with its people."""
    if visit.state not in ON_PAPER:
        return None
    ids = [row.student_id for row in visit.visit_students.all() if row.school_id == visit.school_id]
    pupils = Student.objects.visible_to(user).filter(pk__in=ids) if allowed(user, "visits.view_file") else []
    return {
        "docx": reverse("visits:record_docx", args=[visit.pk]),
        "pdf": reverse("visits:record_pdf", args=[visit.pk]) if pdf.available() else "",
        "photos": len(photos_to_print(visit, user=user)),
        "full": reverse("visits:record_full", args=[visit.pk]),
        "form": RevealForm(prefix="paper") if allowed(user, "visits.print_contacts", visit) else None,
        "files": [(pupil.name, reverse("visits:pupil_file", args=[pupil.pk])) for pupil in pupils],
    }
