"""The list of records."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from programmes.queries.current import current_programme
from schools.models import SchoolClass
from visits.actions.checks import mode_label
from visits.enums import COUNTED_STATES, Answerer, VisitState
from visits.forms.after import RecordFilter
from visits.models import Opinion, VisitStudent, VisitVisitor
from visits.queries.board import label_year
from visits.queries.records import duration, records, shown_name
from visits.queries.review import waiting_count

PAGE = 50
FAILED = (VisitState.DECLINED, VisitState.NO_ONE_HOME, VisitState.CANCELLED)
OPEN = (VisitState.PLANNED, VisitState.DONE)
TAGS = {
    VisitState.VOIDED: ("mute", "已作废", "slash-circle"),
    VisitState.PLANNED: ("plan", "已约", ""),
    VisitState.DONE: ("soon", "还没记录", "pencil"),
    VisitState.DECLINED: ("soon", "婉拒", "door-closed"),
    VisitState.NO_ONE_HOME: ("mute", "没人在家", "house-door"),
    VisitState.CANCELLED: ("mute", "已取消", "x-circle"),
}


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
    reviews = allowed(request.user, "visits.review_records")
    context = {
        "programme": programme,
        "form": form,
        "page": page,
        "rows": [_row(visit, programme, label_year(programme)) for visit in page],
        "chips": _chips(request.GET, asked.get("state", "")),
        "asked": {name for name in asked if name != "state"},
        "has_classes": bool(classes),
        "may_log": allowed(request.user, "visits.log"),
        "review_waiting": waiting_count(request.user, programme) if reviews else 0,
    }
    return render(request, "visits/records.html", context)


def _filtered(user, rows, asked):
    """asked: the valid values of RecordFilter."""
    rows = _of_state(user, rows, asked.get("state"))
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


def _of_state(user, rows, state):
    if state == RecordFilter.UNRECORDED:
        return rows.filter(state__in=OPEN).order_by("planned_at", "pk")
    if state == RecordFilter.FAILED:
        return rows.filter(state__in=FAILED).order_by("-closed_at", "-pk")
    rows = rows.filter(state__in=(*COUNTED_STATES, VisitState.VOIDED))
    if state == RecordFilter.MINE:
        return rows.filter(pk__in=VisitVisitor.objects.filter(user=user).values("visit_id"))
    if state == RecordFilter.UNREAD:
        return rows.filter(state=VisitState.RECORDED, returned_at__isnull=True)
    if state == RecordFilter.RETURNED:
        return rows.filter(returned_at__isnull=False)
    if state == RecordFilter.ANSWERS:
        promised = Opinion.objects.filter(visit=OuterRef("pk"), answerer=Answerer.ME)
        return rows.filter(Exists(promised), lead=user, state__in=COUNTED_STATES)
    if state == RecordFilter.UNCOUNTED:
        return rows.filter(is_counted=False).exclude(state=VisitState.VOIDED)
    return rows.filter(state=state) if state in (VisitState.LOCKED, VisitState.VOIDED) else rows


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


def state_tag(visit, counted):
    """(kind, text, icon) of components/status_tag.html."""
    if visit.state in TAGS:
        return TAGS[visit.state]
    if visit.is_returned:
        return "late", "退回待改", "arrow-return-left"
    if not counted:
        return "mute", "不计入", ""
    return ("done", "已归档", "lock") if visit.state == VisitState.LOCKED else ("done", "已计入", "")


def _row(visit, programme, year):
    pupils = list(visit.visit_students.all())
    kind, text, icon = state_tag(visit, visit.is_counted)
    return {
        "url": reverse("visits:detail", args=[visit.pk]),
        "names": "、".join(shown_name(row.student, visit.school_id) for row in pupils),
        "label": "、".join(dict.fromkeys(row.school_class.label(year) for row in pupils if row.school_class)),
        "day": visit.visited_on or visit.planned_at,
        "time": duration(visit),
        "mode": mode_label(programme, visit.mode),
        "lead": visit.lead.name,
        "others": [v.user.name for v in visit.visitors.all() if v.user_id != visit.lead_id],
        "kind": kind,
        "text": text,
        "icon": icon,
    }
