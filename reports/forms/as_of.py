"""An instant as people write it: 2022年9月30日24:00, 9月30日, 2022-09-30 18:00, 现在."""

import re
from datetime import date, datetime, time, timedelta
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.utils import timezone

from core.clock import now, today

WRITTEN = re.compile(
    r"(?:(?P<year>\d{4})[年/.-])?(?P<month>\d{1,2})[月/.-](?P<day>\d{1,2})日?(?:[ T]?(?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
)
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
HOW = "写成“2022年9月30日24:00”或“9月30日18:00”。"
LONGEST = 40
EARLIEST = 2000  # nothing was written down before


def read_instant(text, programme):
    """The instant of these words, exclusive; a day without a time is through its 24:00, today until now.

    A year left out is the programme's. ValidationError says what to write instead.
    """
    text = normalize("NFKC", text).replace("\x00", "").strip()
    if text in ("现在", "今天"):
        return now()
    match = WRITTEN.fullmatch(TOGETHER.sub(r"\1-\2-\3", text, count=1))
    if match is None:
        raise ValidationError(f"看不懂这个时刻，{HOW}")
    found = _instant(match, programme)
    if found > now():
        if match["hour"] is None and found <= _midnight_after(today()):
            return now()
        raise ValidationError("这个时刻还没有到，写一个过去的时刻。")
    return found


def _instant(match, programme):
    month, day = int(match["month"]), int(match["day"])
    hour, minute = int(match["hour"] or 24), int(match["minute"] or 0)
    try:
        on = date(int(match["year"]), month, day) if match["year"] else _in_programme(programme, month, day)
        if on.year < EARLIEST:
            raise ValueError
        if (hour, minute) == (24, 0):
            return _midnight_after(on)
        return timezone.make_aware(datetime.combine(on, time(hour, minute)))
    except (ValueError, OverflowError):
        raise ValidationError(f"没有这一天或这个时刻，{HOW}") from None


def _in_programme(programme, month, day):
    """That day on or after the programme's first day, else the last one before it."""
    first = programme.starts_on
    coming = date(first.year, month, day)
    if coming < first and date(first.year + 1, month, day) <= today():
        return date(first.year + 1, month, day)
    return coming


def _midnight_after(on):
    return timezone.make_aware(datetime.combine(on, time.min)) + timedelta(days=1)
