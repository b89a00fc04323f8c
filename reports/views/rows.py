"""Table rows as one safe string each: fifty rows by a template cost more than all their figures (performance.md)."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core.formats import percent, thousands
from core.templatetags.ui import bar

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = mark_safe('<span class="sec">–</span>')


def school_rows(lines, uses):
    return format_html_join("", "{}", ((_school_row(line, uses),) for line in lines))


def _school_row(line, uses):
    address = reverse("desk:school", args=[line.school.pk])
    return format_html(
        '<tr><th scope="row"><a class="nm" href="{}">{}</a></th><td>{}</td><td>{}</td>{}</tr>',
        address,
        line.school.short_name,
        line.kind,
        line.school.town or NONE,
        _figures(line, uses, lambda text, sort: format_html('<a href="{}{}">{}</a>', address, sort, text)),
    )


def class_rows(lines, uses):
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((format_html('<span class="nm">{}</span>', line.label), _figures(line, uses, plain)) for line in lines),
    )


def sum_row(whole, uses, label, span):
    """合计: Σ over what is listed, rates of the sums."""
    head = format_html('<th scope="row"{}>{}</th>', mark_safe(f' colspan="{span}"') if span > 1 else "", label)
    return format_html("<tr>{}{}</tr>", head, _figures(whole, uses, plain))


def plain(text, sort):
    return text


def _figures(line, uses, link):
    """应访 已访 走访覆盖 各类别 婉拒 待访; every number leads to the rows behind it as link() says."""
    count = line.count
    return format_html(
        '<td class="n">{}</td><td class="n">{}</td><td class="c-bar"><div class="barline">{}<b>{}</b></div></td>{}'
        '<td class="n">{}</td><td class="n">{}</td>',
        link(thousands(count.due), ""),
        link(thousands(count.visited), "?sort=-coverage"),
        bar(count.visited, count.due, line.tick, line.level),
        percent(count.visited, count.due),
        format_html_join("", '<td class="n">{}</td>', ((category(line, use.position + 1, link),) for use in uses)),
        link(thousands(count.declined), "?sort=-declined") if count.declined else NONE,
        link(thousands(count.waiting), "?sort=-waiting"),
    )


def category(line, dimension, link=plain):
    """已访 / 应访 of one category, or what stands there instead."""
    count = line.category(dimension)
    if not count.due:
        return NONE
    instead = line.hidden.get(dimension)
    if instead:
        return format_html('<span class="sec">{}</span>', instead)
    return link(f"{thousands(count.visited)} / {thousands(count.due)}", f"?sort=-c{dimension}")


def school_cards(lines):
    """The same schools for a phone: two lines each."""
    return format_html_join("", "{}", ((_school_card(line),) for line in lines))


def _school_card(line):
    count = line.count
    return format_html(
        '<a class="sl" href="{}"><span class="fx fx-b"><b class="ink">{}</b><b class="ink num">{}</b></span>{}'
        '<span class="fx fx-b xs sec num"><span>{}　{}</span><span>{}</span></span></a>',
        reverse("desk:school", args=[line.school.pk]),
        line.school.short_name,
        percent(count.visited, count.due),
        bar(count.visited, count.due, line.tick, line.level),
        line.kind,
        line.school.town,
        f"{thousands(count.visited)} / {thousands(count.due)}，待访{thousands(count.waiting)}" if count.due else "还没有应访学生",
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
