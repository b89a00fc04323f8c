"""附件2, the plan and the statement as LibreOffice draws them."""

import json
from pathlib import Path

import pypdfium2
import pytest

from core.documents import render
from core.pdf import to_pdf
from programmes.papers import paper
from programmes.queries.template import built_in
from reports.papers.make import report_docx
from reports.tests.on_paper import make_filings
from visits.tests.layout import differences, layout

HERE = Path(__file__).parent / "papers"
pytestmark = [pytest.mark.prove, pytest.mark.walk]


@pytest.fixture(autouse=True)
def office(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("kind", ("school_report", "school_plan", "statement"))
@pytest.mark.seed("S56", "W28", "W95")
def test_the_paper_is_drawn_as_the_stored_reference(kind):
    filled = render(built_in(kind).data, paper(kind).example, mark="内部资料 严禁外传")
    found = [layout(page) for page in pypdfium2.PdfDocument(to_pdf(filled))]
    wanted = json.loads((HERE / f"{kind}.json").read_text())

    assert len(found) == len(wanted)
    assert [line for one, reference in zip(found, wanted, strict=True) for line in differences(one, reference)] == []


@pytest.mark.seed("W95")
@pytest.mark.parametrize("lines", range(8, 15))
def test_a_signature_never_stands_on_a_page_alone(db, lines):
    """The text grows line by line over the foot of the page; short last paragraphs come along with the signature."""
    place = make_filings()
    place["report"].sections[2] = "\n".join(f"第{n}位老师写了一句话。" for n in range(lines))
    pdf = pypdfium2.PdfDocument(to_pdf(report_docx(place["report"], user=place["leader"])))
    last = pdf[len(pdf) - 1].get_textpage().get_text_range()

    assert "建议把周末也算进来" in last and "示例晨曦小学" in last
