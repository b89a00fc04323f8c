"""Beside the text: what visits brought, without names; the check list before a report is settled."""


import pytest

from core.jobs import create
from programmes.enums import DeadlineKind
from programmes.models import Deadline
from reports.actions.report import take_figures
from reports.models import Compilation, SchoolSnapshot, Snapshot
from reports.queries.checks import report_check
from reports.queries.material import material
from reports.queries.text import parts
from reports.tests.filed import TEXTS, instant, make_around, make_campaign, make_life, make_report
from schools.tests.factories import make_leader, make_officer, make_school
from visits.models import Opinion, Visit
from works.models import Highlight

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme = make_campaign()
    school, heads, pupils = make_life(programme)
    leader = make_leader(school, name="沈文清")
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    report = make_report(programme, school, by=leader, state="draft")
    take_figures(report, by=leader)
    report.refresh_from_db()
    return programme, school, heads, pupils, leader, report


def lines(report, kind):
    return [(line.text, line.sentence) for line in material(report)[kind].lines]


# ── Material ──


@pytest.mark.seed("S68")
def test_help_given_is_offered_by_kind_without_a_name(place):
    *_, report = place
    assert lines(report, "help") == [
        ("学习辅导1次", "走访中给予学习辅导1次。"),
        ("资助1次，共300元", "走访中给予资助1次，共300元。"),
    ]


@pytest.mark.seed("S69")
def test_parents_opinions_are_offered_by_category_and_name_nobody(place):
    *_, report = place
    assert lines(report, "opinions") == [
        ("作业2条", "家长关于作业的意见和建议2条。"),
        ("周末少一点", "有家长提出：周末少一点。"),
        (
            "顾同学写得晚，请陈老师少布置些，电话（电话）",
            "有家长提出：顾同学写得晚，请陈老师少布置些，电话（电话）。",
        ),
    ]


def test_what_was_heard_after_the_instant_is_not_offered(place, settings):
    programme, school, heads, pupils, leader, report = place
    settings.HOMEVISIT_CLOCK = "2022-09-25T20:00+08:00"
    Opinion.objects.create(visit=Visit.objects.filter(school=school, mode="in_person").first(), category="安全", position=9,
                           text="门口车多", authority=programme.authority, school=school)  # fmt: skip
    assert not [text for text, _ in lines(report, "opinions") if text.startswith("安全")]
    settings.HOMEVISIT_CLOCK = "2022-09-25T20:01+08:00"
    take_figures(report, by=leader)
    report.refresh_from_db()
    assert [text for text, _ in lines(report, "opinions") if text.startswith("安全")] == ["安全1条"]


@pytest.mark.seed("S43", "W17")
def test_what_was_marked_on_visits_feeds_the_report(place):
    programme, school, heads, pupils, leader, report = place
    visit = Visit.objects.filter(school=school, lead=heads[0], mode="in_person").first()
    Highlight.objects.create(visit=visit, kind="typical", note="顾嘉树一家一起定了作息表", marked_by=heads[0],
                             authority=programme.authority, school=school)  # fmt: skip
    assert lines(report, "highlights") == [("典型：顾同学一家一起定了作息表", "顾同学一家一起定了作息表。")]


def test_meetings_and_publicity_are_offered_as_sentences(place):
    programme, school, heads, *_, report = place
    make_around(programme, school, heads[0])
    assert lines(report, "events") == [("9月1日 动员会，5人", "9月1日召开动员会“动员会”，5人参加。")]
    assert lines(report, "publicity") == [
        ("发放材料：一封信50份", "发放《一封信》50份。"),
        ("媒体报道：示例报道（各级媒体）", "9月8日，媒体报道：示例报道（各级媒体）。"),
    ]


