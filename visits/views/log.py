"""记家访: one page of four steps, one form, one record."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import authorize
from core.formats import clock, day
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme, programmes_for
from programmes.queries.form import record_form
from schools.models import User
from students.models import Student
from visits.actions.checks import mode_label
from visits.actions.visit import closed_sentence, correct_visit, submit_visit
from visits.enums import Priority, VisitKind
from visits.forms.record import AT_HOME, VisitForm, is_number, new_visit_times
from visits.models import Visit
from visits.queries.ranking import my_list
from visits.queries.records import before_visit, colleagues, companions, people, shown_name, siblings
from visits.rules import pupils_to_visit

STEPS = (("prepare", "准备"), ("onsite", "现场"), ("record", "记录"), ("review", "核对"))
FOUND = 8  # colleagues shown by a search
OFFERED = 100  # colleagues in the plain list of a browser without script


@require_http_methods(["GET", "HEAD", "POST"])
def log(request, student_id=None):
    authorize(request.user, "visits.log")
    chosen = _pupil(request.user, student_id, missing_is_404=True) if student_id else None
    programme = _programme(request)
    if programme is not None and request.method == "POST":
        return _submit(request, programme)  # a notice closed meanwhile says so beside the typed words
    if programme is None or programme.state != ProgrammeState.OPEN:
        return render(request, "visits/log_none.html", {"sentence": closed_sentence(programme) if programme else ""})
    return _page(request, programme, _form(programme, chosen, _school(request.user, chosen)), chosen)


@require_POST
def review(request):
    """提交前看一眼: checks what is written so far and says it back; writes nothing."""
    authorize(request.user, "visits.log")
    programme = _programme(request)
    if programme is None:
        raise Http404
    pupil = _pupil(request.user, request.POST.get("student"))
    form = _form(programme, pupil, _school(request.user, pupil), request.POST)
    return _reviewed(request, programme, form, pupil)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    visit = _returned_visit(request, pk)
    if not visit.is_returned:
        messages.info(request, "这条记录没有被退回，或者已经改好提交了。")
        return redirect("visits:detail", visit.pk)
    pupil = _pupil(request.user, request.POST.get("student"), visit) if request.method == "POST" else _first(visit)
    form = _form(visit.programme, pupil, visit.school, request.POST if request.method == "POST" else None, visit)
    if request.method == "POST" and form.is_valid():
        try:
            correct_visit(visit, by=request.user, **_entry(form))
        except ValidationError as error:
            _refuse(form, error)
        except WrongState as error:
            messages.info(request, str(error))
            return redirect("visits:detail", visit.pk)
        else:
            messages.success(request, "改好了，已重新提交。")
            return redirect("visits:detail", visit.pk)
    return _page(request, visit.programme, form, pupil, visit)


@require_POST
def review_correction(request, pk):
    visit = _returned_visit(request, pk)
    pupil = _pupil(request.user, request.POST.get("student"), visit)
    form = _form(visit.programme, pupil, visit.school, request.POST, visit)
    return _reviewed(request, visit.programme, form, pupil, visit)


@require_POST
def find_colleagues(request):
    """Colleagues by a part of the name, as chips. POST, because a name does not belong in an address."""
    authorize(request.user, "visits.log")
    words = request.POST.get("colleague", "").strip()[:20]
    found = []
    if words:
        found = _colleagues(request.user).filter(name__icontains=words).exclude(pk=request.user.pk)[:FOUND]
    return render(request, "visits/_colleagues.html", {"people": found, "words": words})


def _submit(request, programme):
    pupil = _pupil(request.user, request.POST.get("student"))
    form = _form(programme, pupil, _school(request.user, pupil), request.POST)
    if form.is_valid():
        try:
            visit, created = submit_visit(
                by=request.user, programme=programme, client_uuid=form.cleaned_data["client_uuid"], **_entry(form)
            )
        except ValidationError as error:
            _refuse(form, error)
        except Visit.DoesNotExist as error:
            raise Http404 from error
        else:
            if created:
                messages.success(request, "记好了。")
            else:
                messages.info(request, "这次走访已经提交过，没有重复记。")
            return redirect("visits:detail", visit.pk)
    return _page(request, programme, form, pupil)


def _entry(form):
    """The form's entry with colleagues as rows; whether they are of this school, the action asks."""
    entry = form.entry()
    ids = entry.pop("others")
    found = list(User.objects.filter(pk__in=ids)) if ids else []
    if len(found) != len(set(ids)):
        raise ValidationError({"others": "同行的老师要是本校的，去掉外校的再提交。"})
    return entry | {"others": found}


