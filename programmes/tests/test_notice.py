"""What is wrong with a file is said with file, line and key, all of it at once."""

from datetime import date, datetime
from pathlib import Path

import pytest

from programmes.config.days import ZONE
from programmes.config.notice import NoticeError, parse_notice, read_notice

HARBOUR = Path(__file__).parent / "data" / "harbour-2024.toml"
SMALL = """[authority]
code = "linhai"
name = "临海区教育局"
short_name = "临海区"
region_code = "990102"
system = 63

[programme]
code = "linhai-2024"
school_year = 2024
title = "家访月"
short_title = "家访月"
starts_on = 2024-09-01

[[phases]]
code = "visits"
name = "走访"
starts_on = 2024-08-20
ends_on = 2024-10-31

[[deadlines]]
kind = "coverage"
title = "走访"
by = 2024-10-31

[[categories]]
code = "A"
name = "甲类"
position = 0

[[categories]]
code = "B"
name = "乙类"
position = 1

[visit]
modes = [{ code = "in_person", counts = true }, { code = "phone", counts = false }]

[[record.fields]]
code = "cause"
label = "起因"
"""


def problems(text):
    with pytest.raises(NoticeError) as caught:
        parse_notice(text, "a.toml")
    return caught.value.problems


def swapped(old, new, text=SMALL):
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


def test_notice_fills_last_day_and_basis_day_from_coverage():
    programme = parse_notice(SMALL, "a.toml").rows()["programme"]
    assert (programme["ends_on"], programme["due_on"]) == ("2024-10-31", "2024-10-31")


def test_notice_by_is_through_midnight_and_at_is_exclusive():
    by = parse_notice(SMALL, "a.toml").deadlines[0].instant
    at = parse_notice(swapped("by = 2024-10-31", "at = 2024-10-31T12:00:00+08:00"), "a.toml").deadlines[0].instant
    assert (by, at) == (datetime(2024, 11, 1, tzinfo=ZONE), datetime(2024, 10, 31, 12, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        # TOML itself
        ('name = "走访"', "name = 走访", "第17行第8列 TOML 写法有误：值的写法不对，文字要加英文双引号。这一行是：name = 走访"),
        ("by = 2024-10-31", "by = 2024-10-32", "第24行第10列 TOML 写法有误：没有这个日期或时间。这一行是：by = 2024-10-32"),
        ("system = 63", "system = 63\nsystem = 54", "第7行第12列 TOML 写法有误：同一个键写了两次。这一行是：system = 54"),
        ("[visit]", "[visit", "第36行第7列 TOML 写法有误：表名后面缺少 ]。这一行是：[visit"),
        # keys
        ("starts_on = 2024-09-01", "", "第8行 programme.starts_on：缺少这个键"),
        ("position = 1", "", "第31行 categories 第2项 position：缺少这个键"),
        ("[visit]", "[visits]\n[visit]", "第36行 visits：没有这个键，是不是 visit"),
        # types
        ("position = 1", 'position = "1"', "第34行 categories 第2项 position：应是整数，不加引号"),
        ("starts_on = 2024-09-01", 'starts_on = "2024-09-01"', "第13行 programme.starts_on：应是日期，写成 2022-09-30，不加引号"),
        ("counts = true", 'counts = "yes"', "第37行 visit.modes 第1项 counts：应是 true 或 false，不加引号"),
        ("counts = true", "counts = 1", "第37行 visit.modes 第1项 counts：应是 true 或 false，不加引号"),
        ("by = 2024-10-31", "at = 2024-10-31T12:00:00", "第24行 deadlines 第1项 at：时刻要带时区，如 2022-10-01T00:00:00+08:00"),
        ('code = "phone"', 'code = "fax"',
         "第37行 visit.modes 第2项 code：只能是 in_person、nearby、at_school、video、phone，现在是 fax"),
        ('kind = "coverage"', 'kind = "cover"',
         "第22行 deadlines 第1项 kind：只能是 plan、coverage、submissions、essays、report，现在是 cover"),
        ("system = 63", "system = 64", "第6行 authority.system：只能是 54、63，现在是 64"),
        ('short_title = "家访月"', 'short_title = ""', "第12行 programme.short_title：不能为空"),
        # codes
        ('code = "B"', 'code = "A"', "第32行 categories 第2项 code：类别 A 写了两次"),
        ("position = 1", "position = 0", "第34行 categories 第2项 position：顺序号 0 写了两次"),
        ("position = 1", "position = 31", "第34行 categories 第2项 position：不能大于30"),
        ('code = "phone"', 'code = "in_person"', "第37行 visit.modes 第2项 code：走访方式 in_person 写了两次"),
        # days
        ("by = 2024-10-31", "by = 2024-08-31", "第24行 deadlines 第1项 by：早于走访开始日 2024-09-01"),
        ("ends_on = 2024-10-31", "ends_on = 2024-08-19", "第19行 phases 第1项 ends_on：早于本阶段开始日 2024-08-20"),
        ("school_year = 2024", "school_year = 2022", "第10行 programme.school_year：活动在2024–2024学年，不在2022学年"),
        ("by = 2024-10-31", "", "第21行 deadlines 第1项 by：by（当天24时前）和 at（时刻）要写且只写一个"),
        ("starts_on = 2024-09-01", "starts_on = 2024-09-01\nends_on = 2024-08-31",
         "第14行 programme.ends_on：早于走访开始日 2024-09-01"),
        # rules over keys
        ("counts = true", "counts = false", "第37行 visit.modes：至少要有一种方式写 counts = true"),
        ("position = 1", "position = 1\npsych = true", "第35行 categories 第2项 psych：归心理教师的类别也要写 restricted = true"),
    ],
)  # fmt: skip
def test_notice_problem_names_line_and_key(old, new, problem):
    assert problems(swapped(old, new)) == [f"a.toml {problem}"]


