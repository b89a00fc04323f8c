"""Makes the built-in templates in programmes/data/templates: python manage.py build_papers.

Shape after GB/T 9704-2012 (domain.md §8): A4, 37/35/28/26 mm, title 22 pt 小标宋, body 仿宋_GB2312 (forms: 12 pt),
page number “— 1 —” 14 pt 宋体 outside. Faces are named, none is shipped.
"""

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents.render import packed

TITLE_FACE, BODY, HEAD, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
WIDTHS = (26, 54, 26, 50)  # mm, together the 156 of a line
LINE = Pt(20)


def visit_record():
    document = _page()
    _title(document, "学校家访记录表")
    line = document.add_paragraph()
    line.paragraph_format.tab_stops.add_tab_stop(Mm(sum(WIDTHS)), WD_TAB_ALIGNMENT.RIGHT)
    _write(line, "{{ 活动 }}\t{{ 记录状态 }}")
    table = _table(document)
    for pair in (("学校", "{{ 学校 }}", "班级", "{{ 班级 }}"), ("学生", "{{ 学生 }}", "性别", "{{ 性别 }}")):
        _repeat(_four(table, pair))
    _four(table, ("家访教师", "{{ 家访教师 }}", "时间", ["{{ 日期 }}", "{{ 时间 }}"]))
    _four(table, ("方式", "{{ 方式 }}", "地点", "{{ 地点 }}"))
    _four(table, ("家庭成员", "{{ 家庭成员 }}", "住址", "{{ 住址 }}"))
    _wide(table, "监护人", "{{ 监护人 }}")
    _when(table, "备课", "备课", "{{ 备课 }}")
    _tag(table, "{%tr for 栏 in 正文 %}")
    _long(_wide(table, "{{ 栏.标题 }}", "{{ 栏.内容 }}", height=21).cells[1])
    _tag(table, "{%tr endfor %}")
    _when(table, "孩子", "优点", [
        "{%p for 一人 in 孩子 %}",
        "{{ 一人.姓名 }}：{{ 一人.优点 }}{% if 一人.优点 and 一人.记录 %}。{% endif %}{{ 一人.记录 }}",
        "{%p endfor %}",
    ])  # fmt: skip
    _when(table, "观察", "家庭观察", ["{%p for 项 in 观察 %}", "{{ 项.栏目 }}：{{ 项.内容 }}", "{%p endfor %}"])
    _when(table, "聊到的内容", "聊到的内容", ["{%p for 组 in 聊到的内容 %}", "{{ 组.栏目 }}：{{ 组.内容 }}", "{%p endfor %}"])
    _wide(table, "家长意见", [
        "{%p for 条 in 家长意见 %}", "{{ 条.序号 }}．{{ 条.内容 }}（{{ 条.类别 }}，{{ 条.答复 }}）", "{%p endfor %}",
        "{%p if not 家长意见 %}", "{% if 记录状态 != '待填' %}无{% endif %}", "{%p endif %}",
    ])  # fmt: skip
    _wide(table, "约定与回访", [
        "{%p for 件 in 约定 %}",
        "{{ 件.谁 }}：{{ 件.内容 }}{% if 件.期限 %}（{{ 件.期限 }}看）{% endif %}"
        "{% if 件.结果 %}　{{ 件.结果 }}{% endif %}",
        "{%p endfor %}",
        "{% if 回访 %}回访：{{ 回访 }}{% endif %}{% if not 约定 and not 回访 and 记录状态 != '待填' %}无{% endif %}",
    ])  # fmt: skip
    _when(table, "帮助 or 材料", "帮助与材料", [
        "{%p for 项 in 帮助 %}",
        "{{ 项.种类 }}{% if 项.内容 %}：{{ 项.内容 }}{% endif %}{% if 项.金额 %}，{{ 项.金额 }}{% endif %}",
        "{%p endfor %}", "{% if 材料 %}材料：{{ 材料 }}{% endif %}",
    ])  # fmt: skip
    _when(table, "廉洁", "廉洁自律", "{{ 廉洁 }}")
    _when(table, "照片", "照片", "{% for 张 in 照片 %}{{ 张.图片 }} {% endfor %}")
    _four(table, ("记录人", "{{ 记录人 }}", "记录日期", "{{ 记录日期 }}"))
    _review(table)
    _end(document)
    return packed(document, "学校家访记录表")


