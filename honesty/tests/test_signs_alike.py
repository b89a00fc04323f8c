"""Copied texts: what counts as the same, who is told, what is found of it, what must not be."""

from datetime import UTC, datetime
from random import Random

import pytest
from rapidfuzz import fuzz

from honesty.signs import alike, index
from honesty.signs.found import Text
from honesty.tests.invented import edited, invented, rearranged, renamed
from programmes.config.schema import Hints

HINTS = Hints()  # 90 %, 3 records, from 40 characters on
WHEN = datetime(2026, 9, 13, tzinfo=UTC)
REFLECTION = (
    "走进孩子的家，才明白他上课总打瞌睡的原因：爸妈开早点摊，凌晨三点全家就醒了。"
    "以前只知道批评，没有问过一句为什么。以后先听，再说。"
)


def text(visit, words, *, teacher=1, field="reflection"):
    return Text(visit, teacher, field, words, WHEN)


def texts(words, count=3, **options):
    return [text(visit, words, **options) for visit in range(1, count + 1)]


@pytest.mark.seed("S15")
def test_the_same_reflection_in_several_records():
    rows = [*texts(REFLECTION, 6), *[text(visit, REFLECTION, teacher=2) for visit in (11, 12)], text(20, REFLECTION, teacher=3)]
    own, other = alike.find(rows, HINTS)
    assert own == (
        "alike", 1, "reflection:1", dict.fromkeys(range(1, 7)),
        {"field": "reflection", "records": 6, "all": 9, "percent": 100},
    )  # fmt: skip
    assert (other.teacher, other.key, other.facts["records"]) == (2, "reflection:11", 2)  # a single copy is not told


@pytest.mark.parametrize(
    "rows",
    [
        texts(REFLECTION, 2),
        texts(REFLECTION[:39]),
        texts("谢谢家长的理解与支持！"),
        texts(""),
        texts("😀" * 100),
        texts("……。。。  \n" * 50),
        [text(visit, REFLECTION, field=field) for visit, field in enumerate(["cause", "process", "analysis"])],
        [text(visit, REFLECTION, teacher=visit) for visit in range(9)],
    ],
    ids=["two", "short", "polite", "empty", "emoji", "dots", "fields", "everybody_once"],
)
def test_what_is_not_asked_about(rows):
    assert alike.find(rows, HINTS) == []


def test_a_notice_may_leave_it_out_or_set_other_bounds():
    assert alike.find(texts(REFLECTION), Hints(similar_text=False)) == []
    assert alike.find(texts(REFLECTION, 2), Hints(similar_records=2))
    assert alike.find(texts(REFLECTION[:30]), Hints(similar_from_chars=20))


@pytest.mark.parametrize(
    "other",
    ["  " + REFLECTION.replace("，", ", ").replace("。", "．"), REFLECTION + "😀🎉", "\n".join(REFLECTION)],
    ids=["signs", "emoji", "lines"],
)
def test_spaces_signs_and_emoji_make_no_other_text(other):
    assert alike.normal(other) == alike.normal(REFLECTION)
    assert alike.find([*texts(REFLECTION, 2), text(3, other)], HINTS)[0].facts["percent"] == 100


def test_the_percentage_is_that_of_the_two_least_alike():
    third = REFLECTION.replace("早点摊", "水果店").replace("三点", "五点")
    [hint] = alike.find([*texts(REFLECTION, 2), text(3, third)], HINTS)
    assert hint.facts["percent"] == alike.percent(alike.normal(REFLECTION), alike.normal(third)) == 92


def test_a_chain_is_no_group():
    """Each is alike to the next; the first and the third are not to each other."""
    first = invented(Random(1), 100)
    second, third = first[:92] + "一" * 8, "二" * 8 + first[8:92] + "一" * 8
    assert fuzz.ratio(first, second) >= 90 and fuzz.ratio(second, third) >= 90 > fuzz.ratio(first, third)
    assert alike.find([text(1, first), text(2, second), text(3, third)], HINTS) == []
    found = alike.find([text(1, first), text(2, second), text(3, third), text(4, second)], HINTS)
    assert [sorted(hint.visits) for hint in found] == [[1, 2, 4]]


