"""What must not go out is found and told where, without telling a name."""

import pytest

from students.tests.factories import make_student
from works.queries.alias import seal
from works.queries.showing import findings
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(head, programme, school, visit, leader):
    return make_work(head, programme, school, visit=visit, kind="story", state="awarded", leader=leader)


def told(work, body, title="阳台上的作文"):
    return [str(one) for one in findings(work, title, body)]


def test_a_clean_text_has_no_findings(work):
    assert told(work, "秋天的一个傍晚，我敲开了顾同学家的门。\n他把第一句写在纸上，三个人都笑了。") == []


@pytest.mark.seed("S53")
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("打电话19900001234给我", "电话"),
        ("打电话1990000 1234", "电话"),
        ("打电话１９９００００１２３４", "电话"),
        ("座机021-55550000", "电话"),
        ("五（3）班的孩子", "班级"),
        ("五(3)班", "班级"),
        ("5年级3班", "班级"),
        ("初二（1）班", "班级"),
        ("2022级1班", "班级"),
        ("那是2022年9月16日", "日期"),
        ("2022-9-16去的", "日期"),
        ("9月16号晚上", "日期"),
        ("九月十六日", "日期"),
        ("住在12弄3号", "住址"),
        ("在月浦路88号", "住址"),
        ("501室", "住址"),
    ],
)
def test_telephone_class_date_address_are_found(work, text, what):
    assert what in [one.what for one in findings(work, "题目", f"开头一段。\n{text}")]
    assert {one.where for one in findings(work, "题目", f"开头一段。\n{text}")} == {"第2段"}


@pytest.mark.parametrize(
    "text", ["第三单元的课文", "一室灯光", "上个月", "走了3公里", "班里的事", "2022年秋天", "3个班", "九月的晚上"]
)
def test_common_words_are_not_taken_for_them(work, text):
    assert told(work, text) == []


def test_a_name_is_told_by_its_alias_and_place_and_never_echoed(work, school_class):
    make_student(school_class, name="邹雨桐", guardian=("苗春兰", "19900001235"))
    sentences = told(work, "邻居的孩子邹雨桐也来了。\n嘉 树的妈妈林秋和苗春兰说话。", title="顾嘉树的作文")

    assert sentences == [
        "题目有真实姓名：“〔顾同学〕的作文”",
        "第1段有真实姓名：“邻居的孩子〔邹同学〕也来了。”",
        "第2段有真实姓名：“〔顾同学〕的妈妈顾同学…”",
        "第2段有真实姓名：“顾同学的妈妈〔顾同学的妈妈〕和邹同学的妈…”",
        "第2段有真实姓名：“…同学的妈妈和〔邹同学的妈妈〕说话。”",
    ]
    assert not any(name in "".join(sentences) for name in ("顾嘉树", "嘉 树", "邹雨桐", "林秋", "苗春兰"))


def test_a_name_beside_a_number_is_not_echoed_either(work):
    assert told(work, "顾嘉树家12弄3号林秋")[2:] == ["第1段有住址：“顾同学家12弄3号顾同学的…”"]


def test_an_author_who_does_not_sign_is_not_named_in_the_text(work):
    assert told(work, "陈晓老师去了") == []
    work.named = False
    assert told(work, "陈晓老师去了") == ["第1段有真实姓名：“〔本文老师〕老师去了”"]


def test_a_name_sealed_at_submission_is_found_after_the_pupil_left_the_roster(work):
    work.aliases = seal({"简一凡": "简同学"})
    assert told(work, "简一凡也来了") == ["第1段有真实姓名：“〔简同学〕也来了”"]
