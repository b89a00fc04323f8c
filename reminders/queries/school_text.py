"""What a school's group is told, and what the office copies where there is no robot: the whole school in numbers."""

from collections import Counter, defaultdict

from django.db.models import Q
from django.urls import reverse

from core.clock import now, today
from core.formats import day
from programmes.enums import DeadlineKind
from reminders.queries.hours import every_occasion
from reminders.queries.mail import address
from reminders.queries.missing import classes_left, owing, when
from reminders.queries.over import is_over
from reports.queries.submissions import register
from visits.enums import VisitState
from visits.models import Visit
from visits.queries.appointments import LOOK_BACK, PASSED

HEAD = "家访提醒"  # 钉钉 may ask for a word that every text holds


def school_texts(schools, programmes):
    """{school id: text} of the schools with anything due. For each programme four queries, however many schools."""
    parts = defaultdict(list)
    occasion = every_occasion(today())
    several = {one for one, number in Counter(one.authority_id for one in programmes).items() if number > 1}
    for programme in programmes:
        places = [school.pk for school in schools if school.authority_id == programme.authority_id]
        if places and programme.starts_on <= today():
            own = defaultdict(list)
            _visiting(own, programme, places)
            _handing_in(own, programme, places, occasion.nearing(programme))
            head = f"{programme}：" if programme.authority_id in several else ""
            for school, said in own.items():
                parts[school] += [f"{head}{text}" for text in said]
    return {pk: _whole(found) for pk, found in parts.items()}


def _visiting(parts, programme, places):
    left = {} if is_over(programme) else classes_left(programme, places)
    unwritten = _unwritten(programme, places)
    until = next((row.last_day for row in programme.deadlines.all() if row.kind == DeadlineKind.COVERAGE), programme.ends_on)
    for school in places:
        if of := left.get(school):
            ahead = f"，{day(until)}截止" if until >= today() else "，做好补访"
            parts[school].append(f"还有{of.classes}个班{of.pupils}人没走访{of.apart}{ahead}")
        if unwritten[school]:
            parts[school].append(f"{unwritten[school]}次家访还没有写记录")


def _unwritten(programme, places):
    moment = now()
    over = Q(state=VisitState.DONE) | Q(state=VisitState.PLANNED, planned_at__lt=moment - PASSED)
    rows = Visit.objects.filter(over, programme=programme, school_id__in=places, planned_at__gte=moment - LOOK_BACK)
    return Counter(rows.values_list("school_id", flat=True))


def _handing_in(parts, programme, places, nearing):
    if not nearing:
        return
    papers = register(programme, school_ids=places)
    for one in nearing:
        for school in places:
            if owed := owing(programme, one, papers.get(school, {})):
                parts[school].append(f"{when(one)}截止，学校还没有报：{'、'.join(line.label for line in owed)}")


def _whole(found):
    lines = [f"{HEAD}（{day(today())}）", *(f"{number}. {text}。" for number, text in enumerate(found, 1))]
    url = address(reverse("home"))
    return "\n".join([*lines, f"打开：{url}"] if url else lines)