@pytest.mark.parametrize("length", [45, 100, 300])
@pytest.mark.parametrize(
    "copy",
    [lambda r, t: edited(r, t, 0.03), lambda r, t: edited(r, t, 0.1), renamed, rearranged],
    ids=["3%", "10%", "names", "moved"],
)
def test_copies_with_edits_are_met_as_often_as_when_every_pair_is_compared(length, copy):
    rng = Random(length)
    first = [invented(rng, length) for _ in range(60)]
    rows = [*first, *(copy(rng, words) for words in first)]
    pairs = index.near_pairs(rows, 90)
    met = {(one, other) for one in pairs for other in pairs[one] if one < other}
    all_pairs = [(one, other) for other in range(len(rows)) for one in range(other)]
    truly = {(one, other) for one, other in all_pairs if fuzz.ratio(rows[one], rows[other]) >= 90}
    assert met <= truly
    assert len(met) >= 0.96 * len(truly)


def test_one_text_copied_hundreds_of_times_with_other_names_is_one_group():
    """Its fingerprints are everybody's: an index that left out the common ones would find nothing."""
    rng = Random(3)
    first = invented(rng, 300)
    copies = [text(visit, renamed(rng, first), teacher=visit % 4) for visit in range(600)]
    others = [text(visit, invented(rng, 300)) for visit in range(600, 900)]
    found = alike.find([*copies, *others], HINTS)
    assert [hint.facts["all"] for hint in found] == [600] * 4
    assert all(hint.facts["percent"] >= 90 for hint in found)


def test_records_made_of_the_same_sentences_are_not_copies_of_each_other():
    """Everybody's sentences about homework and sleep, two out of three the same and in another order."""
    rng = Random(5)
    sentences = [invented(rng, 30) for _ in range(12)]
    own = [invented(rng, 30) for _ in range(300)]
    rows = [text(visit, "".join([*rng.sample(sentences, 2), own[visit]]), teacher=visit % 4) for visit in range(300)]
    assert alike.find(rows, HINTS) == []


def test_lists_of_what_was_talked_about_differ_enough():
    """Words of a notice that everybody uses, in sentences of one's own."""
    rows = [
        text(1, "宣传了资助政策和防溺水要求，和奶奶商量了暑假作息，手机每天只用半小时，写完作业再看。"),
        text(2, "讲了防溺水和资助政策，家里没有要申请的。孩子喜欢画画，约好九月参加学校社团，爸爸同意。"),
        text(3, "资助政策、防溺水、交通安全都说到了。妈妈担心转学后跟不上，约定每周三放学留下来补英语。"),
    ]
    assert alike.find(rows, HINTS) == []


def test_a_pasted_book_costs_no_more_than_a_long_record():
    rng = Random(7)
    book = invented(rng, 100_000)
    assert len(alike.normal(book)) == alike.LONGEST
    assert alike.find(texts(book), HINTS)[0].facts["percent"] == 100
    assert alike.find(texts("一" * 100_000), HINTS)[0].facts["all"] == 3


@pytest.mark.parametrize("odd", ["\ud800" * 60, "\x00" * 60, "한국어" * 20, "ﬁ" * 40, "𠮷" * 50, "a\u0300" * 60])
def test_odd_characters_break_nothing(odd):
    assert len(alike.find([*texts(odd), *texts(REFLECTION, 3)], HINTS)) <= 2


def test_the_order_of_reading_changes_nothing():
    rng = Random(8)
    rows = []
    for group in range(6):
        first = invented(rng, 120)
        rows += [text(group * 20 + one, edited(rng, first, 0.04), teacher=one % 3) for one in range(12)]
    expected = alike.find(rows, HINTS)
    assert len(expected) >= 12
    for _ in range(4):
        rng.shuffle(rows)
        assert alike.find(rows, HINTS) == expected
