"""今天: where my list stands and which family to see first."""

from django.db.models import prefetch_related_objects
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access import authorize
from core.clock import local_date, now, today
from core.formats import day
from programmes.enums import Mode, ProgrammeState
from programmes.queries.current import current_programme
from programmes.queries.workdays import left_words, workdays_left
from students.queries.pupil import mask_address
from visits.actions.checks import mode_label
from visits.forms.appointment import WHO
from visits.queries.appointments import WEEKDAYS, card, left, my_appointments, names, pupil_of, to_confirm
from visits.queries.draft import my_drafts
from visits.queries.forecast import coverage_day
from visits.queries.pace import pace
from visits.queries.ranking import my_list
from visits.queries.records import my_recent

FIRST_FEW = 5
GREETINGS = ((5, "晚上好"), (11, "早上好"), (13, "中午好"), (18, "下午好"), (24, "晚上好"))
TWO_CHARACTER_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "端木")
ASKED_AT_ONCE = 3  # visits to confirm that stand open; the rest is folded
SHOWN = {
    "": "全部", "waiting": "待访", "next": "等我约", "planned": "已约", "visited": "已访", "priority": "优先待访",
    "again": "该回访", "others": "其他老师去的",
}  # fmt: skip
ALWAYS = ("", "waiting", "planned", "visited", "priority")  # chips that stand even at 0
ASKED_FOR = ("next",)  # what a reminder opens, beside the others only while one looks at it


@require_safe
def home(request):
    authorize(request.user, "visits.log")
    programme = current_programme(request)
    context = {"greeting": greeting(request.user), "date": f"{day(today())} 周{WEEKDAYS[today().weekday()]}"}
    appointments = my_appointments(request.user)
    confirm = [(row, card(row.visit, request.user)) for row in to_confirm(request.user)]
    context |= {
        "next": _hero(appointments.next),
        "later": [card(visit, request.user) for visit in appointments.later],
        "unrecorded": [card(visit, request.user) for visit in appointments.open],
        "confirm": confirm[:ASKED_AT_ONCE],
        "confirm_rest": confirm[ASKED_AT_ONCE:],
        "drafts": my_drafts(request.user),
    }
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
        "first_few": mine.next[:FIRST_FEW],
        "last_day": last_day,
        "days_left": (days_left := (last_day - today()).days),
        "workdays": left_words(days_left, workdays_left(programme, last_day)),
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
        "waiting": found.open,
        "next": found.to_ask,
        "planned": found.planned,
        "visited": found.visited,
        "priority": found.priority_waiting,
        "again": found.to_return_to,
        "others": found.elsewhere,
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
        if name in ALWAYS or name == state or groups[name] and name not in ASKED_FOR
    ]
    context = {"programme": programme, "is_open": programme.state == ProgrammeState.OPEN, "chips": chips, "state": state}
    return render(request, "visits/mine.html", context | {"families": groups[state], "any": bool(found.families)})


def _hero(visit):
    """The next appointment as the home page draws it: where, by the street only."""
    if visit is None:
        return None
    place = visit.plan_place
    if visit.mode == Mode.IN_PERSON:
        place = mask_address(pupil_of(visit).address)
    return {
        "visit": visit,
        "pupil": pupil_of(visit),
        "names": names(visit),
        "is_today": local_date(visit.planned_at) == today(),
        "left": left(visit.planned_at),
        "confirmed": dict(WHO).get(visit.confirmed_with, ""),
        "place": place or mode_label(visit.programme, visit.mode),
    }


def greeting(user):
    """下午好，陈老师"""
    hour = timezone.localtime(now()).hour
    words = next(words for until, words in GREETINGS if hour < until)
    surname = user.name[:2] if user.name.startswith(TWO_CHARACTER_SURNAMES) else user.name[:1]
    return f"{words}，{surname}老师"
