"""Papers of a round: a sheet to read away from the screen, and the result list. Each that leaves is written down."""

from collections import defaultdict
from io import BytesIO

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Pt

from core.audit import record
from core.clock import now
from core.documents import official
from core.documents.render import clean, packed
from core.sheets import Column, internal_mark, write_table
from core.states import WrongState
from works.actions.judging import number_of
from works.actions.results import exact, mean, three
from works.enums import RoundState, SheetState
from works.models import Sheet
from works.queries.judging import kind_label, result_list, shown_title


def print_sheet(sheet, *, by):
    """A .docx with number, title, text and empty boxes for the points. It says no more than the screen: no name of a
    person or a school, nothing in the file's properties."""
    entry, round_ = sheet.entry, sheet.entry.round
    document = official.page()
    line = document.add_paragraph()
    line.alignment = ALIGN.RIGHT
    official.write(line, f"作品 {number_of(entry)}", official.HEAD, 14)
    official.heading(document, clean(entry.title))
    for text in clean(entry.body).split("\n"):
        if text.strip():
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(32)
            paragraph.paragraph_format.line_spacing = Pt(28)
            official.write(paragraph, text.strip(), official.BODY, 16)
    _boxes(document, round_.criteria)
    record(sheet, "sheet.print", by=by, authority_id=round_.authority_id, school_id=round_.school_id)
    return packed(document)


def _boxes(document, criteria):
    document.add_paragraph()
    table = official.new_table(document)
    for one in criteria:
        official.four(table, [one["label"], one.get("hint", ""), f"满分{one['max']}", ""])
    official.wide(table, "评语", "", height=25)
    official.end(document)


def export_results(round_, *, by):
    """xlsx, one line a work by place: with author and school, for who runs the round."""
    if round_.state != RoundState.CLOSED:
        raise WrongState("评选还没有结束，谁也看不到分数。")
    points, counts = _means(round_)
    columns = [
        Column("名次", 6, "number"), Column("编号", 7), Column("题目", 30), Column("作者", 10), Column("学校", 22),
        Column("得分", 9), *[Column(one["label"], 10) for one in round_.criteria], Column("评委数", 8, "number"),
        Column("等级", 10),
    ]  # fmt: skip
    rows = [
        [
            row.place, number_of(row), shown_title(round_, row.work), row.work.author.name, row.work.school.name, str(row.score),
            *[str(three(mean(points[row.pk, one["code"]]))) if points[row.pk, one["code"]] else "" for one in round_.criteria],
            counts[row.pk], row.award,
        ]
        for row in result_list(round_)
    ]  # fmt: skip
    line = record(round_, "round.export", by=by, rows=len(rows))
    data = BytesIO()
    write_table(
        data, title=f"{round_.title}结果", subtitle=f"{kind_label(round_)}，{len(rows)}件", columns=columns, rows=rows,
        sheet="评选结果", mark=internal_mark(by, now(), line.pk), made_at=now(),
        notes=[_note(round_)],
    )  # fmt: skip
    return data.getvalue()


def _note(round_):
    dropped = "满四位评委的，去掉了一个最高分和一个最低分。" if round_.drop_extremes else ""
    return f"各项是评委打分的平均。得分满分100，按权重折算。{dropped}"


def _means(round_):
    """({(entry id, criterion code): [points]}, {entry id: judges who scored})"""
    points, counts = defaultdict(list), defaultdict(int)
    rows = Sheet.objects.filter(entry__round=round_, state=SheetState.SCORED)
    for entry_id, scores in rows.values_list("entry_id", "scores"):
        counts[entry_id] += 1
        for code, value in scores.items():
            points[entry_id, code].append(exact(value))
    return points, counts
