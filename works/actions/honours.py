"""The list of honoured teachers as a workbook."""

import hashlib
import secrets
from io import BytesIO

from core.access import authorize
from core.audit import record
from core.clock import now
from core.formats import instant
from core.sheets import Column, internal_mark, write_table
from works.enums import WorkKind
from works.queries.upper import goes_on


def export_honours(programme, lines, *, by):
    """An open file of the given Honours in their order. The audit keeps number, rows and SHA-256."""
    authorize(by, "works.view_honours")
    moment, number, file = now(), secrets.token_hex(4).upper(), BytesIO()
    with_city = goes_on(programme, WorkKind.DEEDS) or any(one.city for one in lines)
    write_table(
        file,
        title=f"{programme.title}先进教师名单",
        subtitle=f"导出于{instant(moment)}",
        columns=[
            Column("序号", 6, "number"), Column("单位", 26), Column("姓名", 10), Column("先进事迹", 36),
            Column("校级", 12), Column("区级", 12), *([Column("市级", 12)] if with_city else []), Column("层级", 12),
        ],
        rows=[
            [
                i, one.work.school.name, one.name, one.title, one.school, one.district,
                *([one.city] if with_city else []), one.level,
            ]
            for i, one in enumerate(lines, start=1)
        ],
        notes=["按学校和姓名排列。不按走访次数、字数和照片排名。"],
        sheet="先进教师",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )  # fmt: skip
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(programme, "honours.export", by=by, number=number, rows=len(lines), sha256=checksum)
    file.seek(0)
    return file
