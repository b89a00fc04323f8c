"""Small .docx files for tests."""

import base64
import io
import zipfile

from docx import Document

from core.documents.render import packed

GREY = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAEElEQVR42mM8wcDAwMQAIwALLADOI6TNDAAAAABJRU5ErkJggg=="
)


def document(*paragraphs, rows=()):
    paper = Document()
    for text in paragraphs:
        paper.add_paragraph(text)
    if rows:
        table = paper.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    return packed(paper)


def with_part(name, old, new=None, *, parts=0):
    """A document with one part more (bytes), or with words of a part replaced; parts: so many empty ones beside."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document("{{ 学校 }}"))) as source:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                data = source.read(info)
                if new is not None and info.filename == name:
                    data = _replaced(data, old, new)
                target.writestr(info.filename, data)
            if new is None and name:
                target.writestr(name, old)
            for i in range(parts):
                target.writestr(f"word/media/{i}.bin", b"")
    return file.getvalue()


def _replaced(data, old, new):
    if old == "</w:p></w:body>":  # the last paragraph stands before the section's properties
        return data.replace(b"</w:body>", b"<w:p>" + new.removesuffix("</w:body>").encode() + b"</w:body>")
    return data.replace(old.encode(), new.encode())
