"""Which class a row means: 六（1）班, 601, 2017级1班, 预备（1）班, or 年级 and 班 in two columns.

A class is (stage, entry year, number): its name rises every year, the class stays.
"""

import re
from dataclasses import dataclass

from schools.enums import SchoolKind, Stage
from schools.grades import STAGES_OF, class_label, entry_year_for, grade_in, grades_of, preparatory, stage_of
from students.roster.values import filled, text

CHINESE = "一二三四五六七八九十"
NUMBER = rf"(?:\d{{1,2}}|[{CHINESE}]{{1,3}})"
STAGE_WORDS = {"小学": Stage.PRIMARY, "初中": Stage.JUNIOR, "高中": Stage.SENIOR}
YEAR_HEAD = r"(?P<stage>小学|初中|高中)?(?P<year>(?:19|20)\d{2})级"
NAME_HEAD = rf"(?:(?P<prep>预备)|初(?P<junior>[一二三四1-4])|高(?P<senior>[一二三1-3])|小?(?P<grade>[{CHINESE}]|1[0-2]|[1-9]))"
TAIL = rf"[(（]?(?P<number>{NUMBER})[)）]?班?"
CLASS = re.compile(rf"(?:{YEAR_HEAD}|{NAME_HEAD}(?:年级)?)(?:{TAIL})?")
ONLY_NUMBER = re.compile(rf"[(（]?(?P<number>{NUMBER})[)）]?班?")
DIGITS = re.compile(r"(?P<grade>1[0-2]|[1-9])(?:[.\-](?P<plain>\d{1,2})|(?P<two>\d{2}))")  # 6.1 6-1 601 1003
KINDERGARTEN = re.compile(rf"(?P<size>[小中大])班?{TAIL}")
SIZES = {"小": -2, "中": -1, "大": 0}
IN_TITLE = re.compile(rf"(?:{YEAR_HEAD}|{NAME_HEAD}(?:年级)?)[(（]?(?P<number>{NUMBER})[)）]?班")
MOST = 60


class UnknownClass(Exception):
    """Nobody can tell which class is meant, or the school has no such grade."""


@dataclass(frozen=True)
class Place:
    """A class of a school, made already or not."""

    school_id: int
    stage: str
    entry_year: int
    number: int

    def label(self, school_year, system):
        grade = grade_in(school_year, entry_year=self.entry_year, stage=self.stage, system=system)
        return class_label(grade, self.number, entry_year=self.entry_year)


class Reader:
    """Reads class names of one school in one school year."""

    def __init__(self, school, school_year):
        self.school, self.year = school, school_year
        self.grades = grades_of(school.kind, school.system)

    def place(self, grade_cell, class_cell):
        """The Place, None when both cells are empty. Raises UnknownClass."""
        grade_text, class_text = (self._plain(cell) for cell in (grade_cell, class_cell))
        if class_text is None:
            if grade_text is None:
                return None
            class_text, grade_text = grade_text, None  # the only column is called 年级 but names the class
        told = self._grade_column(grade_text) if grade_text else None
        level, number = self._class_column(class_text, told is not None)
        if told and level and told != level:
            raise UnknownClass
        return self._place(level or told, number)

    def named_in(self, title):
        """The one class a title names, else None."""
        found = set()
        for match in IN_TITLE.finditer(re.sub(r"\s", "", text(title))):
            try:
                found.add(self._place(self._level(match), to_number(match["number"])))
            except UnknownClass:
                continue
        return found.pop() if len(found) == 1 else None

    def _place(self, level, number):
        if level is None or number is None or not 1 <= number <= MOST:
            raise UnknownClass
        return Place(self.school.pk, *level, number)

    def _plain(self, cell):
        plain = filled(cell)
        return plain and re.sub(r"\s", "", plain)

    def _class_column(self, plain, has_grade):
        """((stage, entry year) or None, number or None)"""
        if self.school.kind == SchoolKind.KINDERGARTEN and (match := KINDERGARTEN.fullmatch(plain)):
            return self._of_grade(SIZES[match["size"]]), to_number(match["number"])
        if match := DIGITS.fullmatch(plain):
            if not (has_grade and plain.isdigit() and len(plain) < 3):
                return self._of_grade(int(match["grade"])), int(match["plain"] or match["two"])
        if match := ONLY_NUMBER.fullmatch(plain):
            number = to_number(match["number"])
            if has_grade and number:
                return None, number
        if match := CLASS.fullmatch(plain):
            return self._level(match), to_number(match["number"])
        raise UnknownClass

    def _grade_column(self, plain):
        """年级: 6, 06, 六年级, 预备, 2017级, 初中2022级, or the code of the fitness test (11…16, 21…23, 31…33)."""
        if plain.isdigit() and len(plain) <= 2:
            number = int(plain)
            if number not in self.grades and number > 10:
                number = {1: 0, 2: 6, 3: 9}.get(number // 10, 99) + number % 10
            return self._of_grade(number)
        match = CLASS.fullmatch(plain)
        if match is None or match["number"]:
            raise UnknownClass
        return self._level(match)

    def _level(self, match):
        if match["year"]:
            return self._of_year(int(match["year"]), STAGE_WORDS.get(match["stage"]))
        if match["prep"]:
            if not preparatory(6, self.school.system):
                raise UnknownClass
            return self._of_grade(6)
        if match["junior"]:
            return self._of_grade(6 + to_number(match["junior"]))
        if match["senior"]:
            return self._of_grade(9 + to_number(match["senior"]))
        return self._of_grade(to_number(match["grade"]))

    def _of_grade(self, grade):
        if grade not in self.grades:
            raise UnknownClass
        system = self.school.system
        stage = stage_of(grade, system)
        return stage.value, entry_year_for(grade, school_year=self.year, stage=stage, system=system)

    def _of_year(self, year, stage):
        system = self.school.system
        fits = [
            s
            for s in STAGES_OF[self.school.kind]
            if stage in (None, s) and grade_in(self.year, entry_year=year, stage=s, system=system) is not None
        ]
        if len(fits) != 1:
            raise UnknownClass
        return fits[0].value, year


def to_number(text):
    """“12”, “十二”, “二十” as a number; None for nothing."""
    if not text:
        return None
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return CHINESE.index(text) + 1 if len(text) == 1 else None
    return (CHINESE.index(tens) + 1 if tens else 1) * 10 + (CHINESE.index(ones) + 1 if ones else 0)
