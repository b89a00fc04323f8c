"""Printing and packing as a class head does it, in Chromium."""

import io
from pathlib import Path

import pytest
import pyzipper

from visits.actions.register import open_register
from visits.tests.on_paper import make_place

PHONE, DESKTOP = (390, 844), (1440, 900)


@pytest.fixture
def place(transactional_db, clock):
    place = make_place()
    open_register(place["programme"])
    return place


def fetched(page, selector):
    with page.expect_download() as waiting:
        page.click(selector)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.browser
def test_a_record_is_printed_and_a_class_packed_on_a_phone(page_at, sign_in, axe, place):
    page, visit = page_at(*PHONE), place["visit"]
    sign_in(page, place["head"])

    page.goto(f"/visits/{visit.pk}/")
    name, data = fetched(page, "form[action$='record.docx'] button >> nth=0")
    assert (name, data[:2]) == (f"家访记录表-{visit.pk}.docx", b"PK")
    page.click("text=印出完整的电话和住址")
    page.check("#id_paper-reason_0")
    assert fetched(page, "form[action$='record/full/'] button >> nth=0")[0] == f"家访记录表-{visit.pk}-含联系方式.docx"
    page.click("text=顾梓涵的走访档案")
    page.wait_for_selector("h1:has-text('走访档案')")
    assert page.inner_text("h1") == "走访档案" and axe(page) == []

    page.goto(f"/visits/class/{place['school_class'].pk}/archive/")
    page.click("text=开始打包")
    page.click("text=看密码")
    page.wait_for_selector("code")
    password = page.inner_text("code")
    assert len(password) == 12 and axe(page) == []
    zipped = pyzipper.AESZipFile(io.BytesIO(fetched(page, "text=下载 >> nth=0")[1]))
    zipped.setpassword(password.encode())
    assert zipped.namelist() == [f"01/家访记录表-{visit.pk}.docx", "目录.xlsx"] and zipped.testzip() is None


@pytest.mark.prove
@pytest.mark.browser
def test_file_and_archive_pages_read_well_on_a_desktop(page_at, sign_in, axe, place):
    page = page_at(*DESKTOP)
    sign_in(page, place["head"])
    for address in (f"/visits/pupil/{place['student'].pk}/", f"/visits/class/{place['school_class'].pk}/archive/"):
        page.goto(address)
        assert axe(page) == [], address
