"""The coverage register row by row, as the district may have it: no name, no number, no category.

Within a class the rows stand by the day of the first visit, so that their order tells nobody's place in the roster.
"""

from collections import defaultdict

from django.db.models import F, Q

from core.sheets import Column
from programmes.enums import Mode
from schools.enums import Stage
from schools.models import School, SchoolClass
from visits.models import Due, VisitStudent
from visits.queries.board import label_year

COLUMNS = (
    Column("学校标识码", 12), Column("学校", 22), Column("学段", 8), Column("年级", 8), Column("班级", 10),
    Column("序号", 6, "number"), Column("应访", 6), Column("走访次数", 8, "number"), Column("首次走访", 11),
    Column("最近走访", 11), Column("形式", 16),
)  # fmt: skip
DUE, EXEMPT = "是", "免访"
NO_CLASS = "未编班"


def register_schools(programme):
    """Schools with somebody in the register, by code."""
    due = Due.objects.filter(programme=programme).values("school_id")
    return School.objects.filter(authority=programme.authority_id, pk__in=due).order_by("code")


def register_rows(programme, schools):
    """Rows as COLUMNS of the given schools (School rows, a few at a time): three queries for any number of them."""
    schools = {school.pk: school for school in schools}
    labels = _labels(programme, schools)
    modes = _modes(programme, schools)
    by_school = defaultdict(list)
    for row in _due(programme, schools):
        by_school[row[0]].append(row)
    for pk, school in schools.items():
        yield from _rows_of(school, by_school[pk], labels, modes)


def _rows_of(school, due, labels, modes):
    place, number = None, 0
    for _, class_id, student_id, in_scope, visits, first_on, last_on in due:
        number = number + 1 if class_id == place and number else 1
        place = class_id
        stage, grade, label = labels.get(class_id, ("", "", NO_CLASS))
        yield (
            school.code, school.name, stage, grade, label, number, DUE if in_scope else EXEMPT, visits,
            first_on.isoformat() if first_on else "", last_on.isoformat() if last_on else "", modes.get(student_id, ""),
        )  # fmt: skip


def _due(programme, schools):
    """Everybody due and everybody excused; who has left is in no register."""
    rows = Due.objects.filter(Q(in_scope=True) | ~Q(exempt_reason=""), programme=programme, school__in=list(schools))
    order = ("school_class__stage", "-school_class__entry_year", "school_class__number", "school_class_id")
    rows = rows.order_by("school_id", *order, F("first_on").asc(nulls_last=True), "last_on", "visits", "in_scope")
    return rows.values_list("school_id", "school_class_id", "student_id", "in_scope", "visits", "first_on", "last_on")


def _labels(programme, schools):
    rows = SchoolClass.objects.filter(school__in=list(schools))
    labels, year = {}, label_year(programme)
    for row in rows:
        row.school = schools[row.school_id]
        labels[row.pk] = (Stage(row.stage).label, row.grade_label(year), row.label(year))
    return labels


def _modes(programme, schools):
    """{student id: "上门、视频"} of counted visits, in the order of programmes.enums.Mode."""
    students = Due.objects.filter(programme=programme, school__in=list(schools), visits__gt=0).values("student_id")
    found = defaultdict(set)
    rows = VisitStudent.objects.filter(programme=programme, counted=True, student_id__in=students).order_by()
    for student_id, mode in rows.values_list("student_id", "mode").distinct():
        found[student_id].add(mode)
    words = {}
    return {
        pk: words.setdefault(frozenset(modes), "、".join(m.label for m in Mode if m in modes)) for pk, modes in found.items()
    }
