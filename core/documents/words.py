"""How an official paper is worded: titles in lines, 一、二、三, 1. 2. 3., days left open (domain.md §8)."""

import re

from core.clock import local_date
from core.formats import full_day

BLANK_DAY = "　　　年　　月　　日"  # written by hand when the seal is pressed
DIGITS = "一二三四五六七八九"
FITS = 20  # characters of 22 pt in a line of 156 mm
OWN_NUMERAL = re.compile(r"^\s*[一二三四五六七八九十]+、\s*")
OWN_NUMBER = re.compile(  # 1. 1、 (1) （一） ① 一、 第一，
    r"^(\d{1,2}\s*[.．、)）]|[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[)）]|[①-⑳]|第?[一二三四五六七八九十]+[、，])"
)
BREAKS = re.compile(r"(?<=活动)|(?<=通知)|(?=“)|(?=关于)")


def numeral(number):
    """1 → 一, 12 → 十二; up to 99."""
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{DIGITS[tens - 1]}十") + (
        DIGITS[ones - 1] if ones else ""
    )


def section_head(number, label):
    """一、开展情况, also when the label brings a numeral of its own."""
    return f"{numeral(number)}、{OWN_NUMERAL.sub('', label)}"


def title_lines(text):
    """A long title in two lines, parted where its meaning is, as evenly as may be."""
    text = text.strip()
    places = [found.start() for found in BREAKS.finditer(text) if 0 < found.start() < len(text)]
    if len(text) <= FITS or not places:
        return text
    place = min(places, key=lambda at: (abs(2 * at - len(text)), -at))
    return f"{text[:place]}\n{text[place:]}"


def paragraphs(text):
    """The text's paragraphs, without empty lines and without spaces somebody typed to move them in."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def plain(text):
    return "\n".join(paragraphs(text))


def numbered(text):
    """1. 2. 3. before each paragraph, unless the writer numbered them."""
    lines = paragraphs(text)
    if any(OWN_NUMBER.match(line) for line in lines):
        return "\n".join(lines)
    return "\n".join(f"{number}.{line}" for number, line in enumerate(lines, start=1))


def day_of(moment):
    """2022年10月8日 of an instant; open while there is none."""
    return full_day(local_date(moment)) if moment else BLANK_DAY
