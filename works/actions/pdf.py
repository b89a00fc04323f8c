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
STREAM = re.compile(rb"stream\r?\n")
UNPACKED = 40 << 20  # bytes of packed objects that are looked into, all together

SENTENCES = {
    "not_pdf": "这个文件不是完整的 PDF，重新扫描或导出一份再传。",
    "active": "这份 PDF 里带有脚本或附件，不能收。把盖章件重新扫描成 PDF，或者拍照上传。",
    "sealed": "这份 PDF 设了密码或用了少见的压缩方式，打不开检查。重新扫描成 PDF，或者拍照上传。",
}


def refusal(data):
    """The code of the sentence that refuses these bytes, "" when they may be kept."""
    if not data.startswith(HEAD) or b"%%EOF" not in data[-TAIL:] or b"startxref" not in data[-TAIL:]:
        return "not_pdf"
    bounds = list(_streams(data))
    open_text = _between(data, bounds)
    found = _names(open_text)
    if b"Encrypt" in found:
        return "sealed"
    if found - {b"ObjStm"}:
        return "active"
    # Long names are looked for in the whole file too: a false “stream” must hide nothing.
    if _names(data) - {b"JS", b"Encrypt", b"ObjStm"}:
        return "active"
    return _look_into(data, bounds)


def _names(text):
    return set(ACTIVE.findall(HEXADECIMAL.sub(lambda found: bytes([int(found[1], 16)]), text)))


def _streams(data):
    """(start, end) of what stands between stream and endstream."""
    at = 0
    while found := STREAM.search(data, at):
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


def _look_into(data, bounds):
    room, at = UNPACKED, 0
    for start, end in bounds:
        head = HEXADECIMAL.sub(lambda found: bytes([int(found[1], 16)]), data[at:start])
        head, at = head[head.rfind(b" obj") + 1 :], end
        if b"/ObjStm" not in head:
            continue
        text = _unpacked(head, data[start:end], room)
        if text is None:
            return "sealed"
        room -= len(text)
        if _names(text):
            return "active"
    return ""


def _unpacked(head, body, room):
    """The objects as text; None for a packing other than the usual one, or too much of it."""
    if b"/Filter" not in head:
        return body
    if b"/FlateDecode" not in head or b"/Predictor" in head or len(re.findall(rb"/\w+Decode\b", head)) > 1:
        return None
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(body, room + 1)
    except zlib.error:
        return None
    return text if len(text) <= room else None