def test_notice_misspelt_key_is_guessed():
    assert problems(swapped("starts_on = 2024-09-01", "start_on = 2024-09-01")) == [
        "a.toml 第8行 programme.starts_on：缺少这个键",
        "a.toml 第13行 programme.start_on：没有这个键，是不是 starts_on",
    ]


def test_notice_too_many_categories():
    more = "".join(f'[[categories]]\ncode = "C{n}"\nname = "类{n}"\nposition = {n}\n' for n in range(2, 32))
    assert problems(swapped("[visit]", f"{more}[visit]")) == [
        "a.toml 第26行 categories：最多31类，现在有32类",
        "a.toml 第155行 categories 第32项 position：不能大于30",
    ]


def test_notice_reports_all_problems_at_once_in_order_of_lines():
    text = SMALL
    for old, new in [
        ("system = 63", 'system = "63"'),
        ("by = 2024-10-31", "by = 2024-08-01"),
        ('code = "B"', 'code = "A"'),
        ('code = "phone"', 'code = "fax"'),
        ('label = "起因"', 'lable = "起因"'),
    ]:
        text = swapped(old, new, text)
    assert [line.split("：")[0] for line in problems(text)] == [
        "a.toml 第6行 authority.system",
        "a.toml 第24行 deadlines 第1项 by",
        "a.toml 第32行 categories 第2项 code",
        "a.toml 第37行 visit.modes 第2项 code",
        "a.toml 第39行 record.fields 第1项 label",
        "a.toml 第41行 record.fields 第1项 lable",
    ]


def test_notice_plan_may_be_due_before_visits_but_not_before_everything():
    plan = '[[deadlines]]\nkind = "plan"\ntitle = "方案"\nby = {}\n\n[[categories]]'
    parse_notice(swapped("[[categories]]", plan.format("2024-08-20")), "a.toml")
    assert problems(swapped("[[categories]]", plan.format("2024-08-19"))) == [
        "a.toml 第29行 deadlines 第2项 by：早于活动第一天 2024-08-20"
    ]


def test_notice_submission_needs_its_deadline():
    text = SMALL + '\n[[submissions]]\ncode = "essay"\nlabel = "征文"\ndeadline = "essays"\n'
    assert problems(text) == ["a.toml 第46行 submissions 第1项 deadline：[[deadlines]] 里没有 essays"]


