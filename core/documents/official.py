"""Shapes of an official paper after GB/T 9704-2012 (domain.md §8), for the templates we make ourselves.

A4, 37/35/28/26 mm, title 22 pt 小标宋, body 仿宋_GB2312 (forms: 12 pt), page number “— 1 —” 14 pt 宋体 outside.
Faces are named, none is shipped.
"""

import io

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from core.documents.render import packed

TITLE_FACE, BODY, HEAD, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
WIDTHS = (26, 54, 26, 50)  # mm, together the 156 of a line
SHORT = 84  # characters of 16 pt: three lines
SIGNED = 82  # mm: a date of 37, four characters of 5.6 to its right, and as much to its left
LINE = Pt(20)

# ── Page ──


def page():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    normal = document.styles["Normal"]
    normal.font.size = Pt(12)
    set_face(normal.element.get_or_add_rPr(), BODY)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.AT_LEAST, LINE
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = side
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
        page_number(line)
    return document


def heading(document, text):
    line = document.add_paragraph()
    line.alignment = ALIGN.CENTER
    exactly(line, 33)
    line.paragraph_format.space_after = Pt(6)
    write(line, text, TITLE_FACE, 22)
    return line


def exactly(line, points):
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing = Pt(points)


def annex(document, text):
    """附件1: top left."""
    line = document.add_paragraph()
    exactly(line, 28)
    write(line, text, HEAD, 16)
    return line


def body(document, text, face=BODY):
    """A paragraph of a written paper: 16 pt, two characters in, 28 pt from line to line."""
    line = document.add_paragraph()
    exactly(line, 28)
    line.paragraph_format.first_line_indent = Pt(32)
    write(line, text, face, 16)
    return line


def signature(document, unit, date):
    """落款: the unit above the date and centred on it, the date four characters from the right."""
    for text in (unit, date):
        line = document.add_paragraph()
        exactly(line, 28)
        line.alignment = ALIGN.CENTER
        line.paragraph_format.left_indent = Mm(sum(WIDTHS) - SIGNED)
        line.paragraph_format.keep_with_next = text is unit
        write(line, text, BODY, 16)


def keep_signature(paper, unit, date):
    """The filled paper again, its last words tied to unit and date."""
    document = Document(io.BytesIO(paper))
    tie_signature(unit, date, document)
    return packed(document, document.core_properties.title)


def tie_signature(unit, date, document):
    """The last words of the document tied to unit and date: a signature has no page of its own. A paragraph of more
    than three lines is left alone, for LibreOffice would move the whole of it."""
    lines = document.paragraphs
    signed = [i for i, line in enumerate(lines[:-1]) if (line.text, lines[i + 1].text) == (unit, date)]
    tied = 0
    for line in reversed(lines[: signed[0]] if signed else []):
        if len(line.text) > SHORT or tied == 2:
            break
        line.paragraph_format.keep_with_next = True
        tied += bool(line.text)


def only(document, text):
    """A paragraph that is gone from the paper: it says where something begins to repeat, or whether it is there."""
    write(document.add_paragraph(), text, BODY, 16)


def end(document):
    """Word wants a line after a table; this one takes no room, so that it never begins a page."""
    exactly(document.add_paragraph(), 1)


def page_number(line):
    write(line, "— ", SONG, 14)
    for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = write(line, "", SONG, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._element.append(mark)
    write(line, " —", SONG, 14)


def write(line, text, face=BODY, size=12):
    run = line.add_run(text)
    run.font.size = Pt(size)
    set_face(run._element.get_or_add_rPr(), face)
    return run


def set_face(properties, face):
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]  # a theme's face would win
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)


# ── Table ──


def new_table(document, widths=WIDTHS):
    table = document.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    add_air(table)
    add_rules(table)
    return table


def add_rules(table):
    """Lines of its own, so that the sheet keeps them inside a document that knows no style of that name."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (
            ("val", "single"),
            ("sz", "4" if side.startswith("inside") else "8"),
            ("color", "000000"),
        ):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def add_air(table):
    """A little room above and below the words of a cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "45")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def add_row(table, height=10):
    row = table.add_row()
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width, cell.vertical_alignment = column.width, VERTICAL.CENTER
    return row


def fill(cell, texts, *, label=False, align=None):
    for i, text in enumerate([texts] if isinstance(texts, str) else texts):
        line = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
        line.alignment = ALIGN.CENTER if label else align
        write(line, text, HEAD if label else BODY)


def four(table, texts, height=10):
    row = add_row(table, height)
    for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        fill(cell, text, label=i % 2 == 0)
    return row


def wide(table, label, texts, *, height=10):
    row = add_row(table, height)
    fill(row.cells[0], label, label=True)
    fill(row.cells[1].merge(row.cells[-1]), texts)
    return row


def long_text(cell):
    """A text of several lines: from the top, each paragraph two characters in."""
    cell.vertical_alignment = VERTICAL.TOP
    for line in cell.paragraphs:
        line.paragraph_format.first_line_indent = Pt(24)


def tag(table, text):
    """A row that is gone from the paper: it only says where rows begin to repeat, or whether there are any."""
    fill(add_row(table).cells[0], text)


def when(table, condition, label, texts):
    tag(table, f"{{%tr if {condition} %}}")
    wide(table, label, texts)
    tag(table, "{%tr endif %}")


def repeat(row):
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
