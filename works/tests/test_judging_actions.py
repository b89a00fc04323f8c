"""A round from preparation to result, for every kind and both levels."""

from collections import Counter
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import ValidationError

from core.states import WrongState
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_user
from works.actions.awards import choose_awards, give_awards, set_places
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
from works.actions.rounds import (
    add_entries,
    add_judge,
    create_round,
    delete_round,
    remove_entry,
    remove_judge,
)
from works.enums import WorkKind
from works.models import Entry, Judge, Round, Sheet, Work
from works.tests.factories import make_round, make_work
from works.tests.judging import GOOD, district_round, judges_of, opened, school_round, score_all, sheets_of

pytestmark = pytest.mark.django_db


# ── Getting ready ──


def test_round_starts_from_the_programmes_data(programme, school, leader):
    round_ = create_round(programme, by=leader, school=school, kind="story", title="校级评选")
    rule = programme.rules.works[0].judging
    assert [one["label"] for one in round_.criteria] == [one.label for one in rule.criteria]
    assert (round_.ties, round_.judges_each, round_.level, round_.blind) == (rule.ties, 3, "school", True)
    with pytest.raises(ValidationError, match="同名"):
        create_round(programme, by=leader, school=school, kind="story", title="校级评选")


def test_only_works_of_the_level_kind_and_place_come_in(programme, school, other_school, leader, officer, teacher):
    fits = make_work(teacher, programme, school, state="submitted")
    make_work(teacher, programme, school, state="draft")
    make_work(teacher, programme, school, state="submitted", kind="diary")
    make_work(make_user(Role.TEACHER, school=other_school), programme, other_school, state="submitted")
    filed = make_work(teacher, programme, school, state="filed", leader=leader)
    round_ = make_round(programme, by=leader, school=school)
    assert add_entries(round_, by=leader) == 1
    assert add_entries(round_, by=leader) == 0  # twice is once
    assert Entry.objects.get(round=round_).work == fits
    of_district = make_round(programme, by=officer)
    add_entries(of_district, by=officer)
    assert Entry.objects.get(round=of_district).work == filed
    other = make_round(programme, by=officer, title="另一次")
    assert add_entries(other, by=officer, ids=[fits.pk]) == 0


def test_whoever_runs_it_does_not_judge_it(programme, school, other_school, leader, teacher):
    round_ = make_round(programme, by=leader, school=school)
    with pytest.raises(ValidationError, match="不能当评委"):
        add_judge(round_, leader, by=leader)
    with pytest.raises(ValidationError, match="本校的老师"):
        add_judge(round_, make_user(Role.TEACHER, school=other_school), by=leader)
    add_judge(round_, teacher, by=leader)
    add_judge(round_, teacher, by=leader)
    assert Judge.objects.filter(round=round_).count() == 1


