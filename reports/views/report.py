"""The school's report: written section by section, settled by the leader, filed with a receipt, read by staff and desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.clock import now, today
from core.difference import difference
from core.download import PDF, paper_response
from core.formats import clock, day, instant
from core.pdf import available
from core.states import WrongState
from programmes.config.days import last_day_before
from programmes.queries.current import current_programme
from programmes.queries.overview import countdown, home_school, schools_run_by
from programmes.queries.window import window
from reports.actions import filing
from reports.actions.report import (
    SETTLED,
    WRITABLE,
    Elsewhere,
    ask_to_settle,
    coverage_deadline,
    save_report,
    save_section,
)
from reports.enums import FILING_LABELS, FilingState
from reports.models import SchoolReport
from reports.models.filing import AT_DISTRICT
from reports.papers import make
from reports.queries.checks import report_check as checks_of
from reports.queries.figures.lines import chips
from reports.queries.material import material
from reports.queries.text import (
    as_read,
    heading,
    length,
    parts,
    section_texts,
    suggested,
    title_of,
    without_names,
)
from schools.actions.decide import decisions_on

ACTS = {
    "approve": "校长审定", "reopen": "退回草稿", "file": "报送", "recall": "撤回报送", "return": "区里退回", "accept": "区里通过",
    "recommend": "推荐为典型",
}  # fmt: skip
TAGS = {"draft": "mute", "approved": "plan", "filed": "plan", "accepted": "done", "returned": "late"}
ICONS = {
    "draft": "pencil", "approved": "person-check", "filed": "send", "accepted": "check-circle",
    "returned": "arrow-return-left",
}  # fmt: skip
ELSEWHERE = "别处刚改过，没有覆盖。下面是你写的字，对照着改好再存。"


# ── The office writes ──


@require_safe
def report(request):
    """The school's own under the programme looked at; ?school= for whoever runs several."""
    authorize(request.user, "reports.view_filing")
    programme = current_programme(request)
    if programme is None:
        return render(request, "reports/report_none.html", {"why": "还没有活动。活动发布后，报告在这里写。"})
    if not programme.rules.report.sections:
        return render(request, "reports/report_none.html", {"why": "这次活动不要求活动报告。", "programme": programme})
    if not allowed(request.user, "reports.write_filing"):
        return _reader(request, programme)
    school, schools = _school(request, programme)
    row = readable_reports(request.user).filter(programme=programme, school=school).first()
    if row is None:
        context = {"programme": programme, "school": school, "chips": _school_chips(schools, school),
                   "sections": _labels(programme), "window": _window_words(programme, school.pk)}  # fmt: skip
        return render(request, "reports/report_none.html", context)
    if row.state not in WRITABLE:
        return redirect("reports:report_view", row.pk)
    return editor(request, row, schools=schools)


def _reader(request, programme):
    """Who does not write it: staff read what their school filed, the desk has its queue."""
    if not request.user.reach.staff_schools:
        return redirect("desk:review")
    school = home_school(request.user, programme)
    row = readable_reports(request.user).filter(programme=programme, school=school).first() if school else None
    if row is None:
        return render(request, "reports/report_none.html", {"why": "学校还没有报送活动报告。", "programme": programme})
    return redirect("reports:report_view", row.pk)


@require_POST
def report_start(request):
    """开始写. The same twice is one report."""
    authorize(request.user, "reports.write_filing")
    programme = current_programme(request)
    if programme is None or not programme.rules.report.sections:
        raise Http404
    school, _ = _school(request, programme)
    row, _ = filing.open_filing(SchoolReport, programme, school, by=request.user)
    return redirect(filing.address(row))


@require_POST
def report_save(request, pk):
    """One section from the script (JSON), or all of them from the page without it."""
    row = of_office(request, pk, "reports.write_filing")
    if row.state not in WRITABLE:
        return _settled(request, row)
    if "section" in request.POST:
        return _save_one(request, row)
    count = len(section_texts(row))
    texts = [request.POST.get(f"section-{position}") for position in range(count)]
    if any(text is None for text in texts) or not request.POST.get("revision", "").isdecimal():
        return editor(request, row, problems=["没有收到报告的内容，再存一次。"], status=422)
    try:
        save_report(row, texts, by=request.user, revision=int(request.POST["revision"]))
    except Elsewhere as elsewhere:
        return editor(request, elsewhere.report, typed=texts, status=409)
    except ValidationError as error:
        return editor(request, row, typed=texts, problems=error.messages, status=422)
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, "已保存。")
    return redirect(filing.address(row))


def _settled(request, row):
    if "section" in request.POST:
        return JsonResponse({"message": SETTLED, "reload": True}, status=409)
    return conflict(request, WrongState(SETTLED), row)


