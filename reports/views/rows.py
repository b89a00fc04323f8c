"""Table rows as one safe string each: fifty rows by a template cost more than all their figures (performance.md)."""

from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from core.formats import percent, thousands
from core.templatetags.ui import bar

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = mark_safe('<span class="sec">–</span>')


def school_rows(lines, uses):
    return mark_safe("".join(_school_row(line, uses) for line in lines))


def _school_row(line, uses):
    address, school = _address(line.school.pk), line.school
    return (
        f'<tr><th scope="row"><a class="nm" href="{address}">{escape(school.short_name)}</a></th><td>{line.kind}</td>'
        f"<td>{escape(school.town) if school.town else NONE}</td>{_figures(line, uses, address)}</tr>"
    )


@lru_cache(maxsize=20_000)
def _address(pk):
    return reverse("desk:school", args=[pk])


def class_rows(lines, uses):
    return format_html_join(
        "", '<tr><th scope="row"><span class="nm">{}</span></th>{}</tr>', ((line.label, _figures(line, uses)) for line in lines)
    )


def sum_row(whole, uses, label, span):
    """合计: Σ over what is listed, rates of the sums."""
    return format_html('<tr><th scope="row" colspan="{}">{}</th>{}</tr>', span, label, _figures(whole, uses))


def _figures(line, uses, address=None):
    """应访 已访 走访覆盖 各类别 婉拒 待访; with an address every number leads to the rows behind it.

    All of it is numbers and our own address, so it is put together as text: nothing here needs escaping.
    """
    count = line.count

    def cell(text, sort=""):
        return f'<td class="n"><a href="{address}{sort}">{text}</a></td>' if address else f'<td class="n">{text}</td>'

    drawn = bar(count.visited, count.due, line.tick, line.level)
    cells = [
        cell(thousands(count.due)),
        cell(thousands(count.visited), "?sort=-coverage"),
        f'<td class="c-bar"><div class="barline">{drawn}<b>{percent(count.visited, count.due)}</b></div></td>',
    ]
    for use in uses:
        text = category(line, use.position + 1)
        cells.append(f'<td class="n">{text}</td>' if hasattr(text, "__html__") else cell(text))
    cells.append(cell(thousands(count.declined), "?sort=-declined") if count.declined else f'<td class="n">{NONE}</td>')
    cells.append(cell(thousands(count.waiting), "?sort=-waiting"))
    return mark_safe("".join(cells))


def category(line, dimension):
    """已访 / 应访 of one category, or the safe text that stands there instead."""
    count = line.category(dimension)
    if not count.due:
        return NONE
    if dimension in line.hidden:
        return format_html('<span class="sec">{}</span>', line.hidden[dimension])
    return f"{thousands(count.visited)} / {thousands(count.due)}"


def school_cards(lines):
    """The same schools for a phone: two lines each."""
    return mark_safe("".join(_school_card(line) for line in lines))


def _school_card(line):
    count, school = line.count, line.school
    told = "还没有应访学生"
    if count.due:
        told = f"{thousands(count.visited)} / {thousands(count.due)}，待访{thousands(count.waiting)}"
    return (
        f'<a class="sl" href="{_address(school.pk)}"><span class="fx fx-b"><b class="ink">{escape(school.short_name)}</b>'
        f'<b class="ink num">{percent(count.visited, count.due)}</b></span>'
        f"{bar(count.visited, count.due, line.tick, line.level)}"
        f'<span class="fx fx-b xs sec num"><span>{line.kind}　{escape(school.town)}</span><span>{told}</span></span></a>'
    )


def class_cards(lines):
    return format_html_join(
        "",
        '<div class="sl"><span class="fx fx-b"><b class="ink">{}</b><b class="ink num">{}</b></span>{}'
        '<span class="fx fx-b xs sec num"><span>{} / {}</span><span>待访{}{}</span></span></div>',
        (
            (
                line.label,
                percent(line.count.visited, line.count.due),
                bar(line.count.visited, line.count.due, line.tick, line.level),
                thousands(line.count.visited),
                thousands(line.count.due),
                thousands(line.count.waiting),
                f"，婉拒{line.count.declined}" if line.count.declined else "",
            )
            for line in lines
        ),
    )
