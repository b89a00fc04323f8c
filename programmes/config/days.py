"""Days and instants in Asia/Shanghai: "X日前" is through 24:00, which is 0:00 of the next day, exclusive."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def midnight(day):
    return datetime.combine(day, time.min, tzinfo=ZONE)


def midnight_after(day):
    return midnight(day + timedelta(days=1))


def last_day_before(instant):
    """The last day that is wholly or partly before the instant: 2022-09-30 for 2022-10-01T00:00+08:00."""
    return (instant.astimezone(ZONE) - timedelta(microseconds=1)).date()


def utc_words(instant):
    """One way to write an instant, so that equal ones compare equal."""
    return instant.astimezone(UTC).isoformat()
