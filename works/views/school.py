"""作品评审, the school's list: what waits, the recommended order, and what goes to the district."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.clock import local_date, today
from core.formats import instant
from core.states import WrongState
from programmes.queries.current import current_programme
from programmes.queries.window import window, windows
from schools.models import School
from visits.queries.board import label_year
from works.actions.school import file_works, recall_work, set_order, undo_work, why_not_filed
from works.enums import WorkState
from works.forms.school import FileForm, ListForm, OrderForm
from works.models import Work
from works.queries.quota import label_of, limit_of, quota_left, quotas, review_name, rule_of
from works.queries.school import (
    FILTERS,
    classes_of,
    counted,
    filtered,
    in_order,
    just_decided,
    office_works,
    school_words,
    visit_problem,
    with_visit,
    works_of,
)

PAGE, ON_THE_CARD = 50, 5
A_MOMENT = timedelta(microseconds=1)
TAGS = {
    WorkState.SUBMITTED: ("soon", ""),
    WorkState.APPROVED: ("done", "check-lg"),
    WorkState.FILED: ("plan", "send"),
    WorkState.ACCEPTED: ("done", "check-lg"),
    WorkState.SHORTLISTED: ("done", "star"),
    WorkState.AWARDED: ("done", "award"),
    WorkState.PUBLISHED: ("done", "award"),
    WorkState.RETURNED: ("late", "arrow-return-left"),
}


@require_safe
def school(request):
    authorize(request.user, "works.view_school")
    programme, place = current_programme(request), chosen_school(request)
    if request.htmx:
        return _waiting_card(request, programme, place)
    if programme is None or place is None:
        return render(request, "works/school.html", {"programme": None})
    found = works_of(request.user, programme, place)
    numbers = counted(found)
    kind, which = _asked(request, numbers)
    rows = with_visit(filtered(found, kind=kind, which=which)).defer("body", "facts", "aliases")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    year = label_year(programme)
    context = {
        "programme": programme,
        "heading": review_name(programme),
        "place": place,
        "places": _places(request.user, place),
        "page": page,
        "rows": [row_of(work, programme, year, request.user) for work in page],
        "tabs": _tabs(numbers, kind, which, place, request.user),
        "chips": _chips(programme, numbers, kind, which, place, request.user),
        "which": which,
        "kind": kind,
        **_sending(programme, place),
        "ready": sum(n for (code, state), n in numbers.items() if state == WorkState.APPROVED and _goes_up(programme, code)),
        "fresh": just_decided(request.user),
        "any": bool(numbers),
    }
    return render(request, "works/school.html", context)


def _waiting_card(request, programme, place):
    """What waits, the longest first, for the school's page; nothing where nothing does."""
    if programme is None or place is None:
        return render(request, "works/_school_waiting.html", {})
    waiting = filtered(works_of(request.user, programme, place), which="waiting")
    rows = list(with_visit(waiting).defer("body", "facts", "aliases")[: ON_THE_CARD + 1])
    year = label_year(programme)
    context = {
        "heading": review_name(programme),
        "count": len(rows) if len(rows) <= ON_THE_CARD else waiting.count(),
        "rows": [row_of(work, programme, year, request.user) for work in rows[:ON_THE_CARD]],
        "url": list_address(place, request.user, which="waiting"),
    }
    return render(request, "works/_school_waiting.html", context)


def chosen_school(request):
    """The one asked for by ?school=, else the first the user's office is at; None without any."""
    ids = request.user.reach.whole_schools
    rows = list(School.objects.visible_to(request.user).filter(pk__in=ids).select_related("authority").order_by("code"))
    asked = request.GET.get("school") or request.POST.get("school") or ""
    return next((row for row in rows if str(row.pk) == asked), None) or next(iter(rows), None)


def _places(user, place):
    """Chips for the few who lead two schools."""
    if len(user.reach.whole_schools) < 2:
        return []
    rows = School.objects.visible_to(user).filter(pk__in=user.reach.whole_schools).order_by("code")
    return [{"label": row.short_name, "url": f"?school={row.pk}", "current": row == place} for row in rows]


def _asked(request, numbers):
    """(kind, which): without a word in the address what waits, or all when nothing does."""
    form = ListForm(request.GET)
    form.is_valid()
    kind, which = form.cleaned_data.get("kind", ""), form.cleaned_data.get("which", "")
    waits = any(n for (code, state), n in numbers.items() if state == WorkState.SUBMITTED and kind in ("", code))
    return kind, which or ("waiting" if waits else "all")


def list_address(place, user, **query):
    """Of works:school; the school is named only where there are several."""
    if len(user.reach.whole_schools) > 1:
        query["school"] = place.pk
    kept = {name: value for name, value in query.items() if value}
    return reverse("works:school") + (f"?{urlencode(kept)}" if kept else "")


