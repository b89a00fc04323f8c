"""What stands on a .docx, read as a person reads it: for the golden tests of the rooms that print."""

import io
import zipfile

from docx import Document
from docx.oxml.ns import qn


def opened(data):
    return Document(io.BytesIO(data))


def lines(data):
    """Paragraphs of the body outside tables, without the empty ones."""
    return [line.text for line in opened(data).paragraphs if line.text]


def rows(data, table=0):
    """[[text of each cell]] of one table, merged cells once."""
    found = []
    for row in opened(data).tables[table].rows:
        cells = dict.fromkeys(cell._tc for cell in row.cells)
        found.append(["\n".join(map(_text, cell.iter(qn("w:p")))) for cell in cells])
    return found


def _text(line):
    return "".join(part.text or "" for part in line.iter(qn("w:t")))


def everything(data):
    """All text in all parts, properties and footers included."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(parts.read(name).decode("utf-8", "ignore") for name in names)


def face(line):
    """(East Asian face, size in pt) of a paragraph's first words."""
    run = next(run for run in line.runs if run.text)
    return run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def margins(data):
    """Width, height, top, left, right, bottom in mm."""
    page = opened(data).sections[0]
    sides = (page.page_width, page.page_height, page.top_margin, page.left_margin, page.right_margin, page.bottom_margin)
    return [round(side.mm) for side in sides]


OFFICIAL = [210, 297, 37, 28, 26, 35]  # GB/T 9704
TITLE, HEAD, BODY = ("方正小标宋简体", 22), ("黑体", 16), ("仿宋_GB2312", 16)


def same_parts(kept, made):
    """Names of the parts that differ between two .docx."""
    with zipfile.ZipFile(io.BytesIO(kept)) as one, zipfile.ZipFile(io.BytesIO(made)) as other:
        assert one.namelist() == other.namelist()
        return [name for name in one.namelist() if one.read(name) != other.read(name)]
