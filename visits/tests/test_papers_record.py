"""The 家访记录表: field by field, masked as the reader's role asks, in the shape of an official paper."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from docx import Document
from docx.oxml.ns import qn

from core.documents import Picture, fields_of, render
from core.models import AuditEntry
from core.pdf import to_pdf
from core.tests.papers import document
from programmes.actions.template import upload_template
from programmes.papers import BUILT_IN, paper
from programmes.queries.template import built_in
from schools.enums import Role
from schools.tests.factories import make_officer, make_user
from students.actions.assign import assign
from visits.actions.paper import print_record
from visits.enums import VisitState
from visits.models import Visit
from visits.papers.build import pupil_file, visit_record
from visits.papers.context import context, for_paper, readable_visits
from visits.papers.fields import FIELDS, NAMES, TEXT_FIELDS
from visits.tests.layout import differences, layout
from visits.tests.on_paper import make_place
from visits.tests.rows import add_visit

pytestmark = pytest.mark.sqlite  # what stands on a paper does not depend on the database

KIND = "visit_record"
REFERENCE = Path(__file__).parent / "papers" / "visit_record.json"
STANDS_IN = {*TEXT_FIELDS, "主访", "同行"}  # the built-in template prints them by 正文 and 家访教师


@pytest.fixture
def place(db, clock):
    return make_place()


def on_paper(visit):
    return for_paper(Visit.objects.all()).get(pk=visit.pk)


def words(data):
    """All text of the document, row by row, with what stands in its footers."""
    file = Document(io.BytesIO(data))
    body = "\n".join("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in file.element.body.iter(qn("w:p")))
    return body + "\n" + "\n".join(p.text for p in file.sections[0].footer.paragraphs)


def texts(value):
    """Every text in a field's value."""
    if isinstance(value, list):
        return [text for row in value for inner in row.values() for text in texts(inner)]
    return [] if isinstance(value, Picture) else [line for line in value.split("\n") if line]


def template_with_every_field():
    plain = [f"{field.name}＝{{{{ {field.name} }}}}" for field in FIELDS if not field.columns]
    rows = [["{%tr for 条 in " + f.name + " %}"] for f in FIELDS if f.columns]
    cells = [[f"{f.name}＝" + "".join(f"{{{{ 条.{column} }}}}" for column in f.columns)] for f in FIELDS if f.columns]
    return document(*plain, rows=[line for pair in zip(rows, cells, strict=True) for line in (*pair, ["{%tr endfor %}"])])


# ── Part by part ──


@pytest.mark.seed("W35")
def test_every_field_of_the_list_is_filled_with_its_own_value(place):
    values = context(on_paper(place["visit"]))
    printed = words(render(template_with_every_field(), values))

    assert list(values) and set(values) == set(NAMES)
    empty = [name for name in NAMES if not texts(values[name])]
    assert empty == ["照片"]
    assert [t for name in NAMES for t in texts(values[name]) if t not in printed] == []
    assert [name for name in NAMES if name != "照片" and f"{name}＝" not in printed] == []


@pytest.mark.seed("W35")
def test_the_built_in_paper_prints_every_field_in_the_order_of_the_list(place):
    template = built_in(KIND).data
    values = context(on_paper(place["visit"]))
    printed = words(render(template, values))

    assert set(NAMES) - fields_of(template) == STANDS_IN
    assert [t for name in NAMES if name not in STANDS_IN for t in texts(values[name]) if t not in printed] == []
    with zipfile.ZipFile(io.BytesIO(template)) as parts:
        source = parts.read("word/document.xml").decode()
    places = [min(p for p in (source.find(f"{{{{ {n} }}}}"), source.find(f" in {n} %}}")) if p >= 0)
              for n in NAMES if n not in STANDS_IN]  # fmt: skip
    assert places == sorted(places)


