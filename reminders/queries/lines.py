"""Everything that is due for a batch of people, line by line. Computed when it is told and again when it is read, so a
thing that is done is never told of."""

from collections import defaultdict

from reminders.queries import desk, families, hints, looking, missing, over, visiting, writing
from reminders.queries.line import ordered, placed

AT_SCHOOL = (
    visiting.appointments, visiting.unwritten, visiting.returned, visiting.confirm, visiting.opinions,
    visiting.follow_ups, looking.records, hints.hints, writing.works_returned, writing.works_at_school, writing.filings,
    writing.statements,
)  # fmt: skip
ANYWHERE = (writing.sheets, desk.waiting)


def due_lines(people, occasion):
    """{person: [Line]}, the most urgent first; whoever has nothing to do is not in it. A fixed number of queries,
    however many people: about thirty, and a few more for each notice with a deadline ahead."""
    found = defaultdict(list)
    sources = (*AT_SCHOOL, *ANYWHERE) if people.schools else ANYWHERE
    parts = [source(people) for source in sources]
    waiting = families.waiting(people)
    parts.append(families.families(people, waiting))
    if occasion.weekly:
        parts += [families.class_left(people, waiting), over.notices(people)]
    parts += [missing.schools(people, occasion), missing.districts(people, occasion)]
    for part in parts:
        for person, lines in part.items():
            if person in people.ids:
                found[person] += lines
    return {person: [placed(line, people, person) for line in ordered(lines)] for person, lines in found.items()}


def evening_lines(people, on):
    """{person: [Line]} of the next day's appointments, as far as they are still to come."""
    return visiting.day_after(people, on)
