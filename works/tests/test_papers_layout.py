"""附件1 and the other works' form as LibreOffice draws them: where lines and words stand, how many pages a text takes."""

import json
from pathlib import Path

import pypdfium2
import pytest

from core.documents import render
from core.pdf import to_pdf
from programmes.papers import paper
from programmes.queries.template import built_in
from visits.tests.layout import differences, layout

HERE = Path(__file__).parent / "papers"
SENTENCE = "傍晚我到他家，外婆正在摘毛豆，孩子领我看阳台上的六个泡沫箱。"
pytestmark = [pytest.mark.prove, pytest.mark.walk]


@pytest.fixture(autouse=True)
def office(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def pages(kind, **values):
    filled = render(built_in(kind).data, paper(kind).example | values, mark="内部资料 严禁外传")
    return pypdfium2.PdfDocument(to_pdf(filled))


@pytest.mark.parametrize("kind", ("story_form", "work_form"))
@pytest.mark.seed("S58", "S59", "S60", "S61", "S62", "S63")
def test_the_paper_is_drawn_as_the_stored_reference(kind):
    found, wanted = [layout(page) for page in pages(kind)], json.loads((HERE / f"{kind}.json").read_text())

    assert len(found) == len(wanted)
    assert [line for one, reference in zip(found, wanted, strict=True) for line in differences(one, reference)] == []


@pytest.mark.parametrize("characters, count", [(0, 1), (300, 1), (400, 1), (800, 2), (3000, 4)])
def test_a_story_takes_no_more_pages_than_it_must(characters, count):
    text = (SENTENCE * 120)[:characters]
    parts = max(1, min(12, characters // 130))
    size = -(-characters // parts)
    story = "\n".join(text[i : i + size] for i in range(0, characters, size or 1))

    assert len(pages("story_form", 感人故事=story)) == count


@pytest.mark.seed("S63")
@pytest.mark.parametrize("opinion", ("同意推荐。", "情况属实，同意推荐。" * 40))
def test_below_the_opinion_45_mm_are_free_for_the_seal_on_one_page(opinion):
    """The height of the last row, less the opinion's lines of 17 pt."""
    found = [layout(page) for page in pages("story_form", 感人故事="一段。", 学校推荐意见=opinion)]
    with_opinion = next(page for page in reversed(found) if len(page["across"]) >= 2)
    top, bottom = with_opinion["across"][-2][0], with_opinion["across"][-1][0]
    lines = -(-len(opinion) // 29)

    assert bottom - top - lines * 6 >= 45