def _save_one(request, row):
    number = request.POST["section"]
    if not number.isdecimal() or len(number) > 2 or "text" not in request.POST:
        return JsonResponse({"message": "没有收到这一部分的内容。"}, status=422)
    try:
        saved = save_section(
            row, int(number), request.POST["text"], by=request.user, was=request.POST.get("was", "")
        )
    except Elsewhere as elsewhere:
        theirs = elsewhere.report
        who = theirs.updated_by.name if theirs.updated_by_id else "别处"
        return JsonResponse(
            {"text": section_texts(theirs)[int(number)], "revision": theirs.revision,
             "message": f"{who}{clock(theirs.updated_at)}改过这一部分，没有覆盖。"},
            status=409,
        )  # fmt: skip
    except ValidationError as error:
        return JsonResponse({"message": error.messages[0]}, status=422)
    except WrongState as error:
        return JsonResponse({"message": str(error), "reload": True}, status=409)
    text = section_texts(saved)[int(number)]
    return JsonResponse({"revision": saved.revision, "text": text, "saved": clock(now())})


@require_safe
def report_check(request, pk):
    """The outline and the check list, drawn again after a save."""
    row = of_office(request, pk, "reports.write_filing")
    return render(request, "reports/_report_told.html", _told(request, row))


@require_POST
def report_ask(request, pk):
    row = of_office(request, pk, "reports.write_filing")
    try:
        told = ask_to_settle(row, by=request.user)
    except ValidationError as error:
        return editor(request, row, problems=error.messages, status=422)
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, "告诉校长了，等审定。" if told else "已经告诉过校长，等审定。")
    return redirect(filing.address(row))


@require_POST
def report_approve(request, pk):
    row = of_office(request, pk, "reports.approve_filing")
    revision = request.POST.get("revision", "")
    try:
        filing.approve_filing(row, by=request.user, revision=int(revision) if revision.isdecimal() else None)
    except ValidationError as error:
        return editor(request, row, problems=error.messages, status=422)
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, "审定好了，可以报送。")
    return redirect("reports:report_view", row.pk)


@require_POST
def report_reopen(request, pk):
    return _act(request, pk, "reports.write_filing", filing.reopen_filing, "退回草稿了，可以接着改。")


@require_POST
def report_file(request, pk):
    return _act(request, pk, "reports.file_filing", filing.file_filing, "报送好了，回执在下面。")


@require_POST
def report_recall(request, pk):
    return _act(request, pk, "reports.file_filing", filing.recall_filing, "撤回来了。改好再报送，会是新的一次。")


def _act(request, pk, permission, action, said):
    row = of_office(request, pk, permission)
    try:
        done = action(row, by=request.user)
    except WrongState as error:
        return conflict(request, error, row)
    messages.success(request, said)
    return redirect(filing.address(done) if done.state in WRITABLE else reverse("reports:report_view", args=[pk]))


# ── Reading ──


@require_safe
def report_view(request, pk):
    row = get_object_or_404(readable_reports(request.user), pk=pk)
    office = allowed(request.user, "reports.write_filing", row)
    shown = as_read(row, request.user)
    context = {
        "report": row,
        "title": _title(shown),
        "parts": parts(shown),
        "figures": shown.figures,
        "as_of": instant(shown.figures_at) if shown.figures_at else "",
        "tag": _tag(row, office),
        "office": office,
        "may_write": office and row.state in WRITABLE,
        "steps": decisions_on(row) if office else [],
        "acts": ACTS,
        "versions": row.versions.count(),
        "pdf": available(),
        "window": _window_words(row.programme, row.school_id) if office and row.state not in AT_DISTRICT else "",
    }  # fmt: skip
    return render(request, "reports/report_view.html", context)


@require_safe
def report_versions(request, pk):
    """What was filed each time, with what changed; what is being written now is not compared."""
    row = get_object_or_404(readable_reports(request.user), pk=pk)
    labels = [heading(position, label) for position, label in enumerate(_labels(row.programme))]
    versions = list(row.versions.select_related("filed_by").order_by("number"))
    sheets = [version.data for version in versions]
    if row.school_id not in request.user.reach.staff_schools:
        sheets = without_names(row, sheets)
    told, before = [], None
    for version, data in zip(versions, sheets, strict=True):
        fields = _fields(data, labels)
        told.append({"version": version, "changes": difference(before, fields) if before is not None else []})
        before = fields
    context = {"report": row, "title": title_of(row), "versions": told[::-1]}
    return render(request, "reports/report_versions.html", context)


def _fields(data, labels):
    texts = data.get("sections") or []
    fields = {"数据": (data.get("figures") or {}).get("paragraph", "")}
    return fields | {label: texts[at] if at < len(texts) else "" for at, label in enumerate(labels)}


