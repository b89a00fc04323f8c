"""群机器人 of a school, and the text to copy for those without one."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import authorize
from core.clock import now, today
from core.formats import day
from reminders.actions.robot import remove_robot, set_robot, try_robot
from reminders.enums import DeliveryState
from reminders.forms import RobotForm
from reminders.models import Delivery, RobotHook
from reminders.queries.hours import open_programmes
from reminders.queries.school_text import HEAD, school_texts
from reminders.queries.trial import last_trial
from schools.models import School

SHOWN = 14
BROKEN_OFF = timedelta(minutes=10)  # being sent for so long: the worker died, and nobody knows whether it went


@require_http_methods(["GET", "HEAD", "POST"])
def robot(request):
    authorize(request.user, "reminders.run_robot")
    school = chosen_school(request)
    hook = RobotHook.objects.visible_to(request.user).filter(school=school).first()
    form = RobotForm(request.POST if request.method == "POST" else None, hook=hook)
    if request.method == "POST" and form.is_valid():
        set_robot(school, by=request.user, **form.facts())
        messages.success(request, "机器人设置好了，试发一条看看")
        return redirect(_address(school))
    text = school_texts([school], open_programmes()).get(school.pk) or f"{HEAD}（{day(today())}）\n今天没有要做的，大家辛苦了。"
    context = {
        "school": school, "schools": _schools(request.user), "hook": hook, "form": form, "text": text,
        "trial": last_trial(hook) if hook else None,
        "sent": [_row(row) for row in _sent(request.user, hook)] if hook else [],
    }  # fmt: skip
    return render(request, "reminders/robot.html", context, status=422 if form.errors else 200)


@require_POST
def robot_try(request, pk):
    hook = _hook(request, pk)
    try_robot(hook, by=request.user)
    return redirect(f"{_address(hook.school)}#trial")


@require_safe
def robot_trial(request, pk):
    """How the trial stands, alone, for htmx."""
    hook = _hook(request, pk)
    return render(request, "reminders/_trial.html", {"hook": hook, "trial": last_trial(hook)})


@require_POST
def robot_remove(request, pk):
    hook = _hook(request, pk)
    school = hook.school
    remove_robot(hook, by=request.user)
    messages.success(request, "机器人去掉了，群里不再发提醒")
    return redirect(_address(school))


def _hook(request, pk):
    hook = get_object_or_404(RobotHook.objects.visible_to(request.user).select_related("school"), pk=pk)
    authorize(request.user, "reminders.run_robot", hook.school)
    return hook


def _schools(user):
    return list(School.objects.visible_to(user).filter(pk__in=user.reach.whole_schools).order_by("code"))


def chosen_school(request):
    """The one in the address, where it is the user's; without one the first the user runs."""
    schools = _schools(request.user)
    asked = request.GET.get("school", "")
    found = next((one for one in schools if not asked or str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _address(school):
    return f"{reverse('reminders:robot')}?school={school.pk}"


def _sent(user, hook):
    return Delivery.objects.visible_to(user).filter(hook=hook).order_by("-on")[:SHOWN]


def _row(row):
    lost = row.state == DeliveryState.CLAIMED and row.attempts and row.claimed_at < now() - BROKEN_OFF
    words = "不知道到没到" if lost else row.get_state_display()
    if row.state == DeliveryState.CLAIMED and not row.attempts:
        words = "等着发"
    tag = "done" if row.state == DeliveryState.SENT else "late" if lost or row.state == DeliveryState.FAILED else "todo"
    why = row.error or ("发到一半断了，到群里看看。" if lost else "")
    return {"row": row, "words": words, "tag": tag, "why": "" if row.state == DeliveryState.SENT else why}
