"""What waits at the district's desk: filed works, plans and reports, for officers and for reviewers."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.urls import reverse

from reminders.enums import LineKind
from reminders.queries.line import Line
from reports.enums import FilingState
from reports.models import ReviewDuty, SchoolPlan, SchoolReport
from works.enums import WorkState
from works.models import Work

FILED = ((Work, WorkState.FILED), (SchoolPlan, FilingState.FILED), (SchoolReport, FilingState.FILED))


def waiting(people):
    """Whoever has schools of the own to read is told of those, everybody else at the desk of all that nobody was given.
    Four queries."""
    if not people.authorities:
        return {}
    counts = Counter()
    for model, state in FILED:
        rows = model.objects.filter(state=state, authority_id__in=people.authorities, programme_id__in=people.programmes)
        rows = rows.order_by().values("authority_id", "programme_id", "school_id").annotate(count=Count("pk"))
        for authority, programme, school, count in rows.values_list("authority_id", "programme_id", "school_id", "count"):
            counts[authority, programme, school] += count
    duties = ReviewDuty.objects.filter(ended_at__isnull=True, programme_id__in=people.programmes)
    given = duties.values_list("programme_id", "school_id", "reviewer_id")
    readers = {(programme, school): person for programme, school, person in given}
    found = defaultdict(Counter)
    for (authority, programme, school), count in counts.items():
        for person in people.officers.get(authority, set()) | people.reviewers.get(authority, set()):
            if not people.works_at(person, school):  # nobody decides on the own school (P5)
                found[person]["mine" if readers.get((programme, school)) == person else "all"] += count
    has_duty = set(readers.values())
    return {person: lines for person, own in found.items() if (lines := _lines(own, person in has_duty))}


def _lines(own, has_duty):
    """With duties only the own schools'; without, everything."""
    count = own["mine"] if has_duty else own["mine"] + own["all"]
    if not count:
        return []
    words = "份你负责的学校报的材料等你审" if has_duty else "份学校报的材料等你审"
    url = reverse("desk:review") + ("?mine=1" if has_duty else "")
    return [Line(LineKind.REVIEW, f"{count}{words}", url, count, "desk")]
