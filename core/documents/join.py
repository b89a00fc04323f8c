"""Several papers of one template as one document."""

import copy
import io

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from core.documents.render import packed


def join(sheet, papers, *, title=""):
    """sheet, then each paper on a page of its own. The papers come from one template and hold no pictures of their
    own, so that what they refer to is the same in each; page, header and footer are theirs."""
    if not papers:
        return packed(Document(io.BytesIO(sheet)), title)
    whole = Document(io.BytesIO(papers[0]))
    body = whole.element.body
    first = body[0]
    for element in _content(sheet):
        first.addprevious(copy.deepcopy(element))
    _on_a_new_page(first)
    end = body[-1]  # the section's properties
    for paper in papers[1:]:
        elements = [copy.deepcopy(element) for element in _content(paper)]
        for element in elements:
            end.addprevious(element)
        _on_a_new_page(elements[0])
    return packed(whole, title)


def _content(paper):
    return [element for element in Document(io.BytesIO(paper)).element.body if element.tag != qn("w:sectPr")]


def _on_a_new_page(element):
    """A table cannot ask for a page: a line without height does it."""
    if element.tag == qn("w:p"):
        element.get_or_add_pPr().get_or_add_pageBreakBefore()
        return
    line = OxmlElement("w:p")
    element.addprevious(line)
    line.get_or_add_pPr().get_or_add_pageBreakBefore()
    spacing = line.get_or_add_pPr().get_or_add_spacing()
    spacing.line, spacing.lineRule = Pt(1), "exact"
