"""The desk's table as a workbook: figures only, no pupil, so it is made at once."""

import hashlib
import secrets
from dataclasses import asdict
from io import BytesIO

from core.audit import record
from core.clock import now
from core.formats import instant, percent
from core.sheets import Column, internal_mark, write_table
from schools.enums import SchoolKind
from visits.queries.coverage import Count, total


def export_desk(programme, lines, filters, *, by):
    """An open file of the given lines in their order, with their sum. The audit keeps filters, rows and SHA-256."""
    moment, number = now(), secrets.token_hex(4).upper()
    uses = list(programme.categories.all())
    file = BytesIO()
    whole = total(line.figure for line in lines)
    write_table(
        file,
        title=f"{programme.title}各校走访进度",
        subtitle=f"数据截至{instant(moment)}　{_filter_words(filters)}",
        columns=_columns(uses),
        rows=[
            [i, line.school.name, line.school.code, line.kind, line.school.town, *_cells(line.figure, uses), _pace(line)]
            for i, line in enumerate(lines, start=1)
        ],
        total=["合计", f"{len(lines)}所学校", "", "", "", *_cells(whole, uses), ""],
        notes=["覆盖率＝实访÷应访，合计为人数相加后再算；全部走到才写100%，其余向下取两位小数。应达：按走访期里每个工作日同样快慢，到今天应有的覆盖率。"],
        sheet="走访进度",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(programme, "desk.export", by=by, number=number, rows=len(lines), sha256=checksum, filters=asdict(filters))
    file.seek(0)
    return file


def _columns(uses):
    columns = [
        Column("序号", 6, "number"),
        Column("学校", 26),
        Column("学校标识码", 13),
        Column("学段", 11),
        Column("街镇", 10),
        Column("应访", 8, "number"),
        Column("实访", 8, "number"),
        Column("覆盖率", 9, "percent"),
        Column("待访", 8, "number"),
        Column("婉拒", 7, "number"),
    ]
    for use in uses:
        columns += [Column("应访", 7, "number", use.label), Column("实访", 7, "number", use.label)]
    return [*columns, Column("应达", 9, "percent")]


def _cells(figure, uses):
    count = figure.all
    cells = [count.due, count.visited, percent(count.visited, count.due, 2), count.waiting, count.declined]
    for use in uses:
        one = figure.categories.get(use.position, Count())
        cells += [one.due, one.visited]
    return cells


def _pace(line):
    return "–" if line.tick is None else f"{line.tick:.2f}%"


def _filter_words(filters):
    words = [SchoolKind(filters.kind).label] if filters.kind else []
    words += [filters.town] if filters.town else []
    words += [f"学校名或代码含“{filters.q}”"] if filters.q else []
    words += ["进度落后"] if filters.behind else []
    return "筛选：" + "、".join(words) if words else "全部学校"
