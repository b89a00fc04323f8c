"""The page of a form on a phone and a desktop, and the paper Chromium prints from it."""

import io
from pathlib import Path

import pypdfium2
import pytest

from works.tests.factories import make_work
from works.tests.test_papers_form import sealed

pytestmark = [pytest.mark.prove, pytest.mark.browser]
SENTENCE = "傍晚我到他家，外婆正在摘毛豆，孩子领我看阳台上的六个泡沫箱。"


@pytest.fixture
def story(transactional_db, programme, school, head, visit, leader):
    body = "\n".join([SENTENCE * 4] * 3)
    return sealed(make_work(head, programme, school, visit=visit, kind="story", state="filed", leader=leader, body=body))


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_the_page_is_clean_fits_and_gives_the_word_file(page_at, sign_in, axe, story, head, size):
    page = page_at(*size)
    sign_in(page, head)
    page.goto(f"/works/{story.pk}/form/")
    page.wait_for_selector("[data-print]:visible")

    assert axe(page) == [] and page.evaluate("document.documentElement.scrollWidth") == size[0]
    with page.expect_download() as waiting:
        page.click("a.btn:has-text('Word')")
    assert waiting.value.suggested_filename == f"感人故事推荐表-晨曦小学-{story.pk}.docx"
    assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"


def test_chromium_prints_one_page_with_the_form_alone(page_at, sign_in, story, head):
    page = page_at(1440, 900)
    sign_in(page, head)
    page.goto(f"/works/{story.pk}/form/")
    page.wait_for_selector("article.paper")
    pdf = pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    words = pdf[0].get_textpage().get_text_range()

    assert (len(pdf), [round(side) for side in pdf[0].get_size()]) == (1, [595, 842])
    assert "附件1" in words and "内部资料" in words and "打印" not in words and "我的作品" not in words
