"""Workbooks that open right in Chinese Excel and WPS: text stays text, numbers stay numbers.

A string is always written with write_string, so "=…" typed by anyone is text and never a formula
(security.md X2); Excel asks no questions and nothing is executed. Control characters that XML forbids go.
"""

import re
from dataclasses import dataclass
from datetime import UTC
from math import ceil

import xlsxwriter
from django.utils import timezone

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PAPER = 1026  # pixels of columns that an A4 page across holds at 100 %
SMALLEST = 0.6  # a table is not printed smaller than this: 10 pt become 6
LINE = 15  # points of a row of one line
FORMULA_START = "=+-@＝＋－＠\t\r\n"


def clean(text):
    """The text Excel can hold: no control characters, at most 32,767 characters."""
    return FORBIDDEN.sub("", str(text))[:32_767]


def guard(text):
    """For CSV, which has no cell types: a leading apostrophe before anything a sheet would compute."""
    text = clean(text)
    return "'" + text if text.lstrip(" \u00a0\u3000")[:1] in FORMULA_START and text.strip() else text


def internal_mark(user, at, number):
    """What every exported page carries (security.md X4): who made it, when, under which number."""
    who = f"{user.name}（{user.username}）" if user else "系统生成"
    return f"内部资料 严禁外传　{who}　{timezone.localtime(at):%Y-%m-%d %H:%M}　编号{number}"


@dataclass(frozen=True)
class Column:
    title: str
    width: int = 12  # characters
    kind: str = "text"  # text | number | money | percent
    group: str = ""  # heading above several columns


def write_table(
    path, *, title, columns, rows, total=None, subtitle="", notes=(), sheet="Sheet1", mark="", made_at=None
):
    """One A4-landscape sheet: merged title, optional group row, header, rows, 合计 row; header repeats in print, and
    the first two columns where the table is too wide for one page across.

    rows: iterable of sequences as long as columns. percent cells take text ("69.52%") made by
    core.formats.percent, so that "100%" is only ever a true 100%. notes: lines below the table. mark goes to the
    page footer. With made_at (aware), the same table gives the same bytes. path may be an open binary file.
    Up to ~20k rows (the header merges rows, so the sheet is held in memory). Returns the number of data rows.
    """
    table = {"title": title, "columns": columns, "rows": rows, "total": total, "subtitle": subtitle, "notes": notes}
    return write_tables(path, {sheet: table}, mark=mark, made_at=made_at)


