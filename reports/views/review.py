"""审核: the desk reads what was filed, one after the other, and decides; the next opens by itself (mockup 07b)."""

import uuid
from math import ceil

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.states import WrongState, can_move
from programmes.queries.current import current_programme
from reports.actions.review import decide_one, undo_decisions
from reports.enums import FILING_MOVES
from reports.forms.review import DecisionForm
from reports.models import SchoolPlan, SchoolReport
from reports.models.filing import AT_DISTRICT
from reports.queries.checks import report_check
from reports.queries.filters import QueueFilter, states_of
from reports.queries.review import (
    FILINGS,
    PAGE,
    duty_schools,
    filed_sheet,
    filings_at_desk,
    lines,
    listed,
    plan_check,
    state_words,
    tabs,
)
from schools.actions.decide import decisions_on
from schools.models import Decision
from works.enums import SENDABLE_STATES, WORK_MOVES, Side
from works.models import Work
from works.queries.checks import data_check
from works.queries.queue import at_desk, changed_since, filed_text, undo_bar
from works.queries.upper import goes_on, upper_words

WORK_VERBS = {"accept": "accept", "return": "return_to_school", "recommend": "shortlist", "award": "award"}
EARLIER = 5
FEW = 6  # checks that are shown at once; of more, what is right is folded
NAMES = {"report": "活动报告", "plan": "走访方案"}


@require_safe
def review(request):
    authorize(request.user, "reports.review")
    return _page(request)


def _page(request, *, form=None, item=None, status=200):
    """form, item: a decision that could not be taken, and what it was about."""
    user, programme = request.user, current_programme(request)
    if programme is None:
        return render(request, "desk/review.html", {"programme": None})
    data = request.POST if form else request.GET
    every = tabs(user, programme, mine=data.get("mine") == "1")
    filters = _filters(data, every)
    rows = listed(user, programme, filters)
    ids = list(rows.values_list("pk", flat=True))
    chosen = item.pk if item else _number(request.GET.get("item"))
    current = chosen or (ids[0] if ids else None)
    place = ids.index(current) if current in ids else None
    page = _page_number(request, place)
    sheet = _open(item or _find(user, programme, filters.tab, current), user, form, filters, request) if current else None
    context = {
        "programme": programme,
        "tabs": every,
        "waiting": sum(tab.count for tab in every),
        "filters": filters,
        "states": states_of(filters.tab),
        "has_duty": filters.mine or duty_schools(user, programme).exists(),
        "lines": lines(rows, ids[(page - 1) * PAGE : page * PAGE], filters.tab),
        "number": place + 1 if place is not None else None,
        "total": len(ids),
        "pages": _pages(page, len(ids)),
        "previous": ids[place - 1] if place else None,
        "next": ids[place + 1] if place is not None and place + 1 < len(ids) else None,
        "picked": bool(chosen),
        "sheet": sheet,
        "undo": undo_bar(user),
    }
    return render(request, "desk/review.html", context, status=status)


