"""Before a visit: the brief of a family, one's preparation, and who of the school is ready."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme
from programmes.queries.events import coming_training
from schools.models import School
from students.enums import Status
from students.models import Student
from visits.actions.prepare import save_preparation
from visits.enums import VisitState
from visits.forms.prepare import PreparationForm
from visits.queries import ready as queries
from visits.queries.brief import brief, family_of, my_planned


@require_safe
def family_brief(request, student_id):
    return _brief_page(request, *_pupil_and_programme(request, student_id))


@require_POST
def preparation(request, student_id):
    student, programme = _pupil_and_programme(request, student_id)
    authorize(request.user, "visits.log", student)
    visit = my_planned(request.user, student, programme)
    form = PreparationForm(request.POST)
    back = reverse("visits:brief", args=[student.pk])
    if visit is None:
        return render(request, "409.html", {"message": "先约好时间，再写备课。", "back": back}, status=409)
    if form.is_valid():
        try:
            save_preparation(visit, request.user, form.cleaned_data["text"])
        except ValidationError as error:
            form.add_error("text", error.message_dict["text"][0])
        except WrongState as error:
            return render(request, "409.html", {"message": str(error), "back": back}, status=409)
        else:
            messages.success(request, "备课记下了。")
            return redirect(back)
    return _brief_page(request, student, programme, form, status=422)


def _pupil_and_programme(request, student_id):
    rows = Student.objects.visible_to(request.user).select_related("school", "school_class__school")
    student = get_object_or_404(rows, pk=student_id)
    authorize(request.user, "visits.view_brief", student)
    programme = current_programme(request)
    if programme is None or programme.authority_id != student.authority_id:
        raise Http404
    return student, programme


def _brief_page(request, student, programme, form=None, status=200):
    page = brief(request.user, family_of(request.user, student), programme)
    planned = page.planned
    visits = programme.state == ProgrammeState.OPEN and student.status == Status.ACTIVE
    writes = programme.rules.visit.prepare and planned is not None and planned.state == VisitState.PLANNED
    if form is None and writes:
        form = PreparationForm(initial={"text": planned.preparation})
    visits = visits and allowed(request.user, "visits.log", student)
    context = {
        "student": student,
        "label": student.school_class.label() if student.school_class_id else "不在班",
        "programme": programme,
        "brief": page,
        "planned": planned,
        "form": form if writes else None,
        "visits": visits,
        "acts": visits and (planned is None or allowed(request.user, "visits.keep_appointment", planned)),
        "signs": visits and not page.signed and allowed(request.user, "programmes.sign_conduct", programme),
        "training": None if page.trained else coming_training(programme, student.school),
    }
    return render(request, "visits/brief.html", context, status=status)


@require_safe
def ready(request, pk):
    """Names behind the figures of the school's page: who has not been trained, who has not signed."""
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "visits.view_school", school)
    programme = current_programme(request)
    if programme is None or programme.authority_id != school.authority_id:
        raise Http404
    if request.htmx:  # the card of the school's page asks for its figures
        return render(request, "visits/school_ready.html", {"gaps": queries.gaps(programme, school), "school": school})
    people = list(queries.people(programme, school))
    rules = programme.rules
    trains, signs = queries.asks(programme)
    context = {
        "school": school,
        "programme": programme,
        "people": people,
        "trains": trains,
        "signs": signs,
        "untrained": [one for one in people if not one.is_trained] if trains else [],
        "trained": [one for one in people if one.is_trained],
        "unsigned": [one for one in people if not one.is_signed] if signs else [],
        "signed": [one for one in people if one.is_signed] if signs else [],
        "training": coming_training(programme, school),
        "hold_back": rules.training.hold_back,
        "is_open": programme.state == ProgrammeState.OPEN,
    }
    return render(request, "visits/ready.html", context)
