"""Real names leave a text: of pupils and parents for whoever is beyond the school, of author and school for judges."""

from types import SimpleNamespace

import pytest

from schools.tests.factories import make_class, make_school
from students.tests.factories import make_student
from works.queries.alias import (
    hints,
    names_in,
    names_of_schools,
    pupil_alias,
    real_names,
    seal,
    surname,
    unnamed,
)
from works.tests.factories import make_work


@pytest.mark.parametrize(
    ("name", "expected"),
    [("顾嘉树", "顾"), ("欧阳明月", "欧阳"), ("欧阳", "欧"), ("诸葛亮", "诸葛"), ("阿依古丽·买买提", "阿依古丽")],
)
def test_surname(name, expected):
    assert surname(name) == expected


ALIASES = {"顾嘉树": "顾同学", "嘉树": "顾同学", "林秋": "顾同学的妈妈", "王子": "王同学", "王子涵": "王同学"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("顾嘉树和妈妈林秋在家。", "顾同学和妈妈顾同学的妈妈在家。"),
        ("顾嘉树同学写完了", "顾同学写完了"),
        ("嘉树同学的书桌", "顾同学的书桌"),
        ("顾 嘉树，顾　嘉树", "顾同学，顾同学"),
        ("王子涵和王子", "王同学和王同学"),
        ("电话19900001234。", "电话（电话）。"),
        ("199 0000 1234或021-65550123", "（电话）或（电话）"),
        ("学籍号G990101201105050012在册", "学籍号（号码）在册"),
        ("第1234567号，2022年9月18日18:30", "第1234567号，2022年9月18日18:30"),
    ],
)
def test_unnamed(text, said):
    assert unnamed(text, ALIASES) == said


def test_an_alias_is_not_replaced_again():
    assert unnamed("顾嘉树来了", {"顾嘉树": "顾同学", "顾同": "别人"}) == "顾同学来了"
    assert seal({}) == ""
    assert pupil_alias("阿依古丽·买买提") == "阿同学"


@pytest.mark.django_db
def test_names_are_those_of_the_visited_and_of_the_schools_roster(programme, school, school_class, head, visit):
    make_student(school_class, name="欧阳明月", former_name="欧阳小月", guardian=("周岚", "19900002222"))
    make_student(school_class, name="沈一诺", guardian=("郑兰", "19900003333"))
    work = make_work(head, programme, school, visit=visit, kind="story")

    found = names_in(work, "欧阳小月来过，明月不是人名。")
    assert found == {
        "顾嘉树": "顾同学", "嘉树": "顾同学", "林秋": "顾同学的妈妈",
        "欧阳小月": "欧阳同学", "周岚": "欧阳同学的妈妈",
    }  # fmt: skip
    assert hints(work, "周岚说嘉树和欧阳小月一起写") == {"周岚": "欧阳同学的妈妈", "嘉树": "顾同学", "欧阳小月": "欧阳同学"}
    assert real_names(work, "嘉树、顾嘉树") == ["顾嘉树", "嘉树"]
    assert real_names(work, "没有人名") == []


@pytest.mark.django_db
def test_a_guardian_without_a_name_is_nobody(programme, school, school_class, head):
    make_student(school_class, name="沈一诺", guardian=("", "19900003333"))
    work = make_work(head, programme, school)
    assert names_in(work, "沈一诺") == {"沈一诺": "沈同学"}


@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.django_db
def test_names_cost_the_same_for_any_number(programme, school, school_class, head, visit, rows, django_assert_num_queries):
    for number in range(rows):
        make_student(school_class, name=f"示例生{number}甲", guardian=(f"示例家长{number}", "19900003333"))
    work = make_work(head, programme, school, visit=visit, kind="story")
    with django_assert_num_queries(3):
        names_in(work, "示例生0甲示例生1甲示例生2甲")


@pytest.mark.parametrize("others", (0, 2))
@pytest.mark.django_db
def test_names_of_schools_are_each_schools_own(programme, school, school_class, others, django_assert_num_queries):
    make_student(school_class, name="顾嘉树", guardian=("林秋", "19900001234"))
    elsewhere = make_class(make_school(school.authority))
    make_student(elsewhere, name="林知夏", guardian=("许岚", "19900001235"))
    text = "顾嘉树和妈妈林秋、林知夏和妈妈许岚都来了。"
    texts = {school.pk: text, elsewhere.school_id: text}
    texts |= {make_school(school.authority).pk: text for _ in range(others)}
    with django_assert_num_queries(2):
        found = names_of_schools(texts)
    assert found[school.pk] == {"顾嘉树": "顾同学", "林秋": "顾同学的妈妈"}
    assert found[elsewhere.school_id] == {"林知夏": "林同学", "许岚": "林同学的妈妈"}
    assert [found[pk] for pk in list(texts)[2:]] == [{}] * others


def test_a_work_that_was_never_handed_in_has_no_sealed_names():
    from works.queries.alias import outside

    assert outside(SimpleNamespace(aliases=""), "文字") == "文字"
