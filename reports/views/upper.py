"""报送上级: what the district recommended or awarded goes on to the office above, as far as the notice's levels reach."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.download import file_response
from core.states import WrongState
from programmes.queries.current import current_programme
from works.actions.upper import clear_upper_award, enter_upper_award, export_upper, send_up, take_back_up
from works.enums import Side, WorkState
from works.forms.upper import UpperResultForm
from works.queries.queue import at_desk, listed_title, undo_bar
from works.queries.quota import label_of
from works.queries.upper import (
    LISTS,
    city_kinds,
    city_quota,
    listed_up,
    office_of,
    upper_counts,
    upper_words,
    upper_works,
)

PAGE = 50
PICK = "先勾选要报的。"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def upper(request):
    authorize(request.user, "works.send_up")
    return _page(request)


def _page(request, *, refused="", ticked=(), status=200):
    """refused, ticked: why nothing was sent, and what had been chosen."""
    user, programme = request.user, current_programme(request)
    kinds = city_kinds(user, programme) if programme else []
    if not kinds:
        context = {"programme": programme, "office": office_of(programme) if programme else ""}
        return render(request, "desk/upper.html", context, status=status)
    asked = request.POST if request.method == "POST" else request.GET
    rule, which, rows, counts = _asked(user, programme, kinds, asked)
    page = Paginator(_shown(rows, rule, which), PAGE).get_page(asked.get("page"))
    context = {
        "programme": programme,
        "office": office_of(programme),
        "kind": rule.code,
        "label": rule.label,
        "chips": _chips(kinds, rule, which),
        "which": which,
        "tabs": [
            {"label": label, "count": counts[code], "current": code == which, "url": _address(rule.code, code)}
            for code, (label, _) in LISTS.items()
        ],
        "page": page,
        "rows": [_row(work, programme, ticked) for work in page],
        "quota": city_quota(programme, rule.code),
        "goes_on": rule.goes_to_city,
        "gone": counts["sent"] + counts["result"],
        "refused": refused,
        "undo": undo_bar(user),
        "here": _address(rule.code, which),
    }
    return render(request, "desk/upper.html", context, status=status)


def _asked(user, programme, kinds, asked):
    """(kind, list, the works of the kind, how many in each list): without a word the first list with something in it."""
    rule = next((one for one in kinds if one.code == asked.get("kind")), kinds[0])
    rows = upper_works(user, programme, rule.code)
    counts = upper_counts(rows, rule.goes_to_city)
    which = asked.get("which", "")
    if which not in LISTS:
        which = next((code for code in LISTS if counts[code]), "ready")
    return rule, which, rows, counts


def _shown(rows, rule, which):
    if which == "ready" and not rule.goes_to_city:
        return rows.none()
    found = listed_up(rows, which, [award.label for award in rule.judging.awards])
    return found.select_related("school", "author", "honoree").defer("body", "facts")


def _row(work, programme, ticked):
    work.programme = programme
    return {
        "work": work,
        "title": listed_title(work),
        "url": reverse("desk:review") + "?" + urlencode({"tab": work.kind, "state": "every", "item": work.pk}),
        "award": f"区级{work.award}" if work.award else work.label_for(Side.DISTRICT),
        "is_shown": work.state == WorkState.PUBLISHED,
        "upper": upper_words(work),
        "ticked": work.pk in ticked,
    }


def _chips(kinds, rule, which):
    if len(kinds) < 2:
        return []
    return [{"label": one.label, "current": one.code == rule.code, "url": _address(one.code, which)} for one in kinds]


def _address(kind, which):
    return reverse("desk:upper") + "?" + urlencode({"kind": kind, "which": which})


@require_POST
def send(request):
    authorize(request.user, "works.send_up")
    ids = [int(value) for value in request.POST.getlist("work") if value.isdecimal() and len(value) < 19]
    if not ids:
        return _page(request, refused=PICK, status=422)
    try:
        works = send_up(ids, by=request.user)
    except WrongState as refused:
        return _page(request, refused=str(refused), ticked=ids, status=409)
    return redirect(_address(works[0].kind, "sent") if works else "desk:upper")


# ── One work ──


def _fetched(request, pk):
    work = get_object_or_404(at_desk(request.user).select_related("programme", "school", "author", "honoree"), pk=pk)
    authorize(request.user, "works.send_up", work)
    return work


@require_POST
def take_back(request, pk):
    work = _fetched(request, pk)
    try:
        take_back_up(work, by=request.user)
    except WrongState as refused:
        return _conflict(request, refused, _address(work.kind, "result"))
    messages.success(request, f"从{office_of(work.programme)}撤回了《{listed_title(work)}》。学校会收到通知。")
    return redirect(_address(work.kind, "ready"))


@require_http_methods(["GET", "HEAD", "POST"])
def result(request, pk):
    """市里结果: the award and its day, corrected or cleared here too."""
    work = _fetched(request, pk)
    if not work.sent_up_at:
        office = office_of(work.programme)
        return _conflict(request, f"还没有报{office}。先报上去，再记等级。", _address(work.kind, "ready"))
    if request.method != "POST":
        return _result_page(request, work, UpperResultForm(work=work))
    if request.POST.get("clear"):
        clear_upper_award(work, by=request.user)
        return redirect(_address(work.kind, "sent"))
    form = UpperResultForm(request.POST, work=work)
    if form.is_valid():
        try:
            enter_upper_award(work, by=request.user, **form.facts())
        except ValidationError as error:
            form.show_errors(error)
        except WrongState as refused:
            return _conflict(request, refused, _address(work.kind, "ready"))
        else:
            return redirect(_address(work.kind, "result"))
    return _result_page(request, work, form, status=422)


def _result_page(request, work, form, status=200):
    context = {
        "work": work, "form": form, "office": office_of(work.programme), "title": listed_title(work),
        "label": label_of(work.programme, work.kind), "back": _address(work.kind, "result" if work.upper_award else "sent"),
    }  # fmt: skip
    return render(request, "desk/upper_result.html", context, status=status)


def _conflict(request, refused, back):
    return render(request, "409.html", {"message": str(refused), "back": back}, status=409)


# ── The list that goes along ──


@require_safe
def xlsx(request):
    authorize(request.user, "works.send_up")
    user, programme = request.user, current_programme(request)
    kinds = city_kinds(user, programme) if programme else []
    if not kinds:
        return redirect("desk:upper")
    rule, which, rows, _ = _asked(user, programme, kinds, request.GET)
    works = list(_shown(rows, rule, which).prefetch_related("programme"))
    file = export_upper(programme, works, by=user)
    return file_response(file.getvalue(), f"{rule.label}报送{office_of(programme)}名单.xlsx", XLSX)
