"""Is this .docx a template for our paper? Answers in sentences, each with the name or the place it means.

A template may print fields, repeat rows of a field that has rows, and ask whether a field is filled; nothing else of
the template language is let in, so what is kept can neither run code nor run for ever.
"""

import difflib
import io
import re

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from core.documents.package import Refused, inspect, unpack
from core.documents.render import Picture, Template, render, sandbox

TAG = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
START = re.compile(r"{{|{%|{#")
BARE = re.compile(r"{{(r|p|tr|tc)\s|{%\s*(r|colspan|cellbg|hm|vm|raw)\b")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_TAGS = 300
MOST_LOOPS_INSIDE = 2
PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Compare, nodes.Operand,
         nodes.And, nodes.Or, nodes.Not)  # fmt: skip
LOOP_FACTS = {"index", "first", "last", "length"}
WORDS = {
    "Set": "{% set %}", "AssignBlock": "{% set %}", "Macro": "{% macro %}", "Import": "{% import %}",
    "FromImport": "{% from %}", "Include": "{% include %}", "Extends": "{% extends %}", "Block": "{% block %}",
    "CallBlock": "{% call %}", "FilterBlock": "{% filter %}", "With": "{% with %}", "Call": "带括号的调用",
    "Filter": "竖线后面的处理", "Test": "is 判断", "Getitem": "方括号", "CondExpr": "一句话里的 if",
}  # fmt: skip
ROW_TAG = "一行里只能有一个 {%tr … %}，一段里只能有一个 {%p … %}，而且它要独占那一行、那一段"


def fields_of(template):
    """Names a template prints or asks for: "学校", and "家长意见.类别" for a column of rows."""
    reader = _Reader({}, lenient=True)
    for source in _sources(template):
        reader.read(source)
    return reader.used


def check_template(data, known, required=(), example=None):
    """What must be repaired before this file can be a template, as sentences; [] when it can be used.

    known: {name: None, or the names of its columns}. required: names, or tuples of names of which one is enough.
    example: values to fill it with as a last test, so that a field that is swallowed by the file is noticed.
    """
    try:
        problems = inspect(unpack(data))
        if problems:
            return problems
        loose = list(_paragraphs(Document(io.BytesIO(data))))
        problems = _unfinished(loose)
        if problems:
            return problems
        reader = _Reader(known)
        for source in _sources(data):
            reader.read(source)
    except Refused as refused:
        return [str(refused)]
    except (KeyError, ValueError, etree.XMLSyntaxError):
        return ["这份文件 Word 能打开，我们读不了。请新建一份文件，把内容贴过去再上传。"]
    return reader.problems or _missing(reader.used, required) or _tried(data, reader.used, example)


def _parts(document):
    """Of the body, headers, footers and footnotes: their element trees."""
    yield document.element.body
    for rel in document.part.rels.values():
        if rel.reltype in (REL.HEADER, REL.FOOTER, REL.FOOTNOTES):
            yield etree.fromstring(rel.target_part.blob)


def _paragraphs(document):
    for tree in _parts(document):
        for paragraph in tree.iter(f"{W}p"):
            yield "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


def _sources(data):
    template = Template(io.BytesIO(data) if isinstance(data, bytes) else data)
    template.init_docx()
    for tree in _parts(template.docx):
        yield template.patch_xml(etree.tostring(tree, encoding="unicode"))


def _unfinished(texts):
    """Each tag begins and ends within its paragraph; docxtpl's own ways to write bare XML are not for templates."""
    count = 0
    for text in texts:
        count += len(START.findall(text))
        if bare := BARE.search(text):
            return [f"不能写“{bare.group().strip()} …”，请写成 {{{{ 栏目名 }}}}。"]
        rest = TAG.sub("", text)
        if open_tag := START.search(rest):
            return [f"“{rest[open_tag.start():][:20]}”没有写完：少了{_closing(open_tag.group())}。"]
        if closing := re.search(r"}}|%}", rest):
            begun = rest[max(0, closing.start() - 12) : closing.end()]
            return [f"“{begun}”少了开头的{'{{' if closing.group() == '}}' else '{%'}。"]
    if count > MOST_TAGS:
        return [f"标记有{count}处，超过{MOST_TAGS}处，不像是一份模板。"]
    return []


def _closing(start):
    return {"{{": "}}", "{%": "%}", "{#": "#}"}[start]


def _missing(used, required):
    missing = []
    for names in required:
        names = (names,) if isinstance(names, str) else names
        if not used & set(names):
            missing.append("或".join(f"“{name}”" for name in names))
    return [f"少了必须有的栏目：{'、'.join(missing)}。请在表里加上，例如 {{{{ 学校 }}}} 这样写。"] if missing else []


def _tried(data, used, example):
    """Fill it once; every example text must be found on the paper."""
    if example is None:
        return []
    try:
        paper = render(data, example)
        printed = "".join(_paragraphs(Document(io.BytesIO(paper))))
    except Exception:  # noqa: BLE001 (docxtpl, python-docx and lxml each raise their own; the file is not taken)
        return ["试着填了一份没有成功。多半是 {%tr %} 或 {%p %} 放错了行，请对照内置模板看一看。"]
    lost = [name for name in sorted(used) if not _stands(name, example, printed)]
    return [f"试着填了一份，“{name}”没有印出来。请把标记放在表格的格子或段落里，不要写成 {{{{r …}}}}。" for name in lost]


