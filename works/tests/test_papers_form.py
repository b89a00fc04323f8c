"""附件1 and the other works' form: field by field in the order of the notice, in the shape of an official paper."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from core.clock import now
from core.documents import fields_of
from core.tests.papers import document
from core.tests.sheets_of_paper import (
    HEAD,
    OFFICIAL,
    TITLE,
    everything,
    face,
    lines,
    margins,
    opened,
    rows,
    same_parts,
)
from programmes.actions.template import upload_template
from programmes.papers import BUILT_IN, paper
from programmes.queries.template import built_in
from works.models import Work
from works.papers.build import MADE
from works.papers.fields import STORY_FIELDS, WORK_FIELDS
from works.papers.make import for_form, form_docx
from works.papers.values import form_values
from works.queries.alias import names_in, seal
from works.queries.facts import seal_facts
from works.tests.factories import make_work

pytestmark = pytest.mark.sqlite  # what stands on a paper does not depend on the database

BODY = (
    "开学第二周，嘉树说想把阳台上的菜写进作文里。\n\n  林秋说：每晚八点前写完，外婆当第一个读者。\n"
    "第一周，顾嘉树五天里有四天写完了。"
)
PRINTED = [
    "开学第二周，顾同学说想把阳台上的菜写进作文里。", "顾同学的妈妈说：每晚八点前写完，外婆当第一个读者。",
    "第一周，顾同学五天里有四天写完了。",
]  # fmt: skip


def sealed(work):
    """As works.actions.author.submit_work leaves it."""
    work.aliases, work.facts = seal(names_in(work, work.title + work.body)), seal_facts(work)
    work.save(update_fields=["aliases", "facts"])
    return for_form().get(pk=work.pk)


@pytest.fixture
def story(programme, school, head, visit, leader):
    return sealed(make_work(head, programme, school, visit=visit, kind="story", state="filed", leader=leader, body=BODY))


@pytest.fixture
def essay(programme, school, head, leader, student):
    made = make_work(head, programme, school, state="filed", leader=leader, body=BODY, school_award="一等奖")
    return sealed(made)


def printed(work, by=None):
    return form_docx(for_form().get(pk=work.pk), user=by or work.author)


# ── 附件1, row by row ──


@pytest.mark.seed("S58")
def test_above_the_table_stand_annex_title_in_two_lines_and_who_reports(story):
    found = lines(printed(story))

    assert found[0] == "附件1"
    assert "".join(found[1:3]) == f"{story.authority.short_name}“示例走万家”活动感人故事推荐表" and found[2] == "感人故事推荐表"
    assert found[3] == "填报单位：　示例晨曦小学　"


@pytest.mark.seed("S59")
def test_first_row_name_gender_birth_month(story):
    assert rows(printed(story))[0] == ["姓名", "陈晓", "性别", "女", "出生年月", "1991年4月"]


@pytest.mark.seed("S60")
def test_second_row_office_politics_phone(story):
    assert rows(printed(story))[1] == ["职务", "班主任", "政治面貌", "中共党员", "联系电话", "19900005518"]


@pytest.mark.seed("S61")
def test_third_row_target_and_day_come_from_the_recorded_visit(story):
    assert rows(printed(story))[2] == ["走访对象", "五（3）班 顾同学家庭", "走访时间", "2022年9月16日"]
    assert (story.visit.visited_on, story.facts.count("顾嘉树")) == (date(2022, 9, 16), 0)


@pytest.mark.seed("S62")
def test_the_story_stands_paragraph_by_paragraph_and_hangs_on_a_visit_both_sides_vouch_for(story):
    label, cell = rows(printed(story))[3]

    assert label.replace("\n", "") == "感人故事"
    assert cell.split("\n") == ["阳台上的作文", *PRINTED]
    lines_of_cell = opened(printed(story)).tables[0].rows[3].cells[1].paragraphs
    assert {line.paragraph_format.first_line_indent.pt for line in lines_of_cell[1:]} == {24}
    for missing in ("visit", "author_confirmed_at", "approver_confirmed_at"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Work.objects.filter(pk=story.pk).update(**{missing: None})


@pytest.mark.seed("S63")
def test_the_opinion_leaves_the_room_of_the_seal_and_draws_none(story):
    paper = printed(story)
    label, cell = rows(paper)[4]
    words, seal_line, day = opened(paper).tables[0].rows[4].cells[1].paragraphs

    assert label.replace("\n", "") == "学校推荐意见"
    assert cell.split("\n") == ["情况属实，同意推荐。", "（公章）", "2022年9月28日"]
    room = seal_line.paragraph_format.space_before.mm + day.paragraph_format.space_after.mm
    room += sum(line.paragraph_format.line_spacing.mm for line in (seal_line, day))
    assert room >= 45 - 0.5 and words.paragraph_format.line_spacing.mm > 5
    assert all(mark not in everything(paper) for mark in ("w:drawing", "w:pict", "/media/"))


@pytest.mark.seed("S63")
def test_before_the_school_has_recommended_opinion_and_day_are_left_open(programme, school, head, visit):
    draft = make_work(head, programme, school, visit=visit, kind="story", body=BODY)

    assert rows(printed(draft))[4][1].split("\n") == ["", "（公章）", "　　　年　　月　　日"]


@pytest.mark.seed("S64")
def test_the_note_of_the_notice_stands_below_and_a_bureau_prints_its_own_shape(story, officer):
    assert lines(printed(story))[-1] == "备注：此表为样张，可根据实际内容调整。"

    own = document(*(f"{one.name}＝{{{{ {one.name} }}}}" for one in STORY_FIELDS))
    upload_template(story.authority, "story_form", ContentFile(own, name="本局.docx"), by=officer)
    found = lines(printed(story))
    assert "走访对象＝五（3）班 顾同学家庭" in found and "姓名＝陈晓" in found


@pytest.mark.seed("S58", "S59", "S60", "S61", "S62", "S63")
def test_labels_stand_in_the_order_of_the_notice_and_nothing_else_is_asked(story):
    labels = [cell.replace("\n", "") for row in rows(printed(story)) for cell in row[::2]]

    assert labels == [
        "姓名", "性别", "出生年月", "职务", "政治面貌", "联系电话", "走访对象", "走访时间", "感人故事", "学校推荐意见",
    ]  # fmt: skip


# ── Other works ──


def test_an_essay_s_form_has_its_fields_in_order(essay):
    found = rows(printed(essay))

    assert lines(printed(essay))[0] == "“示例走万家”活动家访征文推荐表"
    assert [cell.replace("\n", "") for row in found for cell in row[::2]] == [
        "题目", "作者", "学校", "学科", "联系电话", "类别", "正文", "原创承诺", "校级等级", "推荐区级", "学校推荐意见",
    ]  # fmt: skip
    assert found[4][1].split("\n")[2] == "第一周，顾同学五天里有四天写完了。"
    assert found[5][1].startswith("本人承诺内容真实、为本人所写。陈晓　2022年9月18日")
    assert found[6] == ["校级等级", "一等奖", "推荐区级", "是，第1位"]


def test_deeds_name_whom_they_tell_of(programme, school, head, teacher, leader):
    made = make_work(head, programme, school, kind="deeds", honoree=teacher, state="approved", leader=leader)

    assert rows(printed(sealed(made)))[2] == ["事迹人", "罗一鸣"]


def test_a_kind_the_notice_no_longer_asks_for_still_has_its_form(programme, essay):
    works = [one for one in programme.config["works"] if one["code"] != "essay"]
    programme.config = programme.config | {"works": works}
    programme.save()

    assert lines(printed(essay))[0] == "“示例走万家”活动家访征文推荐表"


# ── Fields and templates ──


@pytest.mark.parametrize("kind, fields", [("story_form", STORY_FIELDS), ("work_form", WORK_FIELDS)])
def test_every_field_of_the_list_has_a_value_and_the_built_in_paper_prints_it(story, essay, kind, fields):
    work = story if kind == "story_form" else essay
    values = form_values(work, clear=True)

    assert {one.name for one in fields} == set(values)
    assert {one.name for one in fields} - fields_of(built_in(kind).data) == {"活动", "编号"}


@pytest.mark.parametrize(
    "kind, wrong, right", [("story_form", "走防对象", "走访对象"), ("work_form", "原创承若", "原创承诺")]
)
@pytest.mark.seed("S64")
def test_a_misspelt_field_is_refused_with_its_name_and_the_nearest_right_one(authority, officer, kind, wrong, right):
    text = " ".join(f"{{{{ {one.name} }}}}" for one in paper(kind).fields)
    with pytest.raises(ValidationError) as refused:
        upload_template(authority, kind, ContentFile(document(text.replace(right, wrong)), name="x.docx"), by=officer)

    assert refused.value.messages == [f"“{{{{ {wrong} }}}}”：没有“{wrong}”这个栏目，是不是“{right}”？"]


def test_missing_fields_are_named(authority, officer):
    with pytest.raises(ValidationError) as refused:
        upload_template(authority, "story_form", ContentFile(document("{{ 姓名 }}"), name="x.docx"), by=officer)

    required = [one.name for one in STORY_FIELDS if one.required and one.name != "姓名"]
    assert all(f"“{name}”" in refused.value.messages[0] for name in required)


# ── Shape ──


@pytest.mark.sqlite
@pytest.mark.parametrize("name", MADE)
def test_the_built_in_template_is_what_the_program_makes(name):
    assert same_parts((BUILT_IN / name).read_bytes(), MADE[name]()) == [], "run manage.py build_papers"


def test_margins_and_faces_are_those_of_an_official_paper(story):
    paper_ = printed(story)
    file = opened(paper_)
    annex, title = file.paragraphs[0], file.paragraphs[1]

    assert margins(paper_) == OFFICIAL
    assert (face(annex), annex.alignment) == (HEAD, None)
    assert (face(title), title.alignment) == (TITLE, 1)
    assert face(file.tables[0].rows[0].cells[0].paragraphs[0]) == ("黑体", 12)
    assert face(file.tables[0].rows[0].cells[1].paragraphs[0]) == ("仿宋_GB2312", 12)
    assert round(sum(column.width.mm for column in file.tables[0].columns)) == 156


def test_the_same_work_printed_twice_differs_in_the_mark_alone(story):
    first, second = printed(story), printed(story)

    assert all(name.startswith("word/footer") for name in same_parts(first, second))


def test_without_a_visit_or_a_birth_the_places_are_empty(programme, school, teacher):
    work = make_work(teacher, programme, school, created_at=now())
    values = form_values(for_form().get(pk=work.pk), clear=True)

    assert (values["走访对象"], values["走访时间"], values["联系电话"]) == ("", "", "")
