"""补报: the district gives one school more time for one paper, or takes it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access import authorize
from core.clock import now
from core.formats import instant
from programmes.models import LatePass
from programmes.queries.current import current_programme
from programmes.queries.window import windows
from schools.models import School
from works.actions.late import give_late_pass, label_of_paper, revoke_late_pass
from works.forms.school import LatePassForm

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def late_passes(request):
    authorize(request.user, "works.give_late_pass")
    programme = current_programme(request)
    if programme is None:
        return render(request, "works/late.html", {"programme": None})
    papers = [(place.code, place) for place in windows(programme, None).values() if place.deadline]
    schools = School.objects.visible_to(request.user).filter(authority_id=programme.authority_id, is_active=True)
    choices = [(code, f"{place.label}（原来到{instant(place.deadline)}）") for code, place in papers]
    sent = request.POST if request.method == "POST" else None
    form = LatePassForm(sent, schools=schools.order_by("name"), papers=choices)
    if sent is not None and form.is_valid():
        try:
            given = give_late_pass(programme, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.show_errors(error)
        else:
            messages.success(request, f"给{given.school}开通了补报，学校会收到通知。")
            return redirect("works:late_passes")
    return _page(request, programme, form, choices, status=422 if form.errors else 200)


def _page(request, programme, form, papers, status):
    rows = LatePass.objects.visible_to(request.user).filter(programme=programme).select_related("school", "given_by")
    page = Paginator(rows.order_by("revoked_at", "-id"), PAGE).get_page(request.GET.get("page"))
    context = {
        "programme": programme, "form": form, "papers": papers, "page": page,
        "rows": [_row(row, programme) for row in page],
    }  # fmt: skip
    return render(request, "works/late.html", context, status=status)


def _row(row, programme):
    line = {"row": row, "label": label_of_paper(programme, row.submission), "until": instant(row.until), "open": True}
    if row.revoked_at:
        return line | {"open": False, "tag": "mute", "text": "已收回"}
    if row.until <= now():
        return line | {"tag": "mute", "text": "过期了"}
    return line | {"tag": "done", "text": "开通中"}


@require_POST
def late_revoke(request, pk):
    rows = LatePass.objects.visible_to(request.user).select_related("school")
    late_pass = get_object_or_404(rows, pk=pk)
    authorize(request.user, "works.give_late_pass", late_pass.school)
    revoke_late_pass(late_pass, by=request.user)
    messages.success(request, f"收回了{late_pass.school}的补报。")
    return redirect("works:late_passes")
