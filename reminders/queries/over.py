"""A notice whose days are all past and which nobody has closed: its families are told of no longer, and the district is
told that it may be closed."""

from collections import defaultdict
from datetime import timedelta

from django.urls import reverse

from core.clock import today
from reminders.enums import LineKind
from reminders.queries.line import Line


def last_day(programme):
    """Of visiting and of all deadlines; a notice that runs all year has the last of its year."""
    return max([programme.ends_on, *(row.last_day for row in programme.deadlines.all())])


def is_over(programme):
    """So many days after the last one that whoever has not been visited by now is not a matter of every day."""
    return today() > last_day(programme) + timedelta(days=programme.rules.reminders.families_after_days)


def notices(people):
    """{officer: [Line]}: close it. No query."""
    lines = defaultdict(list)
    for programme in people.programmes.values():
        if is_over(programme):
            url = reverse("admin:programmes_programme_changelist")
            text = f"{programme}的期限都过了，不再提醒还没走访的；做完了就在后台结束这个活动"
            for person in people.officers.get(programme.authority_id, ()):
                lines[person].append(Line(LineKind.OVER, text, url, 1, programme=programme.pk))
    return lines
