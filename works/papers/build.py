"""Makes the built-in templates of 附件1 and of the other works' form: python manage.py build_papers.

Shapes: core/documents/official.py. The seal is pressed by hand: here is only its room, 45 mm high (domain.md §8).
"""

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from core.documents.official import (
    add_row,
    annex,
    exactly,
    fill,
    four,
    heading,
    long_text,
    new_table,
    only,
    page,
    tag,
    wide,
    write,
)
from core.documents.render import packed

SIX = (21, 31, 21, 22, 21, 40)  # mm, together the 156 of a line
STORY_HEIGHT = 92  # mm: a short story fills the page all the same
LINE = 17  # pt from line to line: about 400 characters stand on one page
ROW = 8.5  # mm
SEAL_ABOVE, SEAL_BELOW, SEAL_BLOCK = 29, 4, 64  # mm: with two lines of 6 the 45 of the seal and a little


def story_form():
    document = page()
    exactly(annex(document, "{{ 附件 }}"), 22)
    title = heading(document, "{{ 标题 }}")
    exactly(title, 29)
    title.paragraph_format.space_after = Pt(0)
    _unit(document, "填报单位：", "{{ 填报单位 }}")
    table = new_table(document, SIX)
    for texts in (
        ("姓名", "{{ 姓名 }}", "性别", "{{ 性别 }}", "出生年月", "{{ 出生年月 }}"),
        ("职务", "{{ 职务 }}", "政治面貌", "{{ 政治面貌 }}", "联系电话", "{{ 联系电话 }}"),
    ):
        _centred(four(table, texts, ROW).cells)
    row = add_row(table, ROW)
    fill(row.cells[0], "走访对象", label=True)
    fill(row.cells[1].merge(row.cells[3]), "{{ 走访对象 }}")
    fill(row.cells[4], "走访时间", label=True)
    fill(row.cells[5], "{{ 走访时间 }}")
    _centred([row.cells[1], row.cells[5]])
    _story(table)
    _opinion(table, ["学校", "推荐", "意见"])
    _note(document)
    return packed(document, "感人故事推荐表")


def work_form():
    document = page()
    only(document, "{%p if 附件 %}")
    annex(document, "{{ 附件 }}")
    only(document, "{%p endif %}")
    heading(document, "{{ 标题 }}")
    table = new_table(document)
    wide(table, "题目", "{{ 题目 }}")
    four(table, ("作者", "{{ 作者 }}", "学校", "{{ 学校 }}"))
    tag(table, "{%tr if 事迹人 %}")
    wide(table, "事迹人", "{{ 事迹人 }}")
    tag(table, "{%tr endif %}")
    four(table, ("学科", "{{ 学科 }}", "联系电话", "{{ 联系电话 }}"))
    wide(table, "类别", "{{ 类别 }}")
    tag(table, "{%tr if 走访对象 %}")
    four(table, ("走访对象", "{{ 走访对象 }}", "走访时间", "{{ 走访时间 }}"))
    tag(table, "{%tr endif %}")
    long_text(wide(table, "正文", "{{ 正文 }}", height=45).cells[1])
    wide(table, "原创承诺", "{{ 原创承诺 }}")
    four(table, ("校级等级", "{{ 校级等级 }}", "推荐区级", "{{ 推荐区级 }}"))
    _opinion(table, ["学校", "推荐意见"])
    _note(document)
    return packed(document, "作品表")


MADE = {"story_form.docx": story_form, "work_form.docx": work_form}


def _unit(document, label, text):
    """填报单位 with its line, as on the printed form."""
    line = document.add_paragraph()
    exactly(line, LINE)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(4), Pt(3)
    write(line, label)
    write(line, f"　{text}　").font.underline = True


def _centred(cells):
    for cell in cells:
        for line in cell.paragraphs:
            line.alignment = ALIGN.CENTER


def _story(table):
    row = add_row(table, STORY_HEIGHT)
    fill(row.cells[0], list("感人故事"), label=True)
    cell = row.cells[1].merge(row.cells[-1])
    fill(cell, ["{%p if 题目 %}", "{{ 题目 }}", "{%p endif %}", "{{ 感人故事 }}"])
    long_text(cell)
    title = cell.paragraphs[1]
    title.alignment, title.paragraph_format.first_line_indent = ALIGN.CENTER, Pt(0)
    for line in cell.paragraphs:
        exactly(line, LINE)


def _opinion(table, label):
    """The words from the top; below them, whatever their length, the room of the seal over （公章） and the date."""
    row = add_row(table, 52)
    fill(row.cells[0], label, label=True)
    cell = row.cells[1].merge(row.cells[-1])
    fill(cell, ["{{ 学校推荐意见 }}", "（公章）", "{{ 意见日期 }}"])
    cell.vertical_alignment = VERTICAL.TOP
    for line in cell.paragraphs:
        exactly(line, LINE)
        line.paragraph_format.keep_with_next = True  # the words below the table do not stand alone on a page
    words, seal, date = cell.paragraphs
    words.paragraph_format.first_line_indent = Pt(24)
    seal.paragraph_format.space_before, date.paragraph_format.space_after = Mm(SEAL_ABOVE), Mm(SEAL_BELOW)
    for line in (seal, date):
        line.alignment = ALIGN.CENTER
        line.paragraph_format.left_indent = cell.width - Mm(SEAL_BLOCK)
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _note(document):
    line = document.add_paragraph()
    exactly(line, 14)
    line.paragraph_format.space_before = Pt(2)
    write(line, "{{ 备注 }}", size=10.5)
