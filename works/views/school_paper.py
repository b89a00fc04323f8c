"""One work before the leader: the paper, what to look at twice, and the decision; the next one opens by itself."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed, authorize
from core.formats import day, instant
from core.states import WrongState
from programmes.queries.window import window
from schools.actions.decide import decisions_on
from visits.models import Visit
from visits.queries.board import label_year
from works.actions.school import approve_work, give_school_award, return_to_author
from works.enums import RECOMMENDED_STATES, STANDING_STATES, WorkState
from works.forms.school import ApproveForm, AwardForm, ReturnForm, ScanForm
from works.models import Scan, Work
from works.queries.quota import label_of, limit_of, quota_left, review_name, rule_of
from works.queries.school import (
    SHOWN_STATES,
    classes_of,
    filtered,
    in_order,
    just_decided,
    named_in,
    needs_truth,
    next_waiting,
    school_words,
    visit_doubts,
    visit_problem,
    who_may_approve,
    with_visit,
    works_of,
)
from works.views.school import list_address, moved_on, row_of, tag_of

QUEUE = 30
SAID = {
    "submit": "交给学校", "withdraw": "撤回了", "reopen": "接着写", "approve": "推荐", "return_to_author": "退回修改",
    "file": "报送区里", "recall": "从区里撤回", "accept": "区里通过", "shortlist": "区里推荐为典型",
    "return_to_school": "区里退回修改", "award": "区里表彰", "publish": "区里展示", "take_down": "区里撤下展示",
    "send_up": "区里往上报", "take_back_up": "区里从上级撤回", "upper_award": "记下上级评的等级",
    "upper_clear": "清掉上级评的等级",
}  # fmt: skip


def fetched(request, pk):
    """The work, in scope, for its school's office; another role is 403."""
    rows = with_visit(Work.objects.visible_to(request.user)).select_related(
        "programme", "approved_by", "returned_by", "filed_by"
    )
    work = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.view_school", work)
    return work


@require_safe
def school_review(request, pk):
    work = fetched(request, pk)
    if work.state == WorkState.DRAFT:
        raise Http404  # the author writes on; what was handed in once stands in the versions
    return paper(request, work)


@require_POST
def approve(request, pk):
    work = fetched(request, pk)
    authorize(request.user, "works.approve", work)
    form = ApproveForm(request.POST, work=work, truth=needs_truth(work.programme, work.kind))
    if not form.is_valid():
        return paper(request, work, approve_form=form, status=422)
    values = form.cleaned_data
    try:
        approve_work(
            work, by=request.user, opinion=values["opinion"], opinion_on=values["opinion_on"], order=values["order"],
            confirmed=values.get("confirmed", False), version=values["version"], was=values["was"],
        )  # fmt: skip
    except ValidationError as error:
        form.show_errors(error)
        return paper(request, work, approve_form=form, status=422)
    except WrongState as error:
        return moved_on(request, error, reverse("works:school_review", args=[pk]))
    return _to_next(request, work)


@require_POST
def return_work(request, pk):
    work = fetched(request, pk)
    authorize(request.user, "works.approve", work)
    form = ReturnForm(request.POST, work=work)
    if not form.is_valid():
        return paper(request, work, return_form=form, status=422)
    values = form.cleaned_data
    try:
        return_to_author(
            work, by=request.user, reason=values["reason"], version=values["version"], was=values["was"]
        )
    except WrongState as error:
        return moved_on(request, error, reverse("works:school_review", args=[pk]))
    return _to_next(request, work)


@require_POST
def award(request, pk):
    work = fetched(request, pk)
    authorize(request.user, "works.approve", work)
    form = AwardForm(request.POST, work=work)
    if not form.is_valid():
        return paper(request, work, award_form=form, status=422)
    level = form.cleaned_data["level"]
    try:
        give_school_award(work, by=request.user, label=level)
    except WrongState as error:
        return moved_on(request, error, reverse("works:school_review", args=[pk]))
    messages.success(request, f"记下了：校级{level}。" if level else "记下了：不评等级。")
    return redirect("works:school_review", pk)


def _to_next(request, work):
    """The next of the same kind that waits, else the list; the bar there takes the decision back."""
    following = next_waiting(request.user, work.programme, work.school, work.kind)
    if following:
        return redirect(reverse("works:school_review", args=[following.pk]) + "#keys")
    return redirect(list_address(work.school, request.user, kind=work.kind))


