"""What the pages of a round count, against a plain recount row by row; and what the counting costs."""

import pytest
from django.urls import reverse

from schools.enums import Role
from schools.tests.factories import make_user
from works.actions.awards import choose_awards, give_awards
from works.actions.judging import close_round, recuse
from works.actions.rounds import add_judge, remove_judge
from works.models import Entry, Judge, Sheet, Work
from works.queries.judging import (
    entries,
    entry_ids,
    first_sizes,
    given,
    progress,
    short_numbers,
    with_sheets,
    written,
)
from works.tests.judging import district_round, judges_of, opened, school_round, score_all, sheets_of
from works.views import results as result_views
from works.views import rounds as round_views

pytestmark = pytest.mark.django_db
LIVE = ("dealt", "scored")


@pytest.fixture
def context_of(client):
    def look(user, name, round_, query=""):
        client.force_login(user, backend="schools.backends.StaffBackend")
        response = client.get(reverse(f"works:{name}", args=[round_.pk]) + query)
        assert response.status_code == 200
        return response.context

    return look


def recount(round_):
    """({entry id: [states of its sheets]}, {judge id: [states]}): every sheet looked at by itself."""
    by_entry = {entry.pk: [] for entry in Entry.objects.filter(round=round_)}
    by_judge = {judge.pk: [] for judge in Judge.objects.filter(round=round_)}
    for sheet in Sheet.objects.all():
        if sheet.entry_id in by_entry:
            by_entry[sheet.entry_id].append(sheet.state)
            by_judge[sheet.judge_id].append(sheet.state)
    return by_entry, by_judge


def live(states):
    return sum(state in LIVE for state in states)


@pytest.fixture
def worn(programme, school, leader):
    """Two judges a work; one judge has left, another has recused, nobody stands in: some works lack judges."""
    round_ = opened(school_round(programme, school, leader, works=5, judges=3))
    first, second, _ = judges_of(round_)
    score_all(round_, left=4)
    recuse(sheets_of(round_, first)[0], by=first, reason="认出来了")
    remove_judge(Judge.objects.get(round=round_, user=second), by=leader)
    return round_


def test_a_worn_round_is_counted_as_a_recount_says(worn, leader, context_of):
    by_entry, by_judge = recount(worn)
    numbers = dict(Entry.objects.filter(round=worn).values_list("pk", "number"))
    short = sorted(numbers[pk] for pk, states in by_entry.items() if live(states) < worn.judges_each)
    assert short, "the round is not worn enough to prove anything"

    page = context_of(leader, "round", worn)
    assert page["short"] == short == short_numbers(worn, 20)
    assert short_numbers(worn, 1) == short[:1]
    assert [row.number for row in page["entries"]] == sorted(numbers.values())
    for row in page["entries"]:
        assert (row.dealt, row.scored) == (live(by_entry[row.pk]), by_entry[row.pk].count("scored"))
    assert [judge.pk for judge in page["judges"]] == [judge.pk for judge in progress(worn)]
    for judge in page["judges"]:
        states = by_judge[judge.pk]
        assert (judge.total, judge.scored, judge.recused) == (live(states), states.count("scored"), states.count("recused"))


def test_a_round_dealt_in_full_lacks_nobody(programme, school, leader, context_of):
    round_ = opened(school_round(programme, school, leader))
    assert context_of(leader, "round", round_)["short"] == short_numbers(round_, 20) == []


def test_a_round_begun_with_too_few_is_short_until_somebody_comes_in(programme, school, leader, context_of):
    round_ = opened(school_round(programme, school, leader, judges=1), confirmed=True)
    assert context_of(leader, "round", round_)["short"] == [1, 2, 3]
    add_judge(round_, make_user(Role.TEACHER, school=school, name="后来的"), by=leader)
    assert context_of(leader, "round", round_)["short"] == []


