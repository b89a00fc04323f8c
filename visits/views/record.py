"""A record: read, accepted, sent back, voided, brought back, amended; its versions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.clock import now
from core.states import WrongState
from programmes.queries.form import record_form
from students.models import Student
from visits.actions.amend import amend_visit
from visits.actions.checks import hints, mode_label
from visits.actions.review import accept_visit, return_visit, unvoid_visit, void_visit
from visits.enums import COUNTED_STATES, VisitState
from visits.forms.after import AmendForm, ReasonForm, ReturnForm
from visits.forms.record import AT_HOME, STUDENT_AT_HOME, is_number
from visits.models import Promise, Visit
from visits.papers import links
from visits.queries.appointments import punctuality
from visits.queries.board import label_year
from visits.queries.history import history
from visits.queries.media import of_visit
from visits.queries.records import duration, people, shown_name
from visits.queries.versions import sees_every_note, versions
from visits.views.records import state_tag
from visits.views.review import OFFER_UNDO

NOT_WRITTEN = (
    VisitState.PLANNED, VisitState.DONE, VisitState.DECLINED, VisitState.NO_ONE_HOME, VisitState.CANCELLED,
)  # fmt: skip


@require_safe
def detail(request, pk):
    visit = _visit(request, pk)
    if visit.state in NOT_WRITTEN:
        return redirect("visits:appointment", visit.pk)
    return _page(request, visit)


# ── Acts ──


@require_POST
def accept_record(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.accept_visit", visit)
    version = request.POST.get("version", "")
    try:
        accept_visit(visit, by=request.user, version=int(version) if is_number(version) else None)
    except WrongState as error:
        return _page(request, visit, status=409, wrong_state=str(error))
    messages.success(request, "已通过并归档。")
    return _back(request, visit)


@require_POST
def return_record(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.return_visit", visit)
    form = ReturnForm(request.POST, prefix="return")
    return _with_reason(request, visit, form, return_visit, "已退回，老师会看到原因。")


@require_POST
def void(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.void_visit", visit)
    form = ReasonForm(request.POST, prefix="void")
    return _with_reason(request, visit, form, void_visit, "已作废。记录还在，不再计入。")


@require_POST
def unvoid(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.unvoid_visit", visit)
    form = ReasonForm(request.POST, prefix="unvoid")
    return _with_reason(request, visit, form, unvoid_visit, "已恢复，重新计入。")


def _with_reason(request, visit, form, action, done):
    if not form.is_valid():
        return _page(request, visit, form, status=422)
    try:
        action(visit, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as error:
        return _page(request, visit, form, status=409, wrong_state=str(error))
    messages.success(request, done)
    return _back(request, visit)


def _back(request, visit):
    """To the list of records that wait, where the act was done from there."""
    place = request.POST.get("review", "")
    if place == "all":
        return redirect("visits:to_review")
    return redirect("visits:review_class", int(place)) if is_number(place) else redirect("visits:detail", visit.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.amend_visit", visit)
    if visit.state != VisitState.LOCKED:
        sentence = "归档以后才用修订。归档前要改，请班主任退回，老师改好再交。"
        return _page(request, visit, status=409, wrong_state=sentence)
    with_facts = allowed(request.user, "visits.amend_facts", visit)
    form = AmendForm(
        request.POST if request.method == "POST" else None, visit=visit, fields=record_form(visit.programme, visit.school),
        notes=_notes_to_write(visit, request.user), pupils=_household(visit), with_facts=with_facts,
    )  # fmt: skip
    wrong_state = ""
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            after = amend_visit(
                visit, by=request.user, reason=form.cleaned_data["reason"], version=version, **form.entry()
            )
        except ValidationError as error:
            form.show_errors(error)
        except WrongState as error:
            wrong_state = str(error)
        else:
            if after.version == visit.version:
                messages.info(request, "没有改动，记录还是原样。")
                return redirect("visits:detail", visit.pk)
            messages.success(request, f"已存为第{after.version}版，原来的也留着。")
            return redirect("visits:versions", visit.pk)
    status = 409 if wrong_state else 422 if form.errors else 200
    context = {"visit": visit, "form": form, "wrong_state": wrong_state, "with_facts": with_facts, **_head(visit)}
    return render(request, "visits/amend.html", context, status=status)


def _notes_to_write(visit, user):
    """{pupil: note}: pupils of the visit's own school, and for who was there those of another school too."""
    known = {note.student_id: note for note in visit.notes.all()}
    every = sees_every_note(visit, user)
    return {
        row.student: known.get(row.student_id)
        for row in visit.visit_students.all()
        if every or row.school_id == visit.school_id
    }


def _household(visit):
    """Who may stand on the record: those who do, and the rest of their household."""
    on_visit = [row.student for row in visit.visit_students.all()]
    homes = {pupil.household_id for pupil in on_visit} - {None}
    rest = Student.objects.active().filter(household_id__in=homes, authority_id=visit.authority_id)
    return on_visit + list(rest.exclude(pk__in=[pupil.pk for pupil in on_visit]).select_related("school_class__school"))


@require_safe
def version_list(request, pk):
    visit = _visit(request, pk)
    context = {"visit": visit, "versions": versions(visit, request.user), **_head(visit)}
    return render(request, "visits/versions.html", context)


