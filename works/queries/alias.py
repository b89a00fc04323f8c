"""Names taken out of a text: pupils and parents become “顾同学”, “顾同学的妈妈”; the author and the school vanish too.

Nobody beyond the school reads a pupil's real name in a story (security.md §2, X6). The names to replace are collected
once, when a work is submitted, from the roster of the author's school, and kept sealed with the work.
"""

import json
import re

from students.models import Student
from visits.models import VisitStudent

TWO_SURNAMES = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "夏侯", "端木", "南宫",
)  # fmt: skip
PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
MASKED_PHONE = "（电话）"
AUTHOR, SCHOOL = "本文老师", "本校"


def surname(name):
    return name[:2] if name.startswith(TWO_SURNAMES) else name[:1]


def names_in(work, text):
    """{real name: alias} of the pupils of the school who are named in the text, and of the visited pupils and their
    parents whether named in full or not. Two queries.

    A given name alone (“嘉树”) is taken out for the visited pupils only: elsewhere it may be a word.
    """
    found = {}
    visited = []
    if work.visit_id:
        rows = VisitStudent.objects.filter(visit_id=work.visit_id).select_related("student")
        visited = [row.student for row in rows.prefetch_related("student__guardians")]
    for student in visited:
        alias = f"{surname(student.name)}同学"
        found[student.name] = alias
        given = student.name.removeprefix(surname(student.name))
        if len(given) >= 2:
            found[given] = alias
        for guardian in student.guardians.all():
            found.setdefault(guardian.name, f"{alias}的{guardian.get_relation_display()}")
    pupils = Student.objects.filter(school_id=work.school_id).values_list("name", flat=True)
    for name in pupils.iterator():
        if len(name) >= 2 and name in text:
            found.setdefault(name, f"{surname(name)}同学")
    return {name: alias for name, alias in found.items() if len(name) >= 2}


def seal(aliases):
    return json.dumps(aliases, ensure_ascii=False) if aliases else ""


def unnamed(text, aliases):
    """The text with every real name replaced, longest first, and telephone numbers gone."""
    for name in sorted(aliases, key=len, reverse=True):
        text = text.replace(name, aliases[name])
    return PHONE.sub(MASKED_PHONE, text)


def outside(work, text):
    """What somebody beyond the school reads: pupils and parents by alias."""
    return unnamed(text, json.loads(work.aliases) if work.aliases else {})


def blind(work, text):
    """What a judge reads: no author and no school either. work fetched with author, honoree and school."""
    text = outside(work, text)
    people = {person.name: AUTHOR for person in (work.author, work.honoree) if person is not None}
    places = {name: SCHOOL for name in (work.school.name, work.school.short_name) if name}
    return unnamed(text, people | places)


def real_names(work, text):
    """Names of pupils and parents that stand in the text: for the hint to the author. Longest first."""
    return sorted((name for name in names_in(work, text) if name in text), key=len, reverse=True)