def test_the_record_says_what_happened(place):
    values = context(on_paper(place["visit"]))

    said = {name: values[name] for name in ("班级", "学生", "性别", "日期", "时间", "方式", "地点", "家访教师", "家庭成员")}
    assert said == {
        "班级": "五（3）班", "学生": "顾梓涵、顾**", "性别": "女", "日期": "2022年9月17日", "时间": "18:30–19:20，50分钟",
        "方式": "上门", "地点": "学生家中", "家访教师": "陈晓（主访）、罗一鸣", "家庭成员": "学生、妈妈、爷爷奶奶",
    }  # fmt: skip
    assert values["聊到的内容"] == [{"栏目": "四进家庭", "内容": "☑教育政策　☐激励措施"}]
    assert values["约定"] == [{"谁": "家里", "内容": "每晚一起读十分钟书", "期限": "2022年10月8日", "结果": ""}]
    assert (values["帮助"][0]["金额"], values["回访"]) == ("30元", "2022年10月8日，看看作业时间")
    assert (values["审核人"], values["审核日期"], values["记录状态"]) == ("沈文清", "2022年9月18日", "已归档")


def test_the_labels_are_those_of_the_notice(place):
    place["programme"].config["record"]["fields"][0]["label"] = "为什么去"
    place["programme"].save()

    assert context(on_paper(place["visit"]))["正文"][0] == {"标题": "为什么去", "内容": "开学后了解暑期情况。"}


def test_a_planned_visit_prints_an_empty_form_to_take_along(place):
    Visit.objects.filter(pk=place["visit"].pk).update(
        state=VisitState.PLANNED, planned_at="2022-09-20T18:30+08:00", started_at=None, ended_at=None, visited_on=None,
        recorded_at=None, locked_at=None, **dict.fromkeys(TEXT_FIELDS.values(), ""),
    )  # fmt: skip
    values = context(on_paper(place["visit"]))

    assert [row["标题"] for row in values["正文"]] == list(TEXT_FIELDS)
    assert (values["日期"], values["时间"], values["记录状态"], values["记录人"]) == ("2022年9月20日", "", "待填", "")
    assert "无" not in words(render(built_in(KIND).data, values | {"家长意见": [], "约定": [], "回访": ""})).split("\n")


def test_a_voided_record_says_so_on_paper(place):
    Visit.objects.filter(pk=place["visit"].pk).update(state="voided", void_reason="记错了人", voided_at="2022-09-18T19:00+08:00")

    assert "已作废，不作依据" in words(print_record(on_paper(place["visit"]), by=place["head"]))


# ── Who may have what on paper ──


def test_SEC_telephone_and_address_are_masked_and_no_category_is_printed(place):
    printed = words(print_record(on_paper(place["visit"]), by=place["head"]))

    assert "母 林晚秋 199****1234" in printed and "父 顾长风 199****5678" in printed and "晨曦路***" in printed
    for secret in ("19900001234", "88弄", "HARDSHIP", "普访", "重点", "顾梓宁", "爱唱歌"):
        assert secret not in printed


def test_SEC_who_may_read_contacts_prints_them_with_a_reason_and_it_is_written_down(place):
    printed = words(print_record(on_paper(place["visit"]), by=place["head"], full=True, reason="visit"))

    assert "母 林晚秋 19900001234" in printed and "晨曦路88弄6号302室" in printed
    log = list(AuditEntry.objects.values_list("action", "object_id").order_by("pk"))
    assert log == [("student.reveal", str(place["student"].pk)), ("paper.record", str(place["visit"].pk))]
    entry = AuditEntry.objects.get(action="paper.record")
    assert entry.facts["contacts"] == [place["student"].pk] and {"监护人", "住址", "正文"} <= set(entry.fields)
    assert f"内部资料 严禁外传　陈晓（{place['head'].username}）　2022-09-18 20:00　编号{entry.pk}" in printed


def test_SEC_who_went_along_prints_masked_even_when_he_asks_for_more(place):
    printed = words(print_record(on_paper(place["visit"]), by=place["colleague"], full=True, reason="visit"))

    assert "19900001234" not in printed and AuditEntry.objects.get().facts["contacts"] == []


def test_an_assigned_visitor_prints_contacts_in_full(place):
    assign(place["programme"], [place["student"]], place["colleague"], by=place["head"])
    printed = words(print_record(on_paper(place["visit"]), by=place["colleague"], full=True, reason="visit"))

    assert "19900001234" in printed and AuditEntry.objects.filter(action="contact.read_assigned").exists()


