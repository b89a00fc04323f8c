"""The last line a school's robot was asked to try."""

from core.models import Job

TRIAL = "reminders.tasks.try_robot"


def last_trial(hook):
    """Whoever of the office asked for it: the hook has been asked of visible_to. None before the first one, and after
    the robot has been set anew."""
    rows = Job.objects.filter(kind=TRIAL, school_id=hook.school_id, args__hook=hook.pk, created_at__gte=hook.set_at)
    return rows.order_by("-pk").first()
