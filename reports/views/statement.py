"""教师走访情况表: the leader makes and answers, the teacher reads, agrees, objects."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core import pdf as printer
from core.access import allowed, authorize
from core.download import PDF, file_response, paper_response
from core.states import WrongState
from programmes.queries.current import current_programme
from reports.actions import statement as actions
from reports.actions.statement_export import export_statements
from reports.enums import StatementState
from reports.forms.statement import AnswerForm, ObjectionForm, ReviseForm
from reports.models import Statement
from reports.papers.make import statement_docx
from reports.queries.assessment import rules_of, teachers_of
from reports.queries.statement import fact_text, own_statement, school_figures, shown_facts
from reports.queries.statement import statements as listed
from reports.views.rows import XLSX
from schools.actions.decide import decisions_on
from schools.models import School

PAGE = 50
S = StatementState
TAGS = {
    S.COUNTED: ("mute", "还没公示"), S.SHOWN: ("plan", "等本人核对"), S.OBJECTED: ("late", "有异议"),
    S.FINAL: ("done", "已定稿"),
}  # fmt: skip
VERBS = {
    "show": "公示给本人", "agree": "本人确认没有异议", "object": "本人提出异议", "answer": "学校答复", "finish": "定稿",
    "recount": "重新算过", "revise": "重新打开",
}  # fmt: skip


def _place(request):
    """(programme, school led): the school asked for, else the first; 404 for another's."""
    authorize(request.user, "reports.run_statements")
    schools = School.objects.visible_to(request.user).filter(pk__in=request.user.reach.leader_schools).order_by("pk")
    asked = (request.POST if request.method == "POST" else request.GET).get("school", "")
    if asked:
        school = get_object_or_404(schools, pk=asked if asked.isdecimal() else 0)
    else:
        school = schools.first()
    return current_programme(request), school


def _list_address(school):
    return f"{reverse('reports:statements')}?school={school.pk}"


@require_safe
def statements(request):
    programme, school = _place(request)
    if programme is None:
        return render(request, "reports/statements.html", {})
    found = listed(request.user, programme, school)
    rows = list(found)
    for row in rows:
        row.programme = programme  # read once, not once a teacher
    counts = {state: sum(row.state == state for row in rows) for state in S.values}
    state = request.GET.get("state", "")
    state = state if state in counts else ""
    page = Paginator([row for row in rows if state in ("", row.state)], PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme, "school": school, "page": page, "lines": [_line(row) for row in page],
        "counts": counts, "total": len(rows), "state": state,
        "ready": sum(row.state == S.SHOWN and not actions.not_yet(row) for row in rows),
        "without": teachers_of(programme, school).exclude(pk__in=found.values("teacher_id")).count(),
        "chips": [{"label": "全部", "url": f"?school={school.pk}", "current": not state, "count": len(rows)}]
        + [
            {"label": TAGS[code][1], "url": f"?school={school.pk}&state={code}", "current": state == code, "count": n}
            for code, n in counts.items()
        ],
        "rules": rules_of(programme), "assessment": programme.rules.assessment,
    }  # fmt: skip
    return render(request, "reports/statements.html", context)


def _line(row):
    return {"row": row, "tag": TAGS[row.state], "facts": [(fact["label"], fact_text(fact)) for fact in row.facts]}


@require_POST
def count(request):
    return _for_all(request, actions.count_statements, _counted)


@require_POST
def show(request):
    return _for_all(request, actions.show_statements, lambda n: f"公示给{n}位老师，通知发出去了。" if n else "没有等着公示的。")


@require_POST
def finish_all(request):
    return _for_all(request, actions.finish_statements, _finished)


def _for_all(request, action, said):
    programme, school = _place(request)
    if programme is None:
        return redirect("reports:statements")
    try:
        outcome = action(programme, school, by=request.user)
    except WrongState as error:
        return _conflict(request, error, _list_address(school))
    messages.success(request, said(outcome))
    return redirect(_list_address(school))


def _counted(outcome):
    left = f"已经公示或定稿的{outcome.left}份没有动。" if outcome.left else ""
    return f"算好{outcome.done}份。{left}"


def _finished(outcome):
    left = f"其余{outcome.left}份还等本人确认或者答复。" if outcome.left else ""
    return f"定稿{outcome.done}份。{left}"


@require_safe
def xlsx(request):
    programme, school = _place(request)
    if programme is None:
        return redirect("reports:statements")
    file = export_statements(programme, school, listed(request.user, programme, school), by=request.user)
    return file_response(file.getvalue(), "教师走访情况表.xlsx", XLSX)


