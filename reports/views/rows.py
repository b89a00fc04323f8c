"""Table rows as one safe string each: fifty rows by a template cost more than all their figures (performance.md)."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import escape as escaped
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core.formats import percent, thousands
from core.templatetags.ui import bar, icon
from honesty.enums import SHORT as HINT_WORDS
from reports.enums import Handed
from reports.queries.filters import AHEAD, OF_SCHOOL

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NONE = mark_safe('<span class="sec">–</span>')
escape = lru_cache(maxsize=2_000)(escaped)  # names, towns and papers come again on every page
WARNINGS = {"slow": ("late", "clock"), "rush": ("soon", "calendar-range")}  # tint and icon of what the outlook says

# {state: (tint, icon, where the review has it)}; what the district was never given has no page there.
HANDED = {
    Handed.MISSING: ("todo", "circle", ""),
    Handed.DRAFT: ("mute", "pencil", ""),
    Handed.FILED: ("plan", "inbox", "waiting"),
    Handed.ACCEPTED: ("done", "check-lg", "every"),
    Handed.RETURNED: ("late", "arrow-return-left", "returned"),
}


@dataclass(frozen=True)
class Columns:
    """What stands in the desk's table beside the schools and how far they are."""

    uses: list
    papers: list | None = None  # [(code, label)] of what was handed in, instead of the categories
    has_first: bool = False
    has_hints: bool = False
    looks_ahead: bool = False


def school_rows(lines, columns):
    return mark_safe("".join(_school_row(line, columns) for line in lines))


def _school_row(line, columns):
    pk, school = line.school.pk, line.school
    address, name = _address(pk), escape(school.short_name)
    return (
        f'<tr><td><input class="form-check-input" type="checkbox" name="school" value="{pk}" aria-label="选{name}"></td>'
        f'<th scope="row"><a class="nm" href="{address}">{name}</a></th><td>{line.kind}</td>'
        f"<td>{escape(school.town) if school.town else NONE}</td>{_school_cells(line, columns, address)}</tr>"
    )


def _school_cells(line, columns, address):
    """应访 已访 走访覆盖 预计 重点首访 意见答复, then the categories, or each paper and who reads them; 提醒."""
    cells = _reached(line, address)
    if columns.looks_ahead:
        cells.append(f"<td>{_warning_tags(line) or NONE}</td>")
    cells += _beside(line, columns)
    if columns.papers is None:
        cells += _of_visits(line, columns.uses, address)
    else:
        cells.append(_number_cell(thousands(line.count.waiting), address + "?sort=-waiting"))
        cells += [f"<td>{_paper(line, code)}</td>" for code, _ in columns.papers]
        cells.append(f"<td>{escape(line.reader[1]) if line.reader else NONE}</td>")
    if columns.has_hints:
        cells.append(f"<td>{hint_tags(line.hints) or NONE}</td>")
    return "".join(cells)


def _beside(line, columns):
    """重点首访 意见答复."""
    cells = []
    if columns.has_first and columns.papers is not None:
        shown = line.first.text if line.first.is_told else f'<span class="sec">{escape(line.first.text)}</span>'
        cells.append(f'<td class="n">{shown}</td>')
    cells.append(f'<td class="n">{line.answered if line.opinions[0] else NONE}</td>')
    return cells


def hint_tags(hints):
    """突击、雷同 of what the school has yet to look into, 已核实 when nothing is left; "" where there is nothing."""
    if hints is None:
        return ""
    if hints.concluded:
        return _tag("mute", "check-lg", "已核实")
    return _tag("late", "exclamation-triangle", "、".join(HINT_WORDS[kind] for kind in hints.kinds))


def _warning_tags(line):
    """赶不上 扎堆, as the outlook says."""
    return " ".join(_tag(*WARNINGS[code], AHEAD[code]) for code in line.warnings)


def schools_sum(whole, lines, columns, label):
    """合计 of the listed schools: Σ, rates of the sums, how many stand filed of each paper."""
    cells = [*_reached(whole), *["<td></td>"] * columns.looks_ahead, *_beside(whole, columns)]
    if columns.papers is None:
        cells += _of_visits(whole, columns.uses)
    else:
        cells.append(_number_cell(thousands(whole.count.waiting)))
        for code, _ in columns.papers:
            filed = sum(line.papers[code].count for line in lines if code in line.papers)
            cells.append(f'<td class="num">{thousands(filed)}</td>')
        cells.append("<td></td>")
    cells += ["<td></td>"] * columns.has_hints
    return format_html('<tr><td></td><th scope="row" colspan="3">{}</th>{}</tr>', label, mark_safe("".join(cells)))


@lru_cache(maxsize=100)
def _tag(tint, sign, words):
    return mark_safe(f'<span class="tag t-{tint}">{icon(sign)}{words}</span>')


