"""附件2, the plan and the statement: part by part in the order of the notice, in the shape of an official paper."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from core.documents import fields_of
from core.documents.words import BLANK_DAY, numbered, title_lines
from core.models import AuditEntry
from core.tests.papers import document
from core.tests.sheets_of_paper import (
    BODY,
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
from reports.models import SchoolReport
from reports.papers.build import MADE
from reports.papers.make import plan_docx, report_docx, statement_docx
from reports.papers.values import plan_values, report_values, statement_values
from reports.queries.assessment import rules_of
from reports.tests.on_paper import PARAGRAPH, PHASES, make_filings
from schools.tests.factories import make_officer

pytestmark = pytest.mark.sqlite  # what stands on a paper does not depend on the database

KINDS = {
    "school_report": (report_docx, report_values), "school_plan": (plan_docx, plan_values),
    "statement": (statement_docx, statement_values),
}  # fmt: skip
ROW_OF = {"school_report": "report", "school_plan": "plan", "statement": "statement"}
OWN_ONLY = {  # fields for a bureau's own shape; the built-in one says the same otherwise or not at all
    "school_report": {"数据截至", "数据", "清单", "学校", "活动", "回执号"},
    "school_plan": {"领导小组", "活动安排", "学校", "活动", "回执号"},
    "statement": set(),
}


@pytest.fixture
def place(db, settings):
    settings.HOMEVISIT_CLOCK = "2022-10-20T10:00+08:00"
    return make_filings()


def printed(place, kind):
    return KINDS[kind][0](place[ROW_OF[kind]], user=place["leader"])


@pytest.fixture
def report(place):
    return lines(printed(place, "school_report"))


# ── 附件2, section by section ──


@pytest.mark.seed("S56")
def test_the_report_has_annex_title_and_the_four_sections_in_order(report):
    assert report[:2] == ["附件2", "示例区示例晨曦小学“示例走万家”活动报告"]
    assert [line for line in report if line[1:2] == "、"] == [
        "一、开展情况", "二、具体做法", "三、工作成效", "四、存在的问题及建议",
    ]  # fmt: skip


def between(found, first, last):
    return found[found.index(first) + 1 : found.index(last)]


@pytest.mark.seed("S65")
def test_section_one_begins_with_the_figures_then_the_school_s_words_then_the_table_of_grades(place, report):
    assert between(report, "一、开展情况", "二、具体做法") == [PARAGRAPH, "另有3户改到学校谈。", "各年级走访情况"]
    assert rows(printed(place, "school_report")) == [
        ["年级", "应访", "实访", "覆盖率", "重点应访", "重点实访"],
        ["一年级", "120", "120", "100%", "9", "9"],
        ["二年级", "118", "96", "81.3%", "7", "0"],
    ]


@pytest.mark.seed("S67")
def test_section_two_is_numbered_1_2_3(report):
    assert between(report, "二、具体做法", "三、工作成效") == [
        "1.先访困难家庭，再访其他家庭。", "2.两人同行，先备课再出门。", "3.回来当天记。",
    ]  # fmt: skip


@pytest.mark.seed("S67")
@pytest.mark.sqlite
@pytest.mark.parametrize("own", ("1.先访\n2.同行", "1、先访\n同行的话接着写", "（一）先访", "①先访", "第一，先访", "一、先访"))
def test_a_writer_s_own_numbers_are_kept(own):
    assert numbered(own) == own


@pytest.mark.seed("S68")
def test_section_three_says_what_came_of_it(report):
    assert between(report, "三、工作成效", "四、存在的问题及建议") == ["按时写完作业的孩子多了。"]


@pytest.mark.seed("S69")
def test_section_four_says_problems_and_proposals(report):
    assert between(report, "四、存在的问题及建议", "示例晨曦小学") == ["晚上不好约。", "建议把周末也算进来。"]


@pytest.mark.seed("W95")
def test_the_report_ends_with_school_and_the_day_its_head_settled_it_one_centred_on_the_other(place, report):
    assert report[-2:] == ["示例晨曦小学", "2022年10月7日"]
    unit, day = opened(printed(place, "school_report")).paragraphs[-2:]
    assert (unit.alignment, day.alignment) == (1, 1)
    assert unit.paragraph_format.left_indent == day.paragraph_format.left_indent
    assert unit.paragraph_format.keep_with_next and round(unit.paragraph_format.left_indent.mm) == 74


def test_an_unsettled_report_leaves_the_day_open_and_an_empty_one_prints_its_heads(place):
    empty = SchoolReport(programme=place["programme"], school=place["school"], authority_id=place["school"].authority_id)
    found = lines(report_docx(empty_saved(empty, place), user=place["leader"]))

    assert found[-1].strip() == BLANK_DAY.strip() and "四、存在的问题及建议" in found


def empty_saved(row, place):
    SchoolReport.objects.all().delete()
    row.created_by = place["leader"]
    row.save()
    return row


def test_a_title_of_the_school_s_own_is_printed(place):
    place["report"].title = "关于开展走访活动的报告"

    assert lines(printed(place, "school_report"))[1] == "关于开展走访活动的报告"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "title, wanted",
    [
        ("示例小学走访报告", "示例小学走访报告"),
        ("示例区示例第一实验小学“示例走万家”活动报告", "示例区示例第一实验小学\n“示例走万家”活动报告"),
        ("示例区“示例走万家”活动感人故事推荐表上", "示例区“示例走万家”活动感人故事推荐表上"),
        ("示例区教育系统“示例走万家”活动感人故事推荐表", "示例区教育系统“示例走万家”活动\n感人故事推荐表"),
    ],
)
def test_a_long_title_is_parted_where_its_meaning_is(title, wanted):
    assert title_lines(title) == wanted


# ── 方案 ──


@pytest.mark.seed("W9", "W28")
def test_the_plan_has_its_parts_the_group_with_offices_and_the_phases(place):
    found = lines(printed(place, "school_plan"))

    assert found[0] == "示例晨曦小学“示例走万家”活动方案"
    assert [line for line in found if line[1:2] == "、"] == [
        "一、目标", "二、内容", "三、形式", "四、要求", "五、领导小组", "六、活动安排",
    ]  # fmt: skip
    assert between(found, "五、领导小组", "六、活动安排") == [
        "组长：沈文清（校长）", "组员：何静（德育主任）、罗一鸣", "领导小组分工",
    ]  # fmt: skip
    assert between(found, "六、活动安排", "附件：走访守则") == [
        "（一）走访（2022年8月1日至9月30日）", "先访困难家庭。", "（二）总结报送（2022年10月1日至10月8日）",
    ]  # fmt: skip
    assert rows(printed(place, "school_plan"))[1:] == [
        ["组长", "沈文清", "校长", "统筹走访", "全程"], ["组员", "何静", "德育主任", "排班、收记录", "走访"],
    ]  # fmt: skip


@pytest.mark.seed("W95")
def test_the_plan_says_what_is_enclosed_signs_and_encloses_it_on_a_new_page(place):
    paper_ = printed(place, "school_plan")
    found = lines(paper_)

    assert found[found.index("附件：走访守则") :] == [
        "附件：走访守则", "示例晨曦小学", "2022年8月30日", "附件", "走访守则", "1.出门前备课。", "2.不收礼。",
    ]  # fmt: skip
    assert next(p for p in opened(paper_).paragraphs if p.text == "附件").paragraph_format.page_break_before


def test_a_notice_that_names_a_part_for_group_and_phases_has_them_there(place):
    programme, plan = place["programme"], place["plan"]
    programme.config = programme.config | {"plan_fields": ["领导小组和分工", "时间安排", "要求"]}
    programme.save()
    plan.sections = {"领导小组和分工": "每周碰头一次。", "时间安排": "", "要求": "不收礼。"}
    found = lines(printed(place, "school_plan"))

    assert between(found, "一、领导小组和分工", "二、时间安排") == [
        "组长：沈文清（校长）", "组员：何静（德育主任）、罗一鸣", "每周碰头一次。", "领导小组分工",
    ]  # fmt: skip
    assert found[found.index("二、时间安排") + 1].startswith("（一）走访") and "五、领导小组" not in found


def test_phases_over_the_turn_of_the_year_name_both_years(place):
    place["plan"].phases = [PHASES[0] | {"ends_on": "2023-01-20"}, PHASES[1] | {"ends_on": "2022-10-01"}]

    assert [row["时间"] for row in plan_values(place["plan"])["活动安排"]] == ["2022年8月1日至2023年1月20日", "2022年10月1日"]


# ── 情况表 ──


def test_the_statement_tells_facts_rule_objection_and_answer(place):
    paper_ = printed(place, "statement")

    assert rows(paper_, 0)[1:] == [["姓名", "陈晓", "职务", "班主任"], ["单位", "示例晨曦小学", "数据截至", "2022年10月9日17:00"]]
    assert rows(paper_, 1) == [
        ["序号", "项目", "结果"], ["1", "走访到的家庭", "38户（共42户）"], ["2", "参加走访培训", "是"],
        ["3", "交给学校的作品", "0篇"],
    ]  # fmt: skip
    below = dict(row[:2] for row in rows(paper_, 2))
    assert below["口径"].startswith("第2版。") and "不打分，不排名" in below["口径"] and below["用途"] == "师德考核"
    assert below["本人意见"] == "异议：少算了一户。\n答复后已核对，没有异议。\n陈晓　2022年10月10日"
    assert below["学校答复"] == "已补记9月20日的一次。\n沈文清　2022年10月11日"
    assert rows(paper_, 2)[-1] == ["状态", "已定稿", "定稿日期", "2022年10月18日"]


def test_how_each_item_was_counted_is_printed_for_the_rule_in_force(place):
    row = place["statement"]
    assert statement_values(row)["口径"].count("\n") == 0
    row.rule_version = 1

    said = statement_values(row)["口径"].split("\n")
    assert said[0].startswith("第1版。") and said[1:] == rules_of(place["programme"]) and len(said) > 5


def test_without_objection_there_is_no_row_of_an_answer(place):
    row = place["statement"]
    row.objection, row.answer, row.answered_by, row.agreed_at = "", "", None, None
    below = [one[0] for one in rows(printed(place, "statement"), 2)]

    assert "学校答复" not in below and statement_values(row)["本人意见"] == "公示期内没有提出异议。"
    row.state = "shown"
    assert statement_values(row)["本人意见"] == "待本人核对。"


def test_SEC_the_statement_says_who_printed_it_and_report_and_plan_are_plain(place):
    for kind in KINDS:
        marked = "内部资料 严禁外传" in everything(printed(place, kind))
        assert marked == (kind == "statement"), kind
    assert sorted(AuditEntry.objects.filter(action__startswith="paper.").values_list("action", flat=True)) == [
        "paper.plan", "paper.report", "paper.statement",
    ]  # fmt: skip


# ── Fields and templates ──


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_list_has_a_value_and_the_built_in_paper_prints_it(place, kind):
    values, names = KINDS[kind][1](place[ROW_OF[kind]]), {one.name for one in paper(kind).fields}

    assert names == set(values)
    assert names - fields_of(built_in(kind).data) == OWN_ONLY[kind]
    for one in paper(kind).fields:
        assert all(set(row) == set(one.columns) for row in values[one.name] if one.columns), one.name


@pytest.mark.parametrize(
    "kind, wrong, right",
    [("school_report", "落款单为", "落款单位"), ("school_plan", "标提", "标题"), ("statement", "本人意间", "本人意见")],
)
def test_a_misspelt_field_is_refused_with_its_name_and_the_nearest_right_one(place, kind, wrong, right):
    authority = place["school"].authority
    text = " ".join(f"{{{{ {one.name} }}}}" for one in paper(kind).fields if not one.columns)
    with pytest.raises(ValidationError) as refused:
        upload_template(
            authority, kind, ContentFile(document(text.replace(f" {right} ", f" {wrong} ")), name="x.docx"),
            by=make_officer(authority),
        )  # fmt: skip

    assert refused.value.messages == [f"“{{{{ {wrong} }}}}”：没有“{wrong}”这个栏目，是不是“{right}”？"]


def test_a_misspelt_column_is_refused_too(place):
    authority = place["school"].authority
    own = document("{{ 标题 }}{{ 落款单位 }}{{ 落款日期 }}{% for 部 in 部分 %}{{ 部.标题 }}{{ 部.内溶 }}{% endfor %}")
    with pytest.raises(ValidationError) as refused:
        upload_template(authority, "school_report", ContentFile(own, name="x.docx"), by=make_officer(authority))

    assert "“部分”里没有“内溶”这一列，是不是“内容”？" in refused.value.messages[0]


def test_a_bureau_s_own_shape_is_used(place):
    authority = place["school"].authority
    own = document("本局样式", "{{ 标题 }}{{ 落款单位 }}{{ 落款日期 }}{% for 部 in 部分 %}{{ 部.标题 }}{{ 部.内容 }}{% endfor %}")
    upload_template(authority, "school_report", ContentFile(own, name="x.docx"), by=make_officer(authority))

    assert lines(printed(place, "school_report"))[0] == "本局样式"


# ── Shape ──


@pytest.mark.sqlite
@pytest.mark.parametrize("name", MADE)
def test_the_built_in_template_is_what_the_program_makes(name):
    assert same_parts((BUILT_IN / name).read_bytes(), MADE[name]()) == [], "run manage.py build_papers"


@pytest.mark.parametrize("kind", ("school_report", "school_plan"))
def test_margins_faces_and_lines_are_those_of_an_official_paper(place, kind):
    data = printed(place, kind)
    found = [line for line in opened(data).paragraphs if line.text]
    title = next(line for line in found if "活动" in line.text)
    head, text = found[found.index(title) + 1 :][:2]

    assert margins(data) == OFFICIAL
    assert (face(title), title.alignment) == (TITLE, 1)
    assert (face(head), face(text)) == (HEAD, BODY)
    assert (text.paragraph_format.first_line_indent.pt, text.paragraph_format.line_spacing.pt) == (32, 28)
    assert opened(data).sections[0].footer.paragraphs[0].alignment == 2
    assert opened(data).sections[0].even_page_footer.paragraphs[0].alignment == 0


def test_a_short_end_is_tied_to_the_signature_and_a_long_one_is_not(place):
    def tied(text):
        place["report"].sections = [*place["report"].sections[:3], text]
        found = opened(printed(place, "school_report")).paragraphs
        return next(bool(line.paragraph_format.keep_with_next) for line in found if line.text == text)

    assert tied("晚上不好约。") and not tied("晚上不好约，建议把周末也算进来。" * 6)
