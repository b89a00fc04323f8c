"""As of an instant: figures as they were told then, told again, beside what is known of that day now."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.clock import now
from core.formats import day, instant, percent, thousands
from programmes.enums import DeadlineKind
from programmes.queries.current import current_programme
from programmes.queries.overview import schools_run_by
from reports.actions.compile import CannotCompile, start_compilation
from reports.forms.as_of import LONGEST, read_instant
from reports.queries.as_of import (
    BEHIND,
    Frozen,
    Line,
    class_labels,
    class_lines,
    frozen_as_of,
    is_rewritten,
    names_of,
    pupils_behind,
    school_lines,
    total,
    total_of,
)
from reports.queries.compilations import compilations_for
from schools.models import School
from visits.queries.as_of import deadline_since, school_ids_as_of, whole_since

PAGE = 50
GONE = "（已不在本校）"
KEPT = 600  # seconds: a district's line costs seconds, and is told with its time


# ── The district ──


@require_safe
def district(request):
    """Every school as of an instant, fifty a page; longer runs are a 阶段性 package."""
    programme, at, error = _asked(request, "reports.view_desk")
    context = {"programme": programme, "chips": _chips(programme, at), "written": _written(request, at), "error": error}
    if at is None:
        return render(request, "desk/as_of.html", context, status=422)
    schools = School.objects.visible_to(request.user).filter(pk__in=school_ids_as_of(programme)).order_by("code")
    page = Paginator(schools, PAGE).get_page(request.GET.get("page"))
    frozen = frozen_as_of(programme, at, user=request.user)
    lines = school_lines(programme, at, [school.pk for school in page], frozen=frozen)
    shown = [
        (school.short_name, _address("desk:as_of_school", at, school.pk), lines[school.pk], {}) for school in page
    ]
    whole = total(lines.values())
    label = "合计" if page.paginator.num_pages == 1 else f"本页{len(shown)}所合计"
    context |= _table(at, shown, whole, label, frozen) | {"page": page, "may_compile": allowed(request.user, "reports.compile")}
    context["rewritten"] = is_rewritten(programme, at)
    if page.paginator.num_pages > 1:
        context["whole_url"] = _address("desk:as_of_whole", at)
        if "whole" in request.GET:  # without a script
            context |= {"strip": _told_whole(programme, at, frozen)}
    return render(request, "desk/as_of.html", context)


@require_safe
def district_whole(request):
    """The sum of all schools, where the table has pages: a fragment, counted in one pass over the district."""
    programme, at, _ = _asked(request, "reports.view_desk")
    if at is None:
        raise Http404
    frozen = frozen_as_of(programme, at, user=request.user)
    return render(request, "desk/_as_of_whole.html", {"strip": _told_whole(programme, at, frozen), "frozen": frozen})


def _told_whole(programme, at, frozen):
    """Counted at most every ten minutes, as its time says; what a package has frozen is read anew."""
    key = f"as-of-whole:{programme.pk}:{at.isoformat()}"
    told = cache.get(key)
    if told is None:
        ids = school_ids_as_of(programme)
        told = {"line": total(school_lines(programme, at, ids, frozen=Frozen()).values()), "schools": len(ids), "told_at": now()}
        cache.set(key, told, KEPT)
    told["line"].frozen = total_of(frozen)
    return told


@require_safe
def district_school(request, pk):
    """One school by class: counts, no names."""
    programme, at, error = _asked(request, "reports.view_desk")
    school = get_object_or_404(School.objects.visible_to(request.user), pk=pk, authority=programme.authority_id)
    if at is None:
        return _refused(request, "desk/as_of_school.html", programme, error, school=school)
    context = _by_class(request, programme, at, school)
    return render(request, "desk/as_of_school.html", context | {"back": _address("desk:as_of", at)})


@require_POST
def compile_at(request):
    """按这个时刻汇编: frozen for all schools, as a package."""
    programme, at, error = _asked(request, "reports.compile", data=request.POST)
    if at is None:
        messages.error(request, error)
        return redirect("desk:as_of")
    try:
        start_compilation(programme, DeadlineKind.COVERAGE, by=request.user, at=at)
    except CannotCompile as refused:
        messages.error(request, str(refused))
        return redirect(_address("desk:as_of", at))
    messages.success(request, f"开始按{instant(at)}汇编，完成后在这里下载。")
    return redirect("reports:files")


@require_safe
def since(request):
    """A line on what came after the last deadline, or after a package (?package=): a fragment, counted at most every
    ten minutes for a district."""
    authorize(request.user, "reports.view_desk")
    current = current_programme(request)
    package = None
    if pk := request.GET.get("package"):
        package = get_object_or_404(compilations_for(request.user), pk=_number(pk), kind=DeadlineKind.COVERAGE)
    programme = package.programme if package else current
    if programme is None:
        return render(request, "desk/_since.html")
    authorize(request.user, "reports.view_desk", programme)
    told = _told_since(programme, package)
    url = _address("desk:as_of", told["at"]) if told and programme == current else ""
    return render(request, "desk/_since.html", told | {"url": url})


def _told_since(programme, package):
    key = f"since:{programme.pk}:{package.pk if package else 'deadline'}"
    told = cache.get(key)
    if told is None:
        ids = school_ids_as_of(programme)
        if package:
            found = package.as_of, whole_since(programme, package.as_of, ids, known_at=package.known_at)
        else:
            found = deadline_since(programme, ids)
        told = {"at": found[0], "since": found[1], "told_at": now()} if found else {}
        cache.set(key, told, KEPT)
    return told


# ── A school ──


@require_safe
def school(request):
    """The own school by class; each number opens the pupils behind it."""
    programme, at, error = _asked(request, "reports.write_filing")
    place, schools = _own(request, programme)
    if at is None:
        return _refused(request, "reports/as_of.html", programme, error, school=place, schools=schools)
    context = _by_class(request, programme, at, place, opens=True)
    context |= {"schools": schools, "hidden": [("school", place.pk)], "chips": _chips(programme, at, school=place.pk)}
    return render(request, "reports/as_of.html", context)


@require_safe
def rows(request):
    """The pupils behind one figure: class, name, and where somebody was missing the first call since."""
    programme, at, error = _asked(request, "reports.write_filing")
    place, _ = _own(request, programme)
    what = request.GET.get("what")
    if at is None or what not in BEHIND:
        raise Http404
    class_id = _number(request.GET.get("class"))
    found = pupils_behind(programme, at, place.pk, what, class_id)
    order = class_labels(programme, at, {one.school_class_id for one in found})
    labels, places = dict(order), {pk: number for number, (pk, _) in enumerate(order)}
    found.sort(key=lambda one: (places[one.school_class_id], one.student_id))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = names_of(page, request.user)
    listed = [
        (
            labels[one.school_class_id], names.get(one.student_id, GONE), day(one.first_on) if one.first_on else "",
            reverse("students:detail", args=[one.student_id]) if one.student_id in names else "",
        )
        for one in page
    ]  # fmt: skip
    context = {
        "programme": programme, "school": place, "as_of": instant(at), "title": BEHIND[what], "rows": listed, "page": page,
        "number": len(found), "with_day": what in ("missing", "written", "called"),
        "back": _address("reports:as_of", at, school=place.pk),
        "class_label": labels.get(class_id, "") if class_id else "",
    }  # fmt: skip
    return render(request, "reports/as_of_rows.html", context)


@require_safe
def school_since(request):
    """The same line for the own school: a fragment."""
    authorize(request.user, "reports.write_filing")
    programme = current_programme(request)
    if programme is None:
        return render(request, "desk/_since.html")
    place, _ = _own(request, programme)
    found = deadline_since(programme, [place.pk])
    if not found:
        return render(request, "desk/_since.html")
    context = {"at": found[0], "since": found[1], "told_at": now(), "url": _address("reports:as_of", found[0], school=place.pk)}
    return render(request, "desk/_since.html", context | {"of_school": True})


def _own(request, programme):
    schools = list(schools_run_by(request.user, programme).order_by("code"))
    wanted = request.GET.get("school")
    found = next((one for one in schools if str(one.pk) == wanted), None) if wanted else next(iter(schools), None)
    if found is None:
        raise Http404
    return found, schools


# ── Both ──


def _asked(request, permission, data=None):
    """(programme, instant or None, why not); 404 without a programme, 403 where it is not theirs to ask."""
    authorize(request.user, permission)
    programme = current_programme(request)
    if programme is None:
        raise Http404
    if permission != "reports.write_filing":
        authorize(request.user, permission, programme)
    prefetch_related_objects([programme], "categories", "deadlines", "past_notices")
    text = (data or request.GET).get("at", "").strip()[:LONGEST]
    if not text:
        return programme, _usual(programme), ""
    try:
        return programme, read_instant(text, programme), ""
    except ValidationError as error:
        return programme, None, error.message


def _usual(programme):
    """The last deadline of visits that has passed, else the present."""
    return max((one.at for one in _passed(programme) if one.kind == DeadlineKind.COVERAGE), default=None) or now()


def _passed(programme):
    moment = now()
    return sorted((one for one in programme.deadlines.all() if one.at <= moment), key=lambda one: one.at)


def _written(request, at):
    return instant(at) if at else request.GET.get("at", "").strip()[:LONGEST]


def _chips(programme, at, **more):
    """Instants somebody is likely to ask for."""
    chips = [
        {"label": f"{one.title}截止", "url": f"?{_query(one.at, **more)}", "current": one.at == at} for one in _passed(programme)
    ]
    return [*chips, {"label": "现在", "url": "?" + urlencode({"at": "现在", **more}), "current": False}]


def _query(at, **more):
    return urlencode({"at": instant(at), **more})


def _address(name, at, *args, **more):
    return f"{reverse(name, args=args)}?{_query(at, **more)}"


def _refused(request, template, programme, error, **context):
    context |= {"programme": programme, "chips": _chips(programme, None), "written": _written(request, None), "error": error}
    return render(request, template, context, status=422)


def _by_class(request, programme, at, school, *, opens=False):
    frozen = frozen_as_of(programme, at, user=request.user, school_id=school.pk)
    lines = class_lines(programme, at, school.pk, frozen=frozen)
    labels = class_labels(programme, at, lines)
    shown = [(label, "", lines[pk], _opened(at, school, pk) if opens else {}) for pk, label in labels]
    whole = total(lines.values()) if lines else Line()
    context = {
        "programme": programme, "school": school, "chips": _chips(programme, at), "written": _written(request, at),
        "error": "", "rewritten": is_rewritten(programme, at),
    }  # fmt: skip
    return context | _table(at, shown, whole, "全校", frozen, _opened(at, school) if opens else {})


def _opened(at, school, class_id=None):
    """{figure: address of its pupils}"""
    more = {"class": class_id} if class_id else {}
    return {what: _address("reports:as_of_rows", at, school=school.pk, what=what, **more) for what in BEHIND}


def _table(at, shown, whole, label, frozen, opened=None):
    """shown: [(label, address, Line, {figure: address})]"""
    has_frozen = frozen.revision is not None
    return {
        "at": at,
        "as_of": instant(at),
        "told_at": now(),
        "frozen": frozen,
        "whole": whole,
        "empty": not shown,
        "table_rows": format_html_join("", "<tr>{}</tr>", ((_cells(*one, has_frozen),) for one in shown)),
        "sum_row": format_html("<tr>{}</tr>", _cells(label, "", whole, opened or {}, has_frozen)),
        "sum_card": _card(label, "", whole, opened or {}, has_frozen),
        "cards": format_html_join("", "{}", ((_card(*one, has_frozen),) for one in shown)),
    }


def _cells(label, url, line, opened, has_frozen):
    name = format_html('<a class="nm" href="{}">{}</a>', url, label) if url else format_html('<span class="nm">{}</span>', label)
    cells = [format_html('<th scope="row">{}</th>', name)]
    cells += [_number_cell(line.recorded.due, opened.get("due")), _reached_cell(line.recorded, opened.get("recorded"))]
    cells += [_reached_cell(line.visited, opened.get("visited"))]
    if has_frozen:
        cells += [_reached_cell(line.frozen, None) if line.frozen else NONE, _difference_cell(line.difference)]
    cells += [
        _number_cell(number, opened.get(what) if number else None)
        for what, number in (
            ("missing", line.since.missing), ("written", line.since.written_later),
            ("called", line.since.called_later), ("still", line.since.still),
        )
    ]  # fmt: skip
    return format_html_join("", "{}", ((cell,) for cell in cells))


NONE = format_html('<td class="n"><span class="sec">{}</span></td>', "–")


def _number_cell(number, url):
    return format_html('<td class="n">{}</td>', _linked(thousands(number), url))


def _reached_cell(count, url):
    told = _linked(thousands(count.visited), url)
    return format_html('<td class="n">{}<span class="sec ms-2">{}</span></td>', told, percent(count.visited, count.due))


def _difference_cell(number):
    if number is None:
        return NONE
    return format_html('<td class="n">{}</td>', f"{number:+,}" if number else "0")


def _linked(text, url):
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def _card(label, url, line, opened, has_frozen):
    """The same place on a phone; where numbers open, each is a link."""
    frozen = f"，冻结{thousands(line.frozen.visited)}" if has_frozen and line.frozen else ""
    parts = [
        ("recorded", "当时已记录", line.recorded.visited), ("visited", "现在知道已走访", line.visited.visited),
        ("missing", "当时没有记录", line.since.missing), ("written", "补录", line.since.written_later),
        ("called", "补访", line.since.called_later), ("still", "还没走到", line.since.still),
    ]  # fmt: skip
    told = [
        format_html('<span class="sm sec num">{} {}</span>', words, _linked(thousands(number), number and opened.get(what)))
        for what, words, number in parts
    ]
    return format_html(
        '<div class="sl"><div class="fx fx-b"><b class="ink">{}</b><b class="ink num">{}</b></div>'
        '<div class="xs sec num">应访{}{}</div><div class="fx fx-w mt-1">{}</div></div>',
        _linked(label, url), percent(line.recorded.visited, line.recorded.due), thousands(line.recorded.due), frozen,
        format_html_join("", "{}", ((part,) for part in told)),
    )  # fmt: skip


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 12 else None