def test_nothing_yet_is_said_in_words(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_campaign()
    school = make_school(programme.authority)
    report = make_report(programme, school, by=make_leader(school), figures_at=None, figures={})
    assert all(not one.lines and one.none for one in material(report).values())


# ── Check list ──


def said(report, user=None):
    return [(check.ok, check.text) for check in report_check(report, user=user)]


def write(report, position, text):
    report.sections = [*TEXTS[:position], text, *TEXTS[position + 1 :]]
    report.save()


def test_a_report_that_lacks_nothing(place):
    *_, leader, report = place
    assert said(report, leader) == [
        (True, "第一部分有数据，截至2022年9月18日20:00"),
        (True, "第二部分写好了"),
        (True, "第三部分写好了"),
        (True, "第四部分写好了"),
        (True, "第三部分有数据支撑"),
        (True, f"全文{sum(part.chars for part in parts(report))}字，建议3000字以内"),
        (True, "没有学生真实姓名和电话"),
        (True, "报送截止10月8日，还在时间内"),
    ]


def test_what_is_missing_is_said_part_by_part(place):
    *_, leader, report = place
    report.sections, report.figures_at, report.figures = ["", "", "有了变化。", ""], None, {}
    report.save()
    told = [text for ok, text in said(report, leader) if ok is False]
    assert told == ["第一部分还没有数据", "第二部分还没有写", "第四部分还没有写", "第三部分至少要有1个数据"]


def test_real_names_are_told_to_the_school_and_only_counted_for_the_desk(place):
    programme, *_, leader, report = place
    write(report, 3, "何知秋的妈妈说，请打19900001234。")
    officer = make_officer(programme.authority)
    told = [text for ok, text in said(report, leader) if ok is False]
    assert told == ["第四部分有学生真实姓名：何知秋", "第四部分有电话或证件号码"]
    assert [text for ok, text in said(report, officer) if ok is False] == ["第四部分有学生真实姓名", "第四部分有电话或证件号码"]
    assert "何知秋" not in str(report_check(report))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("覆盖率81.6%。", "第三部分写的“覆盖率81.6%”，系统是37.5%"),
        ("覆盖率达到 38%。", None),  # rounded
        ("覆盖率37.5%，收到意见2条。", None),
        ("覆盖率37.4%", "第三部分写的“覆盖率37.4%”，系统是37.5%"),
        ("收到家长意见109条", "第三部分写的“意见109条”，系统是2条"),
        ("已走访学生5人", "第三部分写的“已走访学生5人”，系统是3人"),
        ("参加走访的教师12人", "第三部分写的“参加走访的教师12人”，系统是2人"),
        ("走访近40户，覆盖率约40%", None),  # about
        ("上门走访了2人", None),
    ],
)
def test_figures_typed_by_hand_that_differ_are_told(place, text, hint):
    *_, leader, report = place
    write(report, 2, text)
    told = [text for ok, text in said(report, leader) if ok is False and "系统是" in text]
    assert told == ([hint] if hint else [])


def test_figures_of_before_the_deadline_or_of_long_ago_are_told(place, settings):
    *_, leader, report = place
    settings.HOMEVISIT_CLOCK = "2022-09-27T20:00+08:00"
    assert (False, "数据是9天前的") in said(report, leader)
    settings.HOMEVISIT_CLOCK = "2022-10-03T20:00+08:00"
    assert (False, "数据取在覆盖截止日之前") in said(report, leader)
    take_figures(report, by=leader, at_deadline=True)
    report.refresh_from_db()
    assert not [text for ok, text in said(report, leader) if ok is False]


def test_a_long_report_and_a_late_one_are_hints(place, settings):
    *_, leader, report = place
    write(report, 1, "写" * 3100)
    assert (False, f"全文{sum(part.chars for part in parts(report))}字，建议3000字以内") in said(report, leader)
    settings.HOMEVISIT_CLOCK = "2022-10-09T08:00+08:00"
    assert (False, "报送时间到2022年10月8日24:00，已经过了") in said(report, leader)
    assert report.missing() == []  # hints hold nobody up


def test_the_districts_frozen_table_is_compared(place, settings):
    programme, school, heads, pupils, leader, report = place
    settings.HOMEVISIT_CLOCK = "2022-10-03T20:00+08:00"
    take_figures(report, by=leader, at_deadline=True)
    report.refresh_from_db()
    assert not [text for _, text in said(report, leader) if "区里" in text]
    compilation = Compilation.objects.create(
        programme=programme, authority=programme.authority, kind=DeadlineKind.COVERAGE, as_of=instant("2022-10-01T00:00"),
        known_at=instant("2022-10-01T00:00"),
        deadline_at=Deadline.objects.get(kind=DeadlineKind.COVERAGE).at, job=create("t", label="试", shared=True),
    )  # fmt: skip
    names = [f.name for f in SchoolSnapshot._meta.fields if f.get_internal_type() == "PositiveIntegerField"]
    SchoolSnapshot.objects.create(compilation=compilation, authority=programme.authority, school=school,
                                  **dict.fromkeys(names, 0))  # fmt: skip
    row = Snapshot.objects.create(compilation=compilation, authority=programme.authority, school=school,
                                  school_class=pupils[0].school_class, dimension=0, due=8, visited=3)  # fmt: skip
    assert (True, "和区里的截止数据一致") in said(report, leader)
    row.visited = 4
    row.save()
    assert (False, "区里的截止数据是应访8人、已走访4人") in said(report, leader)
