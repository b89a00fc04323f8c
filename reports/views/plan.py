"""The plan of a school: written, settled, filed with a receipt; read by its staff and the desk, which sees who filed."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import pdf
from core.access import allowed, authorize
from core.download import PDF, paper_response
from core.states import WrongState
from programmes.queries.current import current_programme
from programmes.queries.overview import home_school, schools_run_by
from programmes.queries.window import window
from reports.actions import filing
from reports.actions.plan import Overtaken, save_plan
from reports.enums import FilingState
from reports.forms.plan import PlanForm, typed, with_rows
from reports.models import SchoolPlan
from reports.papers.make import plan_docx as printed
from reports.queries import plan as queries
from reports.queries.duties import duties
from schools.actions.decide import decisions_on

PAGE = 50
LONGEST = 40
CHANGING = "学校正在改这份方案，重新报送以后再下载。"
VERBS = {
    "approve": "校长审定", "reopen": "改回草稿", "file": "报送", "recall": "撤回", "accept": "区里通过", "return": "区里退回",
    "recommend": "推荐为典型",
}  # fmt: skip
NEXT = {
    "approve": "审定好了，可以报送了。",
    "reopen": "改回草稿了，改好再审定。",
    "recall": "撤回来了，截止前可以改好再报。",
}


# ── The school writes ──


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request):
    """?school= for whoever runs several. ?from= an earlier plan of the school, offered in the fields."""
    authorize(request.user, "reports.view_filing")
    programme = current_programme(request)
    if programme is None:
        return render(request, "reports/plan_none.html")
    if not allowed(request.user, "reports.write_filing"):
        return _reader(request, programme)
    school, schools = _school(request, programme)
    row = _plan(programme, school)
    if request.method == "POST":
        return _posted(request, programme, school, row)
    if row and row.state not in queries.WRITABLE:
        return redirect("reports:plan_view", row.pk)
    content = _standing(programme, school, row)
    earlier = queries.earlier_plans(request.user, programme, school)
    source = next((one for one in earlier if str(one.pk) == request.GET.get("from")), None)
    if source:
        content = queries.carried(source, programme, school)
    form = PlanForm(programme=programme, content=content, revision=row.revision if row else 0)
    return _editor(request, form, school, row, schools=schools, earlier=earlier, source=source)


def _reader(request, programme):
    """Who does not write it: the desk sees who filed, the staff what their school filed."""
    if request.method == "POST":
        authorize(request.user, "reports.write_filing")
    if allowed(request.user, "reports.review"):
        return redirect("reports:plans")
    school = home_school(request.user, programme)
    filed = SchoolPlan.objects.visible_to(request.user).filter(programme=programme, school=school).first()
    if filed is None:
        return render(request, "reports/plan_none.html", {"programme": programme})
    return redirect("reports:plan_view", filed.pk)


def _school(request, programme):
    """(the school written for, all this person runs)"""
    schools = list(schools_run_by(request.user, programme))
    asked = request.GET.get("school")
    chosen = next((one for one in schools if asked is None or str(one.pk) == asked), None)
    if chosen is None:
        raise Http404
    return chosen, schools


def _plan(programme, school):
    return SchoolPlan.objects.filter(programme=programme, school=school).select_related("programme", "updated_by").first()


def _standing(programme, school, row):
    """What stands in the fields before anything is typed."""
    if row is None or not row.revision:
        return queries.suggested(programme, school)
    content = row.content()
    return {**content, "phases": queries.phase_rows(programme, content["phases"])}


def _posted(request, programme, school, row):
    stored = _standing(programme, school, row)
    if act := request.POST.get("row"):
        return _rows_changed(request, programme, school, row, stored, act)
    form = PlanForm(request.POST, programme=programme, content=stored)
    if not form.is_valid():
        return _editor(request, form, school, row, status=422)
    try:
        saved = save_plan(
            programme, school, by=request.user, revision=form.cleaned_data["revision"] or 0, content=form.content()
        )
    except Overtaken as overtaken:
        return _overtaken(request, form, school, overtaken.plan)
    except WrongState as error:
        return _conflict(request, error, reverse("reports:plan") + f"?school={school.pk}")
    if request.POST.get("then") == "look":
        return redirect("reports:plan_view", saved.pk)
    messages.success(request, "存好了。")
    return redirect(filing.address(saved))


def _rows_changed(request, programme, school, row, stored, act):
    """A row more, fewer or in another place, nothing saved: the part of the page, or the whole without script."""
    labels = list(dict.fromkeys([*programme.rules.plan_fields, *stored["sections"]]))
    content = typed(request.POST, programme, labels)
    content["members"], at = with_rows(content["members"], act, programme)
    revision = request.POST.get("revision", "")
    form = PlanForm(programme=programme, content=content, revision=revision)
    if request.htmx:
        facts = {"form": form, "at": at, "act": act.partition(":")[0]}
        return render(request, "reports/_plan_members.html", facts)
    return _editor(request, form, school, row, unsaved=True)


def _overtaken(request, form, school, row):
    """Nothing typed is lost: the page as it is, with what the other one wrote; saving again makes it stand."""
    changes = queries.unsaved_changes(row.content(), form.content(), row.programme)
    form.data = form.data.copy()
    form.data["revision"] = str(row.revision)
    return _editor(request, form, school, row, overtaken=row, changes=changes, status=409)


def _editor(request, form, school, row, status=200, **more):
    programme = form.programme
    said = queries.hints(programme)
    context = {
        "programme": programme,
        "school": school,
        "plan": row,
        "form": form,
        "sections": [(label, field, said.get(label)) for label, field in form.section_fields()],
        "colleagues": queries.colleagues(school.pk),
        "window": window(programme, school.pk, "plan"),
        "returned": row if row and row.state == FilingState.RETURNED else None,
        **more,
    }
    return render(request, "reports/plan.html", context, status=status)


# ── Read, settled, filed ──


@require_safe
def plan_view(request, pk):
    return _reading(request, _visible(request, pk))


def _visible(request, pk):
    authorize(request.user, "reports.view_filing")
    rows = SchoolPlan.objects.visible_to(request.user).select_related(
        "programme", "school", "approved_by", "filed_by", "accepted_by", "returned_by"
    )
    return get_object_or_404(rows, pk=pk)


def _reading(request, row, problems=(), status=200):
    user, writable = request.user, row.state in queries.WRITABLE
    content = queries.readable(row, user)
    place = window(row.programme, row.school_id, "plan")
    office = allowed(user, "reports.write_filing", row)
    names = {one["code"]: one["name"] for one in content.get("phases", [])}
    context = {
        "plan": row,
        "programme": row.programme,
        "content": content,
        "duties": duties(row.programme, row.school, content, user=user, office=office),
        "members": [(one, "、".join(names.get(code, code) for code in one["phases"])) for one in content.get("members", [])],
        "old": queries.is_being_changed(row, user),
        "office": office,
        "window": place,
        "pdf": pdf.available(),
        "problems": problems or (row.missing() if office and writable else ()),
        "may": {
            "edit": office and writable,
            "approve": writable and allowed(user, "reports.approve_filing", row),
            "reopen": office and row.state == FilingState.APPROVED,
            "file": office and row.state == FilingState.APPROVED and place.is_open(),
            "recall": office and row.state == FilingState.FILED,
            "decide": allowed(user, "reports.decide_filing", row) and row.state in queries.AT_DISTRICT,
        },
        "closed": office and not place.is_open() and row.state not in queries.AT_DISTRICT,
        "decisions": _way(row, office) if office or allowed(user, "reports.review", row) else (),
    }
    return render(request, "reports/plan_view.html", context, status=status)


def _way(row, office):
    """What became of it so far; the desk sees its own decisions."""
    found = decisions_on(row) if office else decisions_on(row).filter(level="district")
    return [(VERBS[one.verb], one) for one in found]


@require_safe
def plan_versions(request, pk):
    row = _visible(request, pk)
    return render(request, "reports/plan_versions.html", {"plan": row, "versions": queries.versions(row)})


@require_safe
def plan_docx(request, pk):
    return _paper(request, pk, "docx")


@require_safe
def plan_pdf(request, pk):
    return _paper(request, pk, PDF)


def _paper(request, pk, form):
    row = _visible(request, pk)
    back = reverse("reports:plan_view", args=[pk])
    if queries.is_being_changed(row, request.user):
        return _conflict(request, CHANGING, back)
    make = partial(printed, row, user=request.user, form=form)
    instead = reverse("reports:plan_docx", args=[pk])
    return paper_response(request, make, row.title or "走访方案", form=form, back=back, instead=instead)


@require_POST
def plan_approve(request, pk):
    """The text that was read, by its revision; without one the text as it is."""
    revision = request.POST.get("revision", "")
    read = int(revision) if revision.isdecimal() and len(revision) < 10 else None
    approve = partial(filing.approve_filing, revision=read)
    return _act(request, pk, "reports.approve_filing", approve, NEXT["approve"])


@require_POST
def plan_reopen(request, pk):
    return _act(request, pk, "reports.write_filing", filing.reopen_filing, NEXT["reopen"])


@require_POST
def plan_file(request, pk):
    return _act(request, pk, "reports.file_filing", filing.file_filing, "")


@require_POST
def plan_recall(request, pk):
    return _act(request, pk, "reports.file_filing", filing.recall_filing, NEXT["recall"])


def _act(request, pk, permission, action, told):
    row = _visible(request, pk)
    authorize(request.user, permission, row)
    try:
        row = action(row, by=request.user)
    except ValidationError as error:
        return _reading(request, row, problems=error.messages, status=422)
    except WrongState as error:
        return _conflict(request, error, reverse("reports:plan_view", args=[pk]))
    messages.success(request, told or f"报上去了，回执号{row.receipt}。")
    return redirect(filing.address(row) if row.state in queries.WRITABLE else reverse("reports:plan_view", args=[pk]))


def _conflict(request, error, back):
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)


# ── The desk: who has filed ──


@require_safe
def plans(request):
    authorize(request.user, "reports.review")
    programme = current_programme(request)
    if programme is None:
        return render(request, "reports/plan_none.html")
    standing = request.GET.get("state", "")
    standing = standing if standing in {**queries.STANDINGS, "late": ""} else ""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    every = queries.filed_plans(request.user, programme)
    every = every.filter(Q(name__contains=q) | Q(short_name__contains=q)) if q else every
    counts = queries.standings(every)
    page = Paginator(queries.of_standing(every, standing), PAGE).get_page(request.GET.get("page"))
    passes = queries.late_passes(request.user, programme, [school.pk for school in page])
    place = window(programme, None, "plan")
    labels = {"": "全部", **queries.STANDINGS, "late": "补报的"}
    keys = {"": "all"}
    chips = [
        {"label": label, "count": counts[keys.get(code, code)], "current": code == standing, "url": _query(code, q)}
        for code, label in labels.items()
    ]
    lines = [(school, queries.standing_of(school), passes.get(school.pk)) for school in page]
    context = {
        "programme": programme, "page": page, "lines": lines, "chips": chips, "standing": standing, "q": q,
        "window": place, "passed": not place.is_open(), "counts": counts,
    }  # fmt: skip
    return render(request, "reports/plan_list.html", context)


def _query(standing, q):
    given = {name: value for name, value in (("state", standing), ("q", q)) if value}
    return "?" + urlencode(given)
