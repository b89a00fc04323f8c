"""A PDF as a scanner makes it, and nothing that acts when it is opened (security.md §3, U1).

Read, never run: the file is kept as it came and only ever downloaded. What a reader would carry out stands in names
such as /JavaScript; they are looked for in the open text and in packed objects, also where a name is written in
hexadecimal. What cannot be looked into (a password, an unusual packing of objects) is refused.
"""

import re
import zlib

HEAD, TAIL = b"%PDF-1.", 2048
ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Encrypt|ObjStm|JS(?=[\s(<]))"
)
HEXADECIMAL = re.compile(rb"#([0-9A-Fa-f]{2})")
SPELT = re.compile(rb"/[^\s/<>\[\](){}%#]{0,126}#[0-9A-Fa-f]{2}[^\s/<>\[\](){}%]{0,126}")  # a name with hexadecimal in it
MOST_SPELT, MOST_STREAMS = 5_000, 20_000  # no scanner writes as many; who does, wants to keep us busy
STREAM = re.compile(rb"stream\r?\n")
UNPACKED = 40 << 20  # bytes of packed objects that are looked into, all together

SENTENCES = {
    "not_pdf": "这个文件不是完整的 PDF，重新扫描或导出一份再传。",
    "active": "这份 PDF 里带有脚本或附件，不能收。把盖章件重新扫描成 PDF，或者拍照上传。",
    "sealed": "这份 PDF 设了密码或用了少见的压缩方式，打不开检查。重新扫描成 PDF，或者拍照上传。",
}


class Sealed(Exception):
    """It cannot be looked into."""


def refusal(data):
    """The code of the sentence that refuses these bytes, "" when they may be kept."""
    if not data.startswith(HEAD) or b"%%EOF" not in data[-TAIL:] or b"startxref" not in data[-TAIL:]:
        return "not_pdf"
    try:
        return "active" if _acts(data) else ""
    except Sealed:
        return "sealed"


def _acts(data):
    bounds = list(_streams(data))
    found = _names(_between(data, bounds))
    if b"Encrypt" in found:
        raise Sealed
    # Long names are looked for in the whole file too: a false “stream” must hide nothing.
    found |= _names(data) - {b"JS", b"Encrypt"}
    return bool(found - {b"ObjStm"}) or _packed_acts(data, bounds)


def _names(text):
    found = set(ACTIVE.findall(text))
    for number, name in enumerate(SPELT.finditer(text)):
        if number == MOST_SPELT:
            raise Sealed
        found.update(ACTIVE.findall(_decoded(name) + b" "))
    return found


def _decoded(name):
    return HEXADECIMAL.sub(lambda found: bytes([int(found[1], 16)]), name[0])


def _streams(data):
    """(start, end) of what stands between stream and endstream."""
    at = number = 0
    while found := STREAM.search(data, at):
        number += 1
        if number > MOST_STREAMS:
            raise Sealed
        end = data.find(b"endstream", found.end())
        end = len(data) if end < 0 else end
        if data[max(found.start() - 3, 0) : found.start()] != b"end":
            yield found.end(), end
        at = max(end, found.end())


def _between(data, bounds):
    parts, at = [], 0
    for start, end in bounds:
        parts.append(data[at:start])
        at = end
    return b"\n".join([*parts, data[at:]])


def _packed_acts(data, bounds):
    room, at = UNPACKED, 0
    for start, end in bounds:
        head = SPELT.sub(_decoded, data[at:start])
        head, at = head[head.rfind(b" obj") + 1 :], end
        if b"/ObjStm" in head:
            text = _unpacked(head, data[start:end], room)
            room -= len(text)
            if _names(text):
                return True
    return False


def _unpacked(head, body, room):
    """The objects as text; Sealed for a packing other than the usual one, or too much of it."""
    if b"/Filter" not in head:
        return body
    if b"/FlateDecode" not in head or b"/Predictor" in head or len(re.findall(rb"/\w+Decode\b", head)) > 1:
        raise Sealed
    try:
        text = zlib.decompressobj().decompress(body, room + 1)
    except zlib.error:
        raise Sealed from None
    if len(text) > room:
        raise Sealed
    return text
