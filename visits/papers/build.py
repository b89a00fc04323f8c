"""Makes the built-in templates of visits in programmes/data/templates: python manage.py build_papers.

Shapes: core/documents/official.py.
"""

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm

from core.documents.official import (
    WIDTHS,
    add_row,
    end,
    fill,
    four,
    heading,
    long_text,
    new_table,
    page,
    repeat,
    tag,
    when,
    wide,
    write,
)
from core.documents.render import packed


def visit_record():
    document = page()
    heading(document, "学校家访记录表")
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(sum(WIDTHS)), WD_TAB_ALIGNMENT.RIGHT)
    write(line, "{{ 活动 }}\t{{ 记录状态 }}")
    table = new_table(document)
    for pair in (("学校", "{{ 学校 }}", "班级", "{{ 班级 }}"), ("学生", "{{ 学生 }}", "性别", "{{ 性别 }}")):
        repeat(four(table, pair))
    four(table, ("家访教师", "{{ 家访教师 }}", "时间", ["{{ 日期 }}", "{{ 时间 }}"]))
    four(table, ("方式", "{{ 方式 }}", "地点", "{{ 地点 }}"))
    four(table, ("家庭成员", "{{ 家庭成员 }}", "住址", "{{ 住址 }}"))
    wide(table, "监护人", "{{ 监护人 }}")
    when(table, "备课", "备课", "{{ 备课 }}")
    tag(table, "{%tr for 栏 in 正文 %}")
    long_text(wide(table, "{{ 栏.标题 }}", "{{ 栏.内容 }}", height=21).cells[1])
    tag(table, "{%tr endfor %}")
    when(table, "孩子", "优点", [
        "{%p for 一人 in 孩子 %}",
        "{{ 一人.姓名 }}：{{ 一人.优点 }}{% if 一人.优点 and 一人.记录 %}。{% endif %}{{ 一人.记录 }}",
        "{%p endfor %}",
    ])  # fmt: skip
    when(
        table, "观察", "家庭观察", ["{%p for 项 in 观察 %}", "{{ 项.栏目 }}：{{ 项.内容 }}", "{%p endfor %}"]
    )
    when(
        table,
        "聊到的内容",
        "聊到的内容",
        ["{%p for 组 in 聊到的内容 %}", "{{ 组.栏目 }}：{{ 组.内容 }}", "{%p endfor %}"],
    )
    wide(table, "家长意见", [
        "{%p for 条 in 家长意见 %}", "{{ 条.序号 }}．{{ 条.内容 }}（{{ 条.类别 }}，{{ 条.答复 }}）", "{%p endfor %}",
        "{%p if not 家长意见 %}", "{% if 记录状态 != '待填' %}无{% endif %}", "{%p endif %}",
    ])  # fmt: skip
    wide(table, "约定与回访", [
        "{%p for 件 in 约定 %}",
        "{{ 件.谁 }}：{{ 件.内容 }}{% if 件.期限 %}（{{ 件.期限 }}看）{% endif %}"
        "{% if 件.结果 %}　{{ 件.结果 }}{% endif %}",
        "{%p endfor %}",
        "{% if 回访 %}回访：{{ 回访 }}{% endif %}{% if not 约定 and not 回访 and 记录状态 != '待填' %}无{% endif %}",
    ])  # fmt: skip
    when(table, "帮助 or 材料", "帮助与材料", [
        "{%p for 项 in 帮助 %}",
        "{{ 项.种类 }}{% if 项.内容 %}：{{ 项.内容 }}{% endif %}{% if 项.金额 %}，{{ 项.金额 }}{% endif %}",
        "{%p endfor %}", "{% if 材料 %}材料：{{ 材料 }}{% endif %}",
    ])  # fmt: skip
    when(table, "廉洁", "廉洁自律", "{{ 廉洁 }}")
    when(table, "照片", "照片", "{% for 张 in 照片 %}{{ 张.图片 }} {% endfor %}")
    four(table, ("记录人", "{{ 记录人 }}", "记录日期", "{{ 记录日期 }}"))
    _review(table)
    end(document)
    return packed(document, "学校家访记录表")


def pupil_file():
    """The first sheet of a pupil's visit file; the records follow."""
    document = page()
    heading(document, "学生走访档案")
    table = new_table(document)
    four(table, ("学校", "{{ 学校 }}", "班级", "{{ 班级 }}"))
    four(table, ("学生", "{{ 学生 }}", "性别", "{{ 性别 }}"))
    wide(table, "走访", [
        "{%p for 次 in 走访 %}", "{{ 次.日期 }}　{{ 次.方式 }}　{{ 次.教师 }}　{{ 次.状态 }}", "{%p endfor %}",
        "{%p if not 走访 %}", "还没有走访记录", "{%p endif %}",
    ])  # fmt: skip
    wide(table, "家长意见", [
        "{%p for 条 in 家长意见 %}", "{{ 条.日期 }}　{{ 条.内容 }}（{{ 条.类别 }}，{{ 条.答复 }}）", "{%p endfor %}",
        "{%p if not 家长意见 %}", "无", "{%p endif %}",
    ])  # fmt: skip
    wide(table, "待看的约定", [
        "{%p for 件 in 约定 %}", "{{ 件.谁 }}：{{ 件.内容 }}{% if 件.期限 %}（{{ 件.期限 }}看）{% endif %}", "{%p endfor %}",
        "{%p if not 约定 %}", "无", "{%p endif %}",
    ])  # fmt: skip
    end(document)
    return packed(document, "学生走访档案")


MADE = {"visit_record.docx": visit_record, "pupil_file.docx": pupil_file}


def _review(table):
    row = add_row(table, 32)
    fill(row.cells[0], ["学校", "审核意见"], label=True)
    cell = row.cells[1].merge(row.cells[3])
    cell.vertical_alignment = VERTICAL.BOTTOM
    fill(cell, "审核人：{{ 审核人 }}　　{{ 审核日期 }}", align=ALIGN.RIGHT)
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
