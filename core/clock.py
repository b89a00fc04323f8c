"""The one source of time. A test freezes it with settings.HOMEVISIT_CLOCK, also in worker processes."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Aware instant. "X日前" ends at 24:00 Asia/Shanghai, so deadlines compare against this."""
    frozen = settings.HOMEVISIT_CLOCK
    if frozen:
        return datetime.fromisoformat(frozen)
    return timezone.now()


def local_date(instant: datetime) -> date:
    """The day in Asia/Shanghai that an instant falls on."""
    return timezone.localtime(instant, timezone.get_default_timezone()).date()


def today() -> date:
    return local_date(now())