def test_nothing_but_judges_moves_once_it_is_open(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    for act in (lambda: add_entries(round_, by=leader), lambda: delete_round(round_, by=leader)):
        with pytest.raises(WrongState):
            act()


# ── Opening ──


def test_opening_deals_evenly_and_nobody_reads_their_own_school(programme, officer):
    round_ = opened(district_round(programme, officer, works_each=5))
    sheets = list(Sheet.objects.filter(entry__round=round_).select_related("entry__work", "judge"))
    assert len(sheets) == 30
    assert all(sheet.entry.work.school_id != sheet.judge.school_id for sheet in sheets)
    assert Counter(Counter(sheet.judge_id for sheet in sheets).values()) == {6: 5}
    numbers = sorted(round_.entries.values_list("number", flat=True))
    assert numbers == list(range(1, 16))


def test_author_and_honoree_never_get_their_own(programme, school, leader, teacher, head):
    honoured = make_work(teacher, programme, school, kind="deeds", state="submitted", honoree=head)
    round_ = make_round(programme, by=leader, school=school, kind="deeds", judges_each=3)
    add_entries(round_, by=leader)
    for user in (teacher, head, make_user(Role.TEACHER, school=school)):
        add_judge(round_, user, by=leader)
    with pytest.raises(Incomplete, match="每件要3位评委评，有1件凑不够，最少的只有1位"):
        open_round(round_, by=leader)
    round_.refresh_from_db()
    assert round_.state == "draft"
    open_round(round_, by=leader, confirmed=True)
    (sheet,) = Sheet.objects.filter(entry__work=honoured)
    assert sheet.judge.user not in (teacher, head)


def test_a_work_nobody_may_judge_stops_the_opening(programme, school, leader, teacher):
    make_work(teacher, programme, school, state="submitted", title="自己的")
    round_ = make_round(programme, by=leader, school=school)
    for problem in ("还没有参评作品", "还没有评委"):
        with pytest.raises(WrongState, match=problem):
            open_round(round_, by=leader, confirmed=True)
        add_entries(round_, by=leader)
    add_judge(round_, teacher, by=leader)
    with pytest.raises(WrongState, match="《自己的》"):
        open_round(round_, by=leader, confirmed=True)


def test_a_judge_with_two_schools_reads_neither(programme, officer, school, other_school):
    judge = make_user(Role.TEACHER, school=school)
    judge.posts.create(role=Role.TEACHER, school=other_school, starts_on="2020-08-01")
    for place in (school, other_school):
        make_work(make_user(Role.TEACHER, school=place), programme, place, state="filed")
    round_ = make_round(programme, by=officer, judges_each=1)
    add_entries(round_, by=officer)
    add_judge(round_, judge, by=officer)
    with pytest.raises(WrongState, match="2件没有评委可评"):
        open_round(round_, by=officer, confirmed=True)


def test_texts_are_frozen_without_names(programme, school, leader, head, student, visit, teacher):
    body = "我是陈晓老师。晨曦小学五（3）班的顾嘉树和妈妈林秋都在，罗一鸣老师也去了，电话19900001234。"
    work = make_work(
        head, programme, school, visit=visit, kind="story", state="submitted", title="陈老师和嘉树", body=body,
        aliases='{"顾嘉树": "顾同学", "嘉树": "顾同学", "林秋": "顾同学的妈妈"}',
    )  # fmt: skip
    round_ = make_round(programme, by=leader, school=school, kind="story", judges_each=1)
    add_entries(round_, by=leader)
    add_judge(round_, teacher, by=leader)
    opened(round_)
    entry = work.entries.get()
    assert entry.title == "本文老师和顾同学"
    assert entry.body == "我是本文老师。本校某班的顾同学和妈妈顾同学的妈妈都在，一位老师也去了，电话（电话）。"
    Work.objects.filter(pk=work.pk).update(body="后来改的")
    entry.refresh_from_db()
    assert "后来" not in entry.body


def test_works_taken_back_meanwhile_are_left_out(programme, school, leader):
    round_ = school_round(programme, school, leader)
    Work.objects.filter(entries__round=round_).order_by("pk").first().__class__.objects.filter(
        pk=round_.entries.first().work_id
    ).update(state="withdrawn", withdrawn_at="2022-09-18T20:00+08:00")
    opened(round_)
    assert round_.entries.count() == 2


def test_opening_twice_is_once_and_judges_are_told(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    opened(round_)
    assert Sheet.objects.filter(entry__round=round_).count() == 6
    told = Message.objects.filter(text__contains="评委").values_list("text", flat=True)
    assert list(told) == ["你是“评选”的评委，有3件要评。"] * 2


@pytest.mark.parametrize("works", (3, 9))
def test_opening_costs_the_same_statements(programme, officer, works, django_assert_num_queries):
    round_ = district_round(programme, officer, works_each=works, judges_each=2)
    Message.objects.all().delete()
    with django_assert_num_queries(15):  # two of them notices, for two numbers of sheets
        opened(round_)


# ── Scoring ──


@pytest.fixture
def sheet(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    return Sheet.objects.filter(entry__round=round_).select_related("judge__user", "entry__round").first()


def test_a_sheet_is_scored_and_changed_until_the_round_closes(sheet):
    judge = sheet.judge.user
    saved = save_sheet(sheet, by=judge, scores={"truth": 8.5, "care": 9, "words": 7}, comment=" 真实 ")
    assert (saved.state, saved.total, saved.comment) == ("scored", Decimal("84.000"), "真实")
    saved = save_sheet(sheet, by=judge, scores=GOOD)
    assert saved.total == Decimal("90.000")
    score_all(sheet.entry.round)
    close_round(sheet.entry.round, by=sheet.entry.round.created_by)
    with pytest.raises(WrongState, match="不能改"):
        save_sheet(sheet, by=judge, scores={**GOOD, "truth": 1})


@pytest.mark.parametrize("points", (-1, 11, 8.3, None))
def test_points_out_of_range_are_named(sheet, points):
    with pytest.raises(ValidationError, match="真实具体"):
        save_sheet(sheet, by=sheet.judge.user, scores={**GOOD, "truth": points})


def test_another_judge_cannot_save_it(sheet):
    other = Judge.objects.exclude(pk=sheet.judge_id).select_related("user").first()
    with pytest.raises(WrongState, match="改派"):
        save_sheet(sheet, by=other.user, scores=GOOD)


def test_a_second_tab_is_told_and_the_same_twice_is_once(sheet):
    seen, judge = state_of(sheet), sheet.judge.user
    save_sheet(sheet, by=judge, scores=GOOD, seen=seen)
    save_sheet(sheet, by=judge, scores=GOOD, seen=seen)
    with pytest.raises(Changed, match="90.000分"):
        save_sheet(sheet, by=judge, scores={**GOOD, "truth": 1}, seen=seen)
    sheet.refresh_from_db()
    assert sheet.total == Decimal("90.000")


def test_recusing_needs_a_reason_and_hands_the_work_on(programme, school, leader):
    round_ = opened(school_round(programme, school, leader, judges=3))
    sheet = Sheet.objects.filter(entry__round=round_).select_related("judge__user").first()
    with pytest.raises(ValidationError, match="为什么"):
        recuse(sheet, by=sheet.judge.user, reason="  ")
    dealing = recuse(sheet, by=sheet.judge.user, reason="认识写的人")
    assert [one.entry_id for one in dealing.sheets] == [sheet.entry_id] and dealing.short == []
    assert recuse(sheet, by=sheet.judge.user, reason="认识写的人").sheets == []
    live = Sheet.objects.filter(entry_id=sheet.entry_id).exclude(state="recused")
    assert len({one.judge_id for one in live}) == 2
    with pytest.raises(WrongState, match="回避"):
        save_sheet(sheet, by=sheet.judge.user, scores=GOOD)


def test_nobody_left_for_a_work_is_told_to_who_runs_it(sheet, leader):
    dealing = recuse(sheet, by=sheet.judge.user, reason="认识写的人")
    assert dealing.short == [f"{sheet.entry.number:03d}"]
    assert Message.objects.filter(user=leader, text__contains="没有评委可以补上").count() == 1


def test_a_removed_judges_open_sheets_go_to_others_and_scored_ones_stay(programme, school, leader):
    round_ = opened(school_round(programme, school, leader, works=4, judges=3))
    judge = Judge.objects.filter(round=round_).select_related("user").first()
    first, *rest = sheets_of(round_, judge.user)
    save_sheet(first, by=judge.user, scores=GOOD)
    remove_judge(judge, by=leader)
    assert remove_judge(judge, by=leader) == []
    assert [sheet.pk for sheet in sheets_of(round_, judge.user)] == [first.pk]
    per_entry = Counter(Sheet.objects.filter(entry__round=round_).values_list("entry_id", flat=True))
    assert set(per_entry.values()) == {2}
    with pytest.raises(WrongState, match="改派"):
        save_sheet(rest[0], by=judge.user, scores=GOOD)
    assert not Sheet.objects.visible_to(judge.user).filter(entry__round=round_).exists()


def test_a_judge_added_while_scoring_fills_the_gaps(programme, school, leader):
    round_ = opened(school_round(programme, school, leader, judges=1, judges_each=2), confirmed=True)
    newcomer = make_user(Role.TEACHER, school=school)
    add_judge(round_, newcomer, by=leader)
    assert len(sheets_of(round_, newcomer)) == 3


def test_an_entry_leaves_an_open_round_only_unscored_or_taken_back(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    score_all(round_)
    first, second, _ = round_.entries.all()
    with pytest.raises(WrongState, match="打了分"):
        remove_entry(first, by=leader)
    Work.objects.filter(pk=second.work_id).update(state="withdrawn", withdrawn_at="2022-09-18T20:00+08:00")
    remove_entry(second, by=leader)
    remove_entry(second, by=leader)
    assert round_.entries.count() == 2


# ── Closing ──


def by_title(sheet):
    return {"truth": sheet.entry.number, "care": 5, "words": 5}


def test_closing_counts_scores_places_and_suggestions(programme, school, leader):
    awards = [{"label": "一等奖", "places": 1}, {"label": "二等奖", "places": None}]
    round_ = opened(school_round(programme, school, leader, awards=awards))
    score_all(round_, by_title)
    close_round(round_, by=leader)
    close_round(round_, by=leader)
    told = list(round_.entries.order_by("place").values_list("number", "score", "place", "award"))
    assert told == [
        (3, Decimal("42.000"), 1, "一等奖"), (2, Decimal("38.000"), 2, ""), (1, Decimal("34.000"), 3, ""),
    ]  # fmt: skip
    assert round_.entries.filter(title="", body="").count() == 0  # the frozen text stays
    assert Message.objects.filter(text__contains="可以看名次").count() == 2


def test_missing_sheets_are_left_out_only_when_said(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    score_all(round_, left=1)
    with pytest.raises(Incomplete, match="还有1份"):
        close_round(round_, by=leader)
    close_round(round_, by=leader, confirmed=True)
    assert set(round_.entries.values_list("score", flat=True)) == {Decimal("90.000")}


def test_an_entry_without_any_score_holds_the_closing(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    with pytest.raises(WrongState, match="第001、002、003号一共3件还没有人打分"):
        close_round(round_, by=leader, confirmed=True)


def test_reopened_until_an_award_is_written(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    score_all(round_)
    close_round(round_, by=leader)
    reopen_round(round_, by=leader)
    assert set(round_.entries.values_list("score", "place", "award")) == {(None, None, "")}
    close_round(round_, by=leader)
    entry = round_.entries.first()
    choose_awards(round_, by=leader, chosen={entry.pk: "一等奖"})
    give_awards(round_, by=leader)
    with pytest.raises(WrongState, match="写入"):
        reopen_round(round_, by=leader)
    with pytest.raises(WrongState, match="写入"):
        set_places(round_, by=leader, places={"一等奖": 2})


def test_places_of_a_label_deal_suggestions_anew(programme, school, leader):
    round_ = opened(school_round(programme, school, leader))
    score_all(round_, by_title)
    close_round(round_, by=leader)
    set_places(round_, by=leader, places={"一等奖": 1, "二等奖": 2})
    assert list(round_.entries.order_by("place").values_list("award", flat=True)) == ["一等奖", "二等奖", "二等奖"]
    with pytest.raises(ValidationError):
        choose_awards(round_, by=leader, chosen={round_.entries.first().pk: "特等奖"})


@pytest.mark.seed("S53", "W45", "W86", "W89")
@pytest.mark.parametrize("kind", [kind.value for kind in WorkKind])
def test_every_kind_goes_through_a_schools_round_to_a_school_award(programme, school, leader, kind, head, visit):
    author = head if kind == "story" else make_user(Role.TEACHER, school=school)
    work = make_work(author, programme, school, kind=kind, state="submitted", visit=visit if kind == "story" else None)
    round_ = create_round(programme, by=leader, school=school, kind=kind, title="校级评选", judges_each=1)
    add_entries(round_, by=leader)
    add_judge(round_, make_user(Role.TEACHER, school=school), by=leader)
    opened(round_)
    score_all(round_)
    close_round(round_, by=leader)
    set_places(round_, by=leader, places={"一等奖": 1})
    outcome = give_awards(round_, by=leader)
    assert ([one.pk for one in outcome.done], outcome.refused) == ([work.pk], {})
    work.refresh_from_db()
    assert (work.school_award, work.award, work.state) == ("一等奖", "", "submitted")
    assert give_awards(round_, by=leader).done == []  # twice is once


@pytest.mark.seed("W45", "W86")
@pytest.mark.parametrize("kind", ["essay", "case"])
def test_the_best_are_awarded_by_the_district(programme, officer, kind):
    round_ = opened(district_round(programme, officer, kind=kind, works_each=1))
    score_all(round_, by_title)
    close_round(round_, by=officer)
    set_places(round_, by=officer, places={"一等奖": 1, "二等奖": 1})
    best, second, _ = [entry.work for entry in round_.entries.order_by("place").select_related("work")]
    Work.objects.filter(pk=best.pk).update(
        state="accepted", accepted_at="2022-09-18T20:00+08:00", accepted_by=officer
    )
    outcome = give_awards(round_, by=officer)
    assert [work.pk for work in outcome.done] == [best.pk]
    assert list(outcome.refused) == [second.pk]  # not accepted yet: told, and can be tried again
    best.refresh_from_db()
    assert (best.state, best.award, best.awarded_by) == ("awarded", "一等奖", officer)


STATES = {"draft": None, "open": opened, "closed": None}
VERBS = {
    "add_entries": lambda r, by: add_entries(r, by=by),
    "delete": lambda r, by: delete_round(r, by=by),
    "open": lambda r, by: open_round(r, by=by, confirmed=True),
    "close": lambda r, by: close_round(r, by=by, confirmed=True),
    "reopen": lambda r, by: reopen_round(r, by=by),
    "add_judge": lambda r, by: add_judge(r, make_user(Role.TEACHER, school=r.school), by=by),
    "remove_judge": lambda r, by: remove_judge(r.judges.first(), by=by),
    "remove_entry": lambda r, by: remove_entry(r.entries.first(), by=by),
    "save_sheet": lambda r, by: save_sheet(_sheet(r), by=_sheet(r).judge.user, scores={**GOOD, "truth": 2}),
    "recuse": lambda r, by: recuse(_sheet(r), by=_sheet(r).judge.user, reason="认识"),
    "set_places": lambda r, by: set_places(r, by=by, places={"一等奖": 1}),
    "give": lambda r, by: give_awards(r, by=by),
}
MAY = {
    "draft": {"add_entries", "delete", "open", "add_judge", "remove_judge", "remove_entry"},
    "open": {"open", "close", "reopen", "add_judge", "remove_judge", "save_sheet", "recuse"},  # open, reopen: twice is once
    "closed": {"close", "reopen", "set_places", "give"},
}


def _sheet(round_):
    return Sheet.objects.filter(entry__round=round_).select_related("judge__user").first()


NO_SHEET = {("draft", "save_sheet"), ("draft", "recuse")}  # a round in preparation has none to save


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize(("state", "verb"), [pair for pair in product(MAY, VERBS) if pair not in NO_SHEET])
def test_state_and_verb(programme, school, leader, state, verb):
    round_ = school_round(programme, school, leader, judges=3)
    if state != "draft":
        round_ = opened(round_)
        score_all(round_)
    if state == "closed":
        round_ = close_round(round_, by=leader)
    if verb in MAY[state]:
        VERBS[verb](round_, leader)
    else:
        with pytest.raises(WrongState):
            VERBS[verb](round_, leader)
        assert Round.objects.get(pk=round_.pk).state == state


def test_reading_is_shut_to_everybody_until_the_end(programme, school, leader):
    """Scores of others: nobody's before the round is closed, the leader's afterwards; a judge's own always."""
    round_ = opened(school_round(programme, school, leader))
    judge, other = judges_of(round_)
    score_all(round_)
    for state, seen_by_leader in (("open", 0), ("closed", 6)):
        if state == "closed":
            close_round(round_, by=leader)
        assert Sheet.objects.visible_to(leader).filter(entry__round=round_).count() == seen_by_leader
        for user in (judge, other):
            rows = Sheet.objects.visible_to(user).filter(entry__round=round_).select_related("judge")
            assert {row.judge.user_id for row in rows} == {user.pk}
