import pytest

from schools.enums import SchoolKind, Stage, System
from schools.grades import (
    class_label,
    entry_year_for,
    grade_in,
    grade_label,
    grades_of,
    preparatory,
    stage_of,
)
from schools.tests.factories import make_authority, make_class, make_school


@pytest.mark.parametrize(
    ("system", "stage", "entry_year", "school_year", "grade"),
    [
        (System.FIVE_FOUR, Stage.PRIMARY, 2018, 2022, 5),
        (System.FIVE_FOUR, Stage.JUNIOR, 2022, 2022, 6),  # 预备
        (System.SIX_THREE, Stage.PRIMARY, 2017, 2022, 6),
        (System.SIX_THREE, Stage.JUNIOR, 2022, 2022, 7),
        (System.SIX_THREE, Stage.SENIOR, 2022, 2024, 12),
        (System.SIX_THREE, Stage.SENIOR, 2022, 2025, None),  # has left
        (System.SIX_THREE, Stage.PRIMARY, 2023, 2022, None),  # has not come yet
    ],
)
def test_grade_follows_from_entry_year_and_school_system(system, stage, entry_year, school_year, grade):
    assert grade_in(school_year, entry_year=entry_year, stage=stage, system=system) == grade


@pytest.mark.parametrize("system", System)
@pytest.mark.parametrize("grade", range(-2, 13))
def test_entry_year_and_grade_are_each_others_inverse(system, grade):
    stage = stage_of(grade, system)
    entry_year = entry_year_for(grade, school_year=2022, stage=stage, system=system)
    assert grade_in(2022, entry_year=entry_year, stage=stage, system=system) == grade


@pytest.mark.parametrize(
    ("grade", "label"),
    [(6, "六（1）班"), (9, "九（1）班"), (10, "高一（1）班"), (0, "大（1）班"), (None, "2017级1班")],
)
def test_class_label_is_written_as_schools_write_it(grade, label):
    assert class_label(grade, 1, entry_year=2017) == label


def test_grade_six_is_preparatory_only_in_the_five_four_system():
    assert preparatory(6, System.FIVE_FOUR) and not preparatory(6, System.SIX_THREE)
    assert grade_label(6) == "六年级"


def test_kinds_of_school_have_their_grades():
    assert grades_of(SchoolKind.NINE_YEAR, System.FIVE_FOUR) == list(range(1, 10))
    assert grades_of(SchoolKind.JUNIOR, System.FIVE_FOUR) == [6, 7, 8, 9]
    assert grades_of(SchoolKind.JUNIOR, System.SIX_THREE) == [7, 8, 9]


@pytest.mark.seed("S2")
@pytest.mark.parametrize("kind", SchoolKind)
def test_every_kind_of_unit_has_classes(kind):
    assert grades_of(kind, System.SIX_THREE)


@pytest.mark.django_db
def test_a_class_rises_with_the_school_year_and_keeps_its_row():
    school_class = make_class(make_school(make_authority(system=System.SIX_THREE)), grade=5, number=3, school_year=2022)
    assert [school_class.label(year) for year in (2022, 2023, 2024)] == ["五（3）班", "六（3）班", "2018级3班"]
