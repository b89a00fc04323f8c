"""真实性核查, the list of the school's leader, and its few lines on the school's page."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from honesty.enums import OPEN_STATES, HintKind
from honesty.forms import ListForm
from honesty.queries.lists import TABS, counted, filtered, just_concluded, led_schools, school_hints
from honesty.views.parts import rows_of
from programmes.queries.current import current_programme

PAGE, ON_THE_CARD = 50, 3


@require_safe
def school(request):
    authorize(request.user, "honesty.view_schools")
    programme, places, place = _place(request)
    if programme is None:
        return render(request, "honesty/school.html", {"programme": None})
    found = school_hints(request.user, programme, place)
    numbers = counted(found)
    kind, tab = _asked(request, numbers)
    page = Paginator(filtered(found, kind=kind, tab=tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme,
        "place": place,
        "places": _chips_of(places, place),
        "page": page,
        "rows": rows_of(page),
        "tab": tab,
        "tabs": _tabs(numbers, kind, tab, request.user, place),
        "chips": _chips(numbers, kind, tab, request.user, place),
        "any": bool(numbers),
        "fresh": just_concluded(request.user),
        "workdays": programme.rules.hints.teacher_workdays,
    }
    return render(request, "honesty/school.html", context)


@require_safe
def card(request):
    authorize(request.user, "honesty.view_schools")
    programme, _, place = _place(request)
    context = {"programme": programme, "place": place, "rows": [], "url": list_address(request.user, place)}
    if programme is not None:
        found = school_hints(request.user, programme, place)
        numbers = counted(found)
        context["rows"] = rows_of(filtered(found, tab="open")[:ON_THE_CARD])
        context["open"] = _sum(numbers, TABS["open"][1])
        context["done"] = _sum(numbers, TABS["done"][1])
        context["rest"] = max(context["open"] - ON_THE_CARD, 0)
    return render(request, "honesty/_card.html" if request.htmx else "honesty/card.html", context)


def _place(request):
    """(programme, the schools the user leads, the one asked for by ?school= or the first)."""
    places = led_schools(request.user)
    asked = request.GET.get("school", "")
    place = next((row for row in places if str(row.pk) == asked), places[0])
    authorize(request.user, "honesty.view_school", place)
    return current_programme(request), places, place


def _asked(request, numbers):
    """(kind, tab): without a word in the address what waits, or all when nothing does."""
    form = ListForm(request.GET)
    form.is_valid()
    kind, tab = form.cleaned_data.get("kind", ""), form.cleaned_data.get("tab", "")
    return kind, tab or ("open" if _sum(numbers, OPEN_STATES, kind) or not numbers else "all")


def list_address(user, place, **query):
    """Of honesty:school; the school is named only where the user leads several."""
    if len(user.reach.leader_schools) > 1:
        query["school"] = place.pk
    kept = {name: value for name, value in query.items() if value}
    return reverse("honesty:school") + (f"?{urlencode(kept)}" if kept else "")


def may_list(user, school):
    return allowed(user, "honesty.view_school", school)


def _sum(numbers, states, kind=""):
    return sum(n for (of_kind, state), n in numbers.items() if state in states and kind in ("", of_kind))


def _tabs(numbers, kind, tab, user, place):
    return [
        {
            "label": label, "current": code == tab, "count": _sum(numbers, states, kind),
            "url": list_address(user, place, kind=kind, tab=code),
        }
        for code, (label, states) in TABS.items()
    ]  # fmt: skip


def _chips(numbers, kind, tab, user, place):
    """By kind, where there is more than one of them."""
    if len({of_kind for of_kind, _ in numbers}) < 2:
        return []
    states = TABS[tab][1]
    chips = [{"label": "全部种类", "current": not kind, "url": list_address(user, place, tab=tab)}]
    return chips + [
        {
            "label": one.label, "current": one == kind, "count": _sum(numbers, states, one),
            "url": list_address(user, place, tab=tab, kind=one.value),
        }
        for one in HintKind
    ]  # fmt: skip


def _chips_of(places, place):
    """The schools of the few who lead two."""
    if len(places) < 2:
        return []
    return [{"label": row.short_name, "url": f"?school={row.pk}", "current": row == place} for row in places]
