"""An appointment: made, moved, kept or not; the colleague's word that he was there."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.clock import local_date, now, today
from core.states import WrongState
from programmes.enums import Mode, ProgrammeState
from programmes.queries.current import current_programme, programmes_for
from schools.models import User
from students.actions.reveal import read_contact_assigned
from students.models import Student
from students.queries.pupil import contact
from visits.actions import appointment as actions
from visits.actions.appointment_checks import key, warnings
from visits.actions.checks import mode_label
from visits.enums import VisitState
from visits.forms.appointment import WHO, AppointmentForm, CancelForm, DeclineForm, first_evening, offers
from visits.forms.record import is_number
from visits.models import Visit, VisitVisitor
from visits.queries import appointments as queries
from visits.queries.family import open_plan
from visits.queries.history import history
from visits.queries.ranking import my_list
from visits.queries.records import colleagues, companions, people, shown_name, siblings
from visits.rules import pupils_to_visit

CLOSED = (VisitState.NO_ONE_HOME, VisitState.CANCELLED, VisitState.DECLINED)
OFFERED = 100  # colleagues in the plain list of a browser without script


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request, student_id):
    """Make an appointment with one family."""
    authorize(request.user, "visits.log")
    allowed_here = Student.objects.filter(pupils_to_visit(request.user.reach))
    pupil = get_object_or_404(allowed_here.select_related("school", "school_class__school"), pk=student_id)
    programme = _programme(request)
    if programme is None or programme.state != ProgrammeState.OPEN:
        return render(request, "visits/appointment_none.html", {"sentence": _why_not(programme)})
    standing = open_plan(request.user, programme, pupil.pk)
    if standing is not None and standing.state == VisitState.PLANNED:
        if request.POST.get("client_uuid") != str(standing.client_uuid):  # the same form again says nothing new
            messages.info(request, "这家已经约好了。要换时间，点“改期”。")
        return redirect("visits:appointment", standing.pk)
    form = AppointmentForm(
        request.POST if request.method == "POST" else None, programme=programme, pupil=pupil,
        initial={"client_uuid": uuid.uuid4(), **first_evening(programme), **_asked_for(request, programme)},
    )  # fmt: skip
    if request.method == "POST":
        planned = _plan(request, programme, pupil, form)
        if planned is not None:
            return redirect("visits:appointment", planned.pk)
    return _form_page(request, programme, pupil, form)


@require_POST
def plan_look(request):
    """What is worth a second look, while the form is filled in; writes nothing."""
    authorize(request.user, "visits.log")
    programme = _programme(request)
    if programme is None:
        raise Http404
    number = request.POST.get("visit", "")
    visit = _own_visits(request).filter(pk=number).first() if is_number(number) else None
    form = AppointmentForm(request.POST, programme=programme, pupil=None, visit=visit)
    form.is_valid()
    found = _warnings(request, form)
    return render(request, "visits/_plan_warnings.html", {"warnings": found, "seen": key(found), "live": True})


@require_http_methods(["GET", "HEAD", "POST"])
def reschedule(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.keep_appointment", visit)
    if visit.state != VisitState.PLANNED:
        return _refused(request, visit, "这个约定已经不在了，不能改期。")
    pupil = queries.pupil_of(visit)
    form = AppointmentForm(
        request.POST if request.method == "POST" else None, programme=visit.programme, pupil=pupil, visit=visit
    )
    if request.method == "POST":
        try:
            if form.is_valid() and _may_go_on(request, form):
                entry = _with_colleagues(form.entry())
                moved = actions.reschedule(visit, by=request.user, **entry)
                messages.success(request, f"改好了，{queries.when(moved.planned_at)}。")
                return redirect("visits:appointment", visit.pk)
        except ValidationError as error:
            _refuse(form, error)
        except WrongState as error:
            return _refused(request, visit, str(error))
    return _form_page(request, visit.programme, pupil, form, visit)


@require_safe
def appointment(request, pk):
    visit = _visit(request, pk)
    if visit.state not in (VisitState.PLANNED, VisitState.DONE, *CLOSED):
        return redirect("visits:detail", visit.pk)
    return _page(request, visit)


# ── Verbs ──


@require_POST
def confirm(request, pk):
    """One tap: which of the family said yes."""
    visit = _kept(request, pk)
    who = request.POST.get("with", "")
    if who not in dict(WHO):
        return _page(request, visit, mistake="选一下家里谁答应的。")
    return _do(request, visit, actions.confirm_with_family, "记下了，家长答应了。", confirmed_with=who)


@require_POST
def arrive(request, pk):
    visit = _kept(request, pk)
    return _do(request, visit, actions.arrive, "开始了。聊完再写，时间已经记下。", go_to=reverse("visits:log_planned", args=[pk]))


@require_POST
def not_home(request, pk):
    return _do(request, _kept(request, pk), actions.not_home, "记下了，没人在家。可以再约一次。")


@require_POST
def cancel(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.cancel_appointment", visit)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, cancel_form=form)
    return _do(request, visit, actions.cancel, "约定取消了。", **form.cleaned_data)


@require_POST
def decline(request, pk):
    visit = _kept(request, pk)
    form = DeclineForm(request.POST, programme=visit.programme)
    if not form.is_valid():
        return _page(request, visit, decline_form=form)
    return _do(request, visit, actions.decline, "记下了。家长不方便上门，不算谁的过失。", **form.cleaned_data)


@require_POST
def reopen(request, pk):
    return _do(request, _kept(request, pk), actions.reopen, "撤回了，还是原来的约定。")


@require_POST
def presence(request, pk):
    """去过 or 没去, by the colleague himself."""
    row = get_object_or_404(VisitVisitor.objects.visible_to(request.user).select_related("visit"), pk=pk)
    authorize(request.user, "visits.confirm_presence", row)
    went = request.POST.get("went", "")
    back = reverse("visits:detail", args=[row.visit_id]) if "record" in request.POST else reverse("visits:home")
    if went not in ("yes", "no"):
        context = {"message": "没有收到你选的是去过还是没去，回去再点一次。", "back": back}
        return render(request, "409.html", context, status=422)
    try:
        actions.confirm_presence(row, by=request.user, went=went == "yes")
    except WrongState as refused:
        return render(request, "409.html", {"message": str(refused), "back": back}, status=409)
    messages.success(request, "记下了：你去过。" if went == "yes" else "记下了：你没去。记录的老师会看到。")
    return redirect(back)


# ── What they share ──


def _own_visits(request):
    return Visit.objects.visible_to(request.user).select_related("programme", "school", "lead")


def _visit(request, pk):
    return get_object_or_404(_own_visits(request).prefetch_related(*people()), pk=pk)


def _kept(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.keep_appointment", visit)
    return visit


def _do(request, visit, act, words, *, go_to="", **facts):
    try:
        act(visit, by=request.user, **facts)
    except WrongState as refused:
        return _refused(request, visit, str(refused))
    except ValidationError as error:
        return _page(request, visit, mistake="".join(error.messages))
    messages.success(request, words)
    return redirect(go_to or reverse("visits:appointment", args=[visit.pk]))


def _refused(request, visit, sentence):
    context = {"message": sentence, "back": reverse("visits:appointment", args=[visit.pk])}
    return render(request, "409.html", context, status=409)


def _programme(request):
    """The notice the form was opened for, whatever another tab has switched to since; else the current one."""
    current = current_programme(request)
    code = request.POST.get("programme")
    if current is None or not code or code == current.code:
        return current
    return next((row for row in programmes_for(request.user) if row.code == code), current)


def _why_not(programme):
    if programme is None:
        return "教育局开放一次活动后，就可以在这里约家访。"
    word = "还没有开始" if programme.state == ProgrammeState.DRAFT else "已经结束"
    return f"“{programme}”{word}，现在不能约家访。"


def _asked_for(request, programme):
    """A way to meet that another page offers, e.g. after a family declined: ?mode=at_school."""
    mode = request.GET.get("mode", "")
    return {"mode": mode} if mode in {rule.code for rule in programme.rules.visit.modes} else {}


def _plan(request, programme, pupil, form):
    """The appointment made, or standing already; None while something is to be repaired or looked at."""
    if not form.is_valid() or not _may_go_on(request, form):
        return None
    try:
        entry = _with_colleagues(form.entry())
        visit, created = actions.plan_visit(
            by=request.user, programme=programme, client_uuid=form.cleaned_data["client_uuid"], students=form.pupils(),
            follows=_follows(request.user, programme, pupil), **entry,
        )  # fmt: skip
    except actions.AlreadyPlanned as error:
        messages.info(request, "".join(error.messages))
        return error.visit
    except Visit.DoesNotExist as error:
        raise Http404 from error
    except ValidationError as error:
        return _refuse(form, error)
    if created:
        messages.success(request, f"约好了，{queries.when(visit.planned_at)}。")
    return visit


def _follows(user, programme, pupil):
    """The visit that asked for this one, when the follow-up is due."""
    member = _member(my_list(user, programme, referred=True), pupil)
    return Visit.objects.visible_to(user).filter(pk=member.follow_up_of).first() if member and member.follow_up_of else None


def _member(mine, pupil):
    return next((m for family in mine.families for m in family.members if m.student == pupil), None)


def _with_colleagues(entry):
    ids = set(entry["others"])
    found = list(User.objects.filter(pk__in=ids)) if ids else []
    if len(found) != len(ids):
        raise ValidationError({"others": "同行的老师要是本校的，去掉外校的再提交。"})
    return entry | {"others": found}


def _warnings(request, form):
    """Second looks at what is filled in so far; none while day or time are missing."""
    moment, mode = (form.moment(), form.cleaned_data.get("mode")) if form.is_bound else (None, None)
    if moment is None or not mode or moment <= now():
        return []
    others = set(form.cleaned_data.get("others", ())) - {request.user.pk}
    return warnings(form.programme, by=request.user, planned_at=moment, mode=mode, others=sorted(others), visit=form.visit)


def _may_go_on(request, form):
    """Nothing to look at twice, or it has been looked at."""
    form.found = _warnings(request, form)
    return not form.found or request.POST.get("seen") == key(form.found)


def _refuse(form, error):
    """Put what the action found wrong onto the form, at its field where there is one."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, sentences in error.error_dict.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def _contact(user, pupil):
    """In clear, with a line in the log, for who is to visit (security.md §2); masked for everybody else."""
    clear = allowed(user, "visits.call_family", pupil)
    found = contact(pupil, read_contact_assigned(pupil, by=user) if clear else None)
    if found["phone"] in [person["phone"] for person in found["guardians"]]:
        found["phone"] = ""  # the roster often repeats a parent's number
    return found | {"clear": clear}


