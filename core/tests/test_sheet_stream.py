import io
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
import python_calamine

from core import sheet_stream
from core.sheet_stream import stream_table
from core.sheets import Column

COLUMNS = [Column("学校", 20), Column("班级"), Column("次数", kind="number"), Column("首次走访")]
ROWS = [["=1+1", "五（3）班", 2, "2022-09-12"], ["晨曦\x07路<小学>&", "", 0, None]]
MADE = datetime(2022, 10, 1, 0, 5, tzinfo=UTC)


def written(rows=ROWS, **more):
    file = io.BytesIO()
    values = {"title": "走访登记", "notes": ["数据截至2022年9月30日24:00"], "mark": "内部资料 A&B"} | more
    count = stream_table(file, columns=COLUMNS, rows=rows, made_at=MADE, **values)
    file.seek(0)
    return count, file


@pytest.fixture
def sheet():
    count, file = written()
    assert count == 2
    return openpyxl.load_workbook(file).active


def test_a_streamed_table_reads_back_as_it_was_written(sheet):
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["走访登记", None, None, None],
        ["数据截至2022年9月30日24:00", None, None, None],
        ["学校", "班级", "次数", "首次走访"],
        ["=1+1", "五（3）班", 2, "2022-09-12"],
        ["晨曦路<小学>&", None, 0, None],
    ]


def test_another_reader_sees_the_same_rows():
    rows = python_calamine.load_workbook(written()[1]).get_sheet_by_index(0).to_python()
    assert rows[3:] == [["=1+1", "五（3）班", 2, "2022-09-12"], ["晨曦路<小学>&", "", 0, ""]]


def test_what_looks_like_a_formula_is_a_text_cell(sheet):
    assert (sheet["A4"].data_type, sheet["A4"].number_format, sheet["C4"].data_type) == ("s", "@", "n")


def test_the_header_stays_in_view_and_the_page_is_marked(sheet):
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A4", "$3:$3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.oddFooter.left.text == "内部资料 A&&B"


def test_the_same_table_gives_the_same_bytes():
    assert written()[1].getvalue() == written(rows=iter(ROWS))[1].getvalue()


def test_every_part_is_well_formed_and_none_is_doubled():
    with zipfile.ZipFile(written()[1]) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names)) == 7


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(sheet_stream, "MOST_ROWS", 4)
    with pytest.raises(ValueError, match="4 rows"):
        written()


def test_a_row_of_another_length_is_an_error_not_a_shifted_table():
    with pytest.raises(ValueError):
        written(rows=[["晨曦路小学", "五（3）班"]])
