"""今天: where my list stands and which family to see first."""

from django.db.models import prefetch_related_objects
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access import authorize
from core.clock import now, today
from core.formats import day
from programmes.enums import ProgrammeState
from programmes.queries.current import current_programme
from visits.queries.pace import pace
from visits.queries.ranking import my_list
from visits.queries.records import my_recent
from visits.queries.trend import coverage_day

FIRST_FEW = 5
WEEKDAYS = "一二三四五六日"
GREETINGS = ((5, "晚上好"), (11, "早上好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))
TWO_CHARACTER_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "端木")
SHOWN = {"": "全部", "waiting": "待访", "visited": "已访", "priority": "优先待访"}


@require_safe
def home(request):
    authorize(request.user, "visits.log")
    programme = current_programme(request)
    context = {"greeting": greeting(request.user), "date": f"{day(today())} 周{WEEKDAYS[today().weekday()]}"}
    if programme is None:
        return render(request, "visits/home.html", context)
    prefetch_related_objects([programme], "deadlines")
    mine = my_list(request.user, programme)
    last_day = coverage_day(programme)
    context |= {
        "programme": programme,
        "is_open": programme.state == ProgrammeState.OPEN,
        "mine": mine,
        "done": len(mine.due) - len(mine.waiting),
        "first_few": mine.waiting[:FIRST_FEW],
        "last_day": last_day,
        "days_left": (last_day - today()).days,
        "pace": pace(mine, programme, last_day),
        "recent": my_recent(request.user, programme),
    }
    return render(request, "visits/home.html", context)


@require_safe
def mine(request):
    """The whole list behind the figures of the home page."""
    authorize(request.user, "visits.log")
    programme = current_programme(request)
    if programme is None:
        return render(request, "visits/mine.html", {})
    found = my_list(request.user, programme)
    groups = {
        "": found.families,
        "waiting": found.waiting,
        "visited": found.visited,
        "priority": found.priority_waiting,
    }
    state = request.GET.get("state", "")
    state = state if state in groups else ""
    chips = [
        {
            "label": label,
            "url": reverse("visits:mine") + (f"?state={name}" if name else ""),
            "count": len(groups[name]),
            "current": name == state,
            "rank": 1 if name == "priority" else 0,
        }
        for name, label in SHOWN.items()
    ]
    context = {"programme": programme, "is_open": programme.state == ProgrammeState.OPEN, "chips": chips, "state": state}
    return render(request, "visits/mine.html", context | {"families": groups[state], "any": bool(found.families)})


def greeting(user):
    """下午好，陈老师"""
    hour = timezone.localtime(now()).hour
    words = next(words for until, words in GREETINGS if hour < until)
    surname = user.name[:2] if user.name.startswith(TWO_CHARACTER_SURNAMES) else user.name[:1]
    return f"{words}，{surname}老师"
