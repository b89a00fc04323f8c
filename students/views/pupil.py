"""One pupil: class, family with contacts (in clear only for who is assigned), marks for those who may read them."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.audit import record
from core.clock import today
from core.formats import mask_national_no
from core.states import WrongState
from students.actions.reveal import read_contact_assigned, reveal_contact, reveal_number
from students.forms import NoteForm, RevealForm
from students.queries import pupil as queries
from students.queries.portrait import portrait
from students.roster.values import age

SHOWN_SECONDS = 60


def find(request, pk):
    authorize(request.user, "students.view")
    return get_object_or_404(queries.pupils(request.user).prefetch_related("guardians"), pk=pk)


@require_safe
def detail(request, pk):
    return page(request, find(request, pk))


@require_POST
def reveal(request, pk):
    student = find(request, pk)
    authorize(request.user, "students.reveal_contact", student)
    return _reveal(request, student, reveal_contact, "contact")


@require_POST
def reveal_pupil_number(request, pk):
    student = find(request, pk)
    authorize(request.user, "students.reveal_number", student)
    return _reveal(request, student, reveal_number, "number")


def _reveal(request, student, action, what):
    form = RevealForm(request.POST, prefix=what)
    if not form.is_valid():
        return page(request, student, forms={what: form}, status=422)
    try:
        shown = action(student, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as refused:
        return page(request, student, refused=str(refused), status=429)
    response = page(request, student, shown={what: shown})
    # Masked again by itself, also without script.
    response["Refresh"] = f"{SHOWN_SECONDS}; url={reverse('students:detail', args=[student.pk])}"
    return response


def page(request, student, *, shown=None, forms=None, refused="", status=200):
    user, shown, forms = request.user, shown or {}, forms or {}
    confirmed, suggested = queries.marks(student, user=user)
    is_head = allowed(user, "students.mark", student)
    knows_restricted = any(mark.category.restricted for mark in confirmed + suggested)
    if knows_restricted:
        record(student, "mark.read_restricted", by=user)
    mentors = queries.mentors(student)
    assignments = queries.assignments(student, user=user)
    is_assigned = queries.visits_as_assigned(student, assignments, user=user)
    contact = read_contact_assigned(student, by=user) if is_assigned else shown.get("contact")
    context = {
        "student": student,
        "visits_here": is_head or is_assigned or user in mentors,
        "is_assigned": is_assigned,
        "next_visitor": queries.next_visitor(assignments),
        "special_care": is_assigned and not knows_restricted and queries.needs_special_care(student),
        "label": student.school_class.label() if student.school_class_id else "不在班",
        "age": age(student.birth, today()) if student.birth else None,
        "contact": queries.contact(student, contact),
        "is_shown": bool(shown),
        "number": _number(user, student, shown.get("number")),
        "siblings": queries.siblings(student, user=user),
        "mentors": [teacher.name for teacher in mentors],
        "marks": confirmed,
        "suggested": len(suggested) if is_head else 0,
        "changes": queries.changes(student, user=user),
        "portrait": portrait(user, student, forms.get("note") or NoteForm(prefix="note")),
        "is_head": is_head,
        "contact_form": None if is_assigned else _form(user, "students.reveal_contact", student, forms, "contact"),
        "number_form": _form(user, "students.reveal_number", student, forms, "number"),
        "refused": refused,
    }
    return render(request, "students/detail.html", context, status=status)


def _form(user, perm, student, forms, what):
    """The form that asks for a reason; None for whom the values stay masked."""
    if not allowed(user, perm, student):
        return None
    return forms.get(what) or RevealForm(prefix=what)


def _number(user, student, shown):
    if not allowed(user, "students.read_number", student):
        return ""
    return (shown or {}).get("national_no") or mask_national_no(student.national_no_tail)
