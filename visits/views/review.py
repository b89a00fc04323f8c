"""Review: the class head reads the class's records, the leader those of class heads; accept, many at once, undo."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import authorize
from core.clock import now
from programmes.queries.current import current_programme
from schools.models import SchoolClass
from visits.actions.checks import hints, mode_label
from visits.actions.review import accept_visits, withdraw_acceptance
from visits.enums import VisitState
from visits.forms.after import ReturnForm
from visits.forms.record import is_number
from visits.models import Visit
from visits.queries.board import label_year
from visits.queries.records import duration, shown_name
from visits.queries.review import waiting_classes, waiting_list
from visits.queries.versions import sees_every_note

PAGE = 30
OFFER_UNDO = timedelta(seconds=10)
NOTHING = "先勾选要通过的记录。"


@require_http_methods(["GET", "HEAD", "POST"])
def to_review(request):
    """Everything that waits for this reader's look."""
    authorize(request.user, "visits.review_records")
    return _review(request)


@require_http_methods(["GET", "HEAD", "POST"])
def review_class(request, pk):
    rows = SchoolClass.objects.visible_to(request.user).select_related("school")
    school_class = get_object_or_404(rows, pk=pk)
    authorize(request.user, "visits.review_class", school_class)
    return _review(request, school_class)


def _review(request, school_class=None):
    if request.method != "POST":
        return _page(request, school_class)
    seen = _seen(request.POST)
    if not seen:
        return _page(request, school_class, mistake=NOTHING, status=422)
    outcome = accept_visits(seen, by=request.user)
    _tell(request, outcome)
    return redirect(_address(school_class))


@require_POST
def withdraw(request):
    """撤回: what was accepted a moment ago waits again."""
    authorize(request.user, "visits.review_records")
    ids = [int(number) for number in request.POST.getlist("visit") if is_number(number)]
    outcome = withdraw_acceptance(ids, by=request.user)
    if outcome.done:
        messages.success(request, f"撤回了{len(outcome.done)}条，它们又回到待审里。")
    for sentence in dict.fromkeys(outcome.refused.values()):
        messages.warning(request, sentence)
    number = request.POST.get("school_class", "")
    school_class = SchoolClass.objects.visible_to(request.user).filter(pk=number).first() if is_number(number) else None
    return redirect(_address(school_class))


def _address(school_class):
    return reverse("visits:review_class", args=[school_class.pk]) if school_class else reverse("visits:to_review")


def _seen(data):
    """[(visit id, version)] of the ticked rows, or of the one row whose own button was pressed."""
    chosen = data.getlist("only") or data.getlist("visit")
    pairs = [value.split(":") for value in chosen]
    return [(int(p[0]), int(p[1])) for p in pairs if len(p) == 2 and is_number(p[0]) and is_number(p[1])]


def _tell(request, outcome):
    """Refusals by sentence, with the pupils they concern; the undo bar tells of what was done."""
    rows = {row.pk: row for row in Visit.objects.visible_to(request.user).filter(pk__in=outcome.refused)
            .prefetch_related("visit_students__student")}  # fmt: skip
    for pk, sentence in outcome.refused.items():
        names = "、".join(shown_name(one.student, rows[pk].school_id) for one in rows[pk].visit_students.all())
        messages.warning(request, f"{names}：{sentence}")


def _page(request, school_class, *, mistake="", status=200):
    programme = current_programme(request)
    if programme is None:
        return render(request, "visits/review.html", {"school_class": school_class})
    year = label_year(programme)
    found = waiting_list(request.user, programme=programme, school_class=school_class)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    undo = _undo(request.user, programme, school_class)
    context = {
        "programme": programme,
        "school_class": school_class,
        "label": school_class.label(year) if school_class else "",
        "page": page,
        "rows": [_row(visit, programme, year, request.user) for visit in page],
        "chips": _chips(request.user, programme, school_class, year),
        "undo": undo,
        "mistake": mistake,
        "back": reverse("visits:board", args=[school_class.pk]) if school_class else reverse("visits:records"),
        "lock_after": programme.rules.visit.lock_after_days,
    }
    return render(request, "visits/review.html", context, status=status)


def _undo(user, programme, school_class):
    """Ids of what the user accepted in the last seconds: the bar with 撤回."""
    rows = Visit.objects.visible_to(user).filter(
        programme=programme, accepted_by=user, state=VisitState.LOCKED, locked_at__gt=now() - OFFER_UNDO
    )
    if school_class:
        rows = rows.filter(visit_students__student__school_class=school_class)
    return sorted(set(rows.values_list("pk", flat=True)))


def _chips(user, programme, school_class, year):
    """The classes something waits in, where there is more than one."""
    counts = waiting_classes(user, programme)
    classes = SchoolClass.objects.visible_to(user).filter(pk__in=counts).select_related("school")
    if len(counts) + (school_class is not None and school_class.pk not in counts) < 2:
        return []
    rows = sorted(classes, key=lambda row: (row.school_id, row.grade(year) or 99, row.number))
    return [{"label": "全部", "url": reverse("visits:to_review"), "current": school_class is None}] + [
        {"label": row.label(year), "url": reverse("visits:review_class", args=[row.pk]), "count": counts[row.pk],
         "current": school_class is not None and row.pk == school_class.pk}
        for row in rows
    ]  # fmt: skip


def _row(visit, programme, year, user):
    pupils = list(visit.visit_students.all())
    visit.programme = programme
    texts = [(field.label, getattr(visit, field.code)) for field in programme.rules.record.fields]
    every = sees_every_note(visit, user)
    return {
        "visit": visit,
        "value": f"{visit.pk}:{visit.version}",
        "names": "、".join(shown_name(row.student, visit.school_id) for row in pupils),
        "label": "、".join(dict.fromkeys(row.school_class.label(year) for row in pupils if row.school_class)),
        "time": duration(visit),
        "mode": mode_label(programme, visit.mode),
        "others": [v.user.name for v in visit.visitors.all() if v.user_id != visit.lead_id],
        "texts": [(label, text) for label, text in texts if text],
        "notes": [
            (shown_name(note.student, visit.school_id), note)
            for note in visit.notes.all()
            if every or note.school_id == visit.school_id
        ],
        "hints": hints(
            programme, mode=visit.mode, started_at=visit.started_at, ended_at=visit.ended_at,
            visitors=len(visit.visitors.all()), texts=dict(texts), recorded_at=visit.recorded_at,
        ),
        "locks_at": visit.recorded_at + timedelta(days=programme.rules.visit.lock_after_days),
        "form": ReturnForm(prefix="return", auto_id=f"return-{visit.pk}-%s"),
    }  # fmt: skip
