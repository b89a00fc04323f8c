"""Two at once on real threads: one decision stands, the quota holds, a file is kept once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.states import WrongState
from core.tests.at_once import at_once
from schools.models import Decision
from schools.tests.factories import make_leader
from visits.tests.rows import add_visit
from works.actions.scan import add_scan
from works.actions.school import approve_work, file_works, return_to_author, set_order, undo_work
from works.models import Scan, Work
from works.tests.factories import make_work
from works.tests.test_scan import GOOD

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def told(results):
    return [result for result in results if isinstance(result, WrongState)]


@pytest.mark.parametrize("turn", range(6))
def test_recommend_and_return_at_once_one_wins_and_the_other_is_told(programme, school, head, leader, turn):
    other, work = make_leader(school), make_work(head, programme, school, state="submitted")
    acts = [
        lambda: approve_work(work, by=leader, opinion="同意。", version=1, was="submitted"),
        lambda: return_to_author(work, by=other, reason="写具体些", version=1, was="submitted"),
    ]
    results = at_once(*(acts if turn % 2 else acts[::-1]), refusals=WrongState)

    assert len(told(results)) == Decision.objects.count() == 1
    work.refresh_from_db()
    assert work.state == Decision.objects.get().became


def test_two_leaders_recommend_at_once_one_is_told(programme, school, head, leader):
    other, work = make_leader(school), make_work(head, programme, school, state="submitted")
    results = at_once(
        lambda: approve_work(work, by=leader, opinion="甲。", version=1),
        lambda: approve_work(work, by=other, opinion="乙。", version=1),
        refusals=WrongState,
    )

    assert len(told(results)) == Decision.objects.count() == 1


def test_the_quota_holds_when_two_send_at_once(programme, school, head, student, leader, school_admin):
    visits = [add_visit(programme, [student], on=date(2022, 9, day), lead=head) for day in (12, 13, 14, 15)]
    works = [
        make_work(head, programme, school, visit=visit, kind="story", state="approved", leader=leader, school_order=n)
        for n, visit in enumerate(visits, 1)
    ]
    results = at_once(
        lambda: file_works([works[0].pk, works[1].pk], by=leader),
        lambda: file_works([works[2].pk, works[3].pk], by=school_admin),
        lambda: file_works([works[3].pk, works[0].pk], by=leader),
        refusals=WrongState,
    )

    assert Work.objects.filter(state="filed").count() == 2
    assert sum(len(result.refused) for result in results) >= 2


def test_the_same_list_sent_twice_at_once_goes_once(programme, school, head, leader):
    works = [make_work(head, programme, school, state="approved", leader=leader, school_order=n) for n in (1, 2, 3)]
    ids = [work.pk for work in works]
    results = at_once(*[lambda: file_works(ids, by=leader)] * 4)

    assert [len(result.done) for result in results] == [3] * 4
    assert Decision.objects.count() == 3


def test_many_recommended_at_once_are_numbered_without_gaps(programme, school, head, leader):
    works = [make_work(head, programme, school, state="submitted") for _ in range(6)]
    at_once(*[lambda work=work: approve_work(work, by=leader, opinion="同意。") for work in works])
    assert sorted(Work.objects.values_list("school_order", flat=True)) == [1, 2, 3, 4, 5, 6]

    at_once(*[lambda work=work: set_order(work, by=leader, order=1) for work in works])
    assert sorted(Work.objects.values_list("school_order", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_undo_and_sending_at_once_do_not_both_win(programme, school, head, leader, school_admin):
    work = make_work(head, programme, school, state="submitted")
    approve_work(work, by=leader, opinion="同意。")
    acts = (lambda: undo_work(work, by=leader), lambda: file_works([work.pk], by=school_admin))
    undone, sent = at_once(*acts, refusals=WrongState)

    work.refresh_from_db()
    if isinstance(undone, WrongState):
        assert (work.state, sent.done) == ("filed", [work])
    else:
        assert (work.state, sent.done) == ("submitted", [])


def test_the_same_scan_sent_twice_at_once_is_kept_once(programme, school, head, leader, media):
    work = make_work(head, programme, school, state="approved", leader=leader)
    results = at_once(*[lambda: add_scan(work, SimpleUploadedFile("a.pdf", GOOD), by=leader)] * 4)

    assert len({scan.pk for scan in results}) == Scan.objects.count() == 1
    assert len(list((media / "scans").iterdir())) == 1