# ── The page ──


def _visit(request, pk):
    rows = Visit.objects.visible_to(request.user).select_related(
        "programme", "school", "lead", "returned_by", "voided_by", "accepted_by", "follows"
    )
    promises = Prefetch("promises", Promise.objects.select_related("outcome_visit"))
    return get_object_or_404(rows.prefetch_related(*people(), "opinions", promises, "notes", "help_given"), pk=pk)


def _head(visit):
    year = label_year(visit.programme)
    pupils = [
        {"name": shown_name(row.student, visit.school_id), "label": row.school_class.label(year) if row.school_class else ""}
        for row in visit.visit_students.all()
    ]
    return {
        "pupils": pupils,
        "names": "、".join(pupil["name"] for pupil in pupils),
        "label": "、".join(dict.fromkeys(pupil["label"] for pupil in pupils if pupil["label"])),
    }


def _page(request, visit, form=None, status=200, wrong_state=""):
    user = request.user
    counted = any(row.counted for row in visit.visit_students.all())
    kind, text, icon = state_tag(visit, counted)
    is_live = visit.state in COUNTED_STATES
    waits = visit.state == VisitState.RECORDED and not visit.is_returned
    forms = {
        name: form if form is not None and form.prefix == name else cls(prefix=name)
        for name, cls in (("return", ReturnForm), ("void", ReasonForm), ("unvoid", ReasonForm))
    }
    context = {
        "visit": visit,
        "counted": counted,
        "tag": {"kind": kind, "text": text, "icon": icon},
        "history": history(visit),
        "hints": _hints(visit) if is_live and user.pk == visit.lead_id else [],
        "wrong_state": wrong_state,
        "may_correct": visit.is_returned and allowed(user, "visits.correct_visit", visit),
        "may_accept": waits and allowed(user, "visits.accept_visit", visit),
        "may_return": waits and allowed(user, "visits.return_visit", visit),
        "may_withdraw": visit.state == VisitState.LOCKED and visit.accepted_by_id == user.pk
        and now() - visit.locked_at < OFFER_UNDO,
        "may_void": is_live and allowed(user, "visits.void_visit", visit),
        "may_unvoid": visit.state == VisitState.VOIDED and allowed(user, "visits.unvoid_visit", visit),
        "may_amend": visit.state == VisitState.LOCKED and allowed(user, "visits.amend_visit", visit),
        "return_form": forms["return"],
        "void_form": forms["void"],
        "unvoid_form": forms["unvoid"],
        "open_form": form.prefix if form is not None else "",
        "may_log": allowed(user, "visits.log"),
        **_head(visit),
        **_written(visit, user),
    }  # fmt: skip
    return render(request, "visits/detail.html", context, status=status)


def _written(visit, user):
    """What the record says, in the words of its notice, as far as this reader may read."""
    programme, rules = visit.programme, visit.programme.rules
    at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
    ticked, handed = set(visit.checklist), set(visit.materials)
    labels = {field.code: field.label for field in rules.record.fields}
    every_note = sees_every_note(visit, user)
    return {
        "mode": mode_label(programme, visit.mode),
        "time": duration(visit),
        "punctuality": punctuality(visit),
        "visitors": sorted(visit.visitors.all(), key=lambda v: (v.user_id != visit.lead_id, v.pk)),
        "at_home": [label for code, label in AT_HOME if code in at_home],
        "texts": [(label, getattr(visit, code)) for code, label in labels.items() if getattr(visit, code)],
        "observations": [
            (item.label, visit.observations[item.code]) for item in rules.record.observations
            if visit.observations.get(item.code)
        ],
        "notes": [
            {"name": shown_name(row.student, visit.school_id), "note": note}
            for row in visit.visit_students.all()
            for note in visit.notes.all()
            if note.student_id == row.student_id and (every_note or note.school_id == visit.school_id)
        ],
        "checklist": [
            (group.label, [item.label for item in group.items if item.code in ticked], len(group.items))
            for group in rules.checklist
        ],
        "materials": [item.label for item in rules.materials if item.code in handed],
        "links": _links(visit, user),
        "media": of_visit(user, visit),
        "papers": links(user, visit),
    }  # fmt: skip


def _links(visit, user):
    """The visit this one follows, and those that followed it, where the reader may open them."""
    around = Visit.objects.visible_to(user).filter(pk=visit.follows_id or 0) | Visit.objects.visible_to(user).filter(
        follows=visit
    )
    return [
        {"url": reverse("visits:detail", args=[other.pk]), "day": other.visited_on or other.planned_at,
         "before": other.pk == visit.follows_id, "state": "" if other.state in COUNTED_STATES else other.get_state_display()}
        for other in around.order_by("pk")
    ]  # fmt: skip


def _hints(visit):
    texts = {name: getattr(visit, name) for name in ("cause", "process", "analysis", "measures", "reflection")}
    return hints(
        visit.programme, mode=visit.mode, started_at=visit.started_at, ended_at=visit.ended_at,
        visitors=len(visit.visitors.all()), texts=texts, recorded_at=visit.recorded_at,
    )  # fmt: skip
