"""A record and the list of records: read, send back, void."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState
from programmes.queries.current import current_programme
from schools.models import SchoolClass
from visits.actions.checks import hints, mode_label
from visits.actions.review import return_visit, void_visit
from visits.enums import COUNTED_STATES, VisitState
from visits.forms.after import ReasonForm, RecordFilter
from visits.forms.record import AT_HOME, STUDENT_AT_HOME
from visits.models import Visit, VisitStudent, VisitVisitor
from visits.queries.board import label_year
from visits.queries.history import history
from visits.queries.records import duration, people, records, shown_name

PAGE = 50


@require_safe
def detail(request, pk):
    return _page(request, _visit(request, pk))


@require_POST
def return_record(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.return_visit", visit)
    return _with_reason(request, visit, return_visit, "return", "已退回，老师会看到原因。")


@require_POST
def void(request, pk):
    visit = _visit(request, pk)
    authorize(request.user, "visits.void_visit", visit)
    return _with_reason(request, visit, void_visit, "void", "已作废。记录还在，不再计入。")


def _with_reason(request, visit, action, name, done):
    form = ReasonForm(request.POST, prefix=name)
    if not form.is_valid():
        return _page(request, visit, {name: form}, status=422)
    try:
        action(visit, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as error:
        return _page(request, visit, {name: form}, status=409, wrong_state=str(error))
    messages.success(request, done)
    return redirect("visits:detail", visit.pk)


def _visit(request, pk):
    rows = Visit.objects.visible_to(request.user).select_related("programme", "school", "lead", "returned_by", "voided_by")
    return get_object_or_404(rows.prefetch_related(*people(), "opinions"), pk=pk)


def _page(request, visit, forms=None, status=200, wrong_state=""):
    forms = forms or {}
    programme, user = visit.programme, request.user
    year = label_year(programme)
    at_home = ([STUDENT_AT_HOME] if visit.student_present else []) + visit.guardians_met
    ticked = set(visit.checklist)
    is_live = visit.state in COUNTED_STATES
    labels = {field.code: field.label for field in programme.rules.record.fields}
    pupils = [
        {"name": shown_name(row.student, visit.school_id), "label": row.school_class.label(year) if row.school_class else ""}
        for row in visit.visit_students.all()
    ]
    context = {
        "visit": visit,
        "pupils": pupils,
        "names": "、".join(pupil["name"] for pupil in pupils),
        "label": "、".join(dict.fromkeys(pupil["label"] for pupil in pupils if pupil["label"])),
        "counted": any(row.counted for row in visit.visit_students.all()),
        "mode": mode_label(programme, visit.mode),
        "time": duration(visit),
        "visitors": sorted(visit.visitors.all(), key=lambda v: (v.user_id != visit.lead_id, v.pk)),
        "at_home": [label for code, label in AT_HOME if code in at_home],
        "texts": [(label, getattr(visit, code)) for code, label in labels.items() if getattr(visit, code)],
        "checklist": [
            (group.label, [item.label for item in group.items if item.code in ticked], len(group.items))
            for group in programme.rules.checklist
        ],
        "history": history(visit),
        "hints": _hints(visit) if is_live and user.pk == visit.lead_id else [],
        "wrong_state": wrong_state,
        "may_correct": visit.is_returned and allowed(user, "visits.correct_visit", visit),
        "may_return": visit.state == VisitState.RECORDED and not visit.is_returned
        and allowed(user, "visits.return_visit", visit),
        "may_void": is_live and allowed(user, "visits.void_visit", visit),
        "return_form": forms.get("return") or ReasonForm(prefix="return"),
        "void_form": forms.get("void") or ReasonForm(prefix="void"),
        "open_form": next(iter(forms), ""),
        "may_log": allowed(user, "visits.log"),
    }  # fmt: skip
    return render(request, "visits/detail.html", context, status=status)


def _hints(visit):
    texts = {name: getattr(visit, name) for name in ("cause", "process", "analysis", "measures", "reflection")}
    return hints(
        visit.programme, mode=visit.mode, started_at=visit.started_at, ended_at=visit.ended_at,
        visitors=len(visit.visitors.all()), texts=texts, recorded_at=visit.recorded_at,
    )  # fmt: skip


# ── The list ──


@require_safe
def record_list(request):
    authorize(request.user, "visits.view_records")
    programme = current_programme(request)
    if programme is None:
        return render(request, "visits/records.html", {})
    classes = _classes(request.user, label_year(programme))
    form = RecordFilter(request.GET, programme=programme, classes=classes)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    page = Paginator(_filtered(request.user, records(request.user, programme), asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "form": form,
        "page": page,
        "rows": [_row(visit, programme, label_year(programme)) for visit in page],
        "chips": _chips(request.GET, asked.get("state", "")),
        "asked": {name for name in asked if name != "state"},
        "has_classes": bool(classes),
        "may_log": allowed(request.user, "visits.log"),
    }
    return render(request, "visits/records.html", context)


def _filtered(user, rows, asked):
    """asked: the valid values of RecordFilter."""
    state = asked.get("state")
    if state == RecordFilter.MINE:
        rows = rows.filter(pk__in=VisitVisitor.objects.filter(user=user).values("visit_id"))
    elif state == RecordFilter.RETURNED:
        rows = rows.filter(returned_at__isnull=False)
    elif state == RecordFilter.UNCOUNTED:
        rows = rows.filter(is_counted=False).exclude(state=VisitState.VOIDED)
    elif state:
        rows = rows.filter(state=state)
    if "mode" in asked:
        rows = rows.filter(mode=asked["mode"])
    if "school_class" in asked:
        of_class = VisitStudent.objects.filter(visit=OuterRef("pk"), student__school_class=asked["school_class"])
        rows = rows.filter(Exists(of_class))
    if "since" in asked:
        rows = rows.filter(visited_on__gte=asked["since"])
    if "until" in asked:
        rows = rows.filter(visited_on__lte=asked["until"])
    return rows


def _classes(user, year):
    """[(id, label)] of the classes whose records the user reads as head or leader."""
    reach = user.reach
    rows = SchoolClass.objects.visible_to(user).select_related("school")
    rows = [row for row in rows if row.pk in reach.classes or row.school_id in reach.leader_schools]
    rows.sort(key=lambda row: (row.school_id, row.grade(year) or 99, row.number))
    return [(row.pk, row.label(year)) for row in rows] if len(rows) > 1 else []


def _chips(query, current):
    kept = {name: value for name, value in query.items() if value and name not in ("state", "page")}
    return [
        {
            "label": label,
            "url": "?" + urlencode(kept | ({"state": str(value)} if value else {})),
            "current": value == current,
        }
        for value, label in RecordFilter.STATES
    ]


def _row(visit, programme, year):
    pupils = list(visit.visit_students.all())
    if visit.state == VisitState.VOIDED:
        kind, text = "mute", "已作废"
    elif visit.is_returned:
        kind, text = "late", "退回待改"
    elif visit.is_counted:
        kind, text = "done", "已计入"
    else:
        kind, text = "mute", "不计入"
    return {
        "url": reverse("visits:detail", args=[visit.pk]),
        "names": "、".join(shown_name(row.student, visit.school_id) for row in pupils),
        "label": "、".join(dict.fromkeys(row.school_class.label(year) for row in pupils if row.school_class)),
        "day": visit.visited_on,
        "time": duration(visit),
        "mode": mode_label(programme, visit.mode),
        "lead": visit.lead.name,
        "others": [v.user.name for v in visit.visitors.all() if v.user_id != visit.lead_id],
        "kind": kind,
        "text": text,
        "icon": "arrow-return-left" if kind == "late" else "",
    }
