"""From an uploaded .docx to pieces: each a heading with its text and the section it seems to belong to."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from core.child import ChildFailed, ask_child
from core.files import work_folder

MOST_BYTES = 10 * 1024 * 1024
CHILD = Path(__file__).with_name("child.py")
SECONDS = 20
AS_DOCX = "在 Word 或 WPS 里“另存为”Word 文档（*.docx）再上传。"
REFUSALS = {
    "broken": f"这不是能打开的 .docx 文件。{AS_DOCX}",
    "sealed": "文件有密码，打不开。去掉密码再上传。",
    "macros": f"文件带有宏，没有收下。{AS_DOCX}",
    "large": "文件太大或太复杂，没有收下。删去里面的图，只留文字再上传。",
}
NUMERALS = "一二三四五六七八九十"
NUMBERED = re.compile(rf"^\s*[{NUMERALS}]{{1,2}}\s*[、.．,，]\s*(.+)$")
PART = re.compile(rf"^\s*第[{NUMERALS}]{{1,2}}(?:部分|章|篇)\s*[、:：]?\s*(.+)$")
LONGEST_HEADING = 30
# Words that reports use for the same part, beside the notice's own.
LIKE = (
    ("开展情况", "基本情况", "总体情况", "活动概况", "主要情况", "活动开展", "走访情况", "概况"),
    ("具体做法", "主要做法", "工作做法", "工作措施", "主要举措", "做法", "举措", "措施"),
    ("工作成效", "取得成效", "活动成效", "主要成效", "成效", "成果", "效果", "收获"),
    ("存在的问题及建议", "存在问题", "问题和建议", "问题与建议", "困难", "不足", "问题", "建议", "今后打算", "下一步"),
)


class NotTaken(Exception):
    """The message is for whoever sent the file."""


@dataclass(frozen=True)
class Piece:
    """section: position of the section it seems to belong to, None where somebody must choose."""

    heading: str
    text: str
    section: int | None


def read(file):
    """Paragraphs of an uploaded file: [(text, level)]. Raises NotTaken."""
    if file.size > MOST_BYTES:
        raise NotTaken(f"文件超过{MOST_BYTES // 1024 // 1024}MB。删去里面的照片再上传。")
    with work_folder() as folder:
        kept = folder / "file.docx"
        with kept.open("wb") as copy:
            copy.writelines(file.chunks())
        try:
            answer = ask_child(CHILD, kept, seconds=SECONDS)
        except ChildFailed:
            raise NotTaken(REFUSALS["broken"]) from None
    if "refused" in answer:
        raise NotTaken(REFUSALS.get(answer["refused"], REFUSALS["broken"]))
    found = [(row["text"], row["level"]) for row in answer["paragraphs"]]
    if not found:
        raise NotTaken("文件里没有文字。如果是扫描件，先打成文字再上传。")
    return found


def pieces(paragraphs, labels):
    """(title, [Piece]). labels: of the notice's sections, in order. Sub-headings （一） and 1. stay in the text."""
    heads = [_head(text, level, labels) for text, level in paragraphs]
    first = next((index for index, head in enumerate(heads) if head), len(paragraphs))
    title, lead = _title([text for text, _ in paragraphs[:first]])
    found = [Piece("", lead, None)] if lead else []
    heading, lines = "", []
    for (text, _), head in list(zip(paragraphs, heads, strict=True))[first:]:
        if head:
            if heading:
                found.append(_piece(heading, lines, labels))
            heading, lines = head, []
        else:
            lines.append(text)
    if heading:
        found.append(_piece(heading, lines, labels))
    return title, found


def _head(text, level, labels):
    """The heading, where the paragraph opens a part of the report. A number alone does not say which part."""
    bare = text.strip()
    if len(bare) > LONGEST_HEADING or bare.endswith(("。", "；", "，")) or bare.startswith(("（", "(")):
        return ""
    match = NUMBERED.match(bare) or PART.match(bare)
    if match or level == 1 or (level and nearest(bare, labels) is not None) or bare in labels:
        return bare
    return ""


def _piece(heading, lines, labels):
    match = NUMBERED.match(heading) or PART.match(heading)
    words = match[1] if match else heading
    return Piece(heading, "\n".join(lines), nearest(words, labels))


def nearest(words, labels):
    """The section a heading means: by its own label, by words used alike, else by likeness; None when unsure."""
    words = re.sub(r"\s", "", words)
    for position, label in enumerate(labels):
        if label in words or (len(words) >= 2 and words in label):
            return position
    for group in LIKE:
        if any(word in words for word in group):
            for position, label in enumerate(labels):
                if any(word in label for word in group):
                    return position
    ratios = [SequenceMatcher(None, words, label).ratio() for label in labels]
    best = max(range(len(labels)), key=ratios.__getitem__, default=None)
    return best if best is not None and ratios[best] >= 0.6 else None


def _title(lines):
    """(the title, what else stood before the first heading). Short lines at the top are the title."""
    title = []
    while lines and len(lines[0]) <= 40 and not lines[0].endswith("。"):
        title.append(lines.pop(0))
    return "".join(title), "\n".join(lines)
