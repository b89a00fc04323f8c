from datetime import date

import pytest

from students.roster import values
from students.roster.values import Bad


def read(reader, cell):
    try:
        return reader(cell)
    except Bad as bad:
        return bad.args[0]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 罗\u3000洛瑶\xa0", "罗洛瑶"),
        ("买尔旦•艾尼瓦尔", "买尔旦·艾尼瓦尔"),
        ("凯迪尔丁・玉素甫", "凯迪尔丁·玉素甫"),
        ("古丽米热．阿不都", "古丽米热·阿不都"),
        ("古丽.阿不都", "古丽·阿不都"),
        ("陈⼦墨", "陈子墨"),  # Kangxi radical
        ("𠮷野 晨", "𠮷野晨"),  # outside the BMP, stays
        ("龍晨", "龍晨"),
        ("Mary  Ann", "Mary Ann"),
        ("林\u200b晨", "林晨"),
        ("无", None),
        ("", None),
        ("长" * 50, "长" * 50),
        ("长" * 51, "name_too_long"),
    ],
)
def test_names(cell, name):
    assert read(values.person, cell) == name


def test_marks_where_a_character_was_lost_are_suspect():
    names = ["史?雯", "李□", "王（女）", "陈芷\ue863", "林2", "林晨", "阿依·古丽", "Ann"]
    assert [name for name in names if values.is_suspect(name)] == names[:5]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (["2011-01-02"], date(2011, 1, 2)),
        ("20110102", date(2011, 1, 2)),
        (20110102.0, date(2011, 1, 2)),
        ("2011-1-2", date(2011, 1, 2)),
        ("2011/01/02", date(2011, 1, 2)),
        ("2011.1.2", date(2011, 1, 2)),
        ("2011年1月2日", date(2011, 1, 2)),
        ("２０１１－０１－０２", date(2011, 1, 2)),
        ("2011-01-02 00:00:00", date(2011, 1, 2)),
        (40545.0, date(2011, 1, 2)),
        ("40545", date(2011, 1, 2)),
        ("2011年3月", "incomplete_date"),
        ("201103", "incomplete_date"),
        (2011.1, "incomplete_date"),  # January or October
        ("2011.2.29", "bad_date"),
        ("1900/1/0", "bad_date"),
        ("2/1/2011", "bad_date"),
        ("11.1.2", "bad_date"),
        ("不详", "bad_date"),
        ("暂无", None),
    ],
)
def test_birthdays(cell, day):
    assert read(values.birth, cell) == day


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("202109", "202109"), (202109.0, "202109"), ("2021年9月", "202109"), ("2021.09", "202109"), ("2021-9-1", "202109"),
        (2021.1, "bad_date"), ("去年", "bad_date"),
    ],
)  # fmt: skip
def test_months_of_entry(cell, month):
    assert read(values.enrolled, cell) == month


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("19900001234", "19900001234"),
        (19900001234.0, "19900001234"),
        ("199-0000-1234", "19900001234"),
        ("+86 19900001234", "19900001234"),
        ("１９９００００１２３４", "19900001234"),
        ("021-06011241", "02106011241"),
        ("1990000123", "bad_phone"),
        ("19900001234/19900001235", "bad_phone"),
        ("无", None),
    ],
)
def test_telephones(cell, digits):
    assert read(values.phone, cell) == digits


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("G990101201203040011", "G990101201203040011"),
        (" ｇ99010120120304001ｘ", "G99010120120304001X"),
        ('="G990101201203040011"', "G990101201203040011"),
        ("G99010120120304001", "bad_national_no"),
        ("990101201203040011", "bad_national_no"),
        (9.9e17, "number_precision_lost"),
        ("3.199E+18", "number_precision_lost"),
    ],
)
def test_national_numbers(cell, number):
    assert read(values.national_no, cell) == number


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("gender", "1-男", "1"), ("gender", "女性", "2"), ("gender", 1.0, "1"), ("gender", "南", "unknown_gender"),
        ("gender", "3", "unknown_gender"), ("ethnicity", "01-汉族", "01"), ("ethnicity", "1", "01"), ("ethnicity", "汉", "01"),
        ("ethnicity", "毛难族", "36"), ("ethnicity", "崩龙", "46"), ("ethnicity", "01-回族", "unknown_code"),
        ("politics", "共青团员", "03"), ("politics", "少先队员", "P"), ("health", "30-有慢性病", "30"),
        ("left_behind", "0-非留守儿童", "0"), ("left_behind", "双亲留守", "2"), ("boarding", "2-住校", "2"),
    ],
)  # fmt: skip
def test_codes(name, cell, code):
    assert read(lambda c: values.coded(name, c), cell) == code


def test_all_fifty_six_peoples_have_their_code():
    assert (len(values.ETHNICITIES), values.ETHNICITIES[56], values.ETHNICITIES[30]) == (56, "基诺", "土")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("是", True), ("1-是", True), ("0-非随班就读", False), ("否", False), (0.0, False), ("也许", "unknown_code"), ("", None)],
)
def test_yes_and_no(cell, answer):
    assert read(values.yes_no, cell) == answer


@pytest.mark.parametrize(
    ("cell", "relation"),
    [
        ("父亲", "father"), ("51-父亲", "father"), ("外祖父", "maternal"), ("姥姥", "maternal"), ("祖母", "paternal"),
        ("爷爷", "paternal"), ("妈妈", "mother"), ("姐姐", "sibling"), ("姑父", "other"),
        ("监护人", "other"), ("51", "unknown_code"),
    ],
)  # fmt: skip
def test_relations(cell, relation):
    assert read(values.relation, cell) == relation


def test_no_disability_is_a_fact_and_not_an_empty_cell():
    assert [read(values.disability, cell) for cell in ("无", "0-无", "2-听力残疾", "", "未填")] == [
        "无", "无", "听力", None, "unknown_code",
    ]  # fmt: skip
