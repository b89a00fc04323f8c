from types import SimpleNamespace

import pytest

from honesty.enums import HintKind
from honesty.models import Hint
from honesty.queries.words import alike_words, class_labels, sentence
from honesty.tests.factories import add_call, make_hint
from schools.tests.factories import make_class
from students.tests.factories import make_student

pytestmark = pytest.mark.django_db


@pytest.mark.seed("S29")
@pytest.mark.parametrize(
    ("kind", "key", "facts", "words"),
    [
        ("bunched", "2022-09-13", {"visits": 11, "gap": 4, "short": 0}, "9月13日一天走访了11家，最短间隔4分钟"),
        ("bunched", "2022-09-13", {"visits": 11, "gap": 4, "short": 2}, "9月13日一天走访了11家，最短间隔4分钟"),
        (
            "bunched", "2022-09-13", {"visits": 4, "gap": 30, "short": 3},
            "9月13日一天走访了4家，最短间隔30分钟，其中3家停留不到10分钟",
        ),
        ("bunched", "2022-09-13", {"visits": 9, "gap": 0, "short": 0}, "9月13日一天走访了9家，有两家的时间连着或重叠"),
        ("bunched", "2021-09-13", {"visits": 9, "gap": None, "short": 0}, "2021年9月13日一天走访了9家"),
        ("alike", "reflection:1", {"field": "reflection", "records": 6, "all": 6, "percent": 93}, "6份“家访反思”有九成相同"),
        ("alike", "cause:1", {"field": "cause", "records": 3, "all": 3, "percent": 100}, "3份“家访起因”完全相同"),
        (
            "alike", "cause:1", {"field": "cause", "records": 2, "all": 5, "percent": 90},
            "2份“家访起因”有九成相同，和别的老师的3份也是",
        ),
        ("photo", "7", {"records": 3, "pupils": 3}, "同一张照片出现在3个学生的记录里"),
    ],
)  # fmt: skip
def test_a_hint_says_in_one_line_what_was_noticed(kind, key, facts, words, programme):
    assert sentence(Hint(kind=kind, key=key, facts=facts, programme=programme)) == words


def test_a_text_has_the_notices_own_name(programme):
    programme.config = {**programme.config, "record": {"fields": [{"code": "reflection", "label": "我的体会"}]}}
    facts = {"records": 3, "all": 3, "percent": 95}
    own = Hint(kind="alike", facts={**facts, "field": "reflection"}, programme=programme)
    dropped = Hint(kind="alike", facts={**facts, "field": "cause"}, programme=programme)

    assert (sentence(own), sentence(dropped)) == ("3份“我的体会”有九成相同", "3份“家访起因”有九成相同")


@pytest.mark.parametrize(("percent", "words"), [(60, "有六成相同"), (89, "有八成相同"), (99, "有九成相同"), (100, "完全相同")])
def test_shares_are_said_in_tenths_and_never_too_high(percent, words):
    assert alike_words(percent) == words


@pytest.fixture
def hints(head, programme, school, school_class):
    """Of one class, of two, and of no record at all."""
    other = make_class(school, number=4)
    days = iter(range(10, 20))

    def call(place):
        return add_call(programme, make_student(place), head, f"2022-09-{next(days)} 18:00")

    one = make_hint(head, programme, school, visits=[call(school_class), call(school_class)])
    two = make_hint(head, programme, school, kind=HintKind.PHOTO, visits=[call(school_class), call(other)])
    none = make_hint(head, programme, school, kind=HintKind.BUNCHED)
    return SimpleNamespace(one=one, two=two, none=none)


def test_a_class_is_named_where_all_pupils_are_of_one(hints, school_class):
    assert class_labels([hints.one, hints.two, hints.none]) == {hints.one.pk: "五（3）班"}


@pytest.mark.parametrize("names", [["one"], ["one", "two", "none"]])
def test_classes_of_a_page_are_asked_for_in_two_queries(names, hints, django_assert_num_queries):
    rows = [getattr(hints, name) for name in names]

    with django_assert_num_queries(2):
        class_labels(rows)
