"""How numbers, days and masked values are written (ui.md, Formats)."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from django.utils import timezone

from core.clock import today


def percent(part, whole, places=1):
    """"69.5%"; "–" for nothing due; "100%" only when equal, else rounded down (domain.md §6)."""
    if not whole:
        return "–"
    if part == whole:
        return "100%"
    rate = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    return f"{rate}%"


def day(value):
    """9月18日, with the year only when it is not this year's."""
    if value is None:
        return ""
    if hasattr(value, "hour"):
        value = timezone.localtime(value).date()
    text = f"{value.month}月{value.day}日"
    return text if value.year == today().year else f"{value.year}年{text}"


def full_day(value):
    """2022年10月1日, as forms and papers write it."""
    return f"{value.year}年{value.month}月{value.day}日"


def instant(value):
    """2022年9月30日24:00: midnight belongs to the day that ends, as “9月底前” is said."""
    local = timezone.localtime(value)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{full_day(local - timedelta(days=1))}24:00"
    return f"{full_day(local)}{local:%H:%M}"


def clock(value):
    """18:34 in Asia/Shanghai."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


def span(start, end):
    """18:34–19:26"""
    return f"{clock(start)}–{clock(end)}" if end else clock(start)


def thousands(value):
    return f"{value:,}"


def headline(value):
    """20.4万 from 10,000 on: headlines only, tables stay exact."""
    if value < 10_000:
        return f"{value:,}"
    return f"{Decimal(value) / 10_000:.1f}".removesuffix(".0") + "万"


def mask_phone(value):
    """138****2046"""
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else "****"


def mask_name(value):
    """许**"""
    return value[:1] + "**" if value else ""


def mask_national_no(last_four):
    """G**…1234"""
    return f"G**…{last_four}" if last_four else ""
