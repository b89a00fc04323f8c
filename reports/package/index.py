"""目录.docx: what lies in a package, where, of which school. Its template is made once a process."""

from functools import lru_cache

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Pt

from core.clock import local_date
from core.documents import render
from core.documents.official import (
    HEAD,
    add_row,
    body,
    end,
    fill,
    heading,
    new_table,
    page,
    repeat,
    tag,
    write,
)
from core.documents.render import packed
from core.formats import full_day, instant
from core.sheets import internal_mark

INDEX = "目录.docx"
WIDTHS = (14, 44, 30, 68)  # mm, together the 156 of a line
COMMON = {
    "走访情况汇总表.xlsx": "各校一行，末行合计",
    "未走访和未报送.xlsx": "还没有走到的学校、班级和人数，没有报送和补报的材料",
    "报送登记.xlsx": "每校每项材料报没有报、什么时候报的",
    "SHA256SUMS.txt": "每个文件的校验码",
    "manifest.json": "同上，供程序读",
}


def index(compilation, parts, missing):
    """The filled .docx. parts: SchoolParts in order, with school; missing: [{"name", "why"}]."""
    authority = compilation.programme.authority
    values = {
        "标题": f"{compilation.programme.title}\n{compilation.get_kind_display()}汇编目录",
        "说明": "\n".join(_said(compilation, parts, missing)),
        "共用": [{"文件": name, "内容": words} for name, words in COMMON.items()],
        "材料": list(_rows(parts)),
        "单位": authority.name,
        "日期": full_day(local_date(compilation.created_at)),
    }
    mark = internal_mark(compilation.started_by, compilation.created_at, f"{compilation.pk:06d}")
    return render(_template(), values, title="目录", mark=mark)


def _said(compilation, parts, missing):
    papers = sum(len(part.papers) for part in parts)
    yield f"数据截至{compilation.as_of_words}，{compilation.stage}，第{compilation.revision}版。"
    if compilation.corrects_id:
        known = instant(compilation.known_at)
        yield f"这是对第{compilation.corrects.revision}版的更正，按{known}所知。更正原因：{compilation.reason}"
    yield f"共{len(parts)}所学校，{papers}份材料，每所学校一个文件夹。"
    if missing:
        yield f"缺{len(missing)}所学校：{'、'.join(one['name'] for one in missing)}。原因在“未走访和未报送”里。"


def _rows(parts):
    number = 0
    for part in parts:
        for paper in part.papers:
            number += 1
            said = [f"《{paper['title']}》{paper['by']}"] if paper["by"] else []
            yield {
                "序号": str(number), "学校": part.school.short_name, "材料": paper["kind"],
                "文件": "\n".join([*said, paper["name"].partition("/")[2]]),
            }  # fmt: skip


@lru_cache(maxsize=1)
def _template():
    document = page()
    heading(document, "{{ 标题 }}")
    body(document, "{{ 说明 }}")
    _caption(document, "共用文件")
    _table(document, (60, 96), ("文件", "内容"), "共用")
    _caption(document, "各校材料")
    _table(document, WIDTHS, ("序号", "学校", "材料", "文件"), "材料")
    end(document)
    return packed(document, "目录")


def _caption(document, text):
    line = document.add_paragraph()
    line.alignment, line.paragraph_format.keep_with_next = ALIGN.CENTER, True
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(12), Pt(4)
    write(line, text, HEAD)


def _table(document, widths, columns, field):
    table = new_table(document, widths)
    head = add_row(table)
    for cell, title in zip(head.cells, columns, strict=True):
        fill(cell, title, label=True)
    repeat(head)
    tag(table, f"{{%tr for 行 in {field} %}}")
    for cell, column in zip(add_row(table).cells, columns, strict=True):
        fill(cell, f"{{{{ 行.{column} }}}}")
    tag(table, "{%tr endfor %}")