def test_the_same_visit_printed_twice_is_two_lines_in_the_log(place):
    for _ in range(2):
        print_record(on_paper(place["visit"]), by=place["head"])

    assert AuditEntry.objects.filter(action="paper.record").count() == 2


def test_SEC_a_visit_of_another_school_is_not_found(place, client):
    stranger = make_user(Role.SCHOOL_LEADER, school=place["brother"].school)
    client.force_login(stranger, backend="schools.backends.StaffBackend")

    assert client.get(f"/visits/{place['visit'].pk}/record.docx").status_code == 404
    assert AuditEntry.objects.filter(action="paper.record").count() == 0


def test_a_bureau_s_own_shape_is_used(place):
    own = template_with_every_field()
    authority = place["school"].authority
    upload_template(authority, KIND, ContentFile(own, name="本局.docx"), by=make_officer(authority))

    assert "家访教师＝陈晓（主访）、罗一鸣" in words(print_record(on_paper(place["visit"]), by=place["head"]))


@pytest.mark.parametrize("visits", (1, 3))
def test_papers_of_any_number_of_visits_take_the_same_queries(place, django_assert_num_queries, visits):
    for day in range(1, visits):
        add_visit(place["programme"], [place["student"]], on=date(2022, 9, day), lead=place["head"])
    with django_assert_num_queries(9):
        printed = [context(visit) for visit in readable_visits(place["head"])]
    assert len(printed) == visits


# ── Shape ──


@pytest.mark.parametrize("name, make", [("visit_record.docx", visit_record), ("pupil_file.docx", pupil_file)])
def test_the_built_in_template_is_what_the_program_makes(name, make):
    with zipfile.ZipFile(BUILT_IN / name) as kept, zipfile.ZipFile(io.BytesIO(make())) as made:
        assert kept.namelist() == made.namelist()
        assert [n for n in kept.namelist() if kept.read(n) != made.read(n)] == [], "run manage.py build_papers"


def test_the_built_in_template_has_the_margins_and_faces_of_official_papers():
    file = Document(BUILT_IN / "visit_record.docx")
    section, title, table = file.sections[0], file.paragraphs[0], file.tables[0]

    def mm(length):
        return round(length.mm)

    def face(run):
        return run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt

    page = [section.page_width, section.page_height, section.top_margin, section.left_margin, section.right_margin,
            section.bottom_margin]  # fmt: skip
    assert [mm(length) for length in page] == [210, 297, 37, 28, 26, 35]
    assert (title.text, face(title.runs[0]), title.alignment) == ("学校家访记录表", ("方正小标宋简体", 22), 1)
    assert {face(p.runs[0]) for p in table.rows[0].cells[1].paragraphs} == {("仿宋_GB2312", 12)}
    assert sum(mm(column.width) for column in table.columns) == 156
    repeated = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeated == [True, True] + [False] * (len(table.rows) - 2)
    number = section.footer.paragraphs[0]
    assert (number.text, number.alignment, face(number.runs[0])) == ("—  PAGE  —".replace(" PAGE ", ""), 2, ("宋体", 14))
    assert section.even_page_footer.paragraphs[0].alignment == 0


def test_libreoffice_draws_the_paper_as_the_stored_reference(tmp_path, settings):
    """Rules of the table, title, page number and mark stand where they stood: the picture's layout boxes."""
    settings.DATA_DIR = tmp_path
    filled = render(built_in(KIND).data, paper(KIND).example, mark="内部资料 严禁外传")
    found = [layout(page) for page in pypdfium2.PdfDocument(to_pdf(filled))]
    wanted = json.loads(REFERENCE.read_text())

    assert len(found) == len(wanted)
    assert [line for one, reference in zip(found, wanted, strict=True) for line in differences(one, reference)] == []


def test_a_moved_rule_or_title_is_seen_by_the_comparison():
    wanted = json.loads(REFERENCE.read_text())[0]
    moved = {**wanted, "across": [(y + 2, a, b) for y, a, b in wanted["across"]], "outside": wanted["outside"][1:]}

    assert len(differences(moved, wanted)) == len(wanted["across"]) + 1
