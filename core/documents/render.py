"""Filling a .docx template (docxtpl). The template's expressions run in a sandbox, every value is escaped.

The same template and values give the same bytes: no time, no author, no name of a machine is kept.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.pkgwriter import PackageWriter
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docxtpl import DocxTemplate, InlineImage, Listing
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MARK = "page_mark"  # no template's own field: they are checked before they are kept
SONG = "宋体"
PROPERTIES, TYPES = "docProps/app.xml", "[Content_Types].xml"
EMPTY_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles a source once a process; a field without a value is an error, never a hole in the paper."""

    def from_string(self, source, globals=None, template_class=None):
        return _compiled(source)

    def compile_anew(self, source):
        return super().from_string(source)


def sandbox():
    env = Sandbox(autoescape=True, undefined=StrictUndefined)
    env.globals.clear()  # no range, no lipsum: a paper needs its fields alone
    return env


ENV = sandbox()


@lru_cache(maxsize=64)
def _compiled(source):
    return ENV.compile_anew(source)


@lru_cache(maxsize=64)
def _patched(source):
    return DocxTemplate.patch_xml(None, source)


class Template(DocxTemplate):
    def patch_xml(self, src_xml):
        return _patched(src_xml)


@dataclass(frozen=True)
class Picture:
    """A picture for a field, as wide as it is to stand on the paper."""

    data: bytes
    width_mm: float


def render(template, values, *, title="", mark="", finish=None):
    """The filled .docx. template: bytes or a path; values: text, Picture, rows (lists of dicts) by field name.

    mark: a small line at the foot of every page, put there whatever the template looks like (security.md X4).
    finish(document): a last hand on the filled paper, before it is packed.
    """
    paper = Template(io.BytesIO(template) if isinstance(template, bytes) else template)
    paper.init_docx()
    _forget_who(paper.docx, title)
    if mark:
        _add_mark(paper.docx)
    paper.render({name: _value(paper, value) for name, value in values.items()} | {MARK: clean(mark)}, ENV)
    if finish:
        finish(paper.docx)
    return _saved(paper.docx)


def packed(document, title=""):
    """A python-docx document as bytes, the same for the same content: for templates that we make ourselves."""
    _forget_who(document, title)
    return _saved(document)


def clean(text):
    """What XML can hold, with one kind of line end."""
    return FORBIDDEN.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def _value(paper, value):
    if isinstance(value, Picture):
        return InlineImage(paper, io.BytesIO(value.data), width=Mm(value.width_mm))
    if isinstance(value, dict):
        return {name: _value(paper, inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(paper, inner) for inner in value]
    if isinstance(value, str):
        text = clean(value)
        return Listing(text.replace("\n", "\a")) if "\n" in text else text  # a new paragraph of the same look
    return value  # numbers, yes and no


def _forget_who(document, title):
    kept = document.core_properties
    for name in ("author", "last_modified_by", "comments", "category", "keywords", "subject", "identifier", "version",
                 "content_status", "language"):  # fmt: skip
        setattr(kept, name, "")
    kept.title = re.sub(r"[{}%#]", "", title)  # docxtpl reads properties as templates, too
    kept.revision = 1
    kept.created = kept.modified = kept.last_printed = LONG_AGO


def _add_mark(document):
    """One line below what stands in each footer of its own; a document without footers gets one."""
    first = document.sections[0]
    first.footer.is_linked_to_previous = False
    even = document.settings.odd_and_even_pages_header_footer
    if even:
        first.even_page_footer.is_linked_to_previous = False
    for section in document.sections:
        footers = [section.footer] + [section.even_page_footer] * even
        if section.different_first_page_header_footer:
            section.first_page_footer.is_linked_to_previous = False
            footers.append(section.first_page_footer)
        for footer in footers:
            if not footer.is_linked_to_previous:
                _mark_line(footer)


def _mark_line(footer):
    line = footer.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(0)
    run = line.add_run(f"{{{{ {MARK} }}}}")
    run.font.size, run.font.color.rgb = Pt(8), RGBColor(0x59, 0x59, 0x59)
    run.font.name = SONG
    run._element.rPr.rFonts.set(qn("w:eastAsia"), SONG)


class _Parts(dict):
    """Takes what python-docx writes, before it is packed: packing twice costs as much as filling."""

    def write(self, uri, blob):
        self[uri.membername] = blob


def _saved(document):
    """The parts in a fixed order with a fixed date, as zip."""
    package, parts = document.part.package, _Parts()
    for part in package.parts:
        part.before_marshal()
    PackageWriter._write_content_types_stream(parts, package.parts)
    PackageWriter._write_pkg_rels(parts, package.rels)
    PackageWriter._write_parts(parts, package.parts)
    if PROPERTIES in parts:
        parts[PROPERTIES] = EMPTY_PROPERTIES
    fixed = io.BytesIO()
    with zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in [TYPES, *sorted(name for name in parts if name != TYPES)]:  # readers want the types first
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