@require_safe
def school_page(request):
    """The school under the same rule: one page."""
    programme, school = _place(request)
    if programme is None:
        return render(request, "reports/statements.html", {})
    context = {
        "programme": programme, "school": school, "figures": school_figures(programme, school, request.user),
        "rules": rules_of(programme), "assessment": programme.rules.assessment, "back": _list_address(school),
    }  # fmt: skip
    return render(request, "reports/statement_school.html", context)


@require_safe
def mine(request):
    """The teacher's own, as soon as it is shown."""
    authorize(request.user, "reports.view_own_statement")
    programme = current_programme(request)
    row = own_statement(request.user, programme) if programme else None
    if row is None:
        return render(request, "reports/statement_none.html", {"programme": programme})
    return redirect("reports:statement", row.pk)


@require_safe
def page(request, pk):
    return _page(request, _row(request, pk))


def _page(request, row, *, forms=None, status=200):
    is_own, runs = row.teacher_id == request.user.pk, allowed(request.user, "reports.run_statements", row)
    context = {
        "statement": row, "facts": shown_facts(row, request.user), "tag": TAGS[row.state], "is_own": is_own, "runs": runs,
        "rules": rules_of(row.programme), "assessment": row.programme.rules.assessment,
        "until": actions.last_day(row), "not_yet": actions.not_yet(row) if row.state == S.SHOWN else "",
        "history": [(VERBS.get(one.verb, one.verb), one) for one in decisions_on(row)],
        "back": _list_address(row.school) if runs else "", "docx": reverse("reports:statement_docx", args=[row.pk]),
        "pdf": reverse("reports:statement_pdf", args=[row.pk]) if printer.available() else "",
        "objection": ObjectionForm(), "answer": AnswerForm(auto_id="answer-%s"), "revise": ReviseForm(),
    } | (forms or {})  # fmt: skip
    return render(request, "reports/statement.html", context, status=status)


@require_safe
def docx(request, pk):
    """For 师德档案: the teacher's own, or by the leader; each that leaves is written down."""
    return _paper(request, pk, "docx")


@require_safe
def pdf(request, pk):
    return _paper(request, pk, PDF)


def _paper(request, pk, form):
    row = _row(request, pk)
    return paper_response(
        request, lambda: statement_docx(row, user=request.user, form=form), f"教师走访情况表-{pk}", form=form,
        back=actions.address(row), instead=reverse("reports:statement_docx", args=[pk]),
    )  # fmt: skip


@require_POST
def agree(request, pk):
    return _act(request, pk, "reports.answer_own_statement", actions.agree_statement, "记下了，你确认没有异议。")


@require_POST
def object_to(request, pk):
    return _say(
        request, pk, "reports.answer_own_statement", "objection", ObjectionForm, actions.object_to_statement,
        "交给学校负责人了，答复以后会通知你。",
    )  # fmt: skip


@require_POST
def answer(request, pk):
    return _say(
        request, pk, "reports.run_statements", "answer", AnswerForm, actions.answer_objection, "答复了，老师会收到通知。",
        auto_id="answer-%s",
    )  # fmt: skip


@require_POST
def revise(request, pk):
    return _say(
        request, pk, "reports.run_statements", "revise", ReviseForm, actions.revise_statement, "重新打开，也重新算过了。"
    )


@require_POST
def recount(request, pk):
    said = "重新算过了，再公示给本人看一看。"
    return _act(request, pk, "reports.run_statements", actions.recount_statement, said)


@require_POST
def show_one(request, pk):
    return _act(request, pk, "reports.run_statements", actions.show_statement, "公示给本人了，通知发出去了。")


@require_POST
def finish(request, pk):
    return _act(request, pk, "reports.run_statements", actions.finish_statement, "定稿了。")


def _row(request, pk):
    rows = Statement.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("programme", "school", "teacher", "answered_by", "final_by"), pk=pk)


def _act(request, pk, perm, action, said):
    row = _row(request, pk)
    authorize(request.user, perm, row)
    try:
        action(row, by=request.user)
    except WrongState as error:
        return _conflict(request, error, actions.address(row))
    messages.success(request, said)
    return redirect("reports:statement", pk)


def _say(request, pk, perm, name, form_class, action, said, **options):
    """A verb with words."""
    row = _row(request, pk)
    authorize(request.user, perm, row)
    form = form_class(request.POST, **options)
    if not form.is_valid():
        return _page(request, row, forms={name: form}, status=422)
    try:
        action(row, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, row, forms={name: form}, status=422)
    except WrongState as error:
        return _conflict(request, error, actions.address(row))
    messages.success(request, said)
    return redirect("reports:statement", pk)


def _conflict(request, error, back):
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)
