"""At the same instant: two tabs of one judge, two judges, a closing in between, a recusal and a removal. Whatever comes
first, rows and places fit together afterwards."""

from collections import Counter

import pytest

from core.states import WrongState
from core.tests.at_once import at_once
from works.actions.dealing import deal
from works.actions.judging import (
    Changed,
    Incomplete,
    close_round,
    open_round,
    recuse,
    reopen_round,
    save_sheet,
    state_of,
)
from works.actions.results import sheet_total
from works.actions.rounds import remove_judge
from works.models import Judge, Sheet
from works.tests.judging import GOOD, judges_of, opened, school_round, score_all, sheets_of

REFUSALS = (WrongState, Changed, Incomplete)
pytestmark = pytest.mark.django_db(transaction=True)
BAD = {"truth": 1, "care": 1, "words": 1}


def fits_together(round_):
    """No sheet twice, nobody reads their own, totals are those of the points, places only when closed."""
    round_.refresh_from_db()
    sheets = list(Sheet.objects.filter(entry__round=round_).select_related("entry__work", "judge"))
    assert max(Counter((sheet.entry_id, sheet.judge_id) for sheet in sheets).values()) == 1
    for sheet in sheets:
        assert sheet.judge.user_id != sheet.entry.work.author_id
        if sheet.state == "scored":
            assert sheet.total == sheet_total(round_.criteria, sheet.scores)
    for entry in round_.entries.all():
        assert (entry.place is not None) == (entry.score is not None) == (round_.state == "closed")
        if round_.state == "closed":
            totals = [sheet.total for sheet in sheets if sheet.entry_id == entry.pk and sheet.state == "scored"]
            assert abs(entry.score - sum(totals) / len(totals)) < 0.001


def test_two_tabs_of_one_judge_one_wins_and_the_other_is_told(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    judge = judges_of(round_)[0]
    sheet = sheets_of(round_, judge)[0]
    seen = state_of(sheet)
    results = at_once(
        lambda: save_sheet(sheet, by=judge, scores=GOOD, seen=seen),
        lambda: save_sheet(sheet, by=judge, scores=BAD, seen=seen),
        refusals=REFUSALS,
    )
    assert sum(isinstance(result, Changed) for result in results) == 1
    fits_together(round_)


@pytest.mark.prove
@pytest.mark.parametrize("turn", range(4))
def test_a_closing_between_saves_counts_what_was_there(programme, school, leader, turn):
    round_ = opened(school_round(programme, school, leader, works=2))
    score_all(round_)
    (judge, other), acts = judges_of(round_), []
    first, second = sheets_of(round_, judge)[0], sheets_of(round_, other)[0]
    acts.append(lambda: save_sheet(first, by=judge, scores=BAD))
    acts.append(lambda: close_round(round_, by=leader))
    acts.append(lambda: save_sheet(second, by=other, scores=BAD))
    acts.append(lambda: close_round(round_, by=leader))
    results = at_once(*(acts[turn:] + acts[:turn]), refusals=REFUSALS)
    assert not [result for result in results if isinstance(result, (Changed, Incomplete))]
    fits_together(round_)
    assert round_.state == "closed"


@pytest.mark.prove
def test_reopening_and_closing_and_a_save(programme, school, leader):
    round_ = opened(school_round(programme, school, leader, works=2))
    score_all(round_)
    close_round(round_, by=leader)
    judge = judges_of(round_)[0]
    sheet = sheets_of(round_, judge)[0]
    at_once(
        lambda: reopen_round(round_, by=leader),
        lambda: save_sheet(sheet, by=judge, scores=BAD),
        lambda: close_round(round_, by=leader),
        refusals=REFUSALS,
    )
    fits_together(round_)


@pytest.mark.prove
def test_recusing_while_a_judge_is_removed_deals_each_work_once(programme, school, leader):
    round_ = opened(school_round(programme, school, leader, works=4, judges=5))
    first, second = Judge.objects.filter(round=round_).select_related("user")[:2]
    sheets = sheets_of(round_, first.user)
    at_once(
        lambda: remove_judge(second, by=leader),
        *[lambda sheet=sheet: recuse(sheet, by=first.user, reason="认识写的人") for sheet in sheets],
        refusals=REFUSALS,
    )
    fits_together(round_)
    live = Counter(Sheet.objects.filter(entry__round=round_).exclude(state="recused").values_list("entry_id", flat=True))
    assert set(live.values()) == {2}


@pytest.mark.prove
def test_opened_twice_at_once_is_dealt_once(programme, school, leader):
    round_ = school_round(programme, school, leader)
    at_once(*[lambda: open_round(round_, by=leader)] * 3, refusals=REFUSALS)
    assert Sheet.objects.filter(entry__round=round_).count() == 6
    assert sorted(round_.entries.values_list("number", flat=True)) == [1, 2, 3]


@pytest.mark.prove
def test_three_thousand_works_are_dealt_in_seconds():
    allowed = {entry: {judge for judge in range(30) if judge != entry // 100} for entry in range(3000)}
    dealt = deal(allowed, 3, seed=1)
    loads = Counter(judge for chosen in dealt.values() for judge in chosen)
    assert set(loads.values()) == {300}
