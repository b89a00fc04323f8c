"""汇编: start one for any deadline, follow its schools, try the missing ones again, correct, lock, mail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from core.audit import record
from core.sheets import clean
from core.states import WrongState
from programmes.models import Programme
from reports.actions.compile import CannotCompile, correct_compilation, start_compilation
from reports.actions.compile.mail import mail_again
from reports.queries.compilations import GROUPS, compilations_for, part_counts, parts_of
from reports.views.files import package_page
from reports.views.jobs import posted

PAGE = 50
TABS = {"": "全部", "open": "还在做", "done": "已完成", "missing": "没有汇编成"}


def _package(request, pk):
    """The package, for whoever may run it; out of scope is like missing."""
    compilation = get_object_or_404(compilations_for(request.user), pk=pk)
    authorize(request.user, "reports.compile", compilation)
    return compilation


def _plain(request, name):
    """What was typed, without the characters that neither PostgreSQL nor a sheet can hold."""
    return clean(request.POST.get(name, ""))


@require_POST
def start(request):
    """A package of one deadline: the deadline's own, or of the present moment."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user), code=_plain(request, "programme"))
    authorize(request.user, "reports.compile", programme)
    present, locked = request.POST.get("at") == "now", bool(request.POST.get("locked"))
    try:
        compilation = start_compilation(
            programme, request.POST.get("kind", ""), by=request.user, present=present, locked=locked
        )
    except CannotCompile as error:
        messages.error(request, str(error))
        return redirect("reports:files")
    if locked and not compilation.password:
        messages.info(request, "这一刻的汇编已经有一份，没有加密。要加密的，先更正它，或者等它做完再汇编到现在。")
    return redirect("reports:snapshot", compilation.pk)


@require_safe
def schools(request, pk):
    """How far every school of the package is."""
    compilation = _package(request, pk)
    group = request.GET.get("state", "")
    group = group if group in GROUPS else ""
    counts = part_counts(compilation)
    context = {
        "compilation": compilation,
        "page": Paginator(parts_of(compilation, group=group), PAGE).get_page(request.GET.get("page")),
        "group": group,
        "tabs": [
            {"label": label, "count": counts[code], "url": f"?state={code}" if code else "?", "current": code == group}
            for code, label in TABS.items()
        ],
    }
    return render(request, "reports/package_schools.html", context)


@posted
def correct(request, pk):
    compilation = _package(request, pk)
    reason = _plain(request, "reason")
    if len(reason.strip()) > 200:
        return _wrong(request, compilation, reason, "更正的原因最多200字，写短一点。")
    try:
        correction = correct_compilation(compilation, by=request.user, reason=reason)
    except CannotCompile as error:
        return _wrong(request, compilation, reason, str(error))
    except WrongState as refused:
        return _refused(request, compilation, refused)
    return redirect("reports:snapshot", correction.pk)


def _wrong(request, compilation, reason, error):
    return package_page(request, compilation, status=422, reason=reason, reason_error=error)


def _refused(request, compilation, refused):
    context = {"message": str(refused), "back": reverse("reports:snapshot", args=[compilation.pk])}
    return render(request, "409.html", context, status=409)


@posted
def mail(request, pk):
    compilation = _package(request, pk)
    try:
        mail_again(compilation, by=request.user)
    except WrongState as refused:
        return _refused(request, compilation, refused)
    messages.success(request, "已经交给邮件服务器，发出以后这里会写明时间。")
    return redirect("reports:snapshot", compilation.pk)


@posted
def password(request, pk):
    """On the page that answers, nowhere else; who looked is written down."""
    compilation = _package(request, pk)
    if not compilation.password:
        raise Http404
    record(compilation, "compilation.password", by=request.user)
    return package_page(request, compilation, password=compilation.password)
