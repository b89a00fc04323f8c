"""The side of who runs a round: settings, judges, works, opening and closing. No view here reads a score."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.clock import now
from core.states import WrongState
from programmes.queries.current import current_programme
from schools.enums import Role
from schools.models import School, User
from works.actions.judging import Incomplete, close_round, open_round, reopen_round
from works.actions.rounds import (
    add_entries,
    add_judge,
    change_round,
    create_round,
    delete_round,
    remove_entry,
    remove_judge,
)
from works.enums import RoundState
from works.forms.judging import DISTRICT, EditRoundForm, NewRoundForm
from works.models import Entry, Judge, Round
from works.queries import judging as queries

PAGE = 50
FEW = 20


@require_safe
def rounds(request):
    authorize(request.user, "works.run_round")
    programme = current_programme(request)
    if programme is None:
        return render(request, "works/rounds.html", {})
    page = Paginator(queries.rounds_run(request.user, programme), PAGE).get_page(request.GET.get("page"))
    labels = {one.code: one.label for one in programme.rules.works}
    counts = queries.counts_of(page)
    context = {
        "programme": programme,
        "page": page,
        "rows": [(row, labels.get(row.kind, row.get_kind_display()), *counts[row.pk]) for row in page],
        "many_places": len(_places(request.user, programme)) > 1,
    }
    return render(request, "works/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_round(request):
    authorize(request.user, "works.run_round")
    programme = current_programme(request)
    places = _places(request.user, programme) if programme else []
    if not places:
        raise Http404
    form = NewRoundForm(request.POST or None, programme=programme, places=places, initial={"judges_each": 3})
    if request.method == "POST" and form.is_valid():
        try:
            round_ = _create(programme, form, request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "建好了。接着加作品、加评委。")
            return redirect("works:round", round_.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "works/round_form.html", {"form": form, "programme": programme}, status=status)


def _places(user, programme):
    """[(value, label)]: the district the user runs, and the schools the user leads, under this programme."""
    found = []
    if user.holds(Role.DISTRICT_ADMIN, authority=programme.authority_id):
        found.append((DISTRICT, "区级"))
    schools = School.objects.filter(pk__in=user.reach.leader_schools, authority_id=programme.authority_id).order_by("name")
    return found + [(str(school.pk), school.short_name or school.name) for school in schools]


def _create(programme, form, user):
    place = form.chosen_place
    school = None if place == DISTRICT else School.objects.get(pk=place)
    return create_round(programme, by=user, kind=form.cleaned_data["kind"], school=school, **form.values())


@require_safe
def round_page(request, pk):
    round_ = _round(request, pk)
    people, entry_count = queries.progress(round_), round_.entries.count()
    first = queries.first_entries(round_, FEW)
    context = _frame(round_) | {
        "judges": people,
        "entry_count": entry_count,
        "entries": queries.with_sheets(first) if round_.state == RoundState.OPEN else first,
        "eligible": queries.eligible(round_).count() if round_.state == RoundState.DRAFT else 0,
        "short": _short(round_, people, entry_count),
        "overdue": round_.state == RoundState.OPEN and round_.closes_at is not None and round_.closes_at <= now(),
        "ties": _tie_words(round_),
        "may_delete": round_.state == RoundState.DRAFT,
    }
    return render(request, "works/round.html", context)


def _short(round_, people, entry_count):
    """Numbers of works that lack judges. None is ever dealt to more than asked for, so the whole number tells at once
    whether there are any."""
    dealt = sum(judge.total for judge in people)
    if round_.state != RoundState.OPEN or dealt == entry_count * round_.judges_each:
        return []
    return queries.short_numbers(round_, FEW + 1)


def _frame(round_):
    return {
        "round": round_,
        "kind": queries.kind_label(round_),
        "is_draft": round_.state == RoundState.DRAFT,
        "is_open": round_.state == RoundState.OPEN,
        "is_closed": round_.state == RoundState.CLOSED,
    }


def _tie_words(round_):
    labels = {f"criterion:{one['code']}": f"“{one['label']}”平均分高的在前" for one in round_.criteria}
    labels |= {"spread": "评委分歧小的在前", "order": "学校推荐顺序在前的在前"}
    return [labels.get(rule, rule) for rule in round_.ties]


@require_http_methods(["GET", "HEAD", "POST"])
def edit_round(request, pk):
    round_ = _round(request, pk)
    if round_.state != RoundState.DRAFT:
        return _conflict(request, "评选已经开始，设置不能再改。", pk)
    form = EditRoundForm(request.POST or None, round_=round_)
    if request.method == "POST" and form.is_valid():
        try:
            change_round(round_, by=request.user, **form.values())
        except ValidationError as error:
            form.add_error(None, error)
        except WrongState as error:
            return _conflict(request, error, pk)
        else:
            messages.success(request, "改好了。")
            return redirect("works:round", pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "works/round_edit.html", {"form": form, "round": round_}, status=status)


@require_POST
def delete(request, pk):
    round_ = _round(request, pk)
    try:
        delete_round(round_, by=request.user)
    except WrongState as error:
        return _conflict(request, error, pk)
    messages.success(request, "删掉了。")
    return redirect("works:rounds")


# ── Judges ──


@require_http_methods(["GET", "HEAD", "POST"])
def judges(request, pk):
    """Search by name or school, one tap adds; GET with q finds."""
    round_ = _round(request, pk)
    if request.method == "POST":
        return _add_judge(request, round_)
    return _judges_page(request, round_)


def _add_judge(request, round_):
    number = request.POST.get("user", "")
    rows = User.objects.visible_to(request.user).filter(is_active=True)
    person = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if person is None:
        return _judges_page(request, round_, problem="没有找到这个人，重新搜一次。", status=422)
    try:
        add_judge(round_, person, by=request.user)
    except ValidationError as error:
        return _judges_page(request, round_, problem=error.messages[0], status=422)
    except WrongState as error:
        return _conflict(request, error, round_.pk)
    messages.success(request, f"{person.name}加进来了。")
    return redirect("works:round_judges", round_.pk)


def _judges_page(request, round_, *, problem="", status=200):
    words = request.GET.get("q", "").replace("\x00", "").strip()
    context = _frame(round_) | {
        "judges": queries.progress(round_),
        "found": queries.find_people(round_, request.user, words),
        "words": words,
        "most": queries.MOST_FOUND,
        "problem": problem,
    }
    return render(request, "works/round_judges.html", context, status=status)


@require_POST
def judge_remove(request, pk):
    rows = Judge.objects.visible_to(request.user).select_related("round", "user")
    judge = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.run_round", judge.round)
    try:
        short = remove_judge(judge, by=request.user)
    except WrongState as error:
        return _conflict(request, error, judge.round_id)
    messages.success(request, f"{judge.user.name}不再是评委。")
    if short:
        messages.warning(request, f"第{'、'.join(short[:5])}号没有人补上，再加一位评委。")
    return redirect("works:round_judges", judge.round_id)


# ── Entries ──


@require_http_methods(["GET", "HEAD", "POST"])
def entries(request, pk):
    round_ = _round(request, pk)
    if request.method == "POST":
        return _add_entries(request, round_)
    return _entries_page(request, round_)


def _add_entries(request, round_):
    ids = [int(text) for text in request.POST.getlist("work") if text.isdecimal() and len(text) < 19]
    if not ids and "all" not in request.POST:
        return _entries_page(request, round_, problem="先勾选要参评的作品，或者全部加入。", status=422)
    try:
        count = add_entries(round_, by=request.user, ids=None if "all" in request.POST else ids)
    except WrongState as error:
        return _conflict(request, error, round_.pk)
    messages.success(request, f"加了{count}件。" if count else "这些作品已经在里面了。")
    return redirect("works:round_entries", round_.pk)


def _entries_page(request, round_, *, problem="", status=200):
    """What is in, or with ?show=more what may still come in."""
    adding = round_.state == RoundState.DRAFT and (problem or request.GET.get("show") == "more")
    if adding:
        rows = queries.eligible(round_).select_related("author", "honoree", "school").defer("body", "facts")
        page = Paginator(rows.order_by("school_id", "pk"), PAGE).get_page(request.GET.get("page"))
        page.object_list = queries.with_titles(round_, list(page.object_list))
    else:
        page = Paginator(queries.entry_ids(round_, "number"), PAGE).get_page(request.GET.get("page"))
        page.object_list = queries.entries_on(round_, page)
        if round_.state == RoundState.OPEN:
            queries.with_sheets(page.object_list)
    context = _frame(round_) | {"page": page, "adding": adding, "problem": problem}
    if not adding:
        context["rows"] = [(row, queries.stands(round_, row.work)) for row in page]
    if round_.state == RoundState.DRAFT:
        context["eligible"] = queries.eligible(round_).count()
    return render(request, "works/round_entries.html", context, status=status)


@require_POST
def entry_remove(request, token):
    rows = Entry.objects.visible_to(request.user).select_related("round")
    row = get_object_or_404(rows, token=token)
    authorize(request.user, "works.run_round", row.round)
    try:
        remove_entry(row, by=request.user)
    except WrongState as error:
        return _conflict(request, error, row.round_id)
    messages.success(request, "移出来了，不参评。")
    return redirect("works:round_entries", row.round_id)


# ── Opening and closing ──


@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request, pk):
    round_ = _round(request, pk)
    if round_.state != RoundState.DRAFT:
        return _conflict(request, "评选已经开始了。", pk)
    return _step(request, round_, open_round, "works/round_open.html", "开始了，作品已经派给评委。")


@require_http_methods(["GET", "HEAD", "POST"])
def close_page(request, pk):
    round_ = _round(request, pk)
    if round_.state != RoundState.OPEN:
        return _conflict(request, "评选不在评分中。", pk)
    return _step(request, round_, close_round, "works/round_close.html", "结束了，名次排好了。")


def _step(request, round_, act, template, said):
    """Look at it first; what is not as asked for needs a second yes."""
    missing, problem, status = [], "", 200
    if request.method == "POST":
        try:
            act(round_, by=request.user, confirmed="confirmed" in request.POST)
        except Incomplete as incomplete:
            missing, status = incomplete.sentences, 422
        except WrongState as error:
            problem, status = str(error), 409
        else:
            messages.success(request, said)
            return redirect("works:round" if act is open_round else "works:results", round_.pk)
    people = queries.progress(round_)
    context = _frame(round_) | {
        "judges": people,
        "standing": [judge for judge in people if judge.removed_at is None],
        "entry_count": round_.entries.count(),
        "sheets": sum(judge.total for judge in people),
        "scored": sum(judge.scored for judge in people),
        "ties": _tie_words(round_),
        "missing": missing,
        "problem": problem,
    }
    return render(request, template, context, status=status)


@require_POST
def reopen(request, pk):
    round_ = _round(request, pk)
    try:
        opened = reopen_round(round_, by=request.user)
    except WrongState as error:
        return _conflict(request, error, pk)
    over = round_.closes_at is not None and opened.closes_at is None
    messages.success(request, "又可以评分了，名次先收起来。" + ("原来的截止时间已经过了，评完由你结束。" if over else ""))
    return redirect("works:round", pk)


def _round(request, pk):
    rows = Round.objects.visible_to(request.user).select_related("programme", "school").defer("programme__source")
    round_ = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.run_round", round_)
    return round_


def _conflict(request, error, pk):
    facts = {"message": str(error), "back": reverse("works:round", args=[pk])}
    return render(request, "409.html", facts, status=409)
