"""An author's works: the list, a new one, the page to read one, its versions, taking back."""

import uuid
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import allowed, authorize
from core.formats import full_day
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme
from visits.actions.checks import mode_label
from visits.queries.board import label_year
from visits.queries.records import shown_name
from works.actions.author import CLOSED, reopen_work, rule_of, start_work, withdraw_work
from works.enums import EDITABLE_STATES, WORK_MOVES, Side, WorkKind, WorkState
from works.forms.author import StartForm
from works.models import Scan, Work
from works.queries.facts import shown_facts
from works.queries.mine import asked, kind_rule, my_visits, nominees_of, visits_to_tell
from works.queries.upper import office_of, upper_words
from works.queries.versions import side_of, text_for, timeline, versions_for

PAGE = 50
W = WorkState
TAGS = {  # kind and icon of components/status_tag.html
    W.DRAFT: ("mute", "pencil"), W.SUBMITTED: ("plan", "hourglass-split"), W.APPROVED: ("done", "check-lg"),
    W.FILED: ("plan", "send"), W.ACCEPTED: ("done", "check-lg"), W.SHORTLISTED: ("done", "star"),
    W.AWARDED: ("done", "award"), W.PUBLISHED: ("done", "eye"), W.RETURNED: ("late", "arrow-return-left"),
    W.WITHDRAWN: ("mute", "slash-circle"),
}  # fmt: skip


def state_tag(work, side):
    """{kind, text, icon} of components/status_tag.html, in the words of that side; how far it went beyond the district
    before all else."""
    kind, icon = TAGS[work.state]
    if work.sent_up_at:
        kind, icon = ("done", "award") if work.upper_award else ("plan", "send")
    return {"kind": kind, "icon": icon, "text": upper_words(work) or work.label_for(side)}


# ── Mine ──


@require_safe
def mine(request):
    authorize(request.user, "works.write")
    programme = current_programme(request)
    if programme is None:
        return render(request, "works/mine.html", {})
    groups = asked(request.user, programme)
    for group in groups:
        for work in group.works:
            work.programme = programme
            work.tag = state_tag(work, Side.AUTHOR)
    back = [work for group in groups for work in group.works if work.state == W.RETURNED]
    context = {
        "programme": programme, "groups": groups, "back": back,
        "sees_school": allowed(request.user, "works.view_school") and _address("works:school"),
        "judges": request.user.judgings.standing().exists(),
        "sees_leads": allowed(request.user, "works.approve") and reverse("works:leads"),
    }  # fmt: skip
    return render(request, "works/mine.html", context)


def _address(name, *args):
    """"" while another page of the room does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# ── A new one ──


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    authorize(request.user, "works.write")
    programme = current_programme(request)
    if programme is None or not programme.rules.works:
        return render(request, "works/new.html", {"programme": programme})
    source = request.POST if request.method == "POST" else request.GET
    rule = kind_rule(programme, source.get("kind", ""))
    if rule is None:
        context = {"programme": programme, "kinds": programme.rules.works, "is_open": _is_open(programme)}
        return render(request, "works/new.html", context, status=422 if request.method == "POST" else 200)
    if request.method == "POST":
        return _start(request, programme, rule)
    visit = _chosen(request.user, programme, rule, request.GET.get("visit", ""))
    if visit is not None and visit.told and visit.told[0].author_id == request.user.pk:
        return redirect(_way_to(visit.told[0]))
    initial = {"client_uuid": uuid.uuid4(), "honoree": request.GET.get("honoree", "")}
    form = StartForm(initial=initial, people=_people(request.user, rule))
    return _new_page(request, programme, rule, form, visit)


def _start(request, programme, rule):
    user = request.user
    form = StartForm(request.POST, people=_people(user, rule))
    visit = None
    if form.is_valid():
        data = form.cleaned_data
        visit = my_visits(user, programme).filter(pk=data["visit"] or 0).select_related("school").first()
        try:
            work, created = start_work(
                programme, by=user, kind=rule.code, visit=visit, honoree=data["honoree"], client_uuid=data["client_uuid"]
            )
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        except WrongState as error:
            return _conflict(request, error, reverse("works:mine"))
        else:
            return redirect(_way_to(work))
    chosen = _chosen(user, programme, rule, request.POST.get("visit", ""))
    return _new_page(request, programme, rule, form, chosen, status=422)


def _way_to(work):
    name = "works:edit" if work.state in EDITABLE_STATES else "works:detail"
    return reverse(name, args=[work.pk])


def _people(user, rule):
    return nominees_of(user).exclude(pk=user.pk) if rule.code == WorkKind.DEEDS else None


def _chosen(user, programme, rule, number):
    if not number.isdecimal() or len(number) > 18:
        return None
    return visits_to_tell(user, programme, rule.code).filter(pk=int(number)).first()


def _new_page(request, programme, rule, form, visit, status=200):
    context = {
        "programme": programme, "rule": rule, "form": form, "is_open": _is_open(programme), "closed": CLOSED,
        "with_people": rule.code == WorkKind.DEEDS,
        **visit_choice(request, programme, rule, visit),
    }  # fmt: skip
    return render(request, "works/new.html", context, status=status)


def visit_choice(request, programme, rule, visit=None):
    """What _visit_rows.html needs: one visit that was asked for, or a page of those to choose from."""
    year = label_year(programme)
    if visit is not None:
        return {"rows": [visit_row(visit, programme, year, request.user)], "picked": visit.pk}
    page = Paginator(visits_to_tell(request.user, programme, rule.code), PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows": [visit_row(one, programme, year, request.user) for one in page]}


def visit_row(visit, programme, year, user):
    pupils = list(visit.visit_students.all())
    told = visit.told[0] if visit.told else None
    return {
        "pk": visit.pk,
        "names": "、".join(shown_name(row.student, visit.school_id) for row in pupils),
        "label": "、".join(dict.fromkeys(row.school_class.label(year) for row in pupils if row.school_class)),
        "day": visit.visited_on,
        "mode": mode_label(programme, visit.mode),
        "told": told,
        "told_url": _way_to(told) if told and told.author_id == user.pk else "",
    }


@require_POST
def find_visits(request):
    """My visits by a part of a pupil's name. POST, because a name does not belong in an address."""
    authorize(request.user, "works.write")
    programme = current_programme(request)
    rule = kind_rule(programme, request.POST.get("kind", "")) if programme else None
    words = request.POST.get("words", "").strip()[:20]
    rows = visits_to_tell(request.user, programme, rule.code, words)[:PAGE] if rule else []
    year = label_year(programme) if programme else None
    context = {
        "rows": [visit_row(one, programme, year, request.user) for one in rows], "words": words, "rule": rule,
    }  # fmt: skip
    return render(request, "works/_visit_rows.html", context)


