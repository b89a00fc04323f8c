"""Meetings and trainings of the schools: list, one, register, cancel, who was there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.clock import today
from core.states import WrongState
from programmes.actions.event import cancel_event, change_event, create_event, mark_attendance
from programmes.actions.photo import AT_ONCE, MOST
from programmes.enums import ProgrammeState
from programmes.forms import EventForm
from programmes.models import Event, EventPhoto
from programmes.queries import events as queries
from programmes.queries.current import current_programme
from programmes.queries.overview import schools_run_by

PAGE = 50


@require_safe
def events(request):
    authorize(request.user, "programmes.view_events")
    programme = current_programme(request)
    if programme is None:
        return render(request, "programmes/overview_none.html")
    known = queries.kinds(programme)
    kind = request.GET.get("kind", "")
    kind = kind if kind in known else ""
    rows = queries.events(request.user, programme)
    rows = rows.filter(kind=kind) if kind else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    schools = {row.school_id for row in page}
    context = {
        "programme": programme,
        "page": page,
        "lines": [(row, queries.kind_label(programme, row.kind)) for row in page],
        "many_schools": len(schools) > 1 or not request.user.reach.staff_schools,
        "today": today(),
        "chips": [{"label": "全部", "url": "?", "current": not kind}]
        + [{"label": label, "url": f"?kind={code}", "current": code == kind} for code, label in known.items()],
        "may_add": known and _is_open(programme) and schools_run_by(request.user, programme).exists(),
    }
    return render(request, "programmes/events.html", context)


@require_safe
def event(request, pk):
    row = _event(request, pk)
    reads = allowed(request.user, "programmes.view_attendance", row)
    writes = allowed(request.user, "programmes.change_event", row) and not row.cancelled_at
    context = {
        "event": row,
        "programme": row.programme,
        "count": row.attendances.count(),
        "kind": queries.kind_label(row.programme, row.kind),
        "materials": row.materials.splitlines(),
        "came": queries.present(row) if reads else None,
        "was_there": not reads and queries.was_there(row, request.user),
        "is_past": row.held_on <= today(),
        "writes": writes and _is_open(row.programme),
    }
    return render(request, "programmes/event.html", context | _photos(request.user, row, reads, context["writes"]))


def _photos(user, row, reads, writes):
    """Photos as far as the reader sees them; None for who sees none: they stay with the school's office."""
    found = list(EventPhoto.objects.visible_to(user).standing().filter(event=row))
    shown = found or reads and row.held_on <= today() and not row.cancelled_at
    adds = writes and row.held_on <= today() and len(found) < MOST
    return {"photos": found if shown else None, "adds": adds, "most": MOST, "at_once": AT_ONCE}


@require_http_methods(["GET", "HEAD", "POST"])
def new_event(request):
    authorize(request.user, "programmes.add_event")
    programme = current_programme(request)
    schools = schools_run_by(request.user, programme) if programme else ()
    if not schools:
        raise Http404
    initial = {"kind": request.GET.get("kind")}
    form = EventForm(request.POST or None, programme=programme, schools=schools, initial=initial)
    if request.method != "POST":
        return _form_page(request, programme, form)
    if form.is_valid():
        try:
            row, created = create_event(programme, form.chosen_school, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        except WrongState as error:
            return _conflict(request, error, "programmes:events")
        else:
            messages.success(request, "登记好了。" if created else "这场会已经登记过，没有重复记。")
            return redirect("programmes:event", row.pk)
    return _form_page(request, programme, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_event(request, pk):
    row = _event(request, pk)
    authorize(request.user, "programmes.change_event", row)
    form = EventForm(request.POST or None, programme=row.programme, event=row)
    if request.method != "POST":
        return _form_page(request, row.programme, form, row)
    if form.is_valid():
        try:
            change_event(row, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        except WrongState as error:
            return _conflict(request, error, "programmes:event", row.pk)
        else:
            messages.success(request, "改好了。")
            return redirect("programmes:event", row.pk)
    return _form_page(request, row.programme, form, row, status=422)


@require_POST
def cancel(request, pk):
    row = _event(request, pk)
    authorize(request.user, "programmes.change_event", row)
    try:
        cancel_event(row, by=request.user)
    except WrongState as error:
        return _conflict(request, error, "programmes:event", row.pk)
    messages.success(request, "已取消，还留在列表里。")
    return redirect("programmes:event", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request, pk):
    """A tick for each of the staff. `was` holds who was ticked when the page was drawn, so that a colleague's ticks
    made meanwhile stay."""
    row = _event(request, pk)
    authorize(request.user, "programmes.change_event", row)
    if row.cancelled_at or row.held_on > today():
        error = "这场会已经取消，不用登记到会。" if row.cancelled_at else "还没到这一天，到那天再登记到会。"
        return _conflict(request, error, "programmes:event", row.pk)
    people = list(queries.staff(row))
    if request.method != "POST":
        return _attendance_page(request, row, people, {person.pk for person in queries.present(row)})
    ticked, was = _ids(request.POST.getlist("present")), _ids(request.POST.get("was", "").split(","))
    if "everybody" in request.POST:
        ticked = {person.pk for person in people}
    try:
        count = mark_attendance(row, by=request.user, came=ticked - was, absent=was - ticked)
    except ValidationError as error:
        return _attendance_page(request, row, people, ticked, problem=error.messages[0], status=422)
    except WrongState as error:
        return _conflict(request, error, "programmes:event", row.pk)
    messages.success(request, f"到会{count}人，记好了。")
    return redirect("programmes:event", row.pk)


def _event(request, pk):
    authorize(request.user, "programmes.view_events")
    rows = Event.objects.visible_to(request.user).select_related("programme", "school", "created_by")
    return get_object_or_404(rows, pk=pk)


def _ids(texts):
    return {int(text) for text in texts if text.isdecimal() and len(text) < 19}


def _is_open(programme):
    return programme.state == ProgrammeState.OPEN


def _conflict(request, error, *back):
    facts = {"message": str(error), "back": reverse(back[0], args=back[1:])}
    return render(request, "409.html", facts, status=409)


def _form_page(request, programme, form, row=None, status=200):
    after = form.is_bound or bool(row and row.held_on <= today())
    facts = {"programme": programme, "form": form, "event": row, "after": after}
    return render(request, "programmes/event_form.html", facts, status=status)


def _attendance_page(request, row, people, ticked, problem="", status=200):
    was = {person.pk for person in queries.present(row)}
    facts = {
        "event": row,
        "people": [(person, person.pk in ticked) for person in people],
        "was": ",".join(str(pk) for pk in sorted(was)),
        "ticked": len(ticked),
        "problem": problem,
    }
    return render(request, "programmes/attendance.html", facts, status=status)