def paper(request, work, *, approve_form=None, return_form=None, award_form=None, scan_form=None, status=200):
    """The page, with a refused form where there is one."""
    user, programme = request.user, work.programme
    text = work.versions.filter(number=work.version).select_related("submitted_by").first()
    title, body = (text.title, text.body) if text else (work.title, work.body)
    may = allowed(user, "works.approve", work)
    context = {
        "work": work,
        "heading": review_name(programme),
        "text": {"title": title, "body": body, "at": text.submitted_at if text else work.submitted_at},
        "label": label_of(programme, work.kind),
        "tag": {"kind": tag_of(work)[0], "icon": tag_of(work)[1],
                "text": school_words(work, programme) if work.state in SHOWN_STATES else work.get_state_display()},
        "visit": _visit(work, user),
        "names": named_in(work, f"{title}\n{body}"),
        "problem": visit_problem(work),
        "doubts": visit_doubts(work),
        "checks": _truth(work),
        "queue": _queue(user, work),
        "fresh": just_decided(user),
        "history": [{"row": row, "said": SAID.get(row.verb, row.verb)} for row in decisions_on(work)],
        "back": list_address(work.school, user, kind=work.kind),
        "who": "" if may else _who(work, user),
        "not_mine": work.state in (WorkState.SUBMITTED, WorkState.APPROVED) and not may,
        "phrases": ApproveForm.PHRASES,
        "scans": _scans(work, user),
        **_acts(work, user, may, approve_form, return_form, award_form, scan_form),
    }  # fmt: skip
    return render(request, "works/school_review.html", context, status=status)


def _acts(work, user, may, approve_form, return_form, award_form, scan_form):
    """The forms of the page, as far as the state and the person allow."""
    programme, state, found = work.programme, work.state, {}
    if may and state == WorkState.SUBMITTED:
        last = in_order(programme, work.school, work.kind).count() + 1
        found["approve_form"] = approve_form or ApproveForm(work=work, truth=needs_truth(programme, work.kind), order=last)
    if may and state in (WorkState.SUBMITTED, WorkState.APPROVED):
        found["return_form"] = return_form or ReturnForm(work=work)
    if may and state in STANDING_STATES and state != WorkState.SUBMITTED:
        found["award_form"] = award_form or AwardForm(work=work)
    if allowed(user, "works.file", work):
        rule = rule_of(programme, work.kind)
        found["may_file"] = state == WorkState.APPROVED and bool(rule and rule.goes_up)
        found["may_recall"] = state == WorkState.FILED
        if state in RECOMMENDED_STATES:
            found["scan_form"] = scan_form or ScanForm()
    if found.get("may_file"):
        found["left"], found["limit"] = quota_left(programme, work.school, work.kind), limit_of(programme, work.kind)
        until = window(programme, work.school_id, work.kind).until
        found["deadline"] = instant(until) if until else ""
    return found


def _visit(work, user):
    """When, which class, in which state; the way there only for who may read the record."""
    visit = work.visit
    if visit is None:
        return None
    readable = Visit.objects.visible_to(user).filter(pk=visit.pk).exists()
    return {
        "on": visit.visited_on,
        "classes": classes_of(work, label_year(work.programme)),
        "who": visit.lead.name,
        "state": visit.get_state_display(),
        "url": reverse("visits:detail", args=[visit.pk]) if readable else "",
    }


def _truth(work):
    """Who said when that it is true; a story says it twice (S60)."""
    if not needs_truth(work.programme, work.kind):
        return []
    lines = [(bool(work.author_confirmed_at), f"{work.author.name}确认内容真实", work.author_confirmed_at)]
    if work.approved_by:
        lines.append((bool(work.approver_confirmed_at), f"{work.approved_by.name}核实过", work.approver_confirmed_at))
    return lines


def _queue(user, work):
    """What waits beside this one, of the same kind; this one among them wherever it stands."""
    rows = works_of(user, work.programme, work.school)
    rows = list(with_visit(filtered(rows, kind=work.kind, which="waiting")).defer("body", "facts", "aliases")[:QUEUE])
    if work not in rows:
        rows.insert(0, work)
    year = label_year(work.programme)
    return [row_of(row, work.programme, year, user) for row in rows]


def _who(work, user):
    """Whose turn it is, in plain words."""
    names = "、".join(person.name for person in who_may_approve(work))
    own = user.pk in (work.author_id, work.honoree_id)
    if own and names:
        return f"这是你自己的，由{names}来审。"
    if own:
        return "自己的作品要由别人来审，学校现在只有你一位负责人。请学校管理员或区里再给学校设一位负责人，由那位来推荐。"
    if names:
        return f"推荐和退回由学校负责人来定：{names}。"
    return "现在没有能审这件作品的学校负责人。请学校管理员或区里给学校设一位负责人。"


def _scans(work, user):
    rows = Scan.objects.visible_to(user).standing().filter(work=work).select_related("uploaded_by")
    return [{"scan": scan, "older": scan.version != work.version, "on": day(scan.uploaded_at)} for scan in rows]
