"""记家访: one page of four steps, one form, one record."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import authorize
from core.clock import today
from core.states import WrongState, can_move
from programmes.enums import ProgrammeState
from programmes.queries.current import programme_of_page
from programmes.queries.form import record_form
from schools.models import User
from students.models import Student
from visits.actions.visit import closed_sentence, correct_visit, submit_visit
from visits.enums import COUNTED_STATES, VISIT_MOVES, Outcome, Priority, VisitKind
from visits.forms.kept import show_draft
from visits.forms.look import review_lines
from visits.forms.record import VisitForm, is_number, known_start, new_visit_times, told
from visits.models import Visit
from visits.queries.brief import brief, family_of
from visits.queries.draft import for_form
from visits.queries.family import (
    earlier_of,
    follow_up_due,
    followable,
    form_of,
    open_plan,
    open_promises,
    read_family,
)
from visits.queries.media import of_form
from visits.queries.overlap import overlaps
from visits.queries.ranking import my_list
from visits.queries.records import colleagues, companions, people, shown_name, siblings
from visits.remarks import remarks
from visits.rules import pupils_to_visit
from visits.views.media import take_sent

STEPS = (("prepare", "准备"), ("onsite", "现场"), ("record", "记录"), ("review", "核对"))
FOUND = 8  # colleagues shown by a search
OFFERED = 100  # colleagues in the plain list of a browser without script


@require_http_methods(["GET", "HEAD", "POST"])
def log(request, student_id=None):
    authorize(request.user, "visits.log")
    if student_id:
        get_object_or_404(Student.objects.filter(pupils_to_visit(request.user.reach)).only("pk"), pk=student_id)
    programme = programme_of_page(request)
    if programme is not None and request.method == "POST":
        return _submit(request, programme)  # a notice closed meanwhile says so beside the typed words
    if programme is None or programme.state != ProgrammeState.OPEN:
        return render(request, "visits/log_none.html", {"sentence": closed_sentence(programme) if programme else ""})
    plan = open_plan(request.user, programme, student_id) if student_id else None
    if plan is not None:
        return _plan_page(request, _with_people(plan.pk))
    family = read_family(request.user, programme, [student_id] if student_id else [], client_uuid=None)
    pupil = family.pupil(student_id)
    return _page(request, programme, _form(request, programme, family, pupil), pupil)


@require_http_methods(["GET", "HEAD", "POST"])
def log_planned(request, pk):
    """The appointment becomes the record."""
    get_object_or_404(Visit.objects.visible_to(request.user).only("pk"), pk=pk)
    visit = _with_people(pk)
    authorize(request.user, "visits.correct_visit", visit)
    if visit.state in COUNTED_STATES:
        messages.info(request, "这次走访已经提交过，没有重复记。")
        return redirect("visits:detail", visit.pk)
    if not can_move(visit, VISIT_MOVES, "submit"):
        sentence = f"这次走访是“{visit.get_state_display()}”，不能记。要再去，先重新约时间。"
        return render(request, "visits/log_none.html", {"sentence": sentence}, status=409)
    if request.method == "POST":
        return _submit(request, visit.programme, visit)
    if visit.programme.state != ProgrammeState.OPEN:
        return render(request, "visits/log_none.html", {"sentence": closed_sentence(visit.programme)})
    return _plan_page(request, visit)


@require_POST
def review(request):
    """提交前看一眼: checks what is written so far and says it back; writes nothing."""
    authorize(request.user, "visits.log")
    programme = programme_of_page(request)
    if programme is None:
        raise Http404
    family, pupil = _sent_family(request, programme)
    form = _form(request, programme, family, pupil, request.POST)
    take_sent(request, form, programme, pupil)
    return _reviewed(request, programme, form, pupil)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    visit = _returned_visit(request, pk)
    if not visit.is_returned:
        messages.info(request, "这条记录没有被退回，或者已经改好提交了。")
        return redirect("visits:detail", visit.pk)
    form, pupil = _correction(request, visit, request.POST if request.method == "POST" else None)
    if request.method == "POST" and take_sent(request, form, visit.programme, pupil) and form.is_valid():
        try:
            correct_visit(visit, by=request.user, students=form.pupils, **form.entry())
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
    form, pupil = _correction(request, visit, request.POST)
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


def _submit(request, programme, plan=None):
    family, pupil = _sent_family(request, programme)
    form = _form(request, programme, family, pupil, request.POST, plan)
    if take_sent(request, form, programme, pupil) and form.is_valid():
        try:
            visit, created = submit_visit(
                by=request.user, programme=programme, client_uuid=form.cleaned_data["client_uuid"], visit=plan,
                students=form.pupils, family=family, **form.entry(),
            )  # fmt: skip
        except ValidationError as error:
            _refuse(form, error)
        except WrongState as error:
            return render(request, "visits/log_none.html", {"sentence": str(error)}, status=409)
        except Visit.DoesNotExist as error:
            raise Http404 from error
        else:
            if created:
                messages.success(request, "记好了。")
            else:
                messages.info(request, "这次走访已经提交过，没有重复记。")
            return redirect("visits:detail", visit.pk)
    return _page(request, programme, form, pupil, plan=plan)


def _refuse(form, error):
    """Put what the action found wrong onto the form, at its field where there is one."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.error_dict.items():
        for sentence in sentences:
            at_field = name in form.fields
            form.add_error(name if at_field else None, sentence if at_field else ValidationError(sentence.message, code=name))