def _paper(line, code):
    """通过, or 1/3 where a school may send several; it leads to the review's list of that school."""
    paper = line.papers.get(code)
    if paper is None:
        return NONE
    tint, sign, where = HANDED[paper.state]
    if code in OF_SCHOOL:
        drawn = _tag(tint, sign, paper.state.label)
    else:
        back = f" {_tag(tint, sign, '退回')}" if paper.state == Handed.RETURNED else ""
        drawn = f'<span class="num">{_of_quota(paper)}</span>{back}'
        where = where and "every" if not back else where
    if not where:
        return drawn
    return f'<a class="quiet" href="{_queue()}?tab={code}&amp;state={where}&amp;q={quote(line.school.short_name)}">{drawn}</a>'


def _of_quota(paper):
    return f"{paper.count}/{paper.quota}" if paper.quota else f"{paper.count}"


@lru_cache(maxsize=1)
def _queue():
    return reverse("desk:review")


@lru_cache(maxsize=20_000)
def _address(pk):
    return reverse("desk:school", args=[pk])


def class_rows(lines, uses):
    return format_html_join(
        "", '<tr><th scope="row"><span class="nm">{}</span></th>{}</tr>', ((line.label, _figures(line, uses)) for line in lines)
    )


def sum_row(whole, uses, label):
    """合计: Σ over the classes, rates of the sums."""
    return format_html('<tr><th scope="row">{}</th>{}</tr>', label, _figures(whole, uses))


def _reached(line, address=None):
    """应访 已访 走访覆盖."""
    count = line.count
    drawn = _bar(count.visited, count.due, line.tick, line.level)
    return [
        _number_cell(thousands(count.due), address),
        _number_cell(thousands(count.visited), address and address + "?sort=-coverage"),
        f'<td class="c-bar"><div class="barline">{drawn}<b>{percent(count.visited, count.due)}</b></div></td>',
    ]


# Every school is drawn twice, in the table and as a card.
_bar = lru_cache(maxsize=2_000)(bar)


def _number_cell(text, address=None):
    return f'<td class="n"><a href="{address}">{text}</a></td>' if address else f'<td class="n">{text}</td>'


def _figures(line, uses):
    """应访 已访 走访覆盖 各类别 婉拒 待访 of a class."""
    return mark_safe("".join([*_reached(line), *_of_visits(line, uses)]))


def _of_visits(line, uses, address=None):
    """各类别 婉拒 待访; with an address every number leads to the rows behind it.

    All of it is numbers and our own address, so it is put together as text: nothing here needs escaping.
    """
    cells, count = [], line.count

    def cell(text, sort=""):
        return _number_cell(text, address and address + sort)

    for use in uses:
        text = category(line, use.position + 1)
        cells.append(f'<td class="n">{text}</td>' if hasattr(text, "__html__") else cell(text))
    cells.append(cell(thousands(count.declined), "?sort=-declined") if count.declined else f'<td class="n">{NONE}</td>')
    cells.append(cell(thousands(count.waiting), "?sort=-waiting"))
    return cells


def category(line, dimension):
    """已访 / 应访 of one category, or the safe text that stands there instead."""
    count = line.category(dimension)
    if dimension in line.hidden:
        return format_html('<span class="sec">{}</span>', line.hidden[dimension])
    if not count.due:
        return NONE
    if dimension in line.hidden_visited:
        return format_html('<span class="sec">{} / {}</span>', line.hidden_visited[dimension], thousands(count.due))
    return f"{thousands(count.visited)} / {thousands(count.due)}"


def school_cards(lines, papers=()):
    """The same schools for a phone: how far, and how their papers stand."""
    return mark_safe("".join(_school_card(line, papers) for line in lines))


def _school_card(line, papers):
    count, school = line.count, line.school
    told = "还没有应访学生"
    if count.due:
        told = f"{thousands(count.visited)} / {thousands(count.due)}，待访{thousands(count.waiting)}"
    shown = [(line.papers[code], label) for code, label in papers if code in line.papers]
    tags = "".join(_card_tag(*one) for one in shown if (one[0].code, one[0].state) != ("plan", Handed.ACCEPTED))
    tags += f'<span class="tag t-mute num">意见答复{line.answered}</span>' if line.opinions[0] else ""
    tags += hint_tags(line.hints) + _warning_tags(line)
    return (
        f'<a class="sl" href="{_address(school.pk)}"><span class="fx fx-b"><b class="ink">{escape(school.short_name)}</b>'
        f'<b class="ink num">{percent(count.visited, count.due)}</b></span>'
        f"{_bar(count.visited, count.due, line.tick, line.level)}"
        f'<span class="fx fx-b xs sec num"><span>{line.kind}　{escape(school.town)}</span><span>{told}</span></span>'
        + (f'<span class="fx fx-w g1 mt-1">{tags}</span>' if tags else "") + "</a>"
    )


def _card_tag(paper, label):
    """报告未交, 故事1/3: words enough, so no icon."""
    if paper.code in OF_SCHOOL or paper.state == Handed.RETURNED:
        return f'<span class="tag t-{HANDED[paper.state][0]}">{escape(label)}{paper.state.label}</span>'
    return f'<span class="tag t-mute num">{escape(label)}{_of_quota(paper)}</span>'


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
