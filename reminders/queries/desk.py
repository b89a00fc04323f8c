"""What waits at the district's desk: filed works, plans and reports, for officers and for reviewers."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.urls import reverse

from reminders.enums import LineKind
from reminders.queries.line import Line
from reports.enums import FilingState
from reports.models import ReviewDuty, SchoolPlan, SchoolReport
from schools.enums import Role
from schools.models import Post
from works.enums import WorkState
from works.models import Work

FILED = ((Work, WorkState.FILED), (SchoolPlan, FilingState.FILED), (SchoolReport, FilingState.FILED))


def waiting(people):
    """Whoever has schools of the own to read is told of those and of what nobody was given, everybody else of all.
    Four queries."""
    if not people.authorities:
        return {}
    counts = Counter()
    for model, state in FILED:
        rows = model.objects.filter(state=state, authority_id__in=people.authorities, programme_id__in=people.programmes)
        rows = rows.order_by().values("authority_id", "programme_id", "school_id").annotate(count=Count("pk"))
        for authority, programme, school, count in rows.values_list("authority_id", "programme_id", "school_id", "count"):
            counts[authority, programme, school] += count
    at_desk = Post.objects.active().filter(role__in=[Role.REVIEWER, Role.DISTRICT_ADMIN]).values("user_id")
    duties = ReviewDuty.objects.filter(ended_at__isnull=True, programme_id__in=people.programmes, reviewer__in=at_desk)
    given = duties.values_list("programme_id", "school_id", "reviewer_id")
    readers = {(programme, school): person for programme, school, person in given}
    found = defaultdict(lambda: defaultdict(Counter))
    for (authority, programme, school), count in counts.items():
        for person in people.officers.get(authority, set()) | people.reviewers.get(authority, set()):
            if not people.works_at(person, school):  # nobody decides on the own school (P5)
                reader = readers.get((programme, school))
                found[person][programme]["free" if reader is None else "mine" if reader == person else "others"] += count
    has_duty = {(programme, person) for (programme, _), person in readers.items()}
    lines = defaultdict(list)
    for person, notices in found.items():
        for programme, own in sorted(notices.items()):
            lines[person] += _lines(programme, own, (programme, person) in has_duty)
    return lines


def _lines(programme, own, has_duty):
    """With duties the own schools' and those nobody was given; without, everything."""
    url = reverse("desk:review")
    if not has_duty:
        told = [(own.total(), "份学校报的材料等你审", url)]
    else:
        told = [(own["mine"], "份你负责的学校报的材料等你审", f"{url}?mine=1"), (own["free"], "份没有指定审核人的材料等审", url)]
    return [
        Line(LineKind.REVIEW, f"{count}{words}", to, count, "desk", programme) for count, words, to in told if count
    ]
