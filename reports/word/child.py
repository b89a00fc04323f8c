"""Reads a .docx → JSON on stdout. Run in a process of its own (core.child): imports nothing of the project.

{"paragraphs": [{"text", "level"}]}: level 1–9 of a heading as Word's styles say it, 0 for plain text; list numbers that
Word draws itself are written out. {"refused": code} for what is no plain Word file.
"""

import json
import resource
import sys
import zipfile
import zlib
from xml.parsers import expat

MAIN, STYLES, TYPES = "word/document.xml", "word/styles.xml", "[Content_Types].xml"
MOST_PARTS, MOST_PART, MOST_PARAGRAPHS = 2000, 16 * 1024 * 1024, 5000
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "


class Refused(Exception):
    pass


def main(path):
    resource.setrlimit(resource.RLIMIT_AS, (512 * 1024 * 1024, 512 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    try:
        answer = {"paragraphs": read(path)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, expat.ExpatError):
        answer = {"refused": "broken"}
    print(json.dumps(answer))  # noqa: T201


def read(path):
    with zipfile.ZipFile(path) as archive:
        members = {member.filename: member for member in archive.infolist()}
        if len(members) > MOST_PARTS:
            raise Refused("large")
        if any(member.flag_bits & 1 for member in members.values()):
            raise Refused("sealed")
        if MAIN not in members or TYPES not in members:
            raise Refused("broken")
        types = part(archive, members[TYPES])
        if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in members):
            raise Refused("macros")
        if b"wordprocessingml.document.main+xml" not in types:
            raise Refused("broken")
        styles = Styles(part(archive, members[STYLES])).levels if STYLES in members else {}
        return Body(part(archive, members[MAIN]), styles).paragraphs


def part(archive, member):
    with archive.open(member) as file:
        data = file.read(MOST_PART + 1)
    if len(data) > MOST_PART:
        raise Refused("large")
    return data


class Walk:
    """One pass over a part. A DTD, so an entity, is no Word file."""

    def __init__(self, data):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.Parse(data, True)

    def doctype(self, *_):
        raise Refused("broken")

    def text(self, data):
        pass


class Styles(Walk):
    """{style id: heading level} of paragraph styles with an outline level or the name “heading 1”, “标题 1”."""

    def __init__(self, data):
        self.levels, self.style = {}, ""
        super().__init__(data)

    def start(self, name, attributes):
        value = attributes.get(f"{W}val", "")
        if name == f"{W}style":
            self.style = attributes.get(f"{W}styleId", "")
        elif name == f"{W}outlineLvl" and value.isdigit() and int(value) < 9:
            self.levels[self.style] = int(value) + 1
        elif name == f"{W}name":
            word, _, number = value.lower().rpartition(" ")
            if word in ("heading", "标题") and number.isdigit():
                self.levels[self.style] = int(number)

    def end(self, name):
        pass


class Body(Walk):
    """Paragraphs in order, those of tables as lines of their own; deleted text and field codes are not read."""

    def __init__(self, data, styles):
        self.styles, self.paragraphs, self.counts = styles, [], {}
        self.stack, self.skipped = [], 0
        super().__init__(data)

    def start(self, name, attributes):
        value = attributes.get(f"{W}val", "")
        if name in (f"{W}del", f"{W}moveFrom"):
            self.skipped += 1
        elif name == f"{W}p":
            self.stack.append({"text": [], "level": 0, "list": None, "in_text": False})
        elif self.stack:
            here = self.stack[-1]
            if name == f"{W}pStyle":
                here["level"] = self.styles.get(value, 0)
            elif name == f"{W}outlineLvl" and value.isdigit() and int(value) < 9:
                here["level"] = int(value) + 1
            elif name == f"{W}numId" and value not in ("", "0"):
                here["list"] = value
            elif name == f"{W}t":
                here["in_text"] = True
            elif name in (f"{W}tab", f"{W}br", f"{W}cr") and not self.skipped:
                here["text"].append(" " if name == f"{W}tab" else "\n")

    def end(self, name):
        if name in (f"{W}del", f"{W}moveFrom"):
            self.skipped -= 1
        elif name == f"{W}t" and self.stack:
            self.stack[-1]["in_text"] = False
        elif name == f"{W}p" and self.stack:
            self.close(self.stack.pop())

    def text(self, data):
        if self.stack and self.stack[-1]["in_text"] and not self.skipped:
            self.stack[-1]["text"].append(data)

    def close(self, here):
        for line in "".join(here["text"]).split("\n"):
            if not line.strip():
                continue
            line = " ".join(line.split())
            if here["list"] and not here["level"]:
                number = self.counts[here["list"]] = self.counts.get(here["list"], 0) + 1
                line, here["list"] = f"{number}. {line}", None
            self.paragraphs.append({"text": line, "level": here["level"]})
            if len(self.paragraphs) > MOST_PARAGRAPHS:
                raise Refused("large")


if __name__ == "__main__":
    main(sys.argv[1])
