"""What a visitor still has to do: go, write it down, set right what came back. Told in numbers, never by name."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from core.clock import local_date, now, today
from core.formats import clock, day
from programmes.config.days import midnight
from reminders.enums import LineKind
from reminders.queries.line import Line
from visits.enums import COUNTED_STATES, Answerer, VisitorRole, VisitState
from visits.models import Opinion, Visit, VisitStudent, VisitVisitor
from visits.queries.appointments import LOOK_BACK, PASSED
from visits.queries.ranking import FOLLOW_UP_DAYS

TELL_OPINIONS = timedelta(days=60)  # what was heard long ago and not answered in the record is no daily line


def appointments(people):
    """Today's that are still to come, and tomorrow's. One query."""
    return _appointments(people, now(), midnight(today() + timedelta(days=2)))


def day_after(people, on):
    """The evening before. One query."""
    since, until = (midnight(on + timedelta(days=days)) for days in (1, 2))
    return _appointments(people, max(since, now()), until)


def _appointments(people, since, until):
    rows = VisitVisitor.objects.filter(
        visit__school_id__in=people.schools, visit__programme_id__in=people.programmes, user_id__in=people.ids,
        visit__state=VisitState.PLANNED, visit__planned_at__gte=since, visit__planned_at__lt=until,
    )  # fmt: skip
    found = defaultdict(lambda: defaultdict(list))
    for person, visit, moment, school in rows.order_by("visit__planned_at", "visit_id").values_list(
        "user_id", "visit_id", "visit__planned_at", "visit__school_id"
    ):
        if people.works_at(person, school):
            found[person][local_date(moment)].append((moment, visit))
    return {
        person: [_appointment(on, calls, person in people.visiting) for on, calls in sorted(days.items())]
        for person, days in found.items()
    }


def _appointment(on, calls, has_list):
    """明天有2次约好的家访，最早18:30. has_list: the page of all of them, which a leader who goes along has not."""
    first, visit = calls[0]
    word = "今天" if on == today() else "明天"
    many = len(calls) > 1
    text = f"{word}有{len(calls)}次约好的家访，{'最早' if many else ''}{clock(first)}"
    url = reverse("visits:home") if many and has_list else reverse("visits:appointment", args=[visit])
    return Line(LineKind.APPOINTMENTS, text, url, len(calls), on.isoformat())


def unwritten(people):
    """Been there, or the time has passed, and the one who leads has written nothing. One query."""
    moment = now()
    over = Q(state=VisitState.DONE) | Q(state=VisitState.PLANNED, planned_at__lt=moment - PASSED)
    rows = Visit.objects.filter(
        over, lead_id__in=people.ids, school_id__in=people.schools, programme_id__in=people.programmes,
        planned_at__gte=moment - LOOK_BACK,
    )  # fmt: skip
    calls = _by_person(people, rows.order_by("planned_at", "pk").values_list("lead_id", "school_id", "planned_at", "pk"))

    def line(person, rows):
        since, pk = rows[0]
        many = len(rows) > 1
        text = f"{len(rows)}次家访还没有写记录，{'最早的一次' if many else ''}约在{day(since)}"
        listed = many and person in people.visiting
        url = reverse("visits:home") if listed else reverse("visits:log_planned", args=[pk])
        return Line(LineKind.UNWRITTEN, text, url, len(rows))

    return {person: [line(person, found)] for person, found in calls.items()}


def returned(people):
    """Records sent back to the one who wrote them. One query."""
    rows = Visit.objects.filter(
        lead_id__in=people.ids, school_id__in=people.schools, programme_id__in=people.programmes,
        state=VisitState.RECORDED, returned_at__isnull=False,
    )  # fmt: skip
    listed = reverse("visits:records") + "?state=returned"

    def line(programme, found):
        url = listed if len(found) > 1 else reverse("visits:detail", args=found[0])
        text = f"{len(found)}份家访记录退回来了，改好再交"
        return Line(LineKind.RETURNED, text, url, len(found), "record", programme)

    rows = rows.order_by("returned_at", "pk").values_list("lead_id", "school_id", "programme_id", "pk")
    return _by_notice(people, rows, line)


def confirm(people):
    """A colleague wrote that the person went along; the person has not said so. One query."""
    rows = VisitVisitor.objects.filter(
        user_id__in=people.ids, role=VisitorRole.OTHER, confirmed_at=None, denied_at=None,
        visit__state=VisitState.RECORDED, visit__school_id__in=people.schools,
    )  # fmt: skip
    calls = _by_person(people, rows.order_by("pk").values_list("user_id", "visit__school_id", "visit_id"))

    def line(person, found):
        listed = len(found) > 1 and person in people.visiting  # 今天 shows them all; the record asks a leader, too
        url = reverse("visits:home") if listed else reverse("visits:detail", args=found[0])
        return Line(LineKind.CONFIRM, f"同事记了{len(found)}次和你一起去的家访，等你确认", url, len(found))

    return {person: [line(person, found)] for person, found in calls.items()}


def opinions(people):
    """家长意见 the visitor promised to answer and the record does not say answered. One query."""
    since = today() - TELL_OPINIONS
    rows = Opinion.objects.filter(
        answerer=Answerer.ME, visit__lead_id__in=people.ids, visit__state__in=COUNTED_STATES,
        school_id__in=people.schools, visit__programme_id__in=people.programmes, visit__visited_on__gte=since,
    )  # fmt: skip

    def line(programme, found):
        visits = list(dict.fromkeys(found))
        one = len(visits) == 1
        url = reverse("visits:detail", args=visits[0]) if one else reverse("visits:records") + f"?state=answers&since={since}"
        text = f"{len(found)}条家长意见等你答复，答复后在记录里改成已答复"
        return Line(LineKind.OPINIONS, text, url, len(found), programme=programme)

    rows = rows.order_by("pk").values_list("visit__lead_id", "school_id", "visit__programme_id", "visit_id")
    return _by_notice(people, rows, line)


def follow_ups(people):
    """Recorded visits that asked for another one by now, and nobody has been there since. One query."""
    since = VisitStudent.objects.filter(
        Q(visited_on__gt=OuterRef("visited_on")) | Q(visit__follows=OuterRef("visit_id")),
        student_id=OuterRef("student_id"), visit__state__in=COUNTED_STATES,
    )  # fmt: skip
    rows = VisitStudent.objects.filter(
        ~Exists(since), visit__lead_id__in=people.ids, visit__school_id__in=people.schools,
        visit__programme_id__in=people.programmes, visit__state__in=COUNTED_STATES,
        visit__follow_up_on__gte=F("programme__starts_on"),
        visit__follow_up_on__lte=today() + timedelta(days=FOLLOW_UP_DAYS),
    )  # fmt: skip
    url = reverse("visits:mine") + "?state=again"

    def line(programme, found):
        return Line(LineKind.FOLLOW_UPS, f"你约的回访有{len(found)}家到日子了", url, len(found), programme=programme)

    rows = rows.values_list("visit__lead_id", "visit__school_id", "visit__programme_id", "visit_id").distinct()
    return _by_notice(people, rows, line)


def _by_person(people, rows):
    """{person: [what follows person and school]} where the school is still the person's."""
    found = defaultdict(list)
    for person, school, *rest in rows:
        if people.works_at(person, school):
            found[person].append(tuple(rest))
    return found


def _by_notice(people, rows, line):
    """{person: [line(programme id, what follows)]}: a list that opens for one notice is told for each."""
    found = defaultdict(lambda: defaultdict(list))
    for person, calls in _by_person(people, rows).items():
        for programme, *rest in calls:
            found[person][programme].append(tuple(rest))
    return {person: [line(*one) for one in sorted(own.items())] for person, own in found.items()}
