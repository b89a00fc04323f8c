"""The page an author writes on: kept while one types, handed in, another visit, the person's own fields."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.formats import clock
from core.states import WrongState
from programmes.config.days import last_day_before
from programmes.queries.window import window
from works.actions.author import (
    Changed,
    correct_facts,
    needs_confirmation,
    rule_of,
    save_work,
    submit_work,
)
from works.enums import EDITABLE_STATES, WorkState
from works.forms.author import FactsForm, StartForm, WorkForm
from works.models import Work
from works.queries.alias import hints
from works.queries.facts import nominee, shown_facts
from works.queries.mine import my_visits
from works.views.author import form_urls, paper, steps, visit_choice, work_in_scope

KEPT = "写的字都存好了，改好再提交。"


def _mine(request, pk):
    work = work_in_scope(request, pk)
    authorize(request.user, "works.write", work)
    return work


@require_safe
def edit(request, pk):
    work = _mine(request, pk)
    if work.state not in EDITABLE_STATES:
        return redirect("works:detail", work.pk)
    return _page(request, work)


@require_POST
def save(request, pk):
    """存草稿, by hand or by work.js, which asks for JSON."""
    work = _mine(request, pk)
    by_script = request.headers.get("Accept") == "application/json"
    form = WorkForm(request.POST, rule=rule_of(work))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422) if by_script else _page(request, work, form, status=422)
    try:
        work = save_work(work, by=request.user, revision=form.cleaned_data["revision"], **form.texts())
    except Changed as error:
        return JsonResponse(_theirs(error.work), status=409) if by_script else _changed_page(request, error, form)
    except WrongState as error:
        return JsonResponse({"message": str(error)}, status=409) if by_script else _conflict(request, error, work)
    if by_script:
        named = list(hints(work, f"{work.title}\n{work.body}").items())
        return JsonResponse({"revision": work.revision, "at": clock(work.updated_at), "names": named})
    messages.success(request, "存好了，还没有提交。")
    return redirect("works:edit", work.pk)


def _theirs(work):
    return {
        "revision": work.revision, "title": work.title, "body": work.body, "may_publish": work.may_publish,
        "named": work.named, "at": clock(work.updated_at),
    }  # fmt: skip


@require_POST
def submit(request, pk):
    work = _mine(request, pk)
    form = WorkForm(request.POST, rule=rule_of(work))
    if not form.is_valid():
        return _page(request, work, form, status=422)
    try:
        if not _is_sent(work, form):
            work = save_work(work, by=request.user, revision=form.cleaned_data["revision"], **form.texts())
        submit_work(work, by=request.user, confirmed=form.cleaned_data["confirmed"])
    except Changed as error:
        return _changed_page(request, error, form)
    except ValidationError as error:
        for name, sentences in error.message_dict.items():
            form.add_error(name if name in form.fields else None, sentences)
        return _page(request, work, form, status=422, saved=KEPT)
    except WrongState as error:
        if not _is_sent(Work.objects.get(pk=work.pk), form):  # the same post, sent twice at once, is one
            return _conflict(request, error, work)
    messages.success(request, "已提交，等学校看。结果会在消息里告诉你。")
    return redirect("works:detail", work.pk)


def _is_sent(work, form):
    """Is this very text with the school by now? The same post twice is one."""
    texts = form.texts()
    return work.state == WorkState.SUBMITTED and (work.title, work.body) == (texts["title"], texts["body"])


def _changed_page(request, error, form):
    """Both texts: what was typed here stays in the form, what stands there beside it. Saving again takes this one."""
    data = form.data.copy()
    data["revision"] = error.work.revision
    mine = WorkForm(data, rule=rule_of(error.work))
    return _page(request, error.work, mine, status=409, theirs=error.work)


def _page(request, work, form=None, status=200, theirs=None, saved=""):
    rule = rule_of(work)
    if form is None:
        names = ("revision", "title", "body", "may_publish", "named")
        form = WorkForm(initial={name: getattr(work, name) for name in names}, rule=rule)
    title, body = form["title"].value() or "", form["body"].value() or ""
    facts = shown_facts(work, request.user)
    context = {
        "work": work, "rule": rule, "form": form, "theirs": theirs, "saved": saved,
        "is_own": nominee(work).pk == request.user.pk,
        "paper": paper(work, rule, facts, title, body),
        "steps": steps(work),
        "record": _record(work),
        "named": list(hints(work, f"{title}\n{body}").items()),
        "confirms": needs_confirmation(work),
        **_until(work),
        **form_urls(work),
    }  # fmt: skip
    return render(request, "works/edit.html", context, status=status)


def _record(work):
    """What the author wrote of the visit, to look at while writing."""
    if work.visit is None:
        return []
    asked = work.programme.rules.record.fields
    return [(one.label, getattr(work.visit, one.code)) for one in asked if getattr(work.visit, one.code)]


def _until(work):
    """Until when the school can file it; handing it to the school has no end."""
    asked = window(work.programme, work.school_id, work.kind)
    return {"last_day": last_day_before(asked.until) if asked.until else None, "is_over": not asked.is_open()}


def _conflict(request, error, work):
    back = reverse("works:detail", args=[work.pk])
    return render(request, "409.html", {"message": str(error), "back": back}, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def change_visit(request, pk):
    """换一条记录: while the text is still the author's."""
    work = _mine(request, pk)
    if work.state not in EDITABLE_STATES:
        return _conflict(request, "已经提交了，不能再换。要换就先撤回。", work)
    rule, programme = rule_of(work), work.programme
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        visit = my_visits(request.user, programme).filter(pk=form.cleaned_data["visit"] or 0).first()
        try:
            save_work(work, by=request.user, revision=work.revision, visit=visit)
        except ValidationError as error:
            form.add_error("visit", error.message_dict["visit"])
        except WrongState as error:
            return _conflict(request, error, work)
        else:
            return redirect("works:edit", work.pk)
    context = {
        "work": work, "programme": programme, "rule": rule, "form": form, "is_open": True,
        **visit_choice(request, programme, rule),
    }  # fmt: skip
    return render(request, "works/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def my_facts(request):
    """更正: what 附件1 says of the person, wherever it is printed from now on."""
    authorize(request.user, "works.write")
    number = request.POST.get("work") or request.GET.get("work", "")
    back = reverse("works:mine")
    if number.isdecimal() and len(number) < 19:
        mine = Work.objects.visible_to(request.user).filter(pk=int(number), author=request.user, state__in=EDITABLE_STATES)
        back = reverse("works:edit", args=[int(number)]) if mine.exists() else back
    form = FactsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        correct_facts(request.user, **form.cleaned_data)
        messages.success(request, "更正好了。")
        return redirect(back)
    context = {"form": form, "back": back, "number": number}
    return render(request, "works/my_facts.html", context, status=422 if form.errors else 200)
