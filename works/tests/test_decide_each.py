"""One act on many rows: exactly what decide() does to each of them, in a handful of statements."""

from datetime import timedelta

import pytest
from django.db import transaction

from core.clock import now
from core.models import AuditEntry
from core.states import WrongState
from core.tests.at_once import at_once
from schools.actions.decide import NOTICE, decide, decide_each, last_decision, undo
from schools.models import Decision, Message
from schools.queries.message import inbox
from works.enums import WORK_MOVES
from works.models import Work
from works.tests.factories import make_work

STATES = ["filed", "accepted", "submitted", "filed", "awarded", "shortlisted"]
OWN = {"id", "client_uuid", "title", "about_id", "object_id", "batch", "url", "at", "created_at", "leaves_at"}
LATE = "来晚了。"


@pytest.fixture
def make(head, programme, school, leader, officer):
    def rows(tag):
        return [
            make_work(head, programme, school, kind="essay", state=state, leader=leader, officer=officer, title=f"{tag}{number}")
            for number, state in enumerate(STATES)
        ]

    return rows


def facts(officer):
    return {
        "by": officer, "level": "district", "reason": "写得实", "text": "区里推荐了。", "undoable": True,
        "shortlisted_at": now(), "shortlisted_by": officer,
    }  # fmt: skip


def late(work):
    return LATE if work.title.endswith("3") else ""


def one_by_one(rows, officer, head):
    """The loop the bulk act stands for → ([moved], {row: why})."""
    done, refused = [], {}
    for row in rows:
        try:
            if row.state in WORK_MOVES["shortlist"][0] and late(row):
                raise WrongState(late(row))
            decide(row, WORK_MOVES, "shortlist", users=[head, None, head.pk], url=f"/works/{row.pk}/", **facts(officer))
            done.append(row)
        except WrongState as error:
            refused[row] = str(error)
    return done, refused


def all_at_once(rows, officer, head):
    found = Work.objects.filter(pk__in=[row.pk for row in rows])
    return decide_each(
        found, WORK_MOVES, "shortlist", but=late, users=lambda row: [head, None, head.pk], url=lambda row: f"/works/{row.pk}/",
        **facts(officer),
    )  # fmt: skip


def written(model, **which):
    rows = model.objects.filter(**which).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


def everything(rows):
    """Every column of works, decisions, log lines and notices but numbers, moments and addresses of their own."""
    ids = [row.pk for row in rows]
    decisions = Decision.objects.filter(about_id__in=ids)
    assert {row.at for row in decisions} == {now()}
    return (
        written(Work, pk__in=ids),
        written(Decision, about_id__in=ids),
        written(AuditEntry, object_id__in=[str(pk) for pk in ids]),
        written(Message, about_id__in=ids),
    )


def test_it_writes_what_decide_writes_one_by_one(make, officer, head):
    ones, many = make("甲"), make("乙")
    with transaction.atomic():
        done, refused = one_by_one(ones, officer, head)
        settled = all_at_once(many, officer, head)

    assert everything(many) == everything(ones)
    assert [many.index(row) for row in settled.done] == [ones.index(row) for row in done] == [0, 1]
    assert [(many.index(row), why) for row, why in settled.refused.items()] == [
        (ones.index(row), why) for row, why in refused.items()
    ]
    assert settled.refused[many[3]] == LATE
    assert "现在是" in settled.refused[many[2]] and "已交学校" in settled.refused[many[2]]
    for row in settled.done:
        kept = Work.objects.get(pk=row.pk)
        assert (row.state, row.shortlisted_at) == (kept.state, kept.shortlisted_at) == ("shortlisted", now())
        assert Message.objects.get(about_id=row.pk).url == f"/works/{row.pk}/"
        assert Message.objects.get(about_id=row.pk).leaves_at == now() + NOTICE
    assert len(set(Decision.objects.filter(about_id__in=[row.pk for row in many]).values_list("batch", flat=True))) == 1


def test_what_it_changed_is_put_back_by_the_same_undo(make, officer, head):
    rows = make("丙")
    before = written(Work, pk__in=[row.pk for row in rows])
    with transaction.atomic():
        settled = all_at_once(rows, officer, head)
        for row in settled.done:
            assert last_decision(row).became == "shortlisted"
            undo(row, by=officer)
    assert written(Work, pk__in=[row.pk for row in rows]) == before
    assert not Message.objects.exists()


def test_the_same_twice_is_once(make, officer, head, settings):
    rows = make("丁")
    with transaction.atomic():
        first, second = all_at_once(rows, officer, head), all_at_once(rows, officer, head)
    assert len(first.done) == 2 and second.done == []
    assert set(second.refused) == set(rows)
    assert Decision.objects.count() == Message.objects.count() == 2
    settings.HOMEVISIT_CLOCK = (now() + timedelta(minutes=1)).isoformat()
    assert inbox(head).count() == 2


def test_nothing_to_do_writes_nothing(make, officer, head):
    rows = make("戊")
    with transaction.atomic():
        settled = all_at_once([rows[2], rows[4]], officer, head)
        assert decide_each(Work.objects.none(), WORK_MOVES, "accept", by=officer, level="district").done == []
    assert (settled.done, len(settled.refused)) == ([], 2)
    assert not Decision.objects.exists() and not Message.objects.exists()


def test_words_are_not_needed_and_long_reasons_are_cut_as_one_by_one(make, officer):
    (first, *_), (second, *_) = make("己"), make("庚")
    told = {"by": officer, "level": "district", "reason": "长" * 600, "accepted_at": now(), "accepted_by": officer}
    with transaction.atomic():
        decide(first, WORK_MOVES, "accept", **told)
        decide_each(Work.objects.filter(pk=second.pk), WORK_MOVES, "accept", **told)
    assert everything([first]) == everything([second])
    assert not Message.objects.exists()


@pytest.mark.parametrize("number", (1, 3))
def test_it_costs_the_same_for_any_number(head, programme, school, leader, officer, number, django_assert_num_queries):
    for tag in range(number):
        make_work(head, programme, school, kind="essay", state="filed", leader=leader, title=f"辛{tag}")
    with transaction.atomic(), django_assert_num_queries(5):  # rows, states, log, decisions, notices
        decide_each(
            Work.objects.all(), WORK_MOVES, "accept", by=officer, level="district", users=lambda row: [row.author_id],
            text="区里收下了。", accepted_at=now(), accepted_by=officer,
        )  # fmt: skip


@pytest.mark.prove
@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_instant_move_each_row_once(make, officer, head):
    rows = make("壬")

    def act():
        with transaction.atomic():
            return all_at_once(rows, officer, head)

    found = at_once(act, act)
    assert sorted(len(one.done) for one in found) == [0, 2]
    assert Decision.objects.count() == Message.objects.count() == 2
