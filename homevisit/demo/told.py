"""Today's reminders of the demonstration's accounts, by the program's own acts, whatever the hour it is built at; and one
school's robot, switched off so that nothing leaves."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from core.clock import local_date, now, today
from homevisit.demo.logins import accounts
from reminders.actions.round import claim, tell_batch
from reminders.enums import Channel, DeliveryState, Platform, RunKind
from reminders.models import Delivery, RobotHook
from reminders.queries.hours import occasion_of, open_programmes
from reminders.queries.people import people
from schools.calendar import workdays_between
from schools.enums import Role
from schools.models import Post, User

ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=example"
SAID = "家访进度：今天还有12家没有约时间，打开系统看自己的名单。"
REFUSED = "机器人地址不对，或者机器人被移出了群。"
MORNING = time(8, 31)  # when the round goes out


@transaction.atomic
def tell():
    """Once a day; the round counts as held, so that the beat tells nobody a second time today."""
    run = claim(RunKind.DAY, today())
    if run is None:
        return
    names = {username for *_, username in accounts()}
    programmes = open_programmes()
    ids = list(User.objects.filter(username__in=names).order_by("pk").values_list("pk", flat=True))
    tell_batch(run, people(ids, programmes), occasion_of(today()))
    run.finished_at = now()
    run.save(update_fields=["finished_at"])


def robot(school):
    """A robot that has spoken once and was refused once."""
    leader = Post.objects.active().filter(school=school, role=Role.SCHOOL_LEADER).order_by("pk").first()
    hook, created = RobotHook.objects.get_or_create(
        school=school, defaults={"platform": Platform.WECOM, "address": ADDRESS, "is_active": False, "set_by": leader.user}
    )
    if not created:
        return
    refused, sent = _mornings(2)
    for at, state, error in ((sent, DeliveryState.SENT, ""), (refused, DeliveryState.FAILED, REFUSED)):
        Delivery.objects.create(
            channel=Channel.ROBOT, hook=hook, on=local_date(at), text=SAID, state=state, error=error, claimed_at=at, attempts=1,
            sent_at=None if error else at,
        )  # fmt: skip


def _mornings(number):
    """The last workday mornings before today, newest first."""
    days = workdays_between(today() - timedelta(days=30), today() - timedelta(days=1))
    return [timezone.make_aware(datetime.combine(day, MORNING)) for day in reversed(days[-number:])]
