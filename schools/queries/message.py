from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.clock import now
from schools.models import Message

MOST = 99  # the bell says no more than “99+”


def inbox(user):
    """This person's notices that have arrived, newest first."""
    return Message.objects.visible_to(user).arrived()


def unread_count():
    """How many unread notices a User row has, to annotate it with: the bell costs no query of its own."""
    rows = Message.objects.filter(user_id=OuterRef("pk"), read_at__isnull=True, leaves_at__lte=now())
    count = rows.order_by().values("user_id").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count), 0)


def bell(user):
    """"" without unread notices, else "3" or "99+"."""
    count = getattr(user, "unread_messages", 0)
    return "" if not count else f"{MOST}+" if count > MOST else str(count)
