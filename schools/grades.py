"""Grades are computed, never stored: entry year, stage and school system give the grade of a school year."""

from schools.enums import SchoolKind, Stage, System

NUMERALS = "零一二三四五六七八九"
KINDERGARTEN_LABELS = {-2: "小", -1: "中", 0: "大"}
STAGES_OF = {
    SchoolKind.KINDERGARTEN: (Stage.KINDERGARTEN,),
    SchoolKind.PRIMARY: (Stage.PRIMARY,),
    SchoolKind.JUNIOR: (Stage.JUNIOR,),
    SchoolKind.NINE_YEAR: (Stage.PRIMARY, Stage.JUNIOR),
    SchoolKind.FULL_SECONDARY: (Stage.JUNIOR, Stage.SENIOR),
    SchoolKind.SENIOR: (Stage.SENIOR,),
    SchoolKind.VOCATIONAL: (Stage.SENIOR,),
    SchoolKind.REFORM: (Stage.JUNIOR, Stage.SENIOR),
    SchoolKind.SPECIAL: (Stage.PRIMARY, Stage.JUNIOR, Stage.SENIOR),
}


def grade_range(stage, system):
    """(first, last) grade of a stage. 五四: 六年级 is junior 预备. Kindergarten is −2…0."""
    if stage == Stage.KINDERGARTEN:
        return -2, 0
    if stage == Stage.SENIOR:
        return 10, 12
    split = 5 if system == System.FIVE_FOUR else 6
    return (1, split) if stage == Stage.PRIMARY else (split + 1, 9)


def stage_of(grade, system):
    """The stage that teaches a grade. Raises ValueError outside −2…12."""
    for stage in Stage:
        first, last = grade_range(stage, system)
        if first <= grade <= last:
            return stage
    raise ValueError(grade)


def grades_of(kind, system):
    """All grades a school of this kind has, ascending."""
    grades = []
    for stage in STAGES_OF[kind]:
        first, last = grade_range(stage, system)
        grades.extend(range(first, last + 1))
    return grades


def grade_in(school_year, *, entry_year, stage, system):
    """The grade in a school year (2022 = 2022-08-01…2023-07-31); None before entry and after leaving."""
    first, last = grade_range(stage, system)
    grade = first + school_year - entry_year
    return grade if first <= grade <= last else None


def entry_year_for(grade, *, school_year, stage, system):
    return school_year - (grade - grade_range(stage, system)[0])


def grade_label(grade):
    """一年级 … 九年级, 高一, 大班"""
    if grade is None:
        return "已毕业"
    if grade <= 0:
        return KINDERGARTEN_LABELS[grade] + "班"
    if grade >= 10:
        return "高" + NUMERALS[grade - 9]
    return NUMERALS[grade] + "年级"


def class_label(grade, number, *, entry_year):
    """六（1）班; after leaving, 2017级1班"""
    if grade is None:
        return f"{entry_year}级{number}班"
    if grade <= 0:
        return f"{KINDERGARTEN_LABELS[grade]}（{number}）班"
    head = "高" + NUMERALS[grade - 9] if grade >= 10 else NUMERALS[grade]
    return f"{head}（{number}）班"


def preparatory(grade, system):
    """预备: grade six where it belongs to junior school (Shanghai)."""
    return grade == 6 and system == System.FIVE_FOUR
