"""The desk's table as a workbook: figures only, no pupil, so it is made at once."""

import hashlib
import secrets
from dataclasses import asdict
from io import BytesIO

from core.audit import record
from core.clock import now
from core.formats import instant, percent
from core.sheets import Column, internal_mark, write_table
from honesty.enums import HintKind
from reports.queries.filters import AHEAD

NOTE = (
    "覆盖率＝实访÷应访，合计为人数相加后再算；全部走到才写100%，其余向下取两位小数。"
    "应达：按走访期里每个工作日同样快慢，到今天应有的覆盖率。"
)
FIRST_NOTE = "重点首访：要优先走访的各类学生里已走访的比例，一名学生属于几类也只算一次。不足5人写“<5”，会透露别处不足5人的写“…”。"
OPINIONS_NOTE = "家长意见：走访时听到的条数；已答复：记录写明已当面答复家长的，转学校或老师以后再答复的不算在内。"
HINTS_NOTE = "真实性提醒：走访记录里值得问一问的地方，不等于结论，不计分，由学校核实。"
AHEAD_NOTE = "赶不上：照近10个工作日的速度和约好的时间，截止前走不完。扎堆：走访集中在最后几天。都是推算。"


def export_desk(programme, lines, filters, *, by, whole, words="", papers=(), has_first=False, has_hints=False):
    """An open file of the given lines in their order, with whole, their sum. The audit keeps filters, rows and SHA-256.

    words: what the filters say; papers: [(code, label)] of what schools hand in, each a column;
    has_first: 重点首访 before them; has_hints: 真实性提醒 after them.
    """
    moment, number = now(), secrets.token_hex(4).upper()
    uses = list(programme.categories.all())
    last = [Column("真实性提醒", 18)] * has_hints + [Column("预计", 12)] * filters.looks_ahead
    file = BytesIO()
    write_table(
        file,
        title=f"{programme.title}各校走访进度",
        subtitle=f"数据截至{instant(moment)}　" + (f"筛选：{words}" if words else "全部学校"),
        columns=[*_columns(uses, papers, has_first), *last],
        rows=[
            [
                i, line.school.name, line.school.code, line.kind, line.school.town, *_cells(line, uses), _pace(line),
                *_first(line, has_first), *_opinions(line), *(_paper(line.papers.get(code)) for code, _ in papers),
                *_hints(line, has_hints), *_warned(line, filters),
            ]
            for i, line in enumerate(lines, start=1)
        ],
        total=[
            "合计", f"{len(lines)}所学校", "", "", "", *_cells(whole, uses), "", *_first(whole, has_first), *_opinions(whole),
            *("" for _ in papers), *("" for _ in last),
        ],
        notes=[
            NOTE, *[FIRST_NOTE] * has_first, OPINIONS_NOTE, *[HINTS_NOTE] * has_hints, *[AHEAD_NOTE] * filters.looks_ahead,
        ],
        sheet="走访进度",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(programme, "desk.export", by=by, number=number, rows=len(lines), sha256=checksum, filters=asdict(filters))
    file.seek(0)
    return file


def _first(line, has_first):
    return [line.first.text] if has_first else []


def _opinions(line):
    return [*line.opinions, percent(line.opinions[1], line.opinions[0], 2)]


def _warned(line, filters):
    return ["、".join(AHEAD[code] for code in line.warnings) or "–"] if filters.looks_ahead else []


def _hints(line, has_hints):
    """突击走访、照片重复，超期未回; 已核实; –."""
    if not has_hints:
        return []
    if line.hints is None:
        return ["–"]
    kinds = "、".join(HintKind(kind).label for kind in line.hints.kinds) or "已核实"
    return [f"{kinds}，超期未回" if line.hints.overdue else kinds]


def _columns(uses, papers, has_first):
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
    first = [Column("重点首访", 9, "percent")] if has_first else []
    opinions = [
        Column(label, 8, kind, "家长意见") for label, kind in (("征集", "number"), ("已答复", "number"), ("答复率", "percent"))
    ]
    return [*columns, Column("应达", 9, "percent"), *first, *opinions, *(Column(label, 12) for _, label in papers)]


def _paper(line):
    """通过; 退回，1件在区里: how it stands, and how many are with the district where there may be several."""
    if line is None:
        return "–"
    return line.state.label if line.code in ("plan", "report") else f"{line.state.label}，已报{line.count}"


def _cells(line, uses):
    count = line.count
    cells = [count.due, count.visited, percent(count.visited, count.due, 2), count.waiting, count.declined]
    for use in uses:
        dimension = use.position + 1
        one, written = line.category(dimension), line.hidden.get(dimension)
        visited = line.hidden_visited.get(dimension, written if one.visited else None)
        cells += [one.due if written is None else written, one.visited if visited is None else visited]
    return cells


def _pace(line):
    return "–" if line.tick is None else f"{line.tick:.2f}%"