# ── Pages ──


def _form_page(request, programme, pupil, form, visit=None):
    mine = my_list(request.user, programme, referred=True)
    member = _member(mine, pupil)
    picked = {int(pk) for pk in form["others"].value() or [] if is_number(str(pk))}
    picked_people = list(colleagues(pupil.school_id).filter(pk__in=picked)) if picked else []
    found = getattr(form, "found", None)
    ticked = {str(pk) for pk in form["siblings"].value() or []}
    context = {
        "programme": programme,
        "form": form,
        "pupil": pupil,
        "visit": visit,
        "label": pupil.school_class.label() if pupil.school_class else "",
        "family": next((f for f in mine.families if member in f.members), None) if member else None,
        "reason": member.reason if member else "",
        "contact": _contact(request.user, pupil),
        "siblings": [
            {
                "pk": other.pk,
                "name": shown_name(other, pupil.school_id),
                "place": other.school_class.label() if other.school_class else "",
                "ticked": str(other.pk) in ticked,
            }
            for other in ([] if visit else siblings(pupil, programme))
        ],
        "people": picked_people,
        "quick": [one for one in companions(request.user) if one.pk not in picked],
        "staff": colleagues(pupil.school_id).exclude(pk__in=[request.user.pk, *picked]).order_by("name", "pk")[:OFFERED],
        "warnings": found or [],
        "seen": key(found or []),
    }
    status = 422 if form.is_bound else 200
    return render(request, "visits/appointment_form.html", context, status=status)


