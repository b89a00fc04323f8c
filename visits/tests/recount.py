"""Coverage told in plain Python from visits and enrolments: the independent answer the register must equal.

Shares no code and no SQL with visits.queries.facts.
"""

from students.models import CategoryMark, Enrolment
from visits.models import ClassCount, Due, Visit

COUNTING = {"recorded", "locked"}


def enrolled_on(programme, day):
    """{student id: (school id, class id)} of the authority's pupils that day; the latest row wins."""
    places = {}
    for row in Enrolment.objects.filter(authority=programme.authority_id).order_by("pk"):
        if row.starts_on <= day and (row.ends_on is None or day <= row.ends_on):
            places[row.student_id] = (row.school_id, row.school_class_id)
    return places


def days_visited(programme):
    """{student id: [days]} of visits that count."""
    days = {}
    for visit in Visit.objects.filter(programme=programme).prefetch_related("visit_students"):
        if visit.state not in COUNTING:
            continue
        inside = programme.starts_on <= visit.visited_on <= programme.ends_on
        if visit.mode in programme.rules.counted_modes and inside:
            for row in visit.visit_students.all():
                days.setdefault(row.student_id, []).append(visit.visited_on)
    return days


def recount(programme, day, exempt=(), declined=()):
    """{(class id, dimension): [due, visited, declined]} without zero rows."""
    days, counts = days_visited(programme), {}
    for student_id, (_, class_id) in enrolled_on(programme, day).items():
        if student_id in exempt:
            continue
        dimensions = {0}
        for mark in CategoryMark.objects.filter(student_id=student_id, confirmed_by__isnull=False):
            if mark.starts_on <= day and (mark.ends_on is None or day <= mark.ends_on):
                uses = programme.categories.filter(category=mark.category_id)
                dimensions |= {use.position + 1 for use in uses}
        visited = student_id in days
        for dimension in dimensions:
            row = counts.setdefault((class_id, dimension), [0, 0, 0])
            row[0] += 1
            row[1] += visited
            row[2] += not visited and student_id in declined
    return counts


def register(programme):
    """What the counters say, in the same shape."""
    return {
        (c.school_class_id, c.dimension): [c.due, c.visited, c.declined]
        for c in ClassCount.objects.filter(programme=programme)
        if c.due or c.visited or c.declined
    }


def register_days(programme):
    """{student id: (visits, first, last)} of rows with visits."""
    return {d.student_id: (d.visits, d.first_on, d.last_on) for d in Due.objects.filter(programme=programme, visits__gt=0)}


def recount_days(programme):
    return {pk: (len(days), min(days), max(days)) for pk, days in days_visited(programme).items()}


