"""Small workbooks for tests; what Excel would write, cell by cell."""

import io
import zipfile

import xlsxwriter

HEAD = ["班级", "姓名", "性别", "出生日期", "学籍号", "监护人1姓名", "监护人1关系", "监护人1电话"]
PUPIL = ["五（3）班", "林晨", "女", "2012-03-04", "G990101201203040011", "林涛", "父亲", "19900002222"]


def book(*rows, sheets=None):
    """Bytes of an .xlsx with these rows, or with several sheets {name: rows}."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        for name, lines in (sheets or {"Sheet1": rows}).items():
            sheet = workbook.add_worksheet(name)
            for r, cells in enumerate(lines):
                for c, value in enumerate(cells):
                    if isinstance(value, str):
                        sheet.write_string(r, c, value)
                    else:
                        sheet.write(r, c, value)
    return out.getvalue()


def pupil(**changes):
    """A row under HEAD: PUPIL with other words in some columns, e.g. 姓名="林夕"."""
    return [changes.get(title, value) for title, value in zip(HEAD, PUPIL, strict=True)]


def roster(*rows):
    return book(HEAD, *rows)


def with_part(name, content, source=None):
    """The bytes of a workbook with one more zip member, or one replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source or roster(PUPIL))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member.filename, old.read(member))
        new.writestr(name, content)
    return out.getvalue()