def _page(request, visit, *, cancel_form=None, decline_form=None, mistake=""):
    user = request.user
    pupil = queries.pupil_of(visit)
    may_keep = allowed(user, "visits.keep_appointment", visit)
    goes = any(row.user_id == user.pk for row in visit.visitors.all())
    closed_at = visit.closed_at or visit.started_at
    is_open = visit.programme.state == ProgrammeState.OPEN
    context = {
        "visit": visit,
        "pupil": pupil,
        "names": queries.names(visit),
        "label": queries.labels(visit),
        "when": queries.when(visit.planned_at) if visit.planned_at else "",
        "left": queries.left(visit.planned_at) if visit.planned_at else "",
        "passed": visit.planned_at is not None and visit.planned_at < now(),
        "mode": mode_label(visit.programme, visit.mode),
        "confirmed": dict(WHO).get(visit.confirmed_with, ""),
        "with_whom": queries.companions(visit, user),
        "punctuality": queries.punctuality(visit),
        "history": history(visit),
        "who": WHO,
        "contact": _contact(user, pupil) if may_keep or goes else None,
        "may_keep": may_keep,
        "may_cancel": allowed(user, "visits.cancel_appointment", visit),
        "may_arrive": visit.planned_at is not None and local_date(visit.planned_at) <= today(),
        "may_reopen": may_keep and closed_at is not None and local_date(closed_at) == today() and visit.planned_at,
        "may_plan": may_keep and is_open and visit.state in CLOSED,
        "is_open": is_open,
        "offers": [(f"?{urlencode({'mode': mode})}", words) for mode, words in offers(visit.programme)],
        "cancel_form": cancel_form or CancelForm(),
        "decline_form": decline_form or DeclineForm(programme=visit.programme),
        "open_fold": "cancel" if cancel_form else "decline" if decline_form else "",
        "mistake": mistake,
        "at_home": visit.mode == Mode.IN_PERSON,
    }
    return render(request, "visits/appointment.html", context, status=422 if cancel_form or decline_form or mistake else 200)
