"""真实性提醒: who is asked to say what it is, and who is asked to look into it. Numbers only, to nobody else."""

from collections import defaultdict

from django.db.models import Q
from django.urls import reverse

from core.clock import now
from honesty.enums import HintState
from honesty.models import Hint
from reminders.enums import LineKind
from reminders.queries.line import Line


def hints(people):
    """Told to the teacher until it is answered, to the school's leader from leader_from on and never of the leader's
    own records (nobody concludes on those). One query."""
    moment = now()
    to_say = Q(teacher_id__in=people.ids, state=HintState.TOLD)
    to_look_into = Q(school_id__in=people.leaders.keys(), leader_from__lte=moment)
    rows = Hint.objects.open().filter(
        to_say | to_look_into, school_id__in=people.schools, programme_id__in=people.programmes
    )
    own, asked = defaultdict(list), defaultdict(list)
    for pk, programme, school, teacher, state, leader_from in rows.order_by("found_at", "pk").values_list(
        "pk", "programme_id", "school_id", "teacher_id", "state", "leader_from"
    ):
        if state == HintState.TOLD and people.works_at(teacher, school):
            own[teacher, programme].append(pk)
        if leader_from <= moment:
            for leader in people.leaders.get(school, set()) - {teacher}:
                asked[leader, programme, school].append(pk)
    lines = defaultdict(list)
    for (teacher, programme), pks in sorted(own.items()):
        lines[teacher].append(_to_say(pks, programme))
    for (leader, programme, school), pks in sorted(asked.items()):
        lines[leader].append(_to_look_into(pks, programme, school))
    return lines


def _to_say(pks, programme):
    text = f"{len(pks)}条真实性提醒等你说明"
    return Line(LineKind.HINTS, text, _page(pks, reverse("honesty:mine")), len(pks), "mine", programme)


def _to_look_into(pks, programme, school):
    url = _page(pks, f"{reverse('honesty:school')}?school={school}")
    return Line(LineKind.HINTS, f"{len(pks)}条真实性提醒等你核实", url, len(pks), f"school {school}", programme, school)


def _page(pks, listed):
    return listed if len(pks) > 1 else reverse("honesty:hint", args=pks)