def _tabs(numbers, kind, which, place, user):
    return [
        {
            "label": label, "current": code == which, "url": list_address(place, user, kind=kind, which=code),
            "count": sum(n for (k, state), n in numbers.items() if state in states and kind in ("", k)),
        }
        for code, (label, states) in FILTERS.items()
    ]  # fmt: skip


def _chips(programme, numbers, kind, which, place, user):
    codes = dict.fromkeys([one.code for one in programme.rules.works] + [code for code, _ in numbers])
    if len(codes) < 2:
        return []
    chips = [{"label": "全部种类", "current": not kind, "url": list_address(place, user, which=which)}]
    return chips + [
        {
            "label": label_of(programme, code), "current": code == kind,
            "url": list_address(place, user, kind=code, which=which),
            "count": sum(n for (k, _), n in numbers.items() if k == code),
        }
        for code in codes
    ]  # fmt: skip


def _goes_up(programme, kind):
    rule = rule_of(programme, kind)
    return bool(rule and rule.goes_up)


def tag_of(work):
    """(kind, icon) of components/status_tag.html."""
    if work.sent_up_at:
        return ("done", "award") if work.upper_award else ("plan", "send")
    return TAGS.get(work.state, ("mute", ""))


def row_of(work, programme, year, user):
    work.programme = programme
    tag, icon = tag_of(work)
    return {
        "work": work,
        "url": reverse("works:school_review", args=[work.pk]),
        "kind": label_of(programme, work.kind),
        "classes": classes_of(work, year),
        "visited_on": work.visit.visited_on if work.visit else None,
        "problem": visit_problem(work) if work.state in (WorkState.SUBMITTED, WorkState.APPROVED) else "",
        "tag": tag,
        "icon": icon,
        "text": school_words(work, programme),
        "may_order": work.state == WorkState.APPROVED and allowed(user, "works.approve", work),
        "up": max((work.school_order or 1) - 1, 1),
        "down": (work.school_order or 1) + 1,
    }


def sending(programme, place):
    """What the notice lets the school send: quota and time, one line a kind. Three queries."""
    found = windows(programme, place.pk)
    return [_line(quota, found.get(quota.kind)) for quota in quotas(programme, place)]


def _sending(programme, place):
    """A line for what is bound by number or time; the names of the rest."""
    lines = sending(programme, place)
    bound = [line for line in lines if line["quota"].limit is not None or line["until"]]
    return {"sending": bound, "free": [line["quota"].label for line in lines if line not in bound]}


def _line(quota, place):
    until = place.until if place else None
    open_now = place is None or place.is_open()
    late = bool(place and open_now and place.is_late())
    line = {"quota": quota, "open": open_now, "late": late, "until": until, "days": None}
    if until is None:
        return line | {"said": "没有截止时间"}
    days = (local_date(until - A_MOMENT) - today()).days  # until is exclusive: midnight belongs to the day before
    said = f"截止{instant(until)}" if not late else f"区里开通了补报，到{instant(until)}"
    return line | {"said": said, "days": days if open_now else None, "over": -days if not open_now else None}


# ── The recommended order ──


@require_POST
def order(request, pk):
    work = get_object_or_404(Work.objects.visible_to(request.user).select_related("school"), pk=pk)
    authorize(request.user, "works.approve", work)
    back = list_address(work.school, request.user, kind=work.kind, which="approved")
    form = OrderForm({"order": request.POST.get("to") or request.POST.get("order")})
    if not form.is_valid():
        messages.warning(request, "顺序写一个从1开始的数字。")
        return redirect(back)
    try:
        set_order(work, by=request.user, order=form.cleaned_data["order"])
    except WrongState as error:
        return moved_on(request, error, back)
    return redirect(f"{back}#w{work.pk}")


# ── To the district ──


@require_http_methods(["GET", "HEAD", "POST"])
def file(request):
    """Choose, read once more what goes, send: three answers of one address."""
    authorize(request.user, "works.file")
    programme, place = current_programme(request), chosen_school(request)
    if programme is None or place is None:
        return render(request, "works/file.html", {"programme": None})
    kind = _kind_to_send(request, programme, place)
    found = list(with_visit(in_order(programme, place, kind).filter(pk__in=office_works(request.user).values("pk"))))
    if request.method != "POST":
        return _choose(request, programme, place, kind, found)
    form = FileForm(request.POST, works=found)
    if request.POST.get("agreed"):  # what was sent meanwhile is no mistake: the action tells one by one
        return _send(request, place, kind)
    if not form.is_valid():
        return _choose(request, programme, place, kind, found, mistake=form.errors["work"][0], status=422)
    return _confirm(request, programme, place, kind, [work for work in found if work.pk in form.cleaned_data["work"]])