@require_safe
def report_docx(request, pk):
    return _paper(request, pk, "docx")


@require_safe
def report_pdf(request, pk):
    return _paper(request, pk, PDF)


def _paper(request, pk, form):
    row = get_object_or_404(readable_reports(request.user), pk=pk)
    shown = as_read(row, request.user)
    return paper_response(
        request, lambda: make.report_docx(shown, user=request.user, form=form), f"{row.school.name}活动报告", form=form,
        back=reverse("reports:report_view", args=[pk]), instead=reverse("reports:report_docx", args=[pk]),
    )  # fmt: skip


# ── Parts of the pages ──


def readable_reports(user):
    rows = SchoolReport.objects.visible_to(user)
    return rows.select_related("programme", "school", "updated_by", "filed_by", "approved_by", "returned_by")


def of_office(request, pk, permission):
    row = get_object_or_404(readable_reports(request.user), pk=pk)
    authorize(request.user, permission, row)
    return row


def _school(request, programme):
    schools = list(schools_run_by(request.user, programme).order_by("code"))
    wanted = request.POST.get("school") or request.GET.get("school")
    school = next((one for one in schools if str(one.pk) == wanted), None) if wanted else next(iter(schools), None)
    if school is None:
        raise Http404
    return school, schools


def _school_chips(schools, school):
    if len(schools) < 2:
        return []
    return [{"label": one.short_name, "url": f"?school={one.pk}", "current": one == school} for one in schools]


def _labels(programme):
    return [section.label for section in programme.rules.report.sections]


def _title(row):
    """In two lines, the school and the name of the activity, so that a phone does not part a word."""
    text = title_of(row)
    at = text.find("“")
    return f"{text[:at]}\n{text[at:]}" if at > 3 else text


def _tag(row, office):
    label = FILING_LABELS.get(row.state) if not office else None
    return {"kind": TAGS[row.state], "icon": ICONS[row.state], "text": label or FilingState(row.state).label}


def _window_words(programme, school_id):
    """10月8日报送区里，还有20天; "" where the notice sets no day."""
    place = window(programme, school_id, "report")
    if place.until is None:
        return ""
    last = last_day_before(place.until)
    if not place.is_open():
        return f"{day(last)}已截止"
    left = countdown((last - today()).days)
    return f"{day(last)}前{'补报' if place.is_late() else '报送区里'}，{left}"


def _told(request, row):
    shown = parts(row)
    return {
        "report": row,
        "parts": shown,
        "checks": checks_of(row, user=request.user),
        "total": sum(part.chars for part in shown),
        "suggested": suggested(row),
    }


def editor(request, row, *, schools=None, typed=None, problems=(), status=200):
    """typed: what somebody wrote that was not kept; it stands in the form instead of what is kept."""
    if schools is None:
        schools = list(schools_run_by(request.user, row.programme).order_by("code"))
    told = _told(request, row)
    offered = material(row)
    deadline = coverage_deadline(row.programme)
    kept = section_texts(row)
    context = {
        **told,
        "title": _title(row),
        "annex": next((one.annex for one in row.programme.rules.submissions if one.code == "report"), ""),
        "window": _window_words(row.programme, row.school_id),
        "tag": _tag(row, office=True),
        "chips_of_schools": _school_chips(schools, row.school),
        "areas": [
            {"part": part, "text": kept[part.position] if typed is None else typed[part.position],
             "theirs": kept[part.position] if typed is not None and status == 409
             and typed[part.position] != kept[part.position] else "",
             "rows": _rows_for(part, kept if typed is None else typed)}
            for part in told["parts"]
        ],
        "figures": row.figures,
        "as_of": instant(row.figures_at) if row.figures_at else "",
        "after_deadline": deadline is not None and deadline <= now(),
        "deadline_words": instant(deadline) if deadline else "",
        "chips": chips(row.figures or {}),
        "offered": [
            (part, [offered[kind] for kind in part.section.material])
            for part in told["parts"] if part.section.material
        ],
        "leads": allowed(request.user, "reports.approve_filing", row),
        "problems": problems,
        "elsewhere": ELSEWHERE if status == 409 else "",
        "versions": row.versions.count(),
    }  # fmt: skip
    return render(request, "reports/report.html", context, status=status)


def _rows_for(part, texts):
    """Lines a text takes without script."""
    text = texts[part.position]
    lines = sum(1 + length(line) // 34 for line in text.split("\n"))
    return max(3 if part.section.figures else 6, lines + 1)


def conflict(request, error, row):
    context = {"message": str(error), "back": filing.address(row)}
    return render(request, "409.html", context, status=409)
