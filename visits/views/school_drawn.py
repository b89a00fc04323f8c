"""Draws what the school's page has by the dozen: cells, days, lines. As text in one go, which templates take longer for."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from core.formats import day, thousands
from core.links import by_number
from core.templatetags.ui import icon

CELL = '<td><a{} href="{}" aria-label="{}，{}，{} / {}人">{}</a></td>'
DAY = '<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td></tr>'
AHEAD = (
    '<li class="alert-r"><span class="ic-c w">{}</span><div class="grow"><b class="ink">{}</b><div class="sm num">{}</div>'
    '</div><a class="btn btn-sm btn-line" href="{}">看<span class="visually-hidden">{}</span></a></li>'
)
HINT = (
    '<li class="alert-r"><div class="grow"><b class="ink">{}</b><div class="sm num">{}人待访，已走访其他{}人</div></div>'
    '<a class="btn btn-sm btn-line" href="{}?school_class={}&amp;state=open&amp;first=1">看<span class="visually-hidden">'
    "{}的重点学生</span></a></li>"
)


def boards(page):
    """{class id: address of its board} of the classes on the page."""
    url = by_number("visits:board")
    return {row.school_class.pk: url(row.school_class.pk) for row in page.classes}


def cells(grade, urls):
    """A grade's line of 各班覆盖率, without its head and its sum."""
    return mark_safe("".join(_cell(row, urls) for row in grade.cells))


def _cell(row, urls):
    if row is None:
        return "<td></td>"
    count = row.count
    shade = mark_safe(f' class="hm{row.step}"') if row.step else ""
    url = urls[row.school_class.pk]
    return format_html(CELL, shade, url, row.label, count.rate(), count.visited, count.due, row.short)


def trend_days(line):
    """Days and numbers, nothing anybody wrote."""
    return mark_safe("".join(DAY.format(day(one), *map(thousands, numbers)) for one, *numbers in line.rows))


def ahead_lines(found, urls):
    """[a class and what lies ahead of it]. found: ClassOutlook with a warning."""
    looks = {True: icon("clock"), False: icon("calendar-range")}
    return [
        format_html(AHEAD, looks[one.late], one.label, one.warning, urls[one.school_class.pk], one.label) for one in found
    ]


def hint_lines(hints):
    """[a class where priority families wait while others were visited]. hints: (ClassRow, Hint)."""
    url = reverse("visits:waiting")
    return [
        format_html(HINT, row.label, one.waiting, one.others, url, row.school_class.pk, row.label) for row, one in hints
    ]
