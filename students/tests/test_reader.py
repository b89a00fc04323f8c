"""Files of every kind, hostile ones too: rows, or one sentence; never a crash, never the project's memory."""

import io
import resource
import zipfile

import pytest

from students.roster.problems import Refused
from students.roster.reader import read_sheets
from students.tests.books import PUPIL, book, roster, with_part

SHEET = "xl/worksheets/sheet1.xml"
ONE_CELL = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.fixture
def refusal(tmp_path):
    """refusal(content): kind and sentence of the refusal."""

    def read(content, name="roster.xlsx"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Refused) as refused:
            read_sheets(path)
        return refused.value.problem.kind, refused.value.problem.message

    return read


def cell(place, text):
    return f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_rows_come_with_the_numbers_excel_shows(tmp_path):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(book([], ["姓名", "学号"], [], ["林晨", 7, 1.5, True]))

    (sheet,) = read_sheets(path)

    assert sheet.rows == [(2, ["姓名", "学号"]), (4, ["林晨", 7.0, 1.5, True])]


def test_one_cell_in_the_last_corner_is_unreadable_not_gigabytes(refusal):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    corner = ONE_CELL.format(cell("A1", "姓名") + cell("XFD1048576", "x"))

    kind, _ = refusal(with_part(SHEET, corner))

    assert kind == "unreadable_file"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 400 * 1024)


def test_too_many_columns_are_refused(refusal):
    wide = ONE_CELL.format(cell("A1", "姓名") + cell("DD2", "x"))
    assert refusal(with_part(SHEET, wide))[0] == "too_large"


def test_zip_bomb_is_refused_while_it_inflates(refusal):
    assert refusal(with_part("xl/media/big.bin", b"\0" * (61 * 1024 * 1024)))[0] == "too_large"


def test_too_many_members_are_refused(refusal, tmp_path):
    content = roster(PUPIL)
    path = tmp_path / "many.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(path, "a") as archive:
        for n in range(1000):
            archive.writestr(f"xl/media/{n}.txt", "")
    assert refusal(path.read_bytes())[0] == "too_large"


@pytest.mark.parametrize(
    ("part", "content", "kind"),
    [
        ("xl/vbaProject.bin", b"x", "unsupported_format"),
        ("../evil.xml", b"<a/>", "unreadable_file"),
        ("/etc/evil.xml", b"<a/>", "unreadable_file"),
        ("xl/styles.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', "unreadable_file"),
        ("xl/styles.xml", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "unreadable_file"),
        (SHEET, b"not xml at all <<<", "unreadable_file"),
    ],
)
def test_parts_that_do_not_belong_are_refused(refusal, part, content, kind):
    assert refusal(with_part(part, content))[0] == kind


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "empty_file", "空的"),
        (b"\xef\xbb\xbf \r\n", "empty_file", "空的"),
        (b"PK\x03\x04 cut off", "unreadable_file", "打不开"),
        ("姓名,班级\n林晨,五3班\n".encode(), "unsupported_format", "CSV"),
        ("姓名\t班级\n".encode("utf-16"), "unsupported_format", "CSV"),
        (b"<html><table></table></html>", "unsupported_format", "网页"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "unsupported_format", ".xls"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unsupported_format", "另存为"),
    ],
)
def test_other_kinds_get_one_sentence(refusal, content, kind, words):
    told, message = refusal(content)
    assert (told, words in message) == (kind, True)


def test_a_zip_that_is_no_workbook_is_not_recognised(refusal):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue())[0] == "unsupported_format"


def test_files_above_ten_megabytes_are_not_even_opened(refusal):
    assert refusal(b"PK" + b"\0" * (10 * 1024 * 1024))[0] == "too_large"
