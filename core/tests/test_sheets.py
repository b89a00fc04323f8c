from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from core.sheets import Column, clean, guard, write_table, write_tables

COLUMNS = [
    Column("学校", 20),
    Column("应访", kind="number"),
    Column("覆盖率", kind="percent"),
    Column("应访", kind="number", group="困境儿童"),
    Column("实访", kind="number", group="困境儿童"),
]


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "table.xlsx"
    rows = [["=1+1", 10, "50.00%", 2, 1], ["@晨曦路\x07小学", 3, "–", 0, None]]
    total = ["合计", 13, "38.46%", 2, 1]
    assert write_table(path, title="覆盖情况", subtitle="截至9月30日", columns=COLUMNS, rows=rows, total=total) == 2
    return openpyxl.load_workbook(path).active


def test_table_holds_title_two_row_header_rows_and_total(sheet):
    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["覆盖情况", None, None, None, None],
        ["截至9月30日", None, None, None, None],
        ["学校", "应访", "覆盖率", "困境儿童", None],
        [None, None, None, "应访", "实访"],
        ["=1+1", 10, "50.00%", 2, 1],
        ["@晨曦路小学", 3, "–", 0, None],
        ["合计", 13, "38.46%", 2, 1],
    ]


def test_a_name_that_looks_like_a_formula_is_a_text_cell(sheet):
    assert (sheet["A5"].data_type, sheet["A5"].number_format) == ("s", "@")


def test_page_is_a4_landscape_with_frozen_and_repeated_header(sheet):
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert sheet.freeze_panes == "D5"
    assert sheet.print_title_rows == "$3:$4"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "＝1", "  =1", "\u00a0=1", "\t=1"])
def test_guard_puts_an_apostrophe_before_what_a_sheet_would_compute(text):
    assert guard(text).startswith("'")


@pytest.mark.parametrize("text", ["晨曦路小学", "1-2班", "", " "])
def test_guard_leaves_plain_text_alone(text):
    assert guard(text) == text


def test_clean_drops_control_characters_and_cuts_at_the_cell_limit():
    assert clean("甲\x00乙\x1f") == "甲乙"
    assert len(clean("长" * 40_000)) == 32_767


def test_notes_stand_below_the_table_and_the_same_table_gives_the_same_bytes(tmp_path):
    files = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for file in files:
        write_table(
            file, title="汇总", columns=[Column("学校"), Column("应访", kind="number")], rows=[["一小", 3]], total=["合计", 3],
            notes=["覆盖率按学生计。"], made_at=datetime(2022, 10, 1, tzinfo=UTC),
        )  # fmt: skip
    assert files[0].read_bytes() == files[1].read_bytes()
    cells = [[c.value for c in row] for row in openpyxl.load_workbook(files[0]).active.iter_rows()]
    assert cells == [["汇总", None], ["学校", "应访"], ["一小", 3], ["合计", 3], ["覆盖率按学生计。", None]]


def test_a_long_note_gets_the_lines_it_needs(tmp_path):
    path = tmp_path / "table.xlsx"
    notes = ["短", "覆盖率按学生计，合计由人数算得。"]
    write_table(path, title="汇总", columns=[Column("学校", 20)], rows=[["一小"]], notes=notes)
    sheet = openpyxl.load_workbook(path).active
    assert [sheet.row_dimensions[row].height for row in (4, 5)] == [None, 30]  # none: one line


def test_several_sheets_share_a_file_and_money_keeps_its_cents(tmp_path):
    path = tmp_path / "tables.xlsx"
    columns = [Column("学校"), Column("金额（元）", kind="money")]
    given = Decimal("300.50")
    table = {"title": "资助", "columns": columns, "rows": [["晨曦路小学", given]], "total": ["合计", given]}
    assert write_tables(path, {"一": table, "二": table | {"rows": [], "total": None}}, mark="内部资料") == 1
    book = openpyxl.load_workbook(path)
    cell = book["一"]["B3"]
    assert (book.sheetnames, cell.value, cell.number_format) == (["一", "二"], 300.5, "0.00")
    assert book["二"].oddFooter.left.text == "内部资料"


def test_a_row_is_as_high_as_its_longest_text(tmp_path):
    path = tmp_path / "table.xlsx"
    columns = [Column("学校", 10), Column("说明", 10), Column("应访学生总数", 6, "number")]
    rows = [["一小", "短", 1], ["一小", "二十个字以内的说明", 1], ["一小", "一\n二\n三", 1]]
    write_table(path, title="汇总", columns=columns, rows=rows)
    sheet = openpyxl.load_workbook(path).active
    assert [sheet.row_dimensions[row].height for row in range(2, 6)] == [30, None, 30, 45]


def test_a_table_too_wide_for_one_page_is_printed_on_two(tmp_path):
    path = tmp_path / "wide.xlsx"
    columns = [Column("序号", 6, "number"), Column("学校", 26), *(Column(f"第{n}栏", 9) for n in range(28))]
    write_table(path, title="汇总", columns=columns, rows=[["", "一小", *[""] * 28]], notes=["说明"])
    sheet = openpyxl.load_workbook(path).active
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, int(sheet.page_setup.fitToHeight)) == (2, 0)
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$2:$2")
    assert {str(one) for one in sheet.merged_cells.ranges} == {"A1:K1", "C4:K4"}  # both on the first page


def test_a_table_for_one_page_is_fitted_to_it(sheet):
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert int(sheet.page_setup.fitToHeight) == 0 and sheet.print_title_cols is None
