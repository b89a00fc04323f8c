"""Which column is which field. Words: domain.md §5 and what schools write besides; the first word of a field wins."""

import re
import unicodedata
from dataclasses import dataclass, field

from students.enums import Relation

LOOK_AT = 15  # rows
AT_LEAST = 3  # known words, 姓名 among them

WORDS = {
    "school_code": "学校标识码 学校代码 机构代码",
    "school_name": "学校名称 学校 单位",
    "name": "姓名 学生姓名 学生 名字",
    "former_name": "曾用名",
    "gender": "性别 性别码 学生性别",
    "birth": "出生日期 出生年月 出生年月日 生日",
    "national_no": "全国学籍号 学籍号 个人标识码",
    "aux_no": "学籍辅号 学籍副号 省学籍辅号 省学籍号",
    "class_serial": "班内学号 班级学号 座号 座位号",
    "student_no": "学号 校内学号 学生学号",
    "grade": "年级 年级名称 所在年级 年级编号",
    "class": "班级 班级名称 所在班级 行政班 班别 班号 班级编号",
    "enrolled": "入学年月 入学日期",
    "ethnicity": "民族 民族码 民族代码",
    "politics": "政治面貌",
    "health": "健康状况 健康状态",
    "id_type": "身份证件类型 证件类型",
    "id_no": "身份证件号 身份证号 身份证号码 证件号码 学籍主号",
    "address": "现住址 家庭住址 家庭地址 住址",
    "hukou": "户口所在地 户口所在地行政区划",
    "phone": "联系电话 手机 手机号 手机号码 电话 联系方式",
    "g1_relation": "与学生关系 亲子关系",
    "boarding": "就读方式",
    "left_behind": "是否留守儿童 留守儿童",
    "migrant": "是否进城务工人员随迁子女 是否随迁子女 随迁子女",
    "orphan": "是否孤儿",
    "martyr": "是否烈士或优抚子女",
    "aid_needed": "是否需要申请资助",
    "disability": "残疾类型 残疾人类型",
    "inclusion": "随班就读",
    "remark": "备注",
}
FIELD_OF = {word: (name, rank) for name, words in WORDS.items() for rank, word in enumerate(words.split())}
GUARDIANS = {
    1: "父亲 父 爸爸 家长 家长1 家长一 监护人 监护人1 监护人一 第一监护人 监护人(父亲) 成员1 成员一 家庭成员1 联系人1 联系人一",
    2: "母亲 母 妈妈 家长2 家长二 监护人2 监护人二 第二监护人 监护人(母亲) 成员2 成员二 家庭成员2 联系人2 联系人二",
}
WHO = {word: number for number, words in GUARDIANS.items() for word in words.split()}
WHO_LONGEST_FIRST = sorted(WHO, key=len, reverse=True)
RELATION_OF = {w: Relation.FATHER for w in ("父亲", "父", "爸爸", "监护人(父亲)")} | {
    w: Relation.MOTHER for w in ("母亲", "母", "妈妈", "监护人(母亲)")
}
WHAT = {
    "name": "姓名",
    "relation": "关系 与学生关系 亲子关系",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式",
    "workplace": "工作单位",
    "is_guardian": "是否监护人",
}
WHAT_OF = {"": "name"} | {word: name for name, words in WHAT.items() for word in words.split()}
REPAIR = {"原行号", "问题"}  # stand in the workbook of held-back rows: it lists some pupils, never whole classes
OURS = {"序号", "序"} | REPAIR  # not read, and nothing to tell about
MARKS = re.compile(r"[\s★☆*※#:_【】\[\]]|必填|选填")
BRACKETS = re.compile(r"\(.*?\)")
GROUP = re.compile(r"(监护人|家长|成员|联系人).*?([一二12])$")


def normal(title):
    """“学生姓名（必填）” → 学生姓名: full width to half, no spaces, no marks, no empty brackets."""
    return MARKS.sub("", unicodedata.normalize("NFKC", str(title))).replace("()", "")