def _is_open(programme):
    return programme.state == ProgrammeState.OPEN


# ── To read ──


def work_in_scope(request, pk):
    rows = Work.objects.visible_to(request.user).select_related("programme", "authority", "school", "author", "honoree", "visit")
    return get_object_or_404(rows, pk=pk)


@require_safe
def detail(request, pk):
    work = work_in_scope(request, pk)
    user, side = request.user, side_of(request.user, work)
    title, body = text_for(user, work)
    writes = allowed(user, "works.write", work)
    rule, facts = rule_of(work), shown_facts(work, user)
    context = {
        "work": work, "rule": rule, "side": side, "title": title,
        "tag": state_tag(work, side),
        "office": office_of(work.programme),
        "facts": facts,
        "paper": paper(work, rule, facts, title, body),
        "steps": steps(work),
        "timeline": timeline(user, work),
        "scans": Scan.objects.visible_to(user).standing().filter(work=work),
        "may_edit": writes and work.state in EDITABLE_STATES,
        "may_withdraw": writes and work.state in WORK_MOVES["withdraw"][0],
        "may_reopen": writes and work.state == W.WITHDRAWN,
        "review_url": _review_url(user, work),
        "desk_url": _desk_url(user, work),
        "back_url": _back_url(user, side),
        **form_urls(work),
    }  # fmt: skip
    return render(request, "works/detail.html", context)


def paper(work, rule, facts, title, body):
    """What _preview.html draws: the fields of 附件1 in words, the text by paragraphs."""
    heading = rule.form_title.format(authority=work.authority.short_name, school=work.school.name)
    return facts | {
        "heading": heading.replace("活动", "活动\n", 1),
        "title": title,
        "paragraphs": [line.strip() for line in body.splitlines() if line.strip()],
        "birth_month": month(facts["birth_month"]),
        "visited_on": full_day(date.fromisoformat(facts["visited_on"])) if facts["visited_on"] else "",
        "opinion": work.opinion,
    }


def month(value):
    """1991年4月"""
    return f"{value[:4]}年{int(value[5:])}月" if value else ""


def form_urls(work):
    names = {"preview_url": "works:form_preview", "docx_url": "works:form_docx", "pdf_url": "works:form_pdf"}
    return {key: _address(name, work.pk) for key, name in names.items()}


def _review_url(user, work):
    """The leader's desk for a work that waits for the school."""
    waits = work.state in (W.SUBMITTED, W.APPROVED)
    return _address("works:school_review", work.pk) if waits and allowed(user, "works.approve", work) else ""


def _desk_url(user, work):
    return _address("desk:review") if work.filed_at and allowed(user, "works.decide", work) else ""


def _back_url(user, side):
    if side == Side.AUTHOR:
        return reverse("works:mine")
    name = "works:school" if side == Side.SCHOOL else "desk:review"
    return _address(name) or reverse("home")


def steps(work):
    """[(label, "past" | "now" | "")] of the way this kind goes, up to the contests the notice names."""
    levels = rule_of(work).levels
    labels = ["填写", "学校评审"]
    if "district" in levels:
        labels += ["报送区里", "区级展评"]
    if "city" in levels:
        labels += ["报送市里"]
    reached = {W.SUBMITTED: 1, W.APPROVED: 2, W.FILED: 2, W.ACCEPTED: 3, W.SHORTLISTED: 3, W.AWARDED: 3, W.PUBLISHED: 3}
    at = len(labels) - 1 if work.sent_up_at else min(reached.get(work.state, 0), len(labels) - 1)
    return [(label, "past" if i < at else "now" if i == at else "") for i, label in enumerate(labels)]


@require_safe
def versions(request, pk):
    work = work_in_scope(request, pk)
    context = {
        "work": work, "rule": rule_of(work), "title": text_for(request.user, work)[0],
        "versions": versions_for(request.user, work),
    }  # fmt: skip
    return render(request, "works/versions.html", context)


# ── Take back ──


@require_POST
def withdraw(request, pk):
    return _act(request, pk, withdraw_work, "已撤回，学校不再评它。想接着写，点“接着写”。", "works:detail")


@require_POST
def reopen(request, pk):
    return _act(request, pk, reopen_work, "可以接着写了，写好再提交。", "works:edit")


def _act(request, pk, action, done, then):
    work = work_in_scope(request, pk)
    authorize(request.user, "works.write", work)
    try:
        action(work, by=request.user)
    except WrongState as error:
        return _conflict(request, error, reverse("works:detail", args=[work.pk]))
    messages.success(request, done)
    return redirect(then, work.pk)


def _conflict(request, error, back):
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)
