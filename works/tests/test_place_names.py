"""A judge is told neither the class nor the school, whatever people call them; words that only look like it stay."""

from types import SimpleNamespace

import pytest

from works.queries.alias import blind
from works.queries.place_names import school_names, without_classes


@pytest.mark.parametrize(
    "label",
    ["三（2）班", "三(2)班", "五年级3班", "五年级三班", "五年级的三班", "初一（2）班", "初二3班", "2022级1班", "601班", "312班",
     "3-2班", "12班", "预备（2）班", "预初2班", "大（2）班", "中（1）班", "五三班", "初二三班", "5（3）班", "高一（十二）班"],
)  # fmt: skip
def test_a_class_with_its_grade_is_some_class_wherever_it_stands(label):
    assert without_classes(f"那年我教{label}，{label}人人争先。") == "那年我教某班，某班人人争先。"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我们三班有三十个孩子", "我们某班有三十个孩子"),
        ("我们3班两个孩子", "我们某班两个孩子"),
        ("我们（3）班", "我们某班"),
        ("她转到二班那天", "她转到某班那天"),
        ("我教三班，她带四班", "我教某班，她带四班"),
        ("隔壁二班和四班", "隔壁某班"),
        ("三班班主任", "某班班主任"),
        ("三班的孩子们", "某班的孩子们"),
        ("3班学生", "某班学生"),
        ("二班、四班的家长", "某班的家长"),
        ("一、三班的同学", "某班的同学"),
        ("一班的孩子", "某班的孩子"),
        ("十二班的教室", "某班的教室"),
        ("三班语文老师", "某班语文老师"),
        ("其中三班的孩子", "其中某班的孩子"),
    ],
)
def test_a_bare_class_of_people_at_school_is_some_class(text, said):
    assert without_classes(text) == said


@pytest.mark.parametrize(
    "text",
    ["妈妈三班倒，爸爸上白班。", "厂里是三班制", "四班三运转", "三班两倒", "他上三班，晚上不在家。", "早中晚三班", "倒三班的孩子",
     "我们三班倒", "一班人马", "领导班子一班人", "我们一班人", "头班车", "末班车", "一班车", "每天12班车", "每天3班车",
     "12班次", "这一班孩子", "同一班同学", "有一班孩子", "每一班", "任一班级", "第三班学生", "值班", "我班", "我们班", "本班",
     "全班", "大班", "小班化", "兴趣班", "培训班", "三个班", "3个班", "三年级", "（1）班主任每月走访一次", "（2）班会怎么开",
     "从小一班", "班干部三人"],
)  # fmt: skip
def test_what_only_looks_like_a_class_stays(text):
    assert without_classes(text) == text


def author():
    return SimpleNamespace(
        aliases="", author=SimpleNamespace(name="柏松岚"), honoree=None,
        school=SimpleNamespace(name="示例市示例区晨曦路实验小学", short_name="晨曦路实小"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    ["示例市示例区晨曦路实验小学", "晨曦路实验小学", "晨曦路实小", "晨曦路实验", "晨曦路小学", "晨曦路学校", "晨曦路实验学校",
     "晨曦路 实验小学"],
)  # fmt: skip
def test_a_school_goes_by_all_its_names(said):
    assert blind(author(), f"我在{said}工作。") == "我在本校工作。"


@pytest.mark.parametrize(
    ("known", "among", "not_among"),
    [
        (("晨曦第二小学",), {"晨曦二小", "晨曦第二"}, {"二小", "晨曦"}),
        (("示例县第一中学", "示例一中"), {"示例县一中", "第一中学"}, {"一中", "第一"}),
        (("示例区柳堤中心小学",), {"柳堤中心校", "柳堤小学", "柳堤中心"}, {"中心小学", "柳堤"}),
        (("市云里中学",), {"市云里学校", "市云里"}, {"云里中学", "云里"}),
        (("南区小学",), {"南区学校"}, {"小学", "南区"}),
        (("实验小学",), {"实验学校"}, {"实验", "实小", "小学"}),
    ],
)
def test_short_forms_are_names_and_never_words(known, among, not_among):
    names = school_names(*known)
    assert among <= names and not not_among & names


def test_other_schools_and_roads_stay():
    text = "从柳堤小学转来，家住晨曦里，在实验小学旁边，每天阳光一小时。"
    assert blind(author(), text) == text
