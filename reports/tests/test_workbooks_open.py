"""Every workbook that leaves the product, opened by LibreOffice Calc: the same cells, text still text, sums that add up,
nothing that does not fit its column."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pypdfium2
import pytest
import pyzipper
from django.test import Client
from django.urls import reverse

from core import packing
from core.files import open_private
from core.models import Job
from core.sheet_stream import stream_table
from core.sheets import Column, write_table
from core.tests.in_calc import UTF_8, Calc
from programmes.actions.publicity import add_publicity
from programmes.tests.test_publicity import LINE
from reports.actions import pack, register_export
from reports.actions.statement import count_statements
from reports.queries.filters import QueueFilter
from reports.tests.package import PAPERS_BY, District, compiled, members
from schools.models import School
from schools.tests.factories import make_officer
from students.roster.held import write_template
from works.actions.judging import close_round
from works.tests.factories import make_work
from works.tests.judging import opened, school_round, score_all

pytestmark = [pytest.mark.django_db, pytest.mark.prove, pytest.mark.walk, pytest.mark.usefixtures("media")]
EVIL = '=HYPERLINK("https://example.org","点")'
CODE = "0012345678"  # a number would lose its zeros
PACKAGE = ("走访情况汇总表", "未走访和未报送", "报送登记")


@pytest.fixture
def calc(tmp_path):
    return Calc(tmp_path / "calc")


@pytest.fixture
def books(turn, tmp_path):
    """{stem: path} of one workbook of each sort, on rows whose names would like to be formulas."""
    district = District(turn)
    School.objects.filter(pk=district.schools[2].pk).update(code=CODE, name=EVIL, short_name="=云杉路小学")
    turn(PAPERS_BY)
    folder = tmp_path / "books"
    folder.mkdir()
    found = {}
    for name, data in _data(district):
        found[name] = folder / f"{name}.xlsx"
        found[name].write_bytes(data)
    return found


def _data(district):
    programme, school, leader = district.programme, district.schools[0], district.leaders[0]
    officer = make_officer(programme.authority, name="周敏")
    package = members(compiled(programme))
    yield from ((name, package[f"{name}.xlsx"]) for name in PACKAGE)
    yield "走访登记", _exported(programme, officer, "xlsx")
    add_publicity(programme, school, by=leader, **LINE | {"title": EVIL, "note": "@说明"})
    count_statements(programme, school, by=leader)
    gone = {"state": "awarded", "officer": officer, "sent_up_at": district.visit.recorded_at, "sent_up_by": officer}
    make_work(district.head, programme, school, kind="case", leader=leader, title=EVIL, **gone)
    make_work(district.head, programme, school, kind="deeds", leader=leader, officer=officer, state="awarded", title="-2+3")
    round_ = opened(school_round(programme, school, leader, works=2))
    score_all(round_)
    close_round(round_, by=leader)
    for person, name, address, query in (
        (officer, "走访进度", reverse("desk:export"), {}),
        (officer, "宣传记录", reverse("programmes:publicity_xlsx"), {}),
        (officer, "先进教师", reverse("works:honours_xlsx"), {}),
        (officer, "报送上级", reverse("desk:upper_xlsx"), {"kind": "case", "which": "sent"}),
        (leader, "教师走访情况", reverse("reports:statements_xlsx"), {}),
        (leader, "评选结果", reverse("works:results_xlsx", args=[round_.pk]), {}),
    ):
        client = Client()
        client.force_login(person, backend="schools.backends.StaffBackend")
        answer = client.get(address, query)
        assert answer.status_code == 200 and "spreadsheetml" in answer["Content-Type"], address
        yield name, b"".join(answer)
    yield "打包目录", _packed(programme, officer)
    template = io.BytesIO()
    write_template(template)
    yield "名册模板", template.getvalue()


def _exported(programme, officer, form):
    job, _ = register_export.start_register_export(programme, by=officer, form=form)
    if job.is_open:
        register_export.run_register_export(job.pk)
    with open_private(Job.objects.get(pk=job.pk).file) as file:
        return file.read()


def _packed(programme, officer):
    job, _ = pack.start_pack(programme, QueueFilter(tab="story", state="every"), by=officer)
    if job.is_open:
        pack.run_pack(job.pk)
    job = Job.objects.get(pk=job.pk)
    with open_private(job.file) as file, pyzipper.AESZipFile(io.BytesIO(file.read())) as archive:
        archive.setpassword(packing.show_password(job, by=officer).encode())
        return archive.read("目录.xlsx")


def cells(book):
    """{sheet: {cell: (type, value)}} without the empty ones."""
    return {
        sheet.title: {
            cell.coordinate: (cell.data_type, cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book
    }


def widths(sheet):
    """Of every column with a heading; the file tells neighbours of one width together."""
    told = sheet.column_dimensions.values()
    return [next(one.width for one in told if one.min <= n <= one.max) for n in range(1, sheet.max_column + 1)]


@pytest.mark.seed("S57", "S66", "S70")
def test_calc_finds_every_cell_and_computes_nothing(books, calc):
    read = calc.books(list(books.values()))
    for name, path in books.items():
        book = openpyxl.load_workbook(path)
        assert cells(read[name]) == cells(book), name
        for sheet in book:
            again, place = read[name][sheet.title], (name, sheet.title)
            assert not any(cell.data_type == "f" for row in again.iter_rows() for cell in row), place
            assert again.print_title_rows == sheet.print_title_rows and sheet.print_title_rows, place
            # Without a window Calc forgets what is frozen; the file says so itself.
            assert sheet.freeze_panes == f"{sheet.freeze_panes[0]}{_head(sheet) + 1}", place
            assert widths(again) == pytest.approx(widths(sheet), abs=1), place


def _head(sheet):
    """The last row of the heading: the one that is repeated in print."""
    return int(sheet.print_title_rows.rpartition("$")[2])


@pytest.mark.seed("S57", "S66", "S70")
def test_what_is_seen_is_what_was_meant(books, calc):
    """Codes keep their zeros, rates and days their form, what looks like a formula is read as it was typed."""
    seen = calc.shown(list(books.values()))
    for name, path in books.items():
        for sheet in openpyxl.load_workbook(path):
            rows = seen[name][sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        shown = rows[cell.row - 1][cell.column - 1]
                        is_same = float(shown) == cell.value if isinstance(cell.value, float) else shown == str(cell.value)
                        assert is_same, (name, sheet.title, cell.coordinate)
    desk = next(row for row in seen["走访进度"]["走访进度"] if row[1] == EVIL)
    assert desk[2] == CODE
    summary = seen["走访情况汇总表"]["走访情况汇总"]
    assert "66.66%" in next(row for row in summary if row[0] == "合计")
    register = seen["走访登记"]["走访登记"]
    assert ("2022-09-05", "上门") in [(row[8], row[10]) for row in register]


SUMS = {("走访情况汇总表", "走访情况汇总"), ("走访进度", "走访进度"), ("报送登记", "报送登记")}


@pytest.mark.seed("S57")
def test_sums_are_those_of_the_rows_above(books, calc):
    read = calc.books([books[name] for name, _ in SUMS])
    for name, title in SUMS:
        sheet, checked = read[name][title], 0
        head = _head(openpyxl.load_workbook(books[name])[title])
        last = next(cell.row for cell in sheet["A"] if cell.value == "合计")
        for column in sheet.iter_cols(min_row=head + 1, max_row=last, min_col=4):
            *values, total = [cell.value for cell in column]
            if total.__class__ is int and all(value is None or isinstance(value, int) for value in values):
                assert total == sum(filter(None, values)), (name, column[0].coordinate)
                checked += 1
        assert checked > 2, name


def test_on_paper_everything_fits_its_column(books, calc):
    """Calc prints ### where a number is wider than its column; a table lies on as many pages as it asks for."""
    for name, data in calc.printed(list(books.values())).items():
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))
        assert "###" not in text and len(text) > 50, name
        sheets = openpyxl.load_workbook(books[name])
        assert len(pypdfium2.PdfDocument(data)) == sum(int(sheet.page_setup.fitToWidth or 1) for sheet in sheets), name


