"""From a file to rows of cells. Content decides, not the name; what isn't surely an .xlsx gets one clear sentence."""

from dataclasses import dataclass
from pathlib import Path

from core.child import ChildFailed, ask_child
from students.roster.problems import Refused

CHILD = Path(__file__).with_name("child.py")
SECONDS = 30  # wall clock; the child's own limit is CPU time
FILE_BYTES = 10 * 1024 * 1024
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SENTENCES = {
    "macros": "文件里有宏，不能导入。请另存为不带宏的 .xlsx。",
    "xls": "这是旧版 Excel 文件（.xls）。请用 Excel 打开，另存为 .xlsx 后再传。",
    "web": "这是网页格式的表格。请用 Excel 打开，另存为 .xlsx 后再传。",
    "text": "这是文本表格（CSV）。请用 Excel 打开，另存为 .xlsx 后再传。",
}


@dataclass(frozen=True)
class Sheet:
    """rows: [(number as Excel shows it, cells)], rows without content left out.

    A cell is "" or text, a number, a bool, or a date as ["2011-05-21"].
    """

    name: str
    rows: list


def read_sheets(path):
    """Visible sheets of a workbook, empty ones too. Raises Refused."""
    _check_kind(Path(path))
    try:
        answer = ask_child(CHILD, path, seconds=SECONDS)
    except ChildFailed as error:
        raise Refused("unreadable_file") from error
    if why := answer.get("refused"):
        raise Refused("unsupported_format", SENTENCES[why]) if why in SENTENCES else Refused(why)
    return [Sheet(sheet["name"], [(n, _cells(cells)) for n, cells in sheet["rows"]]) for sheet in answer["sheets"]]


def _check_kind(path):
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise Refused("too_large")
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(OLE):
            encrypted = "EncryptedPackage".encode("utf-16-le") in head + file.read()
            raise Refused("encrypted_file") if encrypted else Refused("unsupported_format", SENTENCES["xls"])
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise Refused("empty_file")
    if head.startswith(b"PK"):
        return
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<"):
        raise Refused("unsupported_format", SENTENCES["web"])
    raise Refused("unsupported_format", "" if b"\0" in head and not head.startswith(b"\xff\xfe") else SENTENCES["text"])


def _cells(cells):
    return ["" if cell is None else cell for cell in cells]
