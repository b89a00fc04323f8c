"""Names taken out of a text: pupils and parents become “顾同学”, “顾同学的妈妈”; the author and the school vanish too.

Nobody beyond the school reads a pupil's real name in a story (security.md §2, X6). The names to replace are collected
once, when a work is submitted, from the roster of the author's school, and kept sealed with the work.
"""

import json
import re

from students.enums import Relation
from students.models import Guardian, Student
from visits.models import VisitStudent
from works.queries.place_names import school_names, without_classes

TWO_SURNAMES = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "夏侯", "端木", "南宫",
    "长孙", "宇文", "独孤", "轩辕", "呼延", "钟离", "闻人", "申屠", "澹台", "公冶", "淳于", "单于", "太史", "仲孙", "赫连",
)  # fmt: skip
# As a family would be spoken of; a roster says no more than “外祖父母”.
RELATIONS = {
    Relation.FATHER: "爸爸", Relation.MOTHER: "妈妈", Relation.PATERNAL_GRANDPARENT: "祖辈",
    Relation.MATERNAL_GRANDPARENT: "外祖辈", Relation.SIBLING: "哥哥姐姐",
}  # fmt: skip
FAMILY = "家人"
PHONE = re.compile(r"(?<!\d)(?:1\d{2}[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
NUMBER = re.compile(r"(?<![0-9A-Za-z])[GJLgjl]?\d{17}[0-9Xx](?![0-9A-Za-z])")  # of an identity or a pupil's file
MASKED_PHONE, MASKED_NUMBER = "（电话）", "（号码）"
AUTHOR, SCHOOL, COLLEAGUE = "本文老师", "本校", "一位老师"
TITLES = ("老师", "校长", "书记", "主任")


def surname(name):
    """诸葛 of 诸葛明; 阿依古丽·买买提 has none and is called by the whole first part."""
    if "·" in name:
        return name.split("·")[0]
    return name[:2] if len(name) > 2 and name.startswith(TWO_SURNAMES) else name[:1]


def given(name):
    return "" if "·" in name else name.removeprefix(surname(name))


def pupil_alias(name):
    return f"{name[:1] if '·' in name else surname(name)}同学"


def parent_alias(pupil_name, relation):
    return f"{pupil_alias(pupil_name)}的{RELATIONS.get(relation, FAMILY)}"


def names_in(work, text):
    """names_of the work's school and visit. Three queries."""
    return names_of(work.school_id, [work.visit_id] if work.visit_id else [], text)


def names_of(school_id, visit_ids, text):
    """{real name: alias} of the pupils of the school who are named in the text with their parents, and of the visited
    pupils and their parents whether named in full or not.

    A given name alone (“嘉树”) is taken out for the visited pupils only: elsewhere it may be a word.
    """
    return _names({school_id: text}, {school_id: _visited(visit_ids)})[school_id]


def names_of_schools(texts):
    """{school id: {real name: alias}} of whom each school's text names. texts: {school id: text}. Two queries."""
    return _names(texts, {})


def _names(texts, visited):
    found, pupils = {school: {} for school in texts}, {}
    for school, students in visited.items():
        for student in students:
            pupils[student.pk] = (school, student.name)
            for name in (student.name, student.former_name):
                if name:
                    found[school][name] = pupil_alias(student.name)
                    found[school].setdefault(given(name), pupil_alias(student.name))
    shown = {school: spaceless(text) for school, text in texts.items()}
    rows = Student.objects.filter(school_id__in=texts).values_list("pk", "school_id", "name", "former_name")
    for pk, school, *names in rows.iterator():
        for name in names:
            if len(name) >= 2 and spaceless(name) in shown[school]:
                pupils.setdefault(pk, (school, names[0]))
                found[school].setdefault(name, pupil_alias(names[0]))
    parents = Guardian.objects.filter(student_id__in=pupils).values_list("student_id", "name", "relation")
    for pupil_id, name, relation in parents:
        school, pupil = pupils[pupil_id]
        found[school].setdefault(name, parent_alias(pupil, relation))
    return {school: {name: alias for name, alias in own.items() if len(name) >= 2} for school, own in found.items()}


def _visited(visit_ids):
    if not visit_ids:
        return []
    rows = VisitStudent.objects.filter(visit_id__in=visit_ids).select_related("student").order_by("pk")
    return [row.student for row in rows]


def spaceless(text):
    return text.replace(" ", "").replace("\u3000", "")


def seal(aliases):
    return json.dumps(aliases, ensure_ascii=False) if aliases else ""


def sealed(work):
    """What seal() kept with the work."""
    return json.loads(work.aliases) if work.aliases else {}


def _pattern(names):
    """Any of the names, the longest first, with a space or without; “同学” after a pupil's name goes with it."""
    spaced = (r"[ \u3000]?".join(map(re.escape, spaceless(name))) for name in sorted(names, key=len, reverse=True))
    return re.compile(f"({'|'.join(spaced)})(同学)?")


def standing_in(text, aliases):
    """The names that stand in the text: a pattern of every name there might be costs a thousand times the reading."""
    shown = spaceless(text)
    return {name: alias for name, alias in aliases.items() if spaceless(name) in shown}


def unnamed(text, aliases):
    """The text with every real name replaced in one walk, so that no alias is replaced again; numbers gone too."""
    text = MASKED_NUMBER.join(NUMBER.split(text))
    text = MASKED_PHONE.join(PHONE.split(text))
    aliases = standing_in(text, aliases)
    if not aliases:
        return text
    by_name = {spaceless(name): alias for name, alias in aliases.items()}

    def alias(match):
        said = by_name[spaceless(match[1])]
        return said if said.endswith("同学") else said + (match[2] or "")

    return _pattern(aliases).sub(alias, text)


def positions(text, aliases):
    """[(start, end, alias)] of every name that stands in the text."""
    if not aliases:
        return []
    by_name = {spaceless(name): alias for name, alias in aliases.items()}
    return [(found.start(), found.end(1), by_name[spaceless(found[1])]) for found in _pattern(aliases).finditer(text)]


def outside(work, text):
    """What somebody beyond the school reads: pupils and parents by alias."""
    return unnamed(text, sealed(work))


def blind(work, text, colleagues=()):
    """What a judge reads: no author, no school, no class either. work fetched with author, honoree and school.

    colleagues: names of the staff of the school, who would give it away.
    """
    names, shown = sealed(work) | dict.fromkeys(school_names(work.school.name, work.school.short_name), SCHOOL), spaceless(text)
    for name in colleagues:
        if len(name) >= 2 and spaceless(name) in shown:
            names |= _spoken_of(name, COLLEAGUE)
    for person in (work.author, work.honoree):
        if person is not None:
            names |= _spoken_of(person.name, AUTHOR) | {f"{surname(person.name)}{title}": AUTHOR for title in TITLES}
    return without_classes(unnamed(text, names))


def _spoken_of(name, alias):
    """陈晓, 陈晓老师, 晓明老师: a given name alone may be a word."""
    found = {name: alias} | {f"{name}{title}": alias for title in TITLES}
    return found | ({f"{given(name)}{title}": alias for title in TITLES} if len(given(name)) >= 2 else {})


def real_names(work, text):
    """Names of pupils and parents that stand in the text: for the hint to the author. Longest first."""
    return sorted(hints(work, text), key=len, reverse=True)


def hints(work, text):
    """{real name: alias} of what stands in the text, in the order of the text: what the author is told."""
    aliases = names_in(work, text)
    if not aliases:
        return {}
    by_name = {spaceless(name): (name, alias) for name, alias in aliases.items()}
    return dict(by_name[spaceless(match[1])] for match in _pattern(aliases).finditer(text))