def meaning(title):
    """(field, rank of the word, who) of one normalised title, or None."""
    for text in (title, BRACKETS.sub("", title)):
        if text in FIELD_OF:
            return *FIELD_OF[text], ""
        for who in WHO_LONGEST_FIRST:
            if text.startswith(who) and text[len(who) :] in WHAT_OF:
                return f"g{WHO[who]}_{WHAT_OF[text[len(who):]]}", 0, who
    return None


def under_group(group, title):
    """The same for a title that stands under a group (two-row header); a guardian's 民族 is nobody's field."""
    own = meaning(title)
    who = group if group in WHO else None
    if who is None and (found := GROUP.search(re.sub("信息|情况", "", group))):
        who = "家长一" if found[2] in "一1" else "家长二"
    if who is None or (own and own[0].startswith("g") and own[2]):
        return own
    return meaning(who + title) if title in WHAT_OF else None


@dataclass
class Header:
    """rows: the row numbers it takes; columns and unknown by index; relations: {1: "father"} told by the titles."""

    rows: tuple
    columns: dict
    unknown: dict
    titles: dict
    relations: dict = field(default_factory=dict)

    @property
    def row(self):
        return self.rows[-1]

    @property
    def fields(self):
        return set(self.columns.values())

    @property
    def is_repair(self):
        return REPAIR <= set(self.titles.values())

    @property
    def is_roster(self):
        return "name" in self.fields and len(self.columns) >= AT_LEAST


def find_header(rows):
    """The header among the first rows: the row, or two rows of which the upper groups the lower, with most known
    words. None when no row has any."""
    best = None
    top = rows[:LOOK_AT]
    for i, (number, cells) in enumerate(top):
        candidates = [_single(number, cells)]
        if i + 1 < len(top) and top[i + 1][0] == number + 1:
            candidates.append(_double(number, cells, top[i + 1][1]))
        for header in candidates:
            if header.columns and (best is None or _score(header) > _score(best)):
                best = header
    return best


def _score(header):
    return ("name" in header.fields, len(header.columns), -len(header.rows))


def _single(number, cells):
    titles = {i: normal(cell) for i, cell in enumerate(cells) if normal(cell)}
    return _header((number,), titles, {i: meaning(title) for i, title in titles.items()}, cells)


def _double(number, upper, lower):
    titles, meanings, group = {}, {}, ""
    for i in range(max(len(upper), len(lower))):
        above, title = (normal(row[i]) if i < len(row) else "" for row in (upper, lower))
        group = above or (group if title else "")
        if title and title != above:
            titles[i], meanings[i] = title, under_group(group, title)
        elif above:
            titles[i], meanings[i] = above, meaning(above)
    shown = [b or a for a, b in zip(_long(upper, lower), _long(lower, upper), strict=True)]
    return _header((number, number + 1), titles, meanings, shown)


def _long(row, other):
    return list(row) + [""] * (len(other) - len(row))


def _header(rows, titles, meanings, shown):
    """One column a field: the word that stands first in WORDS, then the column further left."""
    taken, relations = {}, {}
    for i, found in sorted(meanings.items()):
        if found and (found[0] not in taken or found[1] < taken[found[0]][0]):
            taken[found[0]] = (found[1], i)
            if found[2] in RELATION_OF:
                relations[int(found[0][1])] = RELATION_OF[found[2]]
    columns = {i: name for name, (_, i) in taken.items()}
    _give_phone(columns, taken, meanings)
    unknown = {i: str(shown[i]) for i, title in titles.items() if i not in columns and title not in OURS}
    return Header(rows, dict(sorted(columns.items())), unknown, titles, relations)


def _give_phone(columns, taken, meanings):
    """A telephone without WHO is the guardian's when he has a name and none of his own; 家长电话 alone is the pupil's."""
    if "g1_name" in taken and "g1_phone" not in taken and "phone" in taken:
        columns[taken["phone"][1]] = "g1_phone"
    elif "g1_name" not in taken and "g1_phone" in taken and "phone" not in taken:
        i = taken["g1_phone"][1]
        if meanings[i][2].startswith("家长"):
            columns[i] = "phone"


def letter(index):
    """0 → A, 27 → AB"""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text
