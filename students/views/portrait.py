"""学生画像 on the pupil page: write a note, take one back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import authorize
from core.states import WrongState
from students.actions.portrait import add_note, remove_note
from students.forms import NoteForm
from students.models import PortraitNote
from students.views import pupil


@require_POST
def add(request, pk):
    student = pupil.find(request, pk)
    authorize(request.user, "students.note", student)
    form = NoteForm(request.POST, prefix="note")
    if form.is_valid():
        try:
            add_note(student, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", error.message_dict["text"][0])
        except WrongState as error:
            form.add_error("observed_on", str(error))
        else:
            messages.success(request, "记下了。")
            return redirect(_back(student.pk))
    return pupil.page(request, student, forms={"note": form}, status=422)


@require_POST
def remove(request, pk):
    authorize(request.user, "students.view")
    note = get_object_or_404(PortraitNote.objects.visible_to(request.user).select_related("student"), pk=pk)
    authorize(request.user, "students.remove_note", note)
    remove_note(note, by=request.user)
    messages.success(request, "已撤下。")
    return redirect(_back(note.student_id))


def _back(pk):
    return reverse("students:detail", args=[pk]) + "#portrait"