def write_tables(path, sheets, *, mark="", made_at=None):
    """The same with several sheets: {name: the arguments of write_table that speak of the table itself}."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        formats = _formats(book)
        return sum(_write_sheet(book.add_worksheet(name), formats, mark, **table) for name, table in sheets.items())


def _formats(book):
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1}
    cells = {
        "text": {**base, "num_format": "@"},
        "number": {**base, "num_format": "0", "align": "right"},
        "money": {**base, "num_format": "0.00", "align": "right"},
        "percent": {**base, "num_format": "@", "align": "right"},
    }
    plain = {kind: book.add_format(look | ({"text_wrap": True} if kind == "text" else {})) for kind, look in cells.items()}
    return plain | {
        "head": book.add_format({**base, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDF6F4"}),
        "title": book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}),
        "sub": book.add_format({"font_name": "宋体", "font_size": 10, "align": "center"}),
        "note": book.add_format({"font_name": "宋体", "font_size": 10, "text_wrap": True, "valign": "vcenter"}),
        "total": {kind: book.add_format({**look, "bold": True}) for kind, look in cells.items()},
    }


def _write_sheet(ws, formats, mark, *, title, columns, rows, total=None, subtitle="", notes=()):
    pages = _pages(columns)
    across = _first_page(columns, pages) - 1  # title and notes stand there
    for i, column in enumerate(columns):
        ws.set_column(i, i, column.width)
    row = 0
    for text, kind in ((title, "title"), (subtitle, "sub")):
        if text:
            ws.set_row(row, 30 if kind == "title" else 18)
            _write_across(ws, row, across, text, formats[kind])
            row += 1
    first_head = row
    row = _write_header(ws, row, columns, formats["head"])
    ws.freeze_panes(row, min(3, len(columns) - 1))
    ws.repeat_rows(first_head, row - 1)
    count = 0
    for values in rows:
        _write_row(ws, row, columns, values, formats)
        row, count = row + 1, count + 1
    if total is not None:
        _write_row(ws, row, columns, total, formats["total"])
        row += 1
    for note in notes:
        first = 2 if pages > 1 else 0  # not in the columns that every page repeats
        _set_lines(ws, row, _lines(note, sum(column.width for column in columns[first : across + 1])))
        _write_across(ws, row, across, note, formats["note"], first)
        row += 1
    _set_page(ws, columns, pages, mark)
    return count


def _set_page(ws, columns, pages, mark):
    ws.set_landscape()
    ws.set_paper(9)  # A4
    ws.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    ws.set_footer(f"&L{clean(mark).replace('&', '&&')}&R第 &P 页，共 &N 页")
    ws.fit_to_pages(pages, 0)  # the office chooses where: it knows how wide its faces are
    if pages > 1:
        ws.repeat_columns(0, 1)


def _pages(columns):
    """How many lie side by side."""
    room, whole, repeated = PAPER / SMALLEST, _pixels(columns), _pixels(columns[:2])
    return 1 if whole <= room else ceil((whole - repeated) / (room - repeated))


def _first_page(columns, pages):
    """How many columns lie on the first page for certain."""
    if pages == 1:
        return len(columns)
    room = 0.85 * (_pixels(columns) / pages)
    return max(i for i in range(2, len(columns)) if i == 2 or _pixels(columns[:i]) <= room)


def _pixels(columns):
    return sum(7 * column.width + 5 for column in columns)


def _lines(text, width):
    """Lines a text takes in so many characters; a Chinese one is two wide. Neither merged cells nor rows of a file that
    no office has saved yet grow by themselves everywhere."""
    wide = (sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in clean(text).split("\n"))
    return sum(max(1, ceil(one / width)) for one in wide)


def _set_lines(ws, row, lines):
    if lines > 1:
        ws.set_row(row, LINE * min(lines, 27))  # a row of Excel ends at 409 points


def _write_across(ws, row, last, text, style, first=0):
    if last > first:
        ws.merge_range(row, first, row, last, clean(text), style)
    else:
        ws.write_string(row, first, clean(text), style)


def _write_header(ws, row, columns, head):
    """One header row, or two when some column has a group; returns the next free row."""
    if not any(c.group for c in columns):
        _set_lines(ws, row, max(_lines(column.title, column.width) for column in columns))
        for i, column in enumerate(columns):
            ws.write_string(row, i, clean(column.title), head)
        return row + 1
    _set_lines(ws, row + 1, max(_lines(c.title, c.width) - (not c.group) for c in columns))
    i = 0
    while i < len(columns):
        group, j = columns[i].group, i
        while group and j + 1 < len(columns) and columns[j + 1].group == group:
            j += 1
        if not group:
            ws.merge_range(row, i, row + 1, i, clean(columns[i].title), head)
        elif j > i:
            ws.merge_range(row, i, row, j, clean(group), head)
        else:
            ws.write_string(row, i, clean(group), head)
        i = j + 1
    for i, column in enumerate(columns):
        if column.group:
            ws.write_string(row + 1, i, clean(column.title), head)
    return row + 2


def _write_row(ws, row, columns, values, formats):
    texts = ((value, column.width) for column, value in zip(columns, values, strict=True) if column.kind == "text" and value)
    _set_lines(ws, row, max((_lines(value, width) for value, width in texts), default=1))
    for i, (column, value) in enumerate(zip(columns, values, strict=True)):
        if value is None or value == "":
            ws.write_blank(row, i, None, formats[column.kind])
        elif column.kind in ("number", "money") and not isinstance(value, str):
            ws.write_number(row, i, value, formats[column.kind])
        else:
            ws.write_string(row, i, clean(value), formats[column.kind])
