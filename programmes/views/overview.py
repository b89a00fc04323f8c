"""Which programme the pages speak of, what it asks, and how a school adapts its form."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from programmes.actions.form import save_school_form
from programmes.enums import ProgrammeState
from programmes.forms import SchoolFormForm
from programmes.queries.current import choose, current_programme
from programmes.queries.form import apply_changes, record_form, school_changes
from programmes.queries.overview import deadline_lines, home_school, phase_lines, schools_run_by, years_notice
from schools.models import School


@require_POST
def switch(request):
    """Choose the programme of the session, then back to the page one came from."""
    if not choose(request, request.POST.get("programme", "")):
        raise Http404
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "/")


@require_safe
def overview(request):
    programme = current_programme(request)
    if programme is None:
        return render(request, "programmes/overview_none.html")
    rules = programme.rules
    school = home_school(request.user, programme)
    lines, phases = deadline_lines(programme), phase_lines(programme)
    return render(
        request,
        "programmes/overview.html",
        {
            "programme": programme,
            "rules": rules,
            "school": school,
            "deadlines": lines,
            "cells": max(3, min(len(lines) + 1, 5)),
            "years_notice": years_notice(lines),
            "phases": phases,
            "current_phases": [phase for phase in phases if phase.state == "now"],
            "next_phase": next((phase for phase in phases if phase.state == "coming"), None),
            "counted": [mode.name for mode in rules.visit.modes if mode.counts],
            "uncounted": [mode.name for mode in rules.visit.modes if not mode.counts],
            "fields": record_form(programme, school) if school else rules.record.fields,
            "may_adapt": school is not None and allowed(request.user, "programmes.change_school_form", school),
            "may_edit": allowed(request.user, "programmes.change_programme", programme),
            "closed": programme.state == ProgrammeState.CLOSED,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def my_school_form(request):
    """The form of the school I run; with several, the first, and a choice on the page."""
    authorize(request.user, "programmes.change_school_form")
    programme = _programme(request)
    school = schools_run_by(request.user, programme).first()
    if school is None:
        raise Http404
    return school_form(request, school.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def school_form(request, pk):
    school, programme = _school_and_programme(request, pk)
    changes = school_changes(programme, school)
    form = SchoolFormForm(request.POST or None, programme=programme, changes=changes)
    if request.method != "POST":
        return _form_page(request, programme, school, form, apply_changes(programme, changes))
    if not form.is_valid():
        return _form_page(request, programme, school, form, apply_changes(programme, changes), status=422)
    try:
        save_school_form(programme, school, form.changes(), by=request.user)
    except WrongState as error:
        back = reverse("programmes:school_form", args=[school.pk])
        return render(request, "409.html", {"message": str(error), "back": back}, status=409)
    messages.success(request, "记录表已保存，老师下次打开就是新的样子。")
    return redirect("programmes:school_form", school.pk)


@require_POST
def school_form_preview(request, pk):
    """The form as it would be with the answers on the page; nothing is saved."""
    school, programme = _school_and_programme(request, pk)
    form = SchoolFormForm(request.POST, programme=programme, changes=school_changes(programme, school))
    valid = form.is_valid()
    fields = apply_changes(programme, form.changes() if valid else school_changes(programme, school))
    facts = {"fields": fields, "rules": programme.rules, "unsaved": valid, "errors": len(form.errors)}
    return render(request, "programmes/_form_preview.html", facts, status=200 if valid else 422)


def _programme(request):
    programme = current_programme(request)
    if programme is None:
        raise Http404
    return programme


def _school_and_programme(request, pk):
    """In scope, allowed, and under the programme's authority."""
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "programmes.change_school_form", school)
    programme = _programme(request)
    if school.authority_id != programme.authority_id:
        raise Http404
    return school, programme


def _form_page(request, programme, school, form, fields, status=200):
    facts = {
        "programme": programme,
        "rules": programme.rules,
        "school": school,
        "schools": schools_run_by(request.user, programme),
        "form": form,
        "fields": fields,
        "fixed": not programme.rules.record.school_may_change,
        "closed": programme.state == ProgrammeState.CLOSED,
    }
    return render(request, "programmes/school_form.html", facts, status=status)