def pupil_file():
    """The first sheet of a pupil's visit file; the records follow."""
    document = _page()
    _title(document, "学生走访档案")
    table = _table(document)
    _four(table, ("学校", "{{ 学校 }}", "班级", "{{ 班级 }}"))
    _four(table, ("学生", "{{ 学生 }}", "性别", "{{ 性别 }}"))
    _wide(table, "走访", [
        "{%p for 次 in 走访 %}", "{{ 次.日期 }}　{{ 次.方式 }}　{{ 次.教师 }}　{{ 次.状态 }}", "{%p endfor %}",
        "{%p if not 走访 %}", "还没有走访记录", "{%p endif %}",
    ])  # fmt: skip
    _wide(table, "家长意见", [
        "{%p for 条 in 家长意见 %}", "{{ 条.日期 }}　{{ 条.内容 }}（{{ 条.类别 }}，{{ 条.答复 }}）", "{%p endfor %}",
        "{%p if not 家长意见 %}", "无", "{%p endif %}",
    ])  # fmt: skip
    _wide(table, "待看的约定", [
        "{%p for 件 in 约定 %}", "{{ 件.谁 }}：{{ 件.内容 }}{% if 件.期限 %}（{{ 件.期限 }}看）{% endif %}", "{%p endfor %}",
        "{%p if not 约定 %}", "无", "{%p endif %}",
    ])  # fmt: skip
    _end(document)
    return packed(document, "学生走访档案")


# ── Page ──


def _page():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    normal = document.styles["Normal"]
    normal.font.size = Pt(12)
    _face(normal.element.get_or_add_rPr(), BODY)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.AT_LEAST, LINE
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        _page_number(line)
    return document


def _title(document, text):
    line = document.add_paragraph()
    line.alignment = ALIGN.CENTER
    line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(33)
    line.paragraph_format.space_after = Pt(6)
    _write(line, text, TITLE_FACE, 22)


def _end(document):
    """Word wants a line after a table; this one takes no room, so that it never begins a page."""
    line = document.add_paragraph()
    line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)


def _page_number(line):
    _write(line, "— ", SONG, 14)
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = _write(line, "", SONG, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._element.append(mark)
    _write(line, " —", SONG, 14)


def _write(line, text, face=BODY, size=12):
    run = line.add_run(text)
    run.font.size = Pt(size)
    _face(run._element.get_or_add_rPr(), face)
    return run


def _face(properties, face):
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]  # a theme's face would win
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)


# ── Table ──


def _table(document):
    table = document.add_table(rows=0, cols=len(WIDTHS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    _air(table)
    _rules(table)
    return table


def _rules(table):
    """Lines of its own, so that the sheet keeps them inside a document that knows no style of that name."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4" if side.startswith("inside") else "8"), ("color", "000000")):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _air(table):
    """A little room above and below the words of a cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "45")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _row(table, height=10):
    row = table.add_row()
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, width in zip(row.cells, WIDTHS, strict=True):
        cell.width, cell.vertical_alignment = Mm(width), VERTICAL.CENTER
    return row


def _fill(cell, texts, *, label=False, align=None):
    for i, text in enumerate([texts] if isinstance(texts, str) else texts):
        line = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
        line.alignment = ALIGN.CENTER if label else align
        _write(line, text, HEAD if label else BODY)


def _four(table, texts):
    row = _row(table)
    for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        _fill(cell, text, label=i % 2 == 0)
    return row


def _wide(table, label, texts, *, height=10):
    row = _row(table, height)
    _fill(row.cells[0], label, label=True)
    _fill(row.cells[1].merge(row.cells[3]), texts)
    return row


def _long(cell):
    """A text of several lines: from the top, each paragraph two characters in."""
    cell.vertical_alignment = VERTICAL.TOP
    for line in cell.paragraphs:
        line.paragraph_format.first_line_indent = Pt(24)


def _tag(table, text):
    """A row that is gone from the paper: it only says where rows begin to repeat, or whether there are any."""
    _fill(_row(table).cells[0], text)


def _when(table, condition, label, texts):
    _tag(table, f"{{%tr if {condition} %}}")
    _wide(table, label, texts)
    _tag(table, "{%tr endif %}")


def _repeat(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _review(table):
    row = _row(table, 32)
    _fill(row.cells[0], ["学校", "审核意见"], label=True)
    cell = row.cells[1].merge(row.cells[3])
    cell.vertical_alignment = VERTICAL.BOTTOM
    _fill(cell, "审核人：{{ 审核人 }}　　{{ 审核日期 }}", align=ALIGN.RIGHT)
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
