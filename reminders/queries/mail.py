"""A digest as a mail: what stands in the inbox, and a link for each line."""

from django.conf import settings
from django.urls import reverse

from core.clock import local_date
from core.formats import day
from reminders.enums import Channel, DeliveryState, Slot
from reminders.models import Delivery


def mail_is_set_up():
    """False: the default backend only prints to the console, so nobody is told that a mail was sent."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def last_mail_failed(user):
    """The latest mail to this person when it did not go out, else None."""
    rows = Delivery.objects.visible_to(user).filter(channel=Channel.MAIL, digest__user=user)
    last = rows.order_by("-on", "-pk").first()
    return last if last is not None and last.state == DeliveryState.FAILED else None


def address(path):
    """A link that can be opened from outside; "" where the installation does not know its own address."""
    return settings.SITE_URL.rstrip("/") + path if settings.SITE_URL else ""


def mail_text(digest):
    """(subject, body) of plain text."""
    lines = digest.lines
    head = f"{day(digest.on)}，{len(lines)}件事要做"
    if digest.slot == Slot.EVENING:
        head = "明天的家访" if local_date(digest.created_at) == digest.on else "今天的家访"
    parts = [f"{number}. {_words(line)}{_link(line['url'])}" for number, line in enumerate(lines, 1)]
    foot = f"做完的事不会再提醒。不想收邮件，在“提醒设置”里关掉。{_link(reverse('reminders:settings'))}"
    return f"家访提醒：{head}", "\n\n".join([*parts, foot]) + "\n"


def _words(line):
    of = line.get("of", "")
    return f"{of}：{line['text']}" if of else line["text"]


def _link(path):
    url = address(path)
    return f"\n   {url}" if url else ""
