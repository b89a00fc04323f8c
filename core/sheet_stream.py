"""Very long tables, row by row into the file: two hundred thousand rows in the memory of one (docs/decisions/0016).

Every cell carries its reference; text is an inline string, so that nothing a sheet would compute is a formula.
"""

import zipfile
from datetime import UTC
from itertools import islice
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

from core.sheets import clean

MOST_ROWS = 1_048_576  # what a sheet of Excel or WPS holds
BLOCK = 1000
KNOWN = 20_000  # texts kept as cells: names of schools and classes come again and again
EPOCH = (1980, 1, 1, 0, 0, 0)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # Cell formats: 0 plain, 1 text ("@"), 2 whole number, 3 heading, 4 title.
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="3"><font><sz val="10"/><name val="宋体"/></font>'
    '<font><b/><sz val="10"/><name val="宋体"/></font><font><sz val="14"/><name val="黑体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFEDF6F4"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}  # fmt: skip


def stream_table(path, *, title, columns, rows, notes=(), sheet="Sheet1", mark="", made_at):
    """One sheet: a title line, notes below it, a header that stays in view and on every page, rows. Returns the number of
    data rows.

    columns: core.sheets.Column (no groups); rows: any iterable of sequences as long as columns, read once. None and ""
    are empty cells. The same table with the same made_at (aware) gives the same bytes. path may be an open binary
    file. Raises ValueError past the last row a sheet holds.
    """
    if any(column.group for column in columns):
        raise ValueError("a streamed table has one header row")
    made = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    parts = PARTS | {
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        f'<sheet name="{_attribute(sheet)}" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{_printed_again(sheet, len(notes) + 2)}</definedName>'
        "</definedNames></workbook>",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            archive.writestr(_member(name), XML + text)
        with archive.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as out:
            return _write_sheet(out, [title, *notes], columns, rows, mark)


def _member(name):
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _write_sheet(out, above, columns, rows, mark):
    letters = [xl_col_to_name(i) for i in range(len(columns))]
    head = len(above) + 1
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{column.width}" customWidth="1"/>' for i, column in enumerate(columns, start=1)
    )
    start = [
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>"
    ]
    start += [_row(n, [_text(f"A{n}", line, 4 if n == 1 else 1)]) for n, line in enumerate(above, start=1)]
    start.append(
        _row(head, [_text(f"{at}{head}", column.title, 3) for at, column in zip(letters, columns, strict=True)])
    )
    out.write("".join(start).encode())
    last = _write_rows(out, iter(rows), letters, [column.kind == "number" for column in columns], head)
    footer = escape(clean(mark).replace("&", "&&"))
    out.write(
        '</sheetData><pageMargins left="0.5" right="0.5" top="0.7" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape"/>'
        f"<headerFooter><oddFooter>&amp;L{footer}&amp;R第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>".encode()
    )
    return last - head


def _write_rows(out, rows, letters, numeric, number):
    """The number of the last row written."""
    known = {}
    columns = list(zip(letters, numeric, strict=True))
    while block := list(islice(rows, BLOCK)):
        if number + len(block) > MOST_ROWS:
            raise ValueError(f"a sheet holds {MOST_ROWS} rows")
        lines = []
        for values in block:
            number += 1
            cells = []
            for (letter, is_number), value in zip(columns, values, strict=True):
                if value is None or value == "":
                    continue
                if is_number and not isinstance(value, str):
                    cells.append(f'<c r="{letter}{number}" s="2"><v>{value}</v></c>')
                    continue
                rest = known.get(value)
                if rest is None:
                    rest = f'" s="1" t="inlineStr">{_inner(value)}</c>'
                    if len(known) < KNOWN:
                        known[value] = rest
                cells.append(f'<c r="{letter}{number}{rest}')
            lines.append(f'<row r="{number}">{"".join(cells)}</row>')
        out.write("".join(lines).encode())
    return number


def _row(number, cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(at, text, style):
    return f'<c r="{at}" s="{style}" t="inlineStr">{_inner(text)}</c>'


def _inner(text):
    return f'<is><t xml:space="preserve">{escape(clean(text))}</t></is>'


def _printed_again(sheet, row):
    """The header on every page, as a formula names it."""
    name = clean(sheet)[:31].replace("'", "''")
    return escape(f"'{name}'!${row}:${row}")


def _attribute(text):
    return escape(clean(text)[:31], {'"': "&quot;"})
