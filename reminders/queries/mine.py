"""What is due for one person, as it stands now."""

from core.clock import today
from reminders.queries.hours import every_occasion, open_programmes
from reminders.queries.lines import due_lines
from reminders.queries.people import people


def my_lines(user):
    programmes = open_programmes()
    return due_lines(people([user.pk], programmes), every_occasion(today())).get(user.pk, [])
