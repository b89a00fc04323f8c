"""Papers filled from templates: values arrive whole, nothing of a template runs, wrong templates are told why."""

import io
import os
import zipfile

import pytest
from docx import Document

from core.documents import Picture, check_template, fields_of, render
from core.documents.package import MOST_INFLATED, MOST_PARTS
from core.tests.papers import GREY, document, with_part

KNOWN = {"学校": None, "学生姓名": None, "家长意见": {"类别", "内容"}}
OPINIONS = [{"类别": "作业", "内容": "少一点"}, {"类别": "食堂", "内容": "好"}]
VALUES = {"学校": "示例一小", "学生姓名": "许嘉树", "家长意见": OPINIONS}
ROWS = [["{%tr for 条 in 家长意见 %}", ""], ["{{ 条.类别 }}", "{{ 条.内容 }}"], ["{%tr endfor %}", ""]]


def words(data):
    paper = Document(io.BytesIO(data))
    return [p.text for p in paper.paragraphs] + [cell.text for t in paper.tables for row in t.rows for cell in row.cells]


def test_fields_and_rows_are_filled():
    filled = render(document("{{ 学校 }}：{{ 学生姓名 }}", rows=ROWS), VALUES)

    assert words(filled) == ["示例一小：许嘉树", "作业", "少一点", "食堂", "好"]


def test_words_of_people_are_never_a_template_or_xml():
    nasty = "{{ 7*7 }} <w:p/> A & B “引号” {% if %}"

    assert words(render(document("{{ 学校 }}"), {"学校": nasty})) == [nasty]


def test_a_line_break_is_a_paragraph_and_forbidden_characters_go():
    assert words(render(document("{{ 学校 }}"), {"学校": "一\r\n二\x07\x0c三"})) == ["一", "二三"]


def test_a_field_without_a_value_is_an_error_and_no_hole():
    with pytest.raises(Exception, match="学生姓名"):
        render(document("{{ 学校 }}{{ 学生姓名 }}"), {"学校": "示例一小"})


def test_a_picture_stands_on_the_paper_as_wide_as_asked():
    paper = Document(io.BytesIO(render(document("{{ 学校 }}"), {"学校": Picture(GREY, 60)})))

    assert round(paper.inline_shapes[0].width.mm) == 60


def test_the_mark_is_at_the_foot_of_every_page_whatever_the_template_has():
    template = Document(io.BytesIO(document("{{ 学校 }}")))
    template.settings.odd_and_even_pages_header_footer = True
    template.sections[0].different_first_page_header_footer = True
    template.add_section().footer.is_linked_to_previous = False
    file = io.BytesIO()
    template.save(file)
    paper = Document(io.BytesIO(render(file.getvalue(), VALUES, mark="内部资料 {{ 陈 }}")))

    footers = [f for s in paper.sections for f in (s.footer, s.even_page_footer, s.first_page_footer)]
    found = [f.paragraphs[-1].text for f in footers if not f.is_linked_to_previous]
    assert found == ["内部资料 {{ 陈 }}"] * 5  # three of the first section, two of the second


def test_the_same_values_give_the_same_bytes_without_author_or_time():
    template = Document(io.BytesIO(document("{{ 学校 }}")))
    template.core_properties.author = template.core_properties.last_modified_by = "某科员{{ 7*7 }}"
    file = io.BytesIO()
    template.save(file)
    one, two = (render(file.getvalue(), VALUES, title="家访记录表") for _ in range(2))

    kept = Document(io.BytesIO(one)).core_properties
    assert one == two and (kept.author, kept.last_modified_by, kept.title) == ("", "", "家访记录表")
    assert kept.modified.year == 2000
    with zipfile.ZipFile(io.BytesIO(one)) as parts:
        assert {info.date_time[0] for info in parts.infolist()} == {1980}
        assert b"python" not in parts.read("docProps/app.xml").lower()


def test_fields_of_a_template_include_header_and_columns():
    template = Document(io.BytesIO(document("{{ 学校 }}", rows=ROWS)))
    template.sections[0].header.paragraphs[0].text = "{{ 学生姓名 }}"
    file = io.BytesIO()
    template.save(file)

    assert fields_of(file.getvalue()) == {"学校", "学生姓名", "家长意见", "家长意见.类别", "家长意见.内容"}


