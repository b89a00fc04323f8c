"""What a later version says differently, told by characters that read as words."""

import time

import pytest

from core.difference import Run, Word, difference, own_words, text_runs


def said(runs):
    """看了[-书桌-]{+课本+}。"""
    signs = {"": "{}", "ins": "{{+{}+}}", "del": "[-{}-]"}
    return "".join(signs[run.kind].format(run.text) for run in runs)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("看了书桌和作业。", "看了书桌和作业，聊了很久。", "看了书桌和作业{+，聊了很久+}。"),
        ("妈妈在家，聊了作业。", "外婆在家，聊了作业。", "[-妈妈-]{+外婆+}在家，聊了作业。"),
        ("每晚八点写作业，家长陪着。", "每晚九点写完作业，家长不用陪。",
         "每晚[-八点写-]{+九点写完+}作业，家长[-陪着-]{+不用陪+}。"),
        ("", "第一次写。", "{+第一次写。+}"),
        ("写错了。", "", "[-写错了。-]"),
        ("没有变。", "没有变。", "没有变。"),
    ],
)  # fmt: skip
def test_characters_merge_into_readable_runs(before, after, expected):
    assert said(text_runs(before, after)) == expected


@pytest.mark.parametrize("text", ["甲乙丙", "他他他他", "一二三。四五六。"])
@pytest.mark.parametrize("other", ["甲丙", "他他", "一二三。六五四。七。", "完全不同的一句话"])
def test_nothing_is_lost_on_either_side(text, other):
    runs = text_runs(text, other)
    assert "".join(run.text for run in runs if run.kind != "ins") == text
    assert "".join(run.text for run in runs if run.kind != "del") == other


def test_a_long_unchanged_run_is_shortened_in_the_middle():
    runs = text_runs("头" + "同" * 200 + "尾", "头" + "同" * 200 + "新尾")
    assert "……" in runs[0].text
    assert len(runs[0].text) < 90
    assert Run("ins", "新") in runs


def test_two_long_texts_are_compared_quickly():
    before = "".join(f"第{n}句话说了一件小事。" for n in range(1500))
    after = before.replace("第700句话", "第七百句")
    start = time.process_time()
    runs = text_runs(before, after)
    assert time.process_time() - start < 3
    assert {run.kind for run in runs} == {"", "ins", "del"}


def test_lines_are_added_removed_and_reworded():
    changes = difference(
        {"家长意见": ["作业：少一点。", "食堂：菜凉了。"]}, {"家长意见": ["作业：少一些。", "食堂：菜凉了。", "安全：路灯不亮。"]}
    )
    assert [(c.label, [said(row) for row in c.rows]) for c in changes] == [
        ("家长意见", ["作业：少一[-点-]{+些+}。", "{+安全：路灯不亮。+}"])
    ]
    assert [said(row) for row in difference({"约定": ["读书"]}, {"约定": ["早睡早起身体好"]})[0].rows] == [
        "[-读书-]", "{+早睡早起身体好+}"
    ]  # fmt: skip


def test_a_chosen_value_changes_as_a_whole():
    (change,) = difference({"方式": Word("上门家访")}, {"方式": Word("上门走访")})
    assert said(change.rows[0]) == "[-上门家访-]{+上门走访+}"


def test_what_stays_is_not_told():
    assert difference({"家访过程": "一样。"}, {"家访过程": "一样。"}) == []


def test_own_words_keeps_the_whole_text_and_marks_what_only_it_says():
    same = "约好每晚八点开始写，" * 20
    runs = own_words(f"晚上没有人陪。{same}", f"晚上外婆在家陪。{same}")
    assert "".join(run.text for run in runs) == f"晚上外婆在家陪。{same}"  # nothing is left out of the middle
    assert [run.text for run in runs if run.kind] == ["外婆在家"]
    assert {run.kind for run in runs} == {"", "ins"}