# ── Who and where ──


def _sent_family(request, programme, visit=None):
    """(family, pupil) of the posted numbers; pupil None where the user may not record a visit there."""
    numbers = [request.POST.get("student", ""), *request.POST.getlist("siblings")]
    ids = list(dict.fromkeys(int(number) for number in numbers if is_number(number)))
    known = [row.student_id for row in visit.visit_students.all()] if visit else ()
    family = read_family(request.user, programme, ids, client_uuid=_uuid(request), known=known)
    first = numbers[0]
    return family, family.pupil(int(first)) if is_number(first) else None


def _uuid(request):
    try:
        return uuid.UUID(request.POST.get("client_uuid", ""))
    except ValueError:
        return None


def _school(user):
    """Whose record form is shown before a pupil is chosen: the user's own."""
    return next((post.place_school for post in user.posts_now if post.place_school), None)


def _colleagues(user):
    staff = User.objects.none()
    for school_id in user.reach.staff_schools:
        staff = staff | colleagues(school_id)
    return staff.order_by("name", "pk")


def _with_people(pk):
    rows = Visit.objects.select_related("programme", "school", "lead", "returned_by", "follows")
    return rows.prefetch_related(*people()).get(pk=pk)


def _returned_visit(request, pk):
    get_object_or_404(Visit.objects.visible_to(request.user).only("pk"), pk=pk)
    visit = _with_people(pk)
    authorize(request.user, "visits.correct_visit", visit)
    return visit


# ── The form ──


def _form(request, programme, family, pupil, data=None, plan=None):
    """The form of a new record. plan: the appointment it comes from."""
    if pupil is not None:
        fields = form_of(programme, pupil)
    else:
        school = _school(request.user)
        fields = record_form(programme, school) if school else programme.rules.record.fields
    home = family.relatives(pupil) if pupil else []
    initial = None
    if data is None:
        initial = told(plan) if plan else {"client_uuid": uuid.uuid4(), "student": pupil.pk if pupil else None}
        initial |= new_visit_times(plan)
    return VisitForm(
        data, programme=programme, fields=fields, pupil=pupil, home=home, visit=plan, initial=initial,
        unsigned=pupil is not None and not family.is_signed,
    )  # fmt: skip


def _correction(request, visit, data=None):
    rows = list(visit.visit_students.all())
    if data is None:
        pupil, home = rows[0].student, [row.student for row in rows[1:]]
    else:
        family, pupil = _sent_family(request, visit.programme, visit)
        home = family.relatives(pupil) if pupil else []
    fields = record_form(visit.programme, visit.school)
    return VisitForm(data, programme=visit.programme, fields=fields, pupil=pupil, home=home, visit=visit), pupil


def _plan_page(request, plan):
    row = plan.visit_students.all()[0]
    ids = [visited.student_id for visited in plan.visit_students.all()]
    family = read_family(request.user, plan.programme, ids, client_uuid=None)
    pupil = family.pupil(row.student_id) or next((s for s in family.students if s.pk in family.allowed), None)
    if pupil is None:
        sentence = "这名学生已经不在你的名单里，不能记。请联系班主任或学校管理员。"
        return render(request, "visits/log_none.html", {"sentence": sentence}, status=409)
    return _page(request, plan.programme, _form(request, plan.programme, family, pupil, plan=plan), pupil, plan=plan)


# ── The page ──


