"""The class head's page of one pupil: categories set, confirmed, ended; changes written down. One view a verb."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.states import WrongState
from schools.models import SchoolClass
from students.actions.change import record_change
from students.actions.mark import confirm_mark, dismiss_mark, end_mark, set_mark
from students.forms import ChangeForm, LevelForm, MarkForm
from students.models import CategoryMark
from students.queries import pupil as queries

LEVELS = CategoryMark._meta.get_field("level").choices


def _pupil(request, pk):
    authorize(request.user, "students.head")
    student = get_object_or_404(queries.pupils(request.user), pk=pk)
    authorize(request.user, "students.mark", student)
    return student


def _mark(request, pk, mark_pk):
    student = _pupil(request, pk)
    rows = CategoryMark.objects.visible_to(request.user).filter(student=student)
    return student, get_object_or_404(rows, pk=mark_pk)


@require_safe
def marks(request, pk):
    return _page(request, _pupil(request, pk))


@require_POST
def set_level(request, pk):
    """Sets a category at a level; another level for one that is set already."""
    student = _pupil(request, pk)
    form = MarkForm(request.POST, categories=queries.categories_to_set(student))
    if not form.is_valid():
        return _page(request, student, mark_form=form, status=422)
    set_mark(student, form.cleaned_data["category"], by=request.user, level=form.cleaned_data["level"])
    messages.success(request, "已标上，看板上的次序跟着变。")
    return redirect("students:marks", pk)


@require_POST
def confirm(request, pk, mark_pk):
    student, mark = _mark(request, pk, mark_pk)
    form = LevelForm(request.POST)
    if not form.is_valid():
        return _page(request, student, error=form.errors["level"][0], status=422)
    return _act(request, student, confirm_mark, mark, "已认定。", level=form.cleaned_data["level"])


@require_POST
def dismiss(request, pk, mark_pk):
    student, mark = _mark(request, pk, mark_pk)
    return _act(request, student, dismiss_mark, mark, "已去掉这条建议，以后的名册不再提。")


@require_POST
def end(request, pk, mark_pk):
    student, mark = _mark(request, pk, mark_pk)
    return _act(request, student, end_mark, mark, "已结束，从今天起不再计入。")


def _act(request, student, action, mark, done, **facts):
    here = reverse("students:marks", args=[student.pk])
    if request.POST.get("to") == "class":
        here = reverse("students:suggestions", args=[student.school_class_id])
    try:
        action(mark, by=request.user, **facts)
    except WrongState as refused:
        return render(request, "409.html", {"message": str(refused), "back": here}, status=409)
    messages.success(request, done)
    return redirect(here)


@require_POST
def add_change(request, pk):
    student = _pupil(request, pk)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, student, change_form=form, status=422)
    record_change(student, form.cleaned_data["kind"], form.cleaned_data["occurred_on"], by=request.user)
    messages.success(request, "已登记。走访之前，这一家排在最前面。")
    return redirect("students:marks", pk)


def _page(request, student, *, mark_form=None, change_form=None, error="", status=200):
    confirmed, suggested = queries.marks(student, user=request.user)
    taken = {mark.category_id for mark in confirmed + suggested}
    free = queries.categories_to_set(student).exclude(pk__in=taken)
    _log_restricted(request, student, confirmed + suggested)
    context = {
        "student": student,
        "label": student.school_class.label(),
        "confirmed": confirmed,
        "suggested": suggested,
        "mark_form": mark_form or MarkForm(categories=free),
        "has_free": mark_form is not None or free.exists(),
        "change_form": change_form or ChangeForm(),
        "changes": queries.changes(student, user=request.user),
        "levels": LEVELS,
        "error": error,
    }
    return render(request, "students/marks.html", context, status=status)


@require_safe
def suggestions(request, pk):
    """What rosters suggest for the pupils of one's class."""
    authorize(request.user, "students.head")
    classes = SchoolClass.objects.filter(pk__in=request.user.reach.classes).select_related("school")
    school_class = get_object_or_404(classes, pk=pk)
    found = queries.suggestions(school_class, user=request.user)
    if any(mark.category.restricted for mark in found):
        record(None, "mark.read_restricted", by=request.user, school_id=school_class.school_id, school_class=pk,
               authority_id=school_class.school.authority_id)  # fmt: skip
    context = {"school_class": school_class, "label": school_class.label(), "suggested": found, "levels": LEVELS}
    return render(request, "students/suggestions.html", context)


def _log_restricted(request, student, rows):
    if any(mark.category.restricted for mark in rows):
        record(student, "mark.read_restricted", by=request.user)