def _refuse(form, error):
    """Put what the action found wrong onto the form, at its field where there is one."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.error_dict.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


# ── Who and where ──


def _pupil(user, number, visit=None, missing_is_404=False):
    """The pupil of that number, if the user may log a visit there or corrects one that was."""
    if not is_number(str(number or "")):
        return None
    allowed = pupils_to_visit(user.reach)
    if visit is not None:
        allowed |= Q(pk__in=[row.student_id for row in visit.visit_students.all()])
    rows = Student.objects.filter(allowed).select_related("school", "school_class__school")
    return get_object_or_404(rows, pk=number) if missing_is_404 else rows.filter(pk=number).first()


def _school(user, pupil):
    """Whose record form is used: the pupil's school, before one is chosen the user's own."""
    if pupil is not None:
        return pupil.school
    return next((post.place_school for post in user.posts_now if post.place_school), None)


def _colleagues(user):
    staff = User.objects.none()
    for school_id in user.reach.staff_schools:
        staff = staff | colleagues(school_id)
    return staff.order_by("name", "pk")


def _programme(request):
    """The notice the form was opened for, whatever another tab has switched to since; else the current one."""
    current = current_programme(request)
    code = request.POST.get("programme")
    if current is None or not code or code == current.code:
        return current
    return next((row for row in programmes_for(request.user) if row.code == code), current)


def _returned_visit(request, pk):
    visits = Visit.objects.visible_to(request.user).select_related("programme", "school", "lead", "returned_by")
    visit = get_object_or_404(visits.prefetch_related(*people(), "opinions"), pk=pk)
    authorize(request.user, "visits.correct_visit", visit)
    return visit


def _first(visit):
    return visit.visit_students.all()[0].student


# ── The page ──


def _form(programme, pupil, school, data=None, visit=None):
    fields = record_form(programme, school) if school else programme.rules.record.fields
    initial = None
    if data is None and visit is None:
        initial = {"client_uuid": uuid.uuid4(), "student": pupil.pk if pupil else None, **new_visit_times()}
    form = VisitForm(data, programme=programme, fields=fields, pupil=pupil, visit=visit, initial=initial)
    if visit is not None:
        form.initial.setdefault("client_uuid", visit.client_uuid)
    return form


def _page(request, programme, form, pupil, visit=None, reviewed=None):
    """The form with everything around it; 422 when something has to be repaired."""
    mine = None if visit else my_list(request.user, programme, referred=True)
    family = next((f for f in mine.families if pupil in [m.student for m in f.members]), None) if mine and pupil else None
    if not (form.is_bound or visit or pupil or mine.families):
        return render(request, "visits/log_none.html", {"no_pupils": True})
    if family and not form.is_bound:
        form.initial["kind"] = _kind(family)
    picked = {str(pk) for pk in form["others"].value() or []}
    picked_people = _known_people(request.user, [pk for pk in picked if is_number(pk)], visit)
    rules = programme.rules
    home = siblings(pupil, programme)
    context = {
        "programme": programme,
        "form": form,
        "visit": visit,
        "steps": STEPS,
        "pupil": pupil,
        "label": pupil.school_class.label() if pupil and pupil.school_class else "",
        "family": family,
        "waiting": mine.waiting if mine else [],
        "rest": [family for family in mine.families if not family.waits] if mine else [],
        "siblings": [
            {
                "pk": sibling.pk,
                "name": shown_name(sibling, pupil.school_id),
                "place": _place(sibling, pupil),
                "ticked": str(sibling.pk) in {str(pk) for pk in form["siblings"].value() or []},
            }
            for sibling in home
        ],
        "before": before_visit(request.user, [pupil, *home]) if pupil and not visit else None,
        "counted": [rule.name for rule in rules.visit.modes if rule.counts],
        "uncounted": [rule.name for rule in rules.visit.modes if not rule.counts],
        "people": picked_people,
        "quick": [person for person in companions(request.user) if person not in picked_people],
        "staff": _colleagues(request.user).exclude(pk__in=[request.user.pk, *(p.pk for p in picked_people)])[:OFFERED],
        "reviewed": reviewed,
        "review_url": reverse("visits:review_correction", args=[visit.pk]) if visit else reverse("visits:review"),
        "draft": f"{request.user.pk}:{f'visit-{visit.pk}' if visit else 'new'}",
    }
    status = 422 if form.is_bound and reviewed is None else 200
    return render(request, "visits/log.html", context, status=status)


def _known_people(user, ids, visit):
    """Picked colleagues by name: only those the user may know, and those already on the record."""
    there = {visitor.user_id: visitor.user for visitor in visit.visitors.all()} if visit else {}
    found = User.objects.visible_to(user).in_bulk(ids) if ids else {}
    return [there.get(int(pk)) or found[int(pk)] for pk in ids if int(pk) in there or int(pk) in found]


def _place(sibling, pupil):
    label = sibling.school_class.label() if sibling.school_class else ""
    return label if sibling.school_id == pupil.school_id else f"{sibling.school.short_name} {label}".strip()


def _kind(family):
    if family.first.priority <= Priority.SECOND:
        return VisitKind.PRIORITY
    return VisitKind.UNIVERSAL if family.waits or not family.is_due else VisitKind.FOLLOW_UP


# ── 提交前看一眼 ──


def _reviewed(request, programme, form, pupil, visit=None):
    form.is_valid()
    lines = review_lines(programme, form)
    if request.htmx:
        return render(request, "visits/_review.html", {"lines": lines})
    return _page(request, programme, form, pupil, visit, reviewed=lines)


def review_lines(programme, form):
    """[(tone, sentence, id to jump to)]: red must be repaired, warm is worth a look, "" is fine."""
    data = form.cleaned_data
    lines = []
    start, end = form.moment("start"), form.moment("end")
    if start and end and not {"day", "start", "end"} & form.errors.keys():
        words = [f"{day(start)} {clock(start)}–{clock(end)}"]
        if data.get("mode"):
            words.append(mode_label(programme, data["mode"]))
        names = dict(AT_HOME)
        if data.get("at_home"):
            words.append("、".join(names[code] for code in data["at_home"]) + "在家")
        lines.append(("", "，".join(words), ""))
    written = [text for text in form.written().values() if text]
    if written and not any(name.startswith("text_") for name in form.errors):
        letters = sum(len("".join(text.split())) for text in written)
        lines.append(("", f"{len(written)}项记录，共{letters}字", ""))
    for group in programme.rules.checklist:
        ticked = len(data.get(f"check_{group.code}", []))
        if ticked:
            lines.append(("", f"{group.label}聊到{ticked}项", ""))
    if form.heard() and not form.opinions.total_error_count():
        lines.append(("", f"家长意见{len(form.heard())}条", ""))
    lines += [("red", sentence, anchor) for anchor, _, sentence in form.mistakes]
    if not data.get("at_home"):
        lines.append(("warm", "没有选谁在家。", "id_at_home_0"))
    return lines + [("warm", sentence, "") for sentence in form.hints()]
