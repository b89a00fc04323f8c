"""The two notices as data, row by row, and a third that no code has ever heard of."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from programmes.actions.load import load_programme
from programmes.config.days import ZONE
from programmes.config.notice import read_notice
from programmes.enums import Mode

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
HARBOUR = Path(__file__).parent / "data" / "harbour-2024.toml"


def loaded(name):
    return load_programme(read_notice(HARBOUR if name == "harbour" else DATA / f"{name}.toml")).programme


def phase(programme, code):
    row = programme.phases.get(code=code)
    return row.name, row.starts_on, row.ends_on


def categories(programme):
    """[(position, code, restricted, psych, priority, from changes)]"""
    rows = programme.categories.select_related("category")
    return [
        (u.position, u.category.code, u.category.restricted, u.category.psych, u.priority, u.from_changes) for u in rows
    ]


@pytest.mark.seed("W27", "W33", "W46", "W59")
def test_wujin_phases_have_the_days_of_the_plan():
    wujin = loaded("wujin-2023")
    assert [phase(wujin, row.code) for row in wujin.phases.all()] == [
        ("宣传动员", date(2023, 6, 8), date(2023, 6, 20)),
        ("家访实施", date(2023, 6, 21), date(2023, 12, 25)),
        ("反馈交流", date(2023, 12, 26), date(2024, 1, 20)),
        ("总结提高", date(2024, 1, 21), date(2024, 2, 12)),
    ]
    assert (wujin.starts_on, wujin.ends_on) == (date(2023, 6, 21), date(2023, 12, 25))


@pytest.mark.seed("W31")
def test_wujin_every_phase_has_steps():
    assert [len(row.steps) for row in loaded("wujin-2023").phases.all()] == [4, 5, 5, 2]


def test_wujin_plan_is_due_through_the_15th_of_june():
    plan = loaded("wujin-2023").deadlines.get(kind="plan")
    assert (plan.at, plan.last_day) == (datetime(2023, 6, 15, 16, tzinfo=UTC), date(2023, 6, 15))


def test_wujin_essays_have_no_day_yet():
    wujin = loaded("wujin-2023")
    assert set(wujin.deadlines.values_list("kind", flat=True)) == {"plan", "coverage"}
    assert [(s.code, s.deadline) for s in wujin.rules.submissions if s.code == "essay"] == [("essay", None)]


@pytest.mark.parametrize(
    ("moment", "late"),
    [("2022-09-30T23:59:59+08:00", False), ("2022-10-01T00:00:00+08:00", True), ("2022-09-30T16:00:00+00:00", True)],
)
def test_baoshan_coverage_ends_at_midnight_in_shanghai(moment, late, settings):
    coverage = loaded("baoshan-2022").deadlines.get(kind="coverage")
    settings.HOMEVISIT_CLOCK = moment
    assert (coverage.has_passed(), coverage.last_day) == (late, date(2022, 9, 30))


def test_baoshan_submissions_end_after_the_8th_of_october():
    submissions = loaded("baoshan-2022").deadlines.get(kind="submissions")
    assert submissions.at == datetime(2022, 10, 9, tzinfo=ZONE)


@pytest.mark.seed("S16", "S17", "S18", "S20")
def test_baoshan_three_kinds_go_first_and_others_after():
    assert categories(loaded("baoshan-2022")) == [
        (0, "HARDSHIP", False, False, True, False),
        (1, "STUDY", False, False, True, False),
        (2, "MAJOR_CHANGE", False, False, True, True),
        (3, "OTHER", False, False, False, False),
    ]


@pytest.mark.seed("W20", "W21", "W22", "W23", "W25")
def test_wujin_six_kinds_with_psychology_and_disability_restricted():
    assert categories(loaded("wujin-2023")) == [
        (0, "PSY", True, True, True, False),
        (1, "ECON", False, False, True, False),
        (2, "STUDY", False, False, True, False),
        (3, "FAMILY", False, False, True, False),
        (4, "CONDUCT", False, False, True, False),
        (5, "DISABILITY", True, False, True, False),
    ]


@pytest.mark.parametrize("name", ["baoshan-2022", "wujin-2023"])
def test_both_count_door_and_nearby_only(name):
    rules = loaded(name).rules
    assert rules.counted_modes == {Mode.IN_PERSON, Mode.NEARBY}
    assert [m.code for m in rules.visit.modes] == list(Mode)


@pytest.mark.seed("W36", "W37", "W38", "W39", "W40")
def test_record_has_five_fields_and_wujin_requires_all():
    five = ["家访起因", "家访过程", "情况分析", "措施与成效", "家访反思"]
    wujin, baoshan = loaded("wujin-2023").rules.record, loaded("baoshan-2022").rules.record
    assert [(f.label, f.required) for f in wujin.fields] == [(label, True) for label in five]
    assert [f.label for f in baoshan.fields] == five
    assert all(f.prompts for f in wujin.fields + baoshan.fields)


@pytest.mark.seed("W11", "W12", "W13", "W14")
def test_wujin_checklists():
    groups = {g.code: [i.code for i in g.items] for g in loaded("wujin-2023").rules.checklist}
    assert groups["content"] == [
        "family_known", "school_told", "ways_found", "school_introduced", "opinions_asked", "hot_topics",
    ]  # fmt: skip
    assert groups["four_entries"] == ["policy", "incentives", "family_guidance", "health_guidance"]
    assert groups["after"] == ["record_analysed", "highlight"]


@pytest.mark.seed("S38", "S39")
def test_baoshan_checklists():
    groups = {g.code: [i.label for i in g.items] for g in loaded("baoshan-2022").rules.checklist}
    assert groups["civility"] == ["交通安全", "文明行为", "志愿服务"]
    assert (len(groups["role_models"]), len(groups["new_era"])) == (2, 2)


def test_wujin_conduct_is_five_and_five():
    conduct = loaded("wujin-2023").rules.conduct
    assert (conduct.title, len(conduct.dos), len(conduct.donts)) == ("五要五不能", 5, 5)


def test_baoshan_conduct_forbids_gifts_and_rushes():
    baoshan = loaded("baoshan-2022").rules
    assert baoshan.conduct.donts[:3] == ["不吃请，不收礼", "不为完成任务走访", "不在最后几天突击走访"]
    assert baoshan.visit.gift_statement is True


def test_photos_are_off_in_baoshan_and_asked_for_in_wujin():
    baoshan, wujin = loaded("baoshan-2022").rules.visit, loaded("wujin-2023").rules.visit
    assert (baoshan.photos, baoshan.video, wujin.photos, wujin.video) == ("off", False, "asked", True)


@pytest.mark.seed("S30", "S31", "S33", "S37")
def test_baoshan_reading_list_and_training_topics():
    rules = loaded("baoshan-2022").rules
    assert [item.title for item in rules.reading] == [
        "国家教育法规和政策",
        "学校教育教学改革发展计划",
        "孩子的在校表现和家庭情况",
        "沟通与家庭教育指导",
        "文明城区与文明校园创建的做法",
    ]
    assert (rules.training.required, rules.training.topics[:2]) == (True, ["与家长沟通的方法", "家庭教育指导"])


def test_wujin_works_carry_their_prompts():
    works = {work.code: work for work in loaded("wujin-2023").rules.works}
    assert set(works) == {"essay", "case", "diary", "survey", "deeds"}
    assert works["essay"].prompts == ["家访的经历", "心得和体会", "想法有什么转变", "接下来打算怎么做"]


@pytest.mark.seed("W86")
def test_wujin_cases_go_on_to_the_city_and_nothing_of_baoshan_does():
    wujin, baoshan = loaded("wujin-2023").rules, loaded("baoshan-2022").rules
    assert [work.code for work in wujin.works if work.goes_to_city] == ["case"]
    assert wujin.upper_office == "常州市教育局"
    assert not any(work.goes_to_city for work in baoshan.works)


def test_baoshan_report_has_exactly_four_parts_the_first_with_figures():
    report = loaded("baoshan-2022").rules.report
    assert [(s.label, s.figures) for s in report.sections] == [
        ("开展情况", True),
        ("具体做法", False),
        ("工作成效", False),
        ("存在的问题及建议", False),
    ]
    assert report.title.format(school="晨曦路小学") == "宝山区晨曦路小学“万名教师走万家”活动报告"


@pytest.mark.seed("W18")
def test_wujin_goes_on_all_year():
    assert loaded("wujin-2023").rules.year_round is True


@pytest.mark.seed("W1")
def test_wujin_rests_on_the_city():
    wujin = loaded("wujin-2023")
    assert (wujin.authority.parent.short_name, wujin.rules.basis[0].issuer) == ("常州市", "常州市教育局")


@pytest.mark.parametrize("name", ["baoshan-2022", "wujin-2023"])
def test_retention_is_three_years_after_leaving(name):
    retention = loaded(name).rules.retention
    assert (retention.records_years_after_leaving, retention.photos_years_after_end) == (3, 1)


def test_third_notice_loads_beside_the_others():
    loaded("baoshan-2022")
    harbour = loaded("harbour")
    assert [use.position for use in harbour.categories.all()] == [*range(11), 30]
    assert harbour.rules.counted_modes == {Mode.IN_PERSON, Mode.PHONE}
    assert [m.name for m in harbour.rules.visit.modes] == ["入户", "电话访", "视频"]
    assert harbour.deadlines.get(kind="coverage").last_day == date(2025, 1, 11)
    assert (harbour.due_on, harbour.rules.conduct.rules) == (date(2024, 10, 15), [])


@pytest.mark.parametrize(
    ("stage", "size", "share"),
    [("senior", 30, 0.3), ("senior", 50, 0.3), ("primary", 46, 0.6), ("primary", 45, 1.0), ("junior", 20, 1.0)],
)
def test_third_notice_asks_for_shares_by_stage_and_size(stage, size, share):
    assert loaded("harbour").rules.share_for(stage=stage, size=size) == share


def product_files():
    """What runs: not notices, demo data, tests, docs, tools, nor other people's code."""
    rooms = (
        "core", "schools", "programmes", "students", "visits", "honesty", "care", "works", "reports", "reminders", "homevisit",
        "templates", "static",
    )  # fmt: skip
    outside = {"tests", "demo", "demo.py", "seed_district.py", "vendor", "__pycache__"}
    for room in rooms:
        for file in sorted((settings.BASE_DIR / room).rglob("*")):
            parts = file.relative_to(settings.BASE_DIR).parts
            if file.suffix in {".py", ".html", ".js", ".css", ".svg", ".txt", ".toml", ".json"}:
                if not outside & set(parts) and parts[:2] != ("programmes", "data"):
                    yield file


def test_no_code_knows_a_district():
    words = ("宝山", "武进", "常州", "baoshan", "wujin", "changzhou", "310113", "320412")
    files = list(product_files())
    assert len(files) > 100
    told = {
        f"{file.relative_to(settings.BASE_DIR)}: {word}"
        for file in files
        for word in words
        if word in file.read_text(encoding="utf-8").lower()
    }
    assert told == set()


def test_notices_carry_no_mailbox():
    for file in DATA.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        assert "@" not in text