def test_a_long_table_repeats_its_heading_on_every_page(calc, tmp_path):
    path = tmp_path / "long.xlsx"
    columns = [Column("序号", 6, "number"), Column("学校", 30)]
    write_table(path, title="长表", columns=columns, rows=[[n, f"示例{n}小学"] for n in range(1, 201)])
    pages = pypdfium2.PdfDocument(calc.printed([path])["long"])
    assert len(pages) > 3 and all("序号" in page.get_textpage().get_text_range() for page in pages)


def test_the_register_as_csv_opens_as_it_stands(turn, calc, tmp_path):
    """UTF-8 with its mark, as Excel needs it to read Chinese; quoted by the rule; nothing a sheet would compute."""
    district = District(turn)
    School.objects.filter(pk=district.schools[0].pk).update(name=EVIL)
    turn(PAPERS_BY)
    data = _exported(district.programme, make_officer(district.programme.authority), "csv")
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == data.count(b"\n")
    path = tmp_path / "register.csv"
    path.write_bytes(data)
    sheet = calc.books([path], UTF_8)["register"].active
    rows = [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]
    told = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row[1] for row in told[1:]].count(f"'{EVIL}") == 3
    assert [row[:8] for row in rows] == [row[:8] for row in told]
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_two_hundred_thousand_rows_open_whole(calc, tmp_path):
    path, number = tmp_path / "long.xlsx", 200_000
    rows = ([CODE, f"示例{n % 300}小学", n, "2022-09-05"] for n in range(number))
    columns = [Column("学校标识码", 13), Column("学校", 30), Column("走访次数", 8, "number"), Column("首次走访")]
    assert stream_table(path, title="走访登记", columns=columns, rows=rows, made_at=datetime(2022, 10, 1, tzinfo=UTC)) == number
    rows = calc.shown([path])["long"]["Sheet1"][2:]
    assert len(rows) == number
    assert all(row == [CODE, f"示例{n % 300}小学", str(n), "2022-09-05"] for n, row in enumerate(rows))