def test_notice_reads_a_file_with_bom_and_windows_line_ends(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert read_notice(file).programme.starts_on == date(2024, 9, 1)


def test_notice_in_another_encoding_is_refused_in_words(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes(SMALL.encode("gb18030"))
    with pytest.raises(NoticeError, match="不是 UTF-8 编码"):
        read_notice(file)


def test_notice_shifted_moves_every_day():
    notice = parse_notice(SMALL, "a.toml").shifted(days=365, code="linhai-2025", school_year=2025)
    rows = notice.rows()
    assert (rows["programme"]["code"], rows["programme"]["starts_on"], rows["programme"]["ends_on"]) == (
        "linhai-2025", "2025-09-01", "2025-10-31",
    )  # fmt: skip
    assert (rows["phases"]["visits"]["starts_on"], rows["deadlines"]["coverage"]["at"]) == (
        "2025-08-20", "2025-10-31T16:00:00+00:00",
    )  # fmt: skip


STEPS = '从 school 起逐级往上写，不跳级、不倒着写、不重复，如 ["school", "district"]'


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("levels = []", f"第46行 works 第1项 levels：{STEPS}"),
        ('levels = ["district"]', f"第46行 works 第1项 levels：{STEPS}"),
        ('levels = ["school", "city"]', f"第46行 works 第1项 levels：{STEPS}"),
        ('levels = ["district", "school"]', f"第46行 works 第1项 levels：{STEPS}"),
        ('levels = ["school", "school"]', f"第46行 works 第1项 levels：{STEPS}"),
        ('levels = ["school", "region"]', "第46行 works 第1项 levels 第2项：只能是 school、district、city，现在是 region"),
        ("city_quota = 3", "第46行 works 第1项 city_quota：levels 里没有 city，不用写报市的名额"),
        ('levels = ["school", "district", "city"]\ncity_quota = -1', "第47行 works 第1项 city_quota：不能小于0"),
    ],
)  # fmt: skip
def test_notice_levels_go_up_step_by_step(written, problem):
    works = f'\n[[works]]\ncode = "case"\nlabel = "案例"\n{written}\n'
    assert problems(SMALL + works) == [f"a.toml {problem}"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('evening_at = "20:30"', "第44行 reminders.evening_at：20:30 不在发提醒的时间里（08:00到20:00）"),
        ('quiet_from = "17:30"', "第43行 reminders.evening_at：18:00 不在发提醒的时间里（08:00到17:30）"),
        ('day_at = "07:59"', "第44行 reminders.day_at：07:59 不在发提醒的时间里（08:00到20:00）"),
        ('quiet_to = "21:00"', "第43行 reminders.quiet_from：要晚于 quiet_to（21:00），中间的时间才发提醒"),
        ('day_at = "25:00"', None),
    ],
)  # fmt: skip
def test_notice_tells_nobody_in_the_quiet_hours(written, problem):
    found = problems(f"{SMALL}\n[reminders]\n{written}\n")
    assert len(found) == 1
    assert problem is None or found == [f"a.toml {problem}"]


def test_notice_may_choose_its_own_hours():
    text = '[reminders]\nday_at = "07:30"\nevening_at = "19:00"\nquiet_from = "21:00"\nquiet_to = "07:00"\n'
    assert parse_notice(f"{SMALL}\n{text}", "a.toml").reminders.day_at == "07:30"


@pytest.mark.seed("W86")
def test_notice_says_how_far_a_work_goes_and_to_whom():
    works = '\n[[works]]\ncode = "case"\nlabel = "案例"\n'
    plain = parse_notice(SMALL + works, "a.toml").works[0]
    assert (plain.goes_up, plain.goes_to_city) == (False, False)
    far = parse_notice(
        f'upper_office = "示例市教育局"\n{SMALL}{works}levels = ["school", "district", "city"]\ncity_quota = 3\n', "a.toml"
    )  # fmt: skip
    assert far.works[0].goes_to_city and far.works[0].city_quota == 3 and far.upper_office == "示例市教育局"
    assert parse_notice(SMALL, "a.toml").upper_office == "市教育局"
    assert problems(f'upper_office = ""\n{SMALL}') == ["a.toml 第1行 upper_office：不能为空"]
