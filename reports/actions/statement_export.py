"""The school's list of statements as a workbook, for 师德档案 (W91); no order but the names."""

import hashlib
import secrets
from io import BytesIO

from core.access import authorize
from core.audit import record
from core.clock import local_date, now
from core.formats import full_day, instant
from core.sheets import Column, internal_mark, write_table
from reports.queries.assessment import rules_of
from reports.queries.statement import fact_text

NOT_COUNTED = "文字长短、照片多少、留痕次数都不计入，权重0；不打分，不排名，按姓名排列。"


def export_statements(programme, school, rows, *, by):
    """An open file. rows: reports.queries.statement.statements(). The audit keeps number, rows and SHA-256."""
    authorize(by, "reports.run_statements")
    moment, number, rows = now(), secrets.token_hex(4).upper(), list(rows)
    codes = {fact["code"]: fact["label"] for row in rows for fact in row.facts}
    codes = {code: codes[code] for code in _in_order(rows)}
    uses = "、".join(programme.rules.assessment.uses)
    file = BytesIO()
    write_table(
        file,
        title=f"{school.name}教师走访情况表",
        subtitle=f"{programme.title}　导出于{instant(moment)}{f'　用途：{uses}' if uses else ''}",
        columns=[
            Column("序号", 6, "number"), Column("姓名", 10), Column("职务", 10), Column("状态", 10),
            *(Column(label, 14) for label in codes.values()),
            Column("数据截至", 18), Column("口径", 8), Column("本人意见", 16), Column("学校答复", 16), Column("定稿日期", 14),
        ],
        rows=[[i, *_cells(row, codes)] for i, row in enumerate(rows, start=1)],
        notes=[NOT_COUNTED, *rules_of(programme)],
        sheet="教师走访情况",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )  # fmt: skip
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(school, "statement.export", by=by, programme=programme.pk, number=number, rows=len(rows), sha256=checksum)
    file.seek(0)
    return file


def _in_order(rows):
    """Codes as the rule lists them: a row may lack one that another has."""
    order = []
    for row in rows:
        place = 0
        for fact in row.facts:
            if fact["code"] in order:
                place = order.index(fact["code"]) + 1
            else:
                order.insert(place, fact["code"])
                place += 1
    return order


def _cells(row, codes):
    by_code = {fact["code"]: fact_text(fact) for fact in row.facts}
    said = "已确认" if row.agreed_at else row.objection
    return [
        row.teacher.name, row.teacher.get_position_display(), row.get_state_display(),
        *(by_code.get(code, "") for code in codes),
        instant(row.counted_at), f"第{row.rule_version}版", said, row.answer,
        full_day(local_date(row.final_at)) if row.final_at else "",
    ]  # fmt: skip
