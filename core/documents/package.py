"""A .docx as sent by somebody: unpacked with a limit, refused for what a paper's template never needs."""

import io
import re
import zipfile
import zlib

MOST_BYTES = 5 * 1024 * 1024
MOST_INFLATED = 30 * 1024 * 1024  # all parts together, counted while reading
MOST_XML = 2 * 1024 * 1024  # of one part that is parsed
MOST_PARTS = 500
MAIN = "word/document.xml"
MAIN_TYPE = b"wordprocessingml.document.main+xml"
REMOTE = re.compile(rb'TargetMode\s*=\s*["\']External["\']', re.I)
KIND = re.compile(rb'Type\s*=\s*["\'][^"\']*/(\w+)["\']')
LIVE_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|DATABASE|MACROBUTTON|AUTOTEXT)\b", re.I)
INSTRUCTION = re.compile(rb'<w:instrText[^>]*>([^<]*)</w:instrText>|w:instr\s*=\s*"([^"]*)"')
REMOTE_WORDS = {
    b"attachedTemplate": "套用的模板", b"image": "图片", b"hyperlink": "超链接", b"oleObject": "链接的对象",
    b"subDocument": "子文档",
}  # fmt: skip
AS_DOCX = "请在 Word 或 WPS 里“另存为”Word 文档（*.docx）再上传。"


class Refused(Exception):
    """The file is not taken; the message is for whoever sent it."""


def unpack(data):
    """{part name: bytes}, read with a limit. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused(f"文件超过{MOST_BYTES // 1024 // 1024}MB。请删去模板里的大图再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise Refused(f"这不是能打开的 .docx 文件。{AS_DOCX}") from None


def _read(archive):
    members = archive.infolist()
    if len(members) > MOST_PARTS:
        raise Refused(f"文件里有{len(members)}个部分，超过{MOST_PARTS}个，不像是一份模板。")
    parts, left = {}, MOST_INFLATED
    for member in members:
        if member.flag_bits & 1:
            raise Refused(f"文件有密码，打不开。请去掉密码。{AS_DOCX}")
        if member.filename.startswith("/") or ".." in member.filename.split("/") or "\\" in member.filename:
            raise Refused("文件里有不该有的路径，没有收下。")
        with archive.open(member) as part:
            parts[member.filename] = part.read(left + 1)
        left -= len(parts[member.filename])
        if left < 0:
            raise Refused(f"文件解开后超过{MOST_INFLATED // 1024 // 1024}MB，不像是一份模板，没有收下。")
    return parts


def inspect(parts):
    """Sentences on what a template may not carry: macros, links out, embedded files, live fields, DTDs."""
    types = parts.get("[Content_Types].xml", b"")
    names = [name.lower() for name in parts]
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") for name in names):
        return [f"文件带有宏，没有收下。{AS_DOCX}"]
    if MAIN not in parts or MAIN_TYPE not in types:
        return [f"这不是 Word 的 .docx 文件。{AS_DOCX}"]
    found = []
    for name, part in parts.items():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        if len(part) > MOST_XML:
            return ["文件里的文字和格式太多，不像是一份模板。请从一份新文件重新做。"]
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return ["文件的写法不是 Word 存出来的，没有收下。"]
        if name.lower().endswith(".rels"):
            found += _links_out(part)
        found += _live_fields(part)
    if any("/embeddings/" in name or "/activex/" in name or "afchunk" in name for name in names):
        found.append("里面嵌入了别的文件或控件。请删去，只留文字、表格和图片。")
    return list(dict.fromkeys(found))


def _links_out(part):
    for tag in re.findall(rb"<Relationship\b[^>]*>", part):
        if REMOTE.search(tag):
            kind = KIND.search(tag)
            word = REMOTE_WORDS.get(kind.group(1) if kind else b"", "链接")
            yield f"里面有指向外面的{word}。请删去再上传。"


def _live_fields(part):
    text = b"".join(a or b for a, b in INSTRUCTION.findall(part)).decode("utf-8", "replace")
    if found := LIVE_FIELD.search(text):
        yield f"里面有会去取别的文件的域（{found.group(1).upper()}）。请删去再上传。"
