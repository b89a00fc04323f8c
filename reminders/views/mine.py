"""提醒: what is due for me today, and how I am told."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access import allowed, authorize
from reminders.actions.profile import set_mail
from reminders.enums import LineKind
from reminders.forms import MailForm
from reminders.queries.hours import Hours, open_programmes
from reminders.queries.mail import last_mail_failed, mail_is_set_up
from reminders.queries.mine import my_lines

ICONS = {
    LineKind.APPOINTMENTS: "calendar-event", LineKind.RETURNED: "arrow-return-left", LineKind.UNWRITTEN: "pencil",
    LineKind.MISSING: "hourglass-split", LineKind.FAMILIES: "house-door", LineKind.FOLLOW_UPS: "arrow-repeat",
    LineKind.REVIEW: "check2-square", LineKind.JUDGING: "award", LineKind.CONFIRM: "person-check",
    LineKind.HINTS: "search", LineKind.OPINIONS: "chat-left-text", LineKind.CLASS_LEFT: "grid-3x3-gap",
    LineKind.OVER: "flag",
}  # fmt: skip
URGENT = (LineKind.APPOINTMENTS, LineKind.RETURNED, LineKind.UNWRITTEN, LineKind.MISSING)


@require_safe
def mine(request):
    authorize(request.user, "reminders.view")
    lines = my_lines(request.user)
    rows = [{"line": line, "icon": ICONS[line.kind], "urgent": line.kind in URGENT} for line in lines]
    return render(request, "reminders/mine.html", {"rows": rows, "may_robot": allowed(request.user, "reminders.run_robot")})


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request):
    authorize(request.user, "reminders.view")
    form = MailForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        set_mail(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, "提醒设置存好了")
        return redirect("reminders:mine")
    context = {
        "form": form, "bounced": last_mail_failed(request.user), "hours": Hours.of(open_programmes()),
        "mail_is_set_up": mail_is_set_up(), "may_robot": allowed(request.user, "reminders.run_robot"),
    }  # fmt: skip
    return render(request, "reminders/settings.html", context, status=422 if form.errors else 200)
