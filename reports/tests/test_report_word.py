"""A report written in Word comes into the sections: headings mapped, unknown ones asked for, nothing lost, nothing run."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from reports.models import SchoolReport
from reports.tests.filed import TEXTS, make_campaign, make_report
from reports.word.read import NotTaken, nearest, pieces, read
from schools.enums import Role
from schools.tests.factories import make_leader, make_school, make_user

LABELS = ["开展情况", "具体做法", "工作成效", "存在的问题及建议"]
SAID = [
    ("示例晨曦小学“示例走万家”活动报告", None),
    ("一、活动开展的基本情况", None),
    ("全校老师都去了。", None),
    ("二、主要做法", None),
    ("（一）先备课", None),
    ("出门前写便条。", "List Number"),
    ("两人同行。", "List Number"),
    ("第三部分 取得的成效", None),
    ("孩子按时写完作业的多了。", None),
    ("四、经费使用", None),
    ("没有花钱。", None),
    ("存在问题和建议", "Heading 1"),
    ("晚上不好约。", None),
]


def word(lines=SAID):
    document = Document()
    for text, style in lines:
        document.add_paragraph(text, style=style)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "表里的字", "也要"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def upload(data, name="报告.docx"):
    return SimpleUploadedFile(name, data)


def with_part(data, name, content):
    """The same file with one more part, or another one in its place."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return file.getvalue()


def test_headings_are_mapped_by_wording_and_unknown_ones_are_asked_for():
    title, found = pieces(read(upload(word())), LABELS)
    assert title == "示例晨曦小学“示例走万家”活动报告"
    assert [(one.heading, one.section, one.text) for one in found] == [
        ("一、活动开展的基本情况", 0, "全校老师都去了。"),
        ("二、主要做法", 1, "（一）先备课\n出门前写便条。\n两人同行。"),
        ("第三部分 取得的成效", 2, "孩子按时写完作业的多了。"),
        ("四、经费使用", None, "没有花钱。"),
        ("存在问题和建议", 3, "晚上不好约。\n表里的字\n也要"),
    ]


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("开展情况", 0), ("总体情况", 0), ("工作措施", 1), ("活动成果", 2), ("困难与不足", 3), ("今后打算", 3), ("经费", None),
        ("", None),
    ],
)
def test_a_heading_means_the_nearest_section_or_none(words, section):
    assert nearest(words, LABELS) == section


def test_without_headings_the_whole_text_is_one_piece_to_place():
    text = "今年九月，我们走访了全部学生家庭，老师们两人一组，先备课再出门，家长都说没想到老师会来。"
    assert [(one.heading, one.section) for one in pieces(read(upload(word([(text, None)]))), LABELS)[1]] == [("", None)]


def numbered_by_word():
    data = word([("具体做法", "Heading 1")])
    body = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>'
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
    added = "".join(body.format(text) for text in ("先访", "再访")) + (
        '<w:p><w:del w:id="1"><w:r><w:delText>删掉的</w:delText></w:r></w:del><w:r><w:t>留下的</w:t></w:r></w:p>'
    )
    return with_part(data, "word/document.xml", xml.replace("<w:tbl>", added + "<w:tbl>", 1))


def test_numbers_word_draws_are_written_out_and_deleted_words_stay_out():
    (piece,) = pieces(read(upload(numbered_by_word())), LABELS)[1]
    assert piece.text.split("\n")[:3] == ["1. 先访", "2. 再访", "留下的"]


HOSTILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not a file", "不是能打开的"),
        (word()[:900], "不是能打开的"),
        (with_part(word(), "word/vbaProject.bin", b"x"), "带有宏"),
        (with_part(word(), "word/document.xml", HOSTILE), "不是能打开的"),
        (with_part(word(), "word/document.xml", b"a" * (17 * 1024 * 1024)), "太大或太复杂"),
        (word([]).replace(b"PK", b"KP"), "不是能打开的"),
    ],
)
def test_what_is_no_plain_word_file_is_refused_in_words(data, why):
    with pytest.raises(NotTaken, match=why):
        read(upload(data))


def test_a_file_over_ten_megabytes_is_not_even_opened():
    with pytest.raises(NotTaken, match="超过10MB"):
        read(upload(b"x" * (10 * 1024 * 1024 + 1)))


# ── Pages ──


@pytest.fixture
def place(db, settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_campaign()
    school = make_school(programme.authority, name="示例晨曦小学")
    admin = make_user(Role.SCHOOL_ADMIN, school=school)
    return make_report(programme, school, by=make_leader(school), state="draft"), admin


def url(name, report):
    return reverse(f"reports:{name}", args=[report.pk])


def previewed(client, report):
    page = client.post(url("report_import", report), {"file": upload(word())})
    assert page.status_code == 200
    form = page.context["form"]
    data = {name: field.initial for name, field in form.fields.items()}
    return page, data | {"revision": report.revision, "how": "append"}


@pytest.mark.seed("S55")
def test_from_file_to_sections_and_what_stood_there_stays(client, place):
    report, admin = place
    client.force_login(admin)
    page, data = previewed(client, report)
    assert "标题用活动规定的" in page.text
    refused = client.post(url("report_fill", report), data)
    assert refused.status_code == 422  # 经费使用 has no place yet
    assert "选这一段放到哪一部分" in refused.text
    assert "没有花钱。" in refused.text
    assert client.post(url("report_fill", report), {**data, "to-3": "none"}).status_code == 302
    report.refresh_from_db()
    assert report.sections == [
        "全校老师都去了。",
        f"{TEXTS[1]}\n（一）先备课\n出门前写便条。\n两人同行。",
        f"{TEXTS[2]}\n孩子按时写完作业的多了。",
        f"{TEXTS[3]}\n晚上不好约。\n表里的字\n也要",
    ]
    assert report.figures["paragraph"] == "截至…"  # figures stay the system's


def test_replacing_changes_only_the_sections_the_file_speaks_of(client, place):
    report, admin = place
    client.force_login(admin)
    _, data = previewed(client, report)
    data |= {"how": "replace", "to-0": "none", "to-3": "1", "to-4": "none"}
    client.post(url("report_fill", report), data)
    report.refresh_from_db()
    assert report.sections == [
        "", "（一）先备课\n出门前写便条。\n两人同行。\n没有花钱。", "孩子按时写完作业的多了。", TEXTS[3],
    ]  # fmt: skip


def test_the_same_fill_twice_and_a_fill_over_newer_words(client, place):
    report, admin = place
    client.force_login(admin)
    _, data = previewed(client, report)
    data["to-3"] = "none"
    client.post(url("report_fill", report), data)
    again = client.post(url("report_fill", report), data)
    assert again.status_code == 409
    assert "预览之后报告改过" in again.text
    report.refresh_from_db()
    assert report.sections[3].count("晚上不好约。\n") == 1


@pytest.mark.parametrize(
    ("file", "why"),
    [(None, "先选一个"), (upload(b"x", "报告.doc"), "只收 .docx"), (upload(b"x", "报告.docx"), "不是能打开的")],
)
def test_a_wrong_file_is_told_on_the_page(client, place, file, why):
    report, admin = place
    client.force_login(admin)
    page = client.post(url("report_import", report), {"file": file} if file else {})
    assert (page.status_code, why in page.text) == (422, True)
    assert SchoolReport.objects.get().sections == TEXTS


def test_an_empty_fill_is_told(client, place):
    report, admin = place
    client.force_login(admin)
    assert client.post(url("report_fill", report)).status_code == 422
