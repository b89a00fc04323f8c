"""What a school and its classes are called in a text, so that a judge is not told: full and short names, and the bare
“三班” of people at home there. What only looks like one stays: “三班倒” is no class, “我们班” tells nothing.
"""

import re
from functools import lru_cache

CLASS = "某班"
SCHOOL_ENDS = ("小学", "中学", "学校", "初中", "高中", "幼儿园", "校区", "校园", "分校")
AREA = re.compile(r"^(?:[^省市区县]{2,8}[省市区县])+")  # 某市某区 before the name
SPOKEN_ENDS = {
    "实验小学": ("实小", "小学", "学校"), "实验中学": ("实中", "中学", "学校"), "实验学校": ("实校", "学校"),
    "实验幼儿园": ("幼儿园",), "中心小学": ("中心校", "小学", "学校"), "中心幼儿园": ("幼儿园",),
    "外国语学校": ("外校", "学校"), "外国语小学": ("小学", "学校"), "外国语中学": ("中学", "学校"),
    "初级中学": ("初中", "中学"), "高级中学": ("高中", "中学"),
}  # fmt: skip
NUMBERED = re.compile(r"(.{2,})第([一二三四五六七八九十]+)(小|中)学")  # 某某第二小学 is spoken 某某二小

N = "[一二三四五六七八九]"
IN_BRACKETS = r"[（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[）)]"
NUMBER = rf"(?:[1-9]\d?|十{N}?|{N})"
# Shifts, rides and other words: 三班倒, 四班三运转, 一班车, 一班人马, 任一班级.
IS_CLASS = r"(?![倒制车次轮级子]|[两三](?:倒|运转)|人(?!数|员|人))"
AFTER_NUMBER = rf"(?<![{N[1:-1]}十百两第\d.．A-Za-z-])"
BEFORE = ("我们", "咱们", "我教", "我带", "接手", "担任", "任教", "分到", "转到", "转入", "来自", "隔壁")
WORDED = "|".join(f"(?<={word})" for word in BEFORE)
OFFICE = "班主任|副班主任|班长|班委|教室|任课|语文|数学|英语|就读|读书|念书|上学"
PEOPLE = "同学|学生|孩子|娃|老师|教师|家长|小朋友|男生|女生|全体"
CLASSES = [
    # 五（3）班, 五年级3班, 五年级的三班, 初一(2)班, 2022级1班, 预备（2）班, 大（2）班
    rf"(?:20\d\d级|(?:[初高小中]?[一二三四五六七八九预]|预备|预初|[1-9](?=年级|\s*[（(])|[大中小托](?=\s*[（(]))(?:年级的?)?)\s*"
    rf"(?:{IN_BRACKETS}|\d{{1,2}}|(?:(?<=年级)|(?<=年级的))[一二三四五六七八九十]{{1,2}})\s*班",
    # 601班, 12班, 3-2班
    r"(?<!\d)[1-9](?:\s*|[-－.．])\d{1,2}\s*班(?![车次倒制轮])",
    # 五三班, 初二三班
    rf"{AFTER_NUMBER}[初高]?{N}{N}班{IS_CLASS}",
    # （3）班, but not the third point of a list that begins with 班主任 or 班会
    rf"{IN_BRACKETS}\s*班(?![主会级委干风纪长队]){IS_CLASS}",
    # 我们三班, 隔壁二班和四班
    rf"(?:{WORDED}){NUMBER}班(?:[、和与跟]{NUMBER}班)*{IS_CLASS}",
    # 三班班主任, 二班、四班的孩子; 一班 of people may be any crowd
    rf"{AFTER_NUMBER}(?<![这那每同另哪某下上头末首半倒轮翻值跑整全])(?:{NUMBER}[、和与跟])*(?:{NUMBER}班[、和与跟])*"
    rf"(?:一班(?=的?(?:{OFFICE})|的(?:{PEOPLE}))|(?!一班){NUMBER}班(?=的?(?:{OFFICE}|{PEOPLE})))",
]  # fmt: skip
CLASS_NAME = re.compile("|".join(CLASSES))


@lru_cache(maxsize=1024)
def school_names(*known):
    """晨曦路小学 is also called 晨曦路学校, and 晨曦路 where that is no word; 某市某区晨曦路实验小学 also 晨曦路实小."""
    names = {name for name in known if name}
    names |= {rest for name in names if len(rest := AREA.sub("", name)) >= 4}
    for name in list(names):
        for end in SCHOOL_ENDS:
            stem = name.removesuffix(end)
            if stem != name and len(stem) >= 2:
                names |= {stem + other for other in SCHOOL_ENDS} | ({stem} if len(stem) >= 3 else set())
        names |= _spoken(name)
    return names


def _spoken(name):
    stems = {name.removesuffix(end): short for end, short in SPOKEN_ENDS.items() if name.endswith(end)}
    found = {stem + short for stem, shorts in stems.items() if len(stem) >= 2 for short in shorts}
    numbered = NUMBERED.fullmatch(name)
    return found | {"".join(numbered.groups())} if numbered else found


def without_classes(text):
    return CLASS_NAME.sub(CLASS, text) if "班" in text else text