def _kind_to_send(request, programme, place):
    """The kind asked for, else the first with something to send."""
    codes = [one.code for one in programme.rules.works if one.goes_up]
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    if asked in codes or not codes:
        return asked if asked in codes else ""
    ready = set(Work.objects.filter(programme=programme, school=place, state=WorkState.APPROVED).values_list("kind", flat=True))
    return next((code for code in codes if code in ready), codes[0])


def _choose(request, programme, place, kind, found, *, mistake="", status=200):
    """The first ones within the quota are ticked."""
    rows = _candidates(request.user, programme, place, kind, found)
    left = quota_left(programme, place, kind)
    free = [row for row in rows if not row["held"]]
    for row in free[: len(free) if left is None else left]:
        row["ticked"] = True
    codes = [one for one in programme.rules.works if one.goes_up]
    context = {
        "programme": programme, "place": place, "kind": kind, "label": label_of(programme, kind) if kind else "",
        "rows": rows, "left": left, "limit": limit_of(programme, kind), "mistake": mistake,
        "line": next((line for line in sending(programme, place) if line["quota"].kind == kind), None),
        "free": len(free),
        "kinds": [{"label": one.label, "url": f"?{_query(place, request.user, kind=one.code)}", "current": one.code == kind}
                  for one in codes] if len(codes) > 1 else [],
        "back": list_address(place, request.user),
    }  # fmt: skip
    return render(request, "works/file.html", context, status=status)


def _candidates(user, programme, place, kind, found):
    """A work that something else than the quota holds back says what."""
    until, year = window(programme, place.pk, kind), label_year(programme)
    rows = []
    for work in found:
        work.programme = programme
        rows.append(row_of(work, programme, year, user) | {"held": why_not_filed(work, user, until, None), "ticked": False})
    return rows


def _confirm(request, programme, place, kind, chosen):
    rows = _candidates(request.user, programme, place, kind, chosen)
    left = quota_left(programme, place, kind)
    going = [row for row in rows if not row["held"]]
    if left is not None:
        for row in going[left:]:
            row["held"] = f"超过名额，这次还能报{left}篇。"
        going = going[:left]
    context = {
        "programme": programme, "place": place, "kind": kind, "label": label_of(programme, kind), "going": going,
        "held": [row for row in rows if row["held"]], "line": window(programme, place.pk, kind),
        "late": window(programme, place.pk, kind).is_late(), "many_places": len(request.user.reach.whole_schools) > 1,
        "back": f"{reverse('works:file')}?{_query(place, request.user, kind=kind)}",
    }  # fmt: skip
    return render(request, "works/file_confirm.html", context)


def _send(request, place, kind):
    ids = [int(value) for value in request.POST.getlist("work") if value.isdecimal() and len(value) < 19]
    outcome = file_works(ids, by=request.user)
    if outcome.done:
        titles = "、".join(f"《{work}》" for work in outcome.done)
        messages.success(request, f"报给区里了：{titles}。区里还没有审的时候可以撤回。")
    titles = dict(Work.objects.visible_to(request.user).filter(pk__in=outcome.refused).values_list("pk", "title"))
    for pk, sentence in outcome.refused.items():
        messages.warning(request, f"《{titles.get(pk, '')}》没有报：{sentence}")
    return redirect(list_address(place, request.user, kind=kind, which="filed" if outcome.done else "approved"))


def _query(place, user, **query):
    if len(user.reach.whole_schools) > 1:
        query["school"] = place.pk
    return urlencode(query)


@require_POST
def recall(request, pk):
    work = get_object_or_404(Work.objects.visible_to(request.user), pk=pk)
    authorize(request.user, "works.file", work)
    back = reverse("works:school_review", args=[work.pk])
    try:
        recall_work(work, by=request.user)
    except WrongState as error:
        return moved_on(request, error, back)
    messages.success(request, "撤回了，现在是待报区。截止前可以再报。")
    return redirect(back)


# ── Undo ──


@require_POST
def undo(request, pk):
    """撤销, for the school and the district alike. back: where the button stood."""
    work = get_object_or_404(Work.objects.visible_to(request.user), pk=pk)
    own = reverse("works:school_review" if work.school_id in request.user.reach.whole_schools else "works:detail", args=[pk])
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = own
    try:
        undo_work(work, by=request.user)
    except WrongState as error:
        return moved_on(request, error, back)
    messages.success(request, "撤销了，回到原来的状态。")
    return redirect(back)


def moved_on(request, error, back):
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)