def _page(request, programme, form, pupil, visit=None, reviewed=None, plan=None):
    """The form with everything around it; 422 when something has to be repaired. visit: the record to correct."""
    user = request.user
    mine = None if visit else my_list(user, programme, referred=True)
    family = next((f for f in mine.families if pupil in [m.student for m in f.members]), None) if mine and pupil else None
    if not (form.is_bound or visit or pupil or mine.families):
        return render(request, "visits/log_none.html", {"no_pupils": True})
    home = siblings(pupil, programme)
    own = [student.pk for student in [pupil, *home] if student and student.school_id == pupil.school_id]
    earlier = earlier_of(user, own)
    if pupil:
        form.add_children([pupil, *home])
    followed = _followed(user, programme, form, pupil, plan or visit, request.GET.get("follows", ""), earlier)
    kept = for_form(user, programme, pupil, plan or visit)
    as_draft = bool(kept["draft_post"]) and not form.is_bound
    if not form.is_bound:
        _begin(form, kept, followed=None if visit else followed, family=None if plan else family)
    picked = {str(pk) for pk in form["others"].value() or []}
    picked_people = _known_people(user, [pk for pk in picked if is_number(pk)], plan or visit)
    rules = programme.rules
    waiting_for = open_promises(user, own, visit, earlier)
    context = {
        "programme": programme,
        "form": form,
        "visit": visit,
        "plan": plan,
        "steps": STEPS,
        "pupil": pupil,
        "label": pupil.school_class.label() if pupil and pupil.school_class else "",
        "family": family,
        "waiting": mine.waiting if mine else [],
        "rest": [family for family in mine.families if not family.waits] if mine else [],
        "siblings": _siblings(form, pupil, home),
        "media": of_form(user, form["client_uuid"].value()) if rules.visit.photos != "off" else [],
        "followed": followed,
        "earlier": [(promise, form.outcome(promise)) for promise in waiting_for],
        "outcomes": Outcome.choices,
        "brief": brief(user, family_of(user, pupil, home), programme, home=home, earlier=earlier)
        if pupil and not visit else None,
        "today": today(),
        "start_known": known_start(plan) is not None,
        "counted": [rule.name for rule in rules.visit.modes if rule.counts],
        "uncounted": [rule.name for rule in rules.visit.modes if not rule.counts],
        "people": picked_people,
        "quick": [person for person in companions(user) if person not in picked_people],
        "staff": _colleagues(user).exclude(pk__in=[user.pk, *(p.pk for p in picked_people)]).only("name", "subject")[:OFFERED],
        "kind_said": dict(VisitKind.choices).get(form["kind"].value(), ""),
        "reviewed": reviewed,
        "action": _action(visit, plan, pupil),
        "review_url": reverse("visits:review_correction", args=[visit.pk]) if visit else reverse("visits:review"),
        "as_draft": as_draft,
        **kept,
    }
    status = 422 if form.is_bound and reviewed is None and not as_draft else 200
    return render(request, "visits/log.html", context, status=status)


def _begin(form, kept, *, followed, family):
    """What a form starts with that nobody has sent yet: the visit it follows or what the family waits for, and a draft."""
    if followed:
        form.initial |= {"follows": followed.pk, "kind": VisitKind.FOLLOW_UP}
    elif family:
        form.initial["kind"] = _kind(family)
    if kept["draft_post"]:
        show_draft(form, kept["draft_post"])
    else:
        form.initial["client_uuid"] = kept["draft_uuid"]


def _siblings(form, pupil, home):
    ticked = {str(pk) for pk in form["siblings"].value() or []}
    return [
        {
            "pk": sibling.pk,
            "name": shown_name(sibling, pupil.school_id),
            "place": _place(sibling, pupil),
            "elsewhere": sibling.school_id != pupil.school_id,
            "ticked": str(sibling.pk) in ticked,
        }
        for sibling in home
    ]


def _action(visit, plan, pupil):
    if visit:
        return reverse("visits:correct", args=[visit.pk])
    if plan:
        return reverse("visits:log_planned", args=[plan.pk])
    return reverse("visits:log", args=[pupil.pk] if pupil else [])


def _followed(user, programme, form, pupil, visit, asked, earlier):
    """The earlier visit this one may follow: as sent, as planned, as asked for in the address, else one that is due."""
    if pupil is None:
        return None
    number = str(form["follows"].value() or "") if form.is_bound or (visit and visit.follows_id) else asked
    if is_number(number):
        return followable(user, [pupil.pk]).filter(pk=number).first()
    if visit is not None and visit.recorded_at:
        return None
    return follow_up_due(user, [pupil.pk], programme, earlier)


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
    data = form.cleaned_data
    number = visit.client_uuid if visit else data.get("client_uuid")
    visitors = [request.user.pk, *data.get("others", ())]
    clashes = overlaps(request.user, visitors, form.moment("start"), form.moment("end"), client_uuid=number)
    lines = review_lines(programme, form, clashes, remarks(request.user, programme, form.written(), client_uuid=number))
    if request.htmx:
        return render(request, "visits/_review.html", {"lines": lines})
    return _page(request, programme, form, pupil, visit, reviewed=lines)
