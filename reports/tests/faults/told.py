"""What a package says, without the times at which it was made: to compare one made in peace with one made in trouble."""

import io
import re
import zipfile
from pathlib import Path

DAY = rb"20(?:2[3-9]|3\d)(?:-\d\d-\d\d|\xe5\xb9\xb4\d+\xe6\x9c\x88\d+\xe6\x97\xa5)"  # not those of 2022
TIMES = re.compile(DAY + rb"(?:[T ]?\d\d:\d\d(?::\d\d)?(?:[.]\d+)?(?:[+]\d\d:\d\d|Z)?)?")
SUMS = re.compile(rb'\b[0-9a-f]{64}\b|"bytes": \d+')
NUMBER = re.compile("编号\\d{6}".encode())


def told(path):
    """{member: bytes} with members of members; left out: times of this year, the checksums of what carries them, and the
    package's own number, which skips one where a web died while it was pressed for."""
    return _opened(Path(path).read_bytes())


def _opened(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: _said(name, archive.read(name)) for name in archive.namelist()}


def _said(name, data):
    if name.endswith((".docx", ".xlsx")):
        return _opened(data)
    return NUMBER.sub(b"number", SUMS.sub(b"sum", TIMES.sub(b"time", data)))
