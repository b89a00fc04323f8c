"""Makes the built-in templates of 附件2, the plan and the statement: python manage.py build_papers.

Shapes: core/documents/official.py.
"""

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Pt

from core.documents.official import (
    HEAD,
    add_row,
    annex,
    body,
    end,
    exactly,
    fill,
    four,
    heading,
    new_table,
    only,
    page,
    repeat,
    signature,
    tag,
    wide,
    write,
)
from core.documents.render import packed

GRADE_WIDTHS = (36, 24, 24, 24, 24, 24)  # mm, together the 156 of a line
DUTY_WIDTHS = (22, 24, 32, 50, 28)
FACT_WIDTHS = (16, 60, 80)


def school_report():
    document = page()
    only(document, "{%p if 附件 %}")
    annex(document, "{{ 附件 }}")
    exactly(document.add_paragraph(), 28)  # the title stands on the third line
    only(document, "{%p endif %}")
    _title(document)
    _sections(
        document, "年级", "级", GRADE_WIDTHS, ("年级", "应访", "实访", "覆盖率", "重点应访", "重点实访")
    )
    _enclosed(document)
    _signed(document)
    return packed(document, "学校活动报告")


def school_plan():
    document = page()
    _title(document)
    _sections(document, "分工", "人", DUTY_WIDTHS, ("职责", "姓名", "职务", "分工", "阶段"))
    _enclosed(document)
    _signed(document)
    only(document, "{%p if 守则 %}")
    first = document.add_paragraph()
    exactly(first, 28)
    first.paragraph_format.page_break_before = True
    write(first, "附件", HEAD, 16)
    exactly(document.add_paragraph(), 28)
    heading(document, "{{ 守则标题 }}").paragraph_format.space_after = Pt(14)
    only(document, "{%p for 条 in 守则 %}")
    body(document, "{{ 条.序号 }}.{{ 条.内容 }}")
    only(document, "{%p endfor %}")
    only(document, "{%p endif %}")
    return packed(document, "学校走访方案")


def statement():
    document = page()
    heading(document, "{{ 标题 }}")
    table = new_table(document)
    wide(table, "活动", "{{ 活动 }}")
    four(table, ("姓名", "{{ 姓名 }}", "职务", "{{ 职务 }}"))
    four(table, ("单位", "{{ 单位 }}", "数据截至", "{{ 数据截至 }}"))
    _air(document)
    _rows(document, FACT_WIDTHS, "事项", "件", ("序号", "项目", "结果"))
    _air(document)
    table = new_table(document)
    wide(table, "口径", "{{ 口径 }}")
    wide(table, "用途", "{{ 用途 }}")
    _signed_cell(table, "本人意见", "{{ 本人意见 }}", "{{ 姓名 }}　{{ 本人日期 }}")
    tag(table, "{%tr if 学校答复 %}")
    _signed_cell(table, "学校答复", "{{ 学校答复 }}", "{{ 答复人 }}　{{ 答复日期 }}")
    tag(table, "{%tr endif %}")
    four(table, ("状态", "{{ 状态 }}", "定稿日期", "{{ 定稿日期 }}"))
    end(document)
    return packed(document, "教师走访情况表")


MADE = {"school_report.docx": school_report, "school_plan.docx": school_plan, "statement.docx": statement}


def _title(document):
    heading(document, "{{ 标题 }}").paragraph_format.space_after = Pt(14)


def _sections(document, field, row_name, widths, columns):
    """一、二、三; one of them has a table with its caption."""
    only(document, "{%p for 部 in 部分 %}")
    body(document, "{{ 部.标题 }}", HEAD).paragraph_format.keep_with_next = True
    body(document, "{{ 部.内容 }}")
    only(document, f"{{%p if 部.表 and {field} %}}")
    caption = document.add_paragraph()
    caption.alignment, caption.paragraph_format.keep_with_next = ALIGN.CENTER, True
    caption.paragraph_format.space_before = caption.paragraph_format.space_after = Pt(4)
    write(caption, "{{ 部.表 }}", HEAD)
    _rows(document, widths, field, row_name, columns)
    _air(document)
    only(document, "{%p endif %}")
    only(document, "{%p endfor %}")


def _rows(document, widths, field, row_name, columns):
    """A table with a head that repeats on each page and a row for each row of the field."""
    table = new_table(document, widths)
    head = add_row(table)
    for cell, title in zip(head.cells, columns, strict=True):
        fill(cell, title, label=True)
    repeat(head)
    tag(table, f"{{%tr for {row_name} in {field} %}}")
    row = add_row(table)
    for cell, column in zip(row.cells, columns, strict=True):
        fill(cell, f"{{{{ {row_name}.{column} }}}}", align=ALIGN.CENTER)
    tag(table, "{%tr endfor %}")


def _signed_cell(table, label, text, who):
    wide(table, label, [text, who], height=20).cells[1].paragraphs[-1].alignment = ALIGN.RIGHT


def _air(document):
    exactly(document.add_paragraph(), 14)


def _enclosed(document):
    """附件说明: a line of air, then one line for each; they stay with the signature."""
    only(document, "{%p if 附件清单 %}")
    air = document.add_paragraph()
    exactly(air, 28)
    only(document, "{%p for 份 in 附件清单 %}")
    line = body(document, "{% if loop.first %}附件：{% else %}　　　{% endif %}{{ 份.序号 }}{{ 份.名称 }}")
    air.paragraph_format.keep_with_next = line.paragraph_format.keep_with_next = True
    only(document, "{%p endfor %}")
    only(document, "{%p endif %}")


def _signed(document):
    for _ in range(2):
        line = document.add_paragraph()
        exactly(line, 28)
        line.paragraph_format.keep_with_next = True
    signature(document, "{{ 落款单位 }}", "{{ 落款日期 }}")