def _stands(path, example, printed):
    name, _, column = path.partition(".")
    value = example.get(name)
    values = [row.get(column) for row in value] if column and isinstance(value, list) else [value]
    texts = [line for value in values if isinstance(value, str) for line in value.split("\n") if line.strip()]
    return not texts or any(text in printed for text in texts)


class _Reader:
    """Walks a template's expressions; a line of the source is a tag, so a problem can quote it."""

    def __init__(self, known, lenient=False):
        self.known, self.lenient = known, lenient
        self.used, self.problems, self.tags = set(), [], []

    def read(self, source):
        source = source.replace("\n", " ")
        self.tags = [""] + [" ".join(tag.group().split()) for tag in TAG.finditer(source)]
        try:
            tree = sandbox().parse(TAG.sub(lambda tag: "\n" + tag.group(), source))
        except TemplateSyntaxError as error:
            self._say(self._about(error))
            return
        self._walk(tree, {}, 0)

    def _about(self, error):
        tag, text = self._tag(error.lineno), error.message or ""
        if unknown := re.search(r"unknown tag '(\w+)'", text):
            word = unknown.group(1)
            if word.startswith("end") or word in ("else", "elif"):
                return f"“{tag}”前面没有与它成对的开头。"
            return f"“{tag}”写错了：{ROW_TAG}。" if word in ("tr", "tc", "p", "r") else f"“{tag}”：不认识“{word}”这个写法。"
        if "Unexpected end of template" in text or "end of template" in text:
            return "有循环或条件没有结束，少了 {%tr endfor %}、{% endif %} 一类的标记。"
        return f"“{tag}”写得不对，名字里不要有空格和标点。"

    def _tag(self, lineno):
        return self.tags[min(max(lineno - 1, 0), len(self.tags) - 1)]

    def _say(self, sentence):
        if sentence not in self.problems:
            self.problems.append(sentence)

    def _walk(self, node, rows, depth):
        """rows: {loop variable: the field whose rows it runs over}."""
        if isinstance(node, nodes.Name):
            return self._name(node, rows)
        if isinstance(node, nodes.Getattr):
            return self._column(node, rows)
        if isinstance(node, nodes.For):
            return self._loop(node, rows, depth)
        if not isinstance(node, PLAIN):
            word = WORDS.get(type(node).__name__, "算式")
            return self._say(f"“{self._tag(node.lineno)}”用了{word}。模板里只能写栏目名、循环和“有没有”的条件。")
        for child in node.iter_child_nodes():
            self._walk(child, rows, depth)
        return None

    def _name(self, node, rows):
        if node.name in rows:
            return None  # the row itself, as in {% if 条 %}
        if node.name.startswith("_"):
            return self._hidden(node)
        if node.name not in self.known and not self.lenient:
            return self._unknown(node, node.name, self.known)
        self.used.add(node.name)
        return None

    def _column(self, node, rows):
        if node.attr.startswith("_"):
            return self._hidden(node)
        if not isinstance(node.node, nodes.Name):
            return self._say(f"“{self._tag(node.lineno)}”用了不能用的写法。点号只能写在循环里的那一个名字后面。")
        name = node.node.name
        if name == "loop" and rows:
            return None if node.attr in LOOP_FACTS else self._unknown(node, node.attr, LOOP_FACTS)
        field = rows.get(name)
        if field is None:
            return self._say(f"“{self._tag(node.lineno)}”：“{name}”不是这里的循环用的名字，后面不能加点号。")
        columns = self.known.get(field) or ()
        if node.attr not in columns and not self.lenient:
            return self._unknown(node, node.attr, columns, of=field)
        self.used |= {field, f"{field}.{node.attr}"}
        return None

    def _loop(self, node, rows, depth):
        field = node.iter.name if isinstance(node.iter, nodes.Name) else ""
        plain = isinstance(node.target, nodes.Name) and not node.test and not node.recursive and depth < MOST_LOOPS_INSIDE
        if not plain or not field:
            return self._say(f"“{self._tag(node.lineno)}”：循环只能写成 {{%tr for 条 in 栏目 %}}，栏目是字段表里有多行的一个。")
        self._name(node.iter, rows)
        if field in self.known and not self.known[field]:
            self._say(f"“{field}”只有一个值，不能循环。")
        for child in [*node.body, *node.else_]:
            self._walk(child, rows | {node.target.name: field}, depth + 1)
        return None

    def _hidden(self, node):
        self._say(f"“{self._tag(node.lineno)}”用了下划线开头的名字，这样的名字不能用。")

    def _unknown(self, node, name, known, of=""):
        near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.4)
        hint = f"是不是“{near[0]}”？" if near else "能用的名字见字段表。"
        where = f"“{of}”里没有“{name}”这一列" if of else f"没有“{name}”这个栏目"
        self._say(f"“{self._tag(node.lineno)}”：{where}，{hint}")


def known_names(fields):
    """{name: columns or None} of example values: {"学校": "…", "家长意见": [{"类别": …}]}."""
    return {
        name: set(value[0]) if isinstance(value, list) and value and not isinstance(value[0], Picture) else None
        for name, value in fields.items()
    }
