"""What leaves the program: digests by mail, a school's line in its group chat. Each is claimed before it is sent, so that
nothing leaves twice; what surely failed is tried again."""

import time
from contextlib import suppress
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q

from core.clock import now, today
from reminders.actions.robot import RobotRefused, RobotSilent, send_text
from reminders.enums import Channel, DeliveryState
from reminders.models import Delivery, RobotHook
from reminders.queries.hours import Hours, open_programmes
from reminders.queries.mail import mail_is_set_up, mail_text
from reminders.queries.school_text import school_texts
from schools.models import User

log = structlog.get_logger("homevisit.reminders")

MOST_TRIES = 3
AGAIN = timedelta(minutes=10)
AT_ONCE = 45  # seconds; the next tick goes on
CHUNK = 200
LONGEST = Delivery._meta.get_field("text").max_length


def prepare_mails(digests):
    """Deliveries of the digests of those who have an address and want mail. In the transaction of the digests."""
    if not mail_is_set_up():
        return
    persons = User.objects.filter(pk__in=[one.user_id for one in digests], wants_mail=True, is_active=True)
    wanting = set(persons.exclude(email="").values_list("pk", flat=True))
    Delivery.objects.bulk_create(
        Delivery(channel=Channel.MAIL, digest=one, on=today(), claimed_at=now()) for one in digests if one.user_id in wanting
    )


def prepare_robots(on):
    """What the schools' robots are to say today; a school without anything due says nothing."""
    hooks = list(RobotHook.objects.filter(is_active=True, school__is_active=True).select_related("school"))
    texts = school_texts([hook.school for hook in hooks], open_programmes())
    Delivery.objects.bulk_create(
        [
            Delivery(channel=Channel.ROBOT, hook=hook, on=on, text=texts[hook.school_id][:LONGEST], claimed_at=now())
            for hook in hooks
            if texts.get(hook.school_id)
        ],
        ignore_conflicts=True,
    )


class _NoAnswer(Exception):
    """The server took the mail and said nothing."""


def deliver(seconds=AT_ONCE):
    """Send what is ready, inside the open hours, for a while. Called every minute; two at once share the work."""
    hours = Hours.of(open_programmes())
    if not hours.are_open(now()):
        return 0
    until, sent = time.monotonic() + seconds, 0
    # Robots first: they are few, and a mail server that is slow to answer takes up whole turns.
    ready = list(_ready().order_by("-channel", "pk").values_list("pk", "attempts", "state")[:CHUNK])
    connection = None
    for pk, attempts, state in ready:
        if time.monotonic() > until or not hours.are_open(now()):
            break
        mine = Delivery.objects.filter(pk=pk, attempts=attempts, state=state)
        if not mine.update(state=DeliveryState.CLAIMED, attempts=F("attempts") + 1, claimed_at=now()):
            continue
        row = Delivery.objects.select_related("digest__user", "digest__message", "hook__school").get(pk=pk)
        if row.channel == Channel.MAIL and connection is None:
            connection = _connection()
        sent += _send(row, connection)
    if connection is not None:
        _hang_up(connection)
    return sent


def _connection():
    """Opened once for all mails of a turn; where the server does not answer, each mail finds that out for itself."""
    connection = get_connection()
    with suppress(OSError):
        connection.open()
    return connection


def _hang_up(connection):
    """A server that took enough mails, or broke off, takes the next one on a connection of its own."""
    with suppress(OSError):
        connection.close()


def _ready():
    """Never tried, or surely failed and not too often. One that was being sent when its worker died is neither."""
    fresh = Q(state=DeliveryState.CLAIMED, attempts=0)
    again = Q(state=DeliveryState.FAILED, attempts__lt=MOST_TRIES, claimed_at__lt=now() - AGAIN)
    return Delivery.objects.filter(fresh | again, on=today())


def _send(row, connection):
    try:
        gone = _mail(row, connection) if row.channel == Channel.MAIL else _robot(row)
    except (_NoAnswer, RobotSilent) as error:
        # It may have gone, so it stays claimed, like that of a worker that died: nobody is told twice.
        Delivery.objects.filter(pk=row.pk).update(error=str(error)[:200])
        log.warning("delivery_not_answered", delivery=row.pk, channel=row.channel)
        if row.channel == Channel.MAIL:
            _hang_up(connection)
        return 0
    except (OSError, ValueError, RobotRefused) as error:
        # smtplib's errors are OSErrors, an address that is none a ValueError; their words may hold it, so only ours stay.
        words = str(error) if isinstance(error, RobotRefused) else "邮件服务器没有收下"
        Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.FAILED, error=words[:200])
        log.warning("delivery_failed", delivery=row.pk, channel=row.channel, attempts=row.attempts)
        if row.channel == Channel.MAIL:
            _hang_up(connection)
        return 0
    if not gone:
        row.delete()
        return 0
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, sent_at=now(), error="")
    return 1


def _mail(row, connection):
    """False where it need not leave any more: read meanwhile, done meanwhile, no address."""
    digest, person = row.digest, row.digest.user
    seen = digest.message is None or digest.message.read_at is not None
    if seen or not person.email or not person.wants_mail or not person.is_active:
        return False
    subject, body = mail_text(digest)
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email], connection=connection)
    connection.open()  # where this fails, nothing has gone
    try:
        message.send()
    except TimeoutError as error:
        raise _NoAnswer("邮件服务器没有回答，不知道发到了没有") from error
    return True


def _robot(row):
    if not (row.hook.is_active and row.hook.school.is_active):
        return False
    send_text(row.hook, row.text)
    return True
