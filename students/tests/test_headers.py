import pytest

from students.roster.headers import find_header, letter, meaning, normal
from students.roster.problems import LABELS


def columns(*rows):
    header = find_header(list(enumerate(rows, start=1)))
    return header and ({letter(i): name for i, name in header.columns.items()}, list(header.unknown.values()))


@pytest.mark.parametrize("name", LABELS)
def test_our_own_words_are_understood(name):
    assert meaning(normal(LABELS[name]))[0] == name


def test_marks_spaces_and_brackets_do_not_hide_a_word():
    assert columns(["姓\u3000名★", "班\n级：", "性别*（必填）", "家庭住址（详细）"]) == (
        {"A": "name", "B": "class", "C": "gender", "D": "address"}, [],
    )  # fmt: skip


def test_the_first_word_of_a_field_wins_and_the_other_is_dropped():
    told, dropped = columns(["学籍号", "姓名", "班级", "全国学籍号", "班号"])
    assert (told, dropped) == ({"B": "name", "C": "class", "D": "national_no"}, ["学籍号", "班号"])


def test_a_group_over_two_rows_makes_guardians():
    told, dropped = columns(["姓名", "班级", "父亲", "", "母亲", ""], ["", "", "姓名", "电话", "姓名", "民族"])
    assert told == {"A": "name", "B": "class", "C": "g1_name", "D": "g1_phone", "E": "g2_name"}
    assert dropped == ["民族"]  # a mother's, never the pupil's


def test_a_telephone_without_who_belongs_to_a_guardian_without_one():
    assert columns(["姓名", "班级", "监护人姓名", "联系电话"])[0]["D"] == "g1_phone"
    assert columns(["姓名", "班级", "监护人姓名", "监护人电话", "联系电话"])[0]["E"] == "phone"
    assert columns(["姓名", "班级", "性别", "家长电话"])[0]["D"] == "phone"


def test_the_shanghai_main_number_is_an_id_number():
    assert columns(["姓名", "班级", "学籍主号", "学籍副号"])[0] == {"A": "name", "B": "class", "C": "id_no", "D": "aux_no"}


def test_columns_beyond_z_have_two_letters():
    assert [letter(i) for i in (0, 25, 26, 73)] == ["A", "Z", "AA", "BV"]
