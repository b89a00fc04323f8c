"""Reads one workbook in a process of its own: python -I child.py FILE → JSON on stdout.

A hostile file may eat memory or abort the process: here that is just an exit code. Nothing of the project is
imported, no environment is passed in. Limits: security.md §3.
"""

import datetime
import json
import resource
import sys
import zipfile

MEMORY = 1 << 30
CPU_SECONDS = 15
INFLATED = 60 * 1024 * 1024
MEMBERS = 1000
ROWS = 20_000 + 100  # pupils, and titles, totals and notes around them
COLUMNS = 90


class Refused(Exception):
    pass


def check_zip(path):
    """Inflate every part, counting; no DTD, no macros, no paths that leave the archive, a workbook inside."""
    with zipfile.ZipFile(path) as book:
        members = book.infolist()
        if len(members) > MEMBERS:
            raise Refused("too_large")
        left = INFLATED
        for member in members:
            name = member.filename
            if name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise Refused("unreadable_file")
            if name.lower().endswith("vbaproject.bin"):
                raise Refused("macros")
            with book.open(member) as part:
                head = part.read(4096)
                left -= len(head)
                if name.lower().endswith((".xml", ".rels", ".vml")) and has_dtd(head):
                    raise Refused("unreadable_file")
                while chunk := part.read(1 << 16):
                    left -= len(chunk)
                    if left < 0:
                        raise Refused("too_large")
        if not {"xl/workbook.xml", "xl/workbook.bin"} & set(book.namelist()):
            raise Refused("unsupported_format")


def has_dtd(head):
    """A document type can only stand before the root element; UTF-16 is read without its zero bytes."""
    return b"<!DOCTYPE" in head.replace(b"\0", b"").upper()


def cell(value):
    """JSON for one cell: text, number, bool, null; a date as ["2011-05-21"]."""
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return [value.isoformat()]
    if isinstance(value, float) and value - value != 0:  # inf, nan
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def read_sheet(sheet):
    """Rows with something in them as [number, [cell, …]]; number as Excel shows it.

    A cell merged downwards counts for every row of the merge.
    """
    if sheet.start is None:
        return []
    tops, below = merged_down(sheet.merged_cell_ranges or [], last=sheet.end[0])
    rows, kept = [], {}
    for index, values in enumerate(sheet.iter_rows()):
        for column in tops.get(index, ()):
            kept[index, column] = values[column]
        for column, top in below.get(index, ()):
            values[column] = kept[top, column]
        width = len(values)
        while width and values[width - 1] in ("", None):
            width -= 1
        if not width:
            continue
        if width > COLUMNS or len(rows) >= ROWS:
            raise Refused("too_large")
        rows.append([index + 1, [cell(value) for value in values[:width]]])
    return rows


def merged_down(ranges, last):
    """({top row: [column]}, {row below: [(column, top row)]}) of cells merged over several rows."""
    tops, below = {}, {}
    for (top, column), (bottom, _) in ranges:
        if bottom > top < last:
            tops.setdefault(top, []).append(column)
            for row in range(top + 1, min(bottom, last) + 1):
                below.setdefault(row, []).append((column, top))
    return tops, below


def read(path):
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    check_zip(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [
            {"name": meta.name, "rows": read_sheet(book.get_sheet_by_name(meta.name))}
            for meta in book.sheets_metadata
            if meta.visible == SheetVisibleEnum.Visible and meta.typ == SheetTypeEnum.WorkSheet
        ]
    except CalamineError as error:
        raise Refused("unreadable_file") from error
    return {"sheets": sheets}


def main(path):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = read(path)
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        answer = {"refused": "unreadable_file"}
    json.dump(answer, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main(sys.argv[1])
