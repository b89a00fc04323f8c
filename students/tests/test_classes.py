import pytest

from schools.enums import SchoolKind, System
from schools.models import School
from students.roster.classes import Reader, UnknownClass


def reader(kind, system=System.SIX_THREE):
    return Reader(School(pk=1, kind=kind, system=system), 2022)


def place(r, grade, name):
    try:
        found = r.place(grade, name)
    except UnknownClass:
        return "?"
    return found and found.label(2022, r.school.system)


@pytest.mark.parametrize(
    ("grade", "name", "label"),
    [
        ("", "六（1）班", "六（1）班"), ("", "六(1)班", "六（1）班"), ("", "六1班", "六（1）班"), ("", "六年级1班", "六（1）班"),
        ("", "六（一）班", "六（1）班"), ("", "601", "六（1）班"), ("", 6.1, "六（1）班"), ("", "2017级1班", "六（1）班"),
        ("六年级", "1班", "六（1）班"), (6.0, 1.0, "六（1）班"), ("06", "01", "六（1）班"), ("16", "（1）", "六（1）班"),
        ("2017级", "二班", "六（2）班"), ("五年级", "12", "五（12）班"), ("6", "601", "六（1）班"), ("", "", None),
        ("六年级", "501", "?"), ("", "七（1）班", "?"), ("", "1班", "?"), ("六年级", "", "?"),
        ("", "火箭班", "?"), ("", "六（0）班", "?"), ("", "六（99）班", "?"),
    ],
)  # fmt: skip
def test_classes_of_a_primary_school(grade, name, label):
    assert place(reader(SchoolKind.PRIMARY), grade, name) == label


@pytest.mark.parametrize(
    ("grade", "name", "label"),
    [
        ("六年级", "预备（1）班", "六（1）班"), ("", "初一（1）班", "七（1）班"), ("九年级", "初三（1）班", "九（1）班"),
        ("初中2022级", "1班", "六（1）班"), ("21", "1", "七（1）班"), ("", "十（1）班", "?"), ("", "五（1）班", "?"),
    ],
)  # fmt: skip
def test_grade_six_is_preparatory_where_the_school_is_five_four(grade, name, label):
    assert place(reader(SchoolKind.JUNIOR, System.FIVE_FOUR), grade, name) == label


def test_preparatory_means_nothing_in_six_three():
    assert place(reader(SchoolKind.JUNIOR), "", "预备（1）班") == "?"


def test_an_entry_year_that_fits_two_stages_is_unknown():
    r = reader(SchoolKind.NINE_YEAR, System.FIVE_FOUR)
    assert [place(r, "", name) for name in ("2022级1班", "初中2022级1班")] == ["?", "六（1）班"]


def test_kindergarten_and_senior_classes():
    assert place(reader(SchoolKind.KINDERGARTEN), "", "大一班") == "大（1）班"
    assert place(reader(SchoolKind.SENIOR), "11", "3") == "高二（3）班"


def test_a_title_names_a_class_only_when_it_names_one():
    r = reader(SchoolKind.PRIMARY)
    titles = ["云杉小学六（2）班花名册", "第六小学 六 年级 2 班", "六（1）班、六（2）班名册", "第一小学二年级"]
    assert [(found := r.named_in(t)) and found.label(2022, 63) for t in titles] == ["六（2）班", "六（2）班", None, None]