def test_a_right_template_has_no_problems():
    assert check_template(document("{{ 学校 }}{# 说明 #}{{ 学生姓名 }}", rows=ROWS), KNOWN, ["学校"], VALUES) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ 学生性名 }}", "没有“学生性名”这个栏目，是不是“学生姓名”？"),
        ("{% for 条 in 家长意见 %}{{ 条.内客 }}{% endfor %}", "“家长意见”里没有“内客”这一列，是不是“内容”？"),
        ("{{ 学校", "没有写完：少了}}"),
        ("学校 }}", "少了开头的{{"),
        ("{{ 学 校 }}", "写得不对"),
        ("{% for 条 in 家长意见 %}", "有循环或条件没有结束"),
        ("{% endfor %}", "前面没有与它成对的开头"),
        ("{%tr for 条 in 家长意见 %}{%tr endfor %}", "一行里只能有一个"),
        ("{% for 字 in 学校 %}{% endfor %}", "“学校”只有一个值，不能循环"),
        ("{{ 家长意见.类别 }}", "“家长意见”不是这里的循环用的名字"),
        ("{{ loop.index }}", "“loop”不是这里的循环用的名字"),
    ],
)
def test_a_slip_is_told_with_its_place(text, said):
    found = check_template(document(text, "{{ 学校 }}"), KNOWN)

    assert len(found) == 1 and said in found[0]


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}", "{{ 学校.__class__.__mro__ }}", "{{ _x }}", "{{ 学校|upper }}", "{{ 学校()}}",
        "{% for x in range(10**9) %}{{ x }}{% endfor %}", "{{ 'a' * 999999999 }}", "{{ 10**99999 }}", "{{ lipsum() }}",
        "{% set a = 1 %}", "{% include 'x' %}", "{% macro m() %}{% endmacro %}", "{{ 学校['a'] }}", "{{ [1, 2] }}",
        "{% for a in 家长意见 %}{% for b in 家长意见 %}{% for c in 家长意见 %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in 家长意见 recursive %}{{ loop(a) }}{% endfor %}", "{{r 学校 }}", "{% raw %}{{ a }}{% endraw %}",
        "{% colspan 学校 %}", "{{ page_mark }}", "{{ 学校 if 学校 }}", "{{ self }}",
    ],
)  # fmt: skip
def test_SEC_nothing_but_fields_rows_and_conditions_is_let_in(text):
    assert check_template(document(text, "{{ 学校 }}"), KNOWN, ["学校"], VALUES) != []


@pytest.mark.parametrize("text", ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{% for x in range(10**9) %}{% endfor %}"])
def test_SEC_even_an_unchecked_template_runs_nothing(text):
    with pytest.raises(Exception, match=r"unsafe|undefined"):
        render(document(text), VALUES)


def test_a_required_field_may_have_a_stand_in():
    template = document("{{ 学校 }}")

    assert check_template(template, KNOWN, [("学生姓名", "学校")]) == []
    assert check_template(template, KNOWN, ["学生姓名", ("家长意见", "x")]) == [
        "少了必须有的栏目：“学生姓名”、“家长意见”或“x”。请在表里加上，例如 {{ 学校 }} 这样写。"
    ]


RELATIONS = "word/_rels/document.xml.rels"
LINK = '<Relationship Id="rX" Type="http://x/relationships/{}" Target="http://x/" TargetMode="External"/></Relationships>'
FIELD = '<w:r><w:instrText>{}</w:instrText></w:r></w:p></w:body>'


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: b"PK\x03\x04 no", "不是能打开的 .docx"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "另存为"),
        (lambda: with_part("word/vbaProject.bin", b"x"), "带有宏"),
        (lambda: with_part("[Content_Types].xml", "document.main", "document.macroEnabled.main"), "带有宏"),
        (lambda: with_part("[Content_Types].xml", "document.main+xml", "sheet.main+xml"), "不是 Word 的"),
        (lambda: with_part(RELATIONS, "</Relationships>", LINK.format("attachedTemplate")), "指向外面的套用的模板"),
        (lambda: with_part(RELATIONS, "</Relationships>", LINK.format("image")), "指向外面的图片"),
        (lambda: with_part("word/document.xml", "</w:p></w:body>", FIELD.format("DDEAUTO cmd")), "DDEAUTO"),
        (lambda: with_part("word/document.xml", "</w:p></w:body>", FIELD.format("INCLUDEPICTURE http")), "INCLUDEPICTURE"),
        (lambda: with_part("word/document.xml", "<w:document", "<!DOCTYPE a []><w:document"), "不是 Word 存出来的"),
        (lambda: with_part("word/embeddings/a.bin", b"x"), "嵌入了别的文件"),
        (lambda: with_part("../evil.xml", b"x"), "不该有的路径"),
        (lambda: with_part("word/media/a.bin", b"0" * (MOST_INFLATED + 1)), "解开后超过"),
        (lambda: with_part("word/document.xml", "</w:p></w:body>", "<!--" + "x" * 2_100_000 + "--></w:p></w:body>"), "太多"),
        (lambda: with_part("", b"", parts=MOST_PARTS), "个部分"),
        (lambda: with_part("word/media/a.bin", os.urandom(6_000_000)), "超过5MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_SEC_a_hostile_or_foreign_file_is_refused_with_a_sentence(made, said):
    found = check_template(made(), KNOWN)

    assert len(found) == 1 and said in found[0]