def test_the_first_works_stand_in_the_order_of_numbers_or_as_they_came_in(programme, school, leader, context_of, monkeypatch):
    monkeypatch.setattr(round_views, "FEW", 2)
    round_ = school_round(programme, school, leader, works=3)
    came_in = list(Entry.objects.filter(round=round_).order_by("pk").values_list("pk", flat=True))
    assert [row.pk for row in context_of(leader, "round", round_)["entries"]] == came_in[:2]
    opened(round_)
    assert [row.number for row in context_of(leader, "round", round_)["entries"]] == [1, 2]


@pytest.fixture
def closed(programme, officer):
    """Nine works on the places 1 2 2 2 5 6 6 8 8, with labels for the first five."""
    round_ = opened(district_round(programme, officer, works_each=3, awards=[{"label": "一等奖", "places": 5}]))
    marks = [10, 9, 9, 9, 8, 7, 7, 6, 6]
    score_all(round_, lambda sheet: dict.fromkeys(("truth", "care", "words"), marks[sheet.entry.number - 1]))
    return close_round(round_, by=officer)


@pytest.mark.parametrize("size", (1, 2, 3, 4, 50))
def test_shared_places_are_told_on_pages_of_any_size(closed, officer, context_of, monkeypatch, size):
    monkeypatch.setattr(result_views, "PAGE", size)
    rows = []
    for number in range(1, -(-9 // size) + 1):
        rows += context_of(officer, "results", closed, f"?page={number}")["rows"]
    entries_ = [row for row, *_ in rows]
    places = list(Entry.objects.filter(round=closed).order_by("place", "number").values_list("place", flat=True))
    assert places == [1, 2, 2, 2, 5, 6, 6, 8, 8]
    assert [row.pk for row in entries_] == list(entry_ids(closed, "place", "number"))
    assert [row.shares for row in entries_] == [places.count(place) > 1 for place in places]
    by_entry, _ = recount(closed)
    assert [row.scored for row in entries_] == [by_entry[row.pk].count("scored") for row in entries_]
    assert list(first_sizes(closed, 5)) == [(1, 1), (2, 3), (5, 1)]


def test_awards_on_the_result_page_are_those_that_stand_with_the_works(closed, officer, context_of):
    first, second, *_ = Entry.objects.filter(round=closed).order_by("place", "number")
    Work.objects.filter(pk__in=[first.work_id, second.work_id]).update(
        state="accepted", accepted_at="2022-09-18T20:00+08:00", accepted_by=officer
    )
    choose_awards(closed, by=officer, chosen={second.pk: ""})
    give_awards(closed, by=officer)
    page = context_of(officer, "results", closed)
    told = {row.pk: there for row, _, there, _ in page["rows"]}
    assert {pk for pk, there in told.items() if there} == set(written(closed).values_list("pk", flat=True)) == {first.pk}
    assert (page["written"], page["chosen"]) == (1, [("一等奖", 4)])
    assert [given(closed, row) for row in entries(closed).order_by("place", "number")[:2]] == [True, False]


def test_the_label_of_each_entry_is_chosen_in_its_list(closed, officer, client):
    client.force_login(officer, backend="schools.backends.StaffBackend")
    text = client.get(reverse("works:results", args=[closed.pk])).content.decode()
    for entry in Entry.objects.filter(round=closed):
        options = text.split(f'name="award-{entry.pk}"')[1].split("</select>")[0]
        assert options.count("<option") == 2
        assert ("<option selected>一等奖</option>" in options) == (entry.award == "一等奖")


def test_sheets_of_no_entry_are_none():
    assert with_sheets([]) == []


@pytest.mark.parametrize("works", (1, 3))
def test_a_worn_round_costs_one_query_more(programme, school, leader, client, works, django_assert_num_queries):
    round_ = opened(school_round(programme, school, leader, works=works, judges=1), confirmed=True)
    client.force_login(leader, backend="schools.backends.StaffBackend")
    client.get(reverse("works:rounds"))
    with django_assert_num_queries(11):
        client.get(reverse("works:round", args=[round_.pk]))