def _filters(data, every):
    default = next((tab.code for tab in every if tab.count), every[0].code)
    return QueueFilter.read(data, [tab.code for tab in every], default)


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _page_number(request, place):
    asked = _number(request.GET.get("page"))
    return asked or (place // PAGE + 1 if place is not None else 1)


def _pages(page, total):
    last = max(1, ceil(total / PAGE))
    return {"number": page, "last": last, "before": page - 1 if page > 1 else None, "after": page + 1 if page < last else None}


def _find(user, programme, tab, pk):
    """What is shown: in scope and of this tab, whether it stands in the list or not; 404 otherwise."""
    if tab in FILINGS:
        rows = _with_names(filings_at_desk(user, FILINGS[tab], programme), "filed_by", "approved_by")
    else:
        rows = at_desk(user, programme).filter(kind=tab)
        rows = _with_names(rows, "author", "approved_by", "filed_by", "honoree").select_related("visit")
    row = get_object_or_404(rows.select_related("school"), pk=pk)
    row.programme = programme  # its settings are read once a request
    return row


def _with_names(rows, *people):
    """Of these people the page says the names: whole accounts cost more than the paper."""
    own = [field.name for field in rows.model._meta.concrete_fields]
    return rows.select_related(*people).only(*own, *(f"{one}__name" for one in people))


# ── The open paper ──


def _open(row, user, form, filters, request):
    """What the middle and the right of the page show of one row."""
    compare = request.GET.get("compare") == "1"
    if isinstance(row, Work):
        filed = filed_text(row)
        found = {
            "template": "desk/_review_work.html",
            "heading": filed.title,
            "filed": filed,
            "paragraphs": [line.strip() for line in filed.body.splitlines() if line.strip()],
            "characters": len("".join(filed.body.split())),
            "checks": data_check(row),
            "changes": changed_since(row) if compare else [],
            "label": upper_words(row) or row.label_for(Side.DISTRICT),
        }
    else:
        filed = filed_sheet(row)
        found = {
            "template": f"desk/_review_{filters.tab}.html",
            "heading": NAMES[filters.tab],
            "filed": filed,
            "changes": filed.changes if compare else [],
            "label": state_words(row),
            **(_plan(row, filed) if isinstance(row, SchoolPlan) else _report(row, filed)),
        }
    verbs = _verbs(row, user)
    checks = found["checks"]
    return found | {
        "row": row,
        "compare": compare,
        "verbs": verbs,
        "form": form or DecisionForm(tab=filters.tab, labels=_labels(row)),
        "own_school": row.school_id in user.reach.staff_schools,
        "right": sum(1 for check in checks if check.ok is not False),
        "open_checks": checks if len(checks) <= FEW else [check for check in checks if not check.ok],
        "folded_checks": [] if len(checks) <= FEW else [check for check in checks if check.ok],
        "wrong": any(check.ok is False for check in checks),
        "earlier": decisions_on(row).filter(level="district")[:EARLIER],
        "decide": reverse(f"desk:decide_{_what(row)}", args=[row.pk]),
        "may_publish": isinstance(row, Work) and allowed(user, "works.publish", row) and can_move(row, WORK_MOVES, "publish"),
        "upper_url": _upper_url(row, user),
    }


def _report(report, filed):
    rules = report.programme.rules.report.sections
    texts = filed.data.get("sections") or []
    parts = []
    for position, section in enumerate(rules):
        text = texts[position] if position < len(texts) else ""
        paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
        parts.append({"section": section, "number": "一二三四五六七八九十"[position], "paragraphs": paragraphs})
    characters = sum(len("".join(text.split())) for text in texts)
    checks = report_check(report, filed=True) if report.state in AT_DISTRICT else []  # else it reads a draft of the school's
    return {"parts": parts, "figures": filed.data.get("figures") or {}, "characters": characters, "checks": checks}


def _plan(plan, filed):
    sections = filed.data.get("sections") or {}
    parts = [
        {"label": label, "paragraphs": [line.strip() for line in (sections.get(label) or "").splitlines() if line.strip()]}
        for label in dict.fromkeys([*plan.programme.rules.plan_fields, *sections])
    ]
    characters = sum(len("".join((text or "").split())) for text in sections.values())
    return {"parts": parts, "characters": characters, "checks": plan_check(plan, filed.data)}


def _what(row):
    return {Work: "work", SchoolReport: "report", SchoolPlan: "plan"}[type(row)]


def _verbs(row, user):
    """The verbs this person may use on the row now."""
    if isinstance(row, Work):
        if not allowed(user, "works.decide", row):
            return []
        found = [verb for verb, move in WORK_VERBS.items() if can_move(row, WORK_MOVES, move)]
        if row.sent_up_at:
            found = [verb for verb in found if verb != "return"]  # taken back from above first
        return [verb for verb in found if verb != "award" or allowed(user, "works.award", row)]
    if not allowed(user, "reports.decide_filing", row):
        return []
    found = [verb for verb in ("accept", "return", "recommend") if can_move(row, FILING_MOVES, verb)]
    return [verb for verb in found if verb != "recommend" or not row.recommended_at]


def _upper_url(row, user):
    """Where it goes on from here, or what became of it there."""
    if not isinstance(row, Work) or row.state not in SENDABLE_STATES or not allowed(user, "works.send_up", row):
        return ""
    which = "result" if row.upper_award else "sent" if row.sent_up_at else "ready"
    known = row.sent_up_at or goes_on(row.programme, row.kind)
    return f"{reverse('desk:upper')}?kind={row.kind}&which={which}" if known else ""


def _labels(row):
    """Awards the notice names for this kind."""
    if not isinstance(row, Work):
        return []
    rule = next((one for one in row.programme.rules.works if one.code == row.kind), None)
    return [award.label for award in rule.judging.awards] if rule else ["一等奖", "二等奖", "三等奖"]


# ── Decisions ──


@require_POST
def decide_work(request, pk):
    rows = at_desk(request.user).select_related("school", "programme", "author", "visit", "approved_by", "filed_by", "honoree")
    return _decide(request, get_object_or_404(rows, pk=pk), "works.decide")


@require_POST
def decide_report(request, pk):
    return _decide(request, _filing(request, SchoolReport, pk), "reports.decide_filing")


@require_POST
def decide_plan(request, pk):
    return _decide(request, _filing(request, SchoolPlan, pk), "reports.decide_filing")


def _filing(request, model, pk):
    rows = filings_at_desk(request.user, model).select_related("school", "programme", "filed_by", "approved_by")
    return get_object_or_404(rows, pk=pk)


def _decide(request, row, perm):
    authorize(request.user, perm, row)
    tab = row.kind if isinstance(row, Work) else _what(row)
    form = DecisionForm(request.POST, tab=tab, labels=_labels(row))
    if not form.is_valid():
        return _again(request, row, form)
    verb = form.cleaned_data["verb"]
    if verb == "award":
        authorize(request.user, "works.award", row)
    filters = QueueFilter.read(request.POST, [tab], tab)
    following = _following(request.user, row, filters)
    try:
        decide_one(row, verb, by=request.user, **form.facts())
    except WrongState as refused:
        context = {"message": str(refused), "back": reverse("desk:review") + filters.address(item=row.pk)}
        return render(request, "409.html", context, status=409)
    return redirect(reverse("desk:review") + filters.address(item=following))


def _again(request, row, form):
    """The page with what was typed and what is missing."""
    programme = current_programme(request)
    if programme is None or row.programme_id != programme.pk:
        context = {"message": "换了活动，回到审核页再处理。", "back": reverse("desk:review")}
        return render(request, "409.html", context, status=422)
    return _page(request, form=form, item=row, status=422)


def _following(user, row, filters):
    """Whose turn it is afterwards: the next in the list, else the first that is left, else nobody's."""
    ids = list(listed(user, row.programme, filters).values_list("pk", flat=True))
    place = ids.index(row.pk) if row.pk in ids else -1
    left = [*ids[place + 1 :], *ids[: max(place, 0)]]
    return left[0] if left else ""


@require_POST
def undo(request):
    """撤销 of what this person decided last, one or many, within ten seconds."""
    authorize(request.user, "reports.review")
    batch = _batch(request.POST.get("batch"))
    decision = Decision.objects.visible_to(request.user).filter(batch=batch, by=request.user, level="district").first()
    if decision is None:
        raise Http404
    outcomes = undo_decisions(batch, by=request.user)
    done = [row for outcome in outcomes for row in outcome.done]
    refused = [sentence for outcome in outcomes for sentence in outcome.refused.values()]
    back = _back(request, done[0] if len(done) == 1 else None)
    if refused and not done:
        return render(request, "409.html", {"message": refused[0], "back": back}, status=409)
    if done:
        messages.success(request, f"撤销了{len(done)}件，和处理前一样。学校没有收到通知。")
    for sentence in dict.fromkeys(refused):
        messages.warning(request, sentence)
    return redirect(back)


def _batch(text):
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Http404 from None


def _back(request, row):
    asked = request.POST.get("next", "")
    if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    if row is None:
        return reverse("desk:review")
    tab = row.kind if isinstance(row, Work) else _what(row)
    return reverse("desk:review") + f"?tab={tab}&item={row.pk}"
