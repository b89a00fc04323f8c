"""Accept and return at the same time: one wins, the other is told. Also many acceptances over each other."""


import pytest

from core.models import AuditEntry
from core.states import WrongState
from core.tests.at_once import at_once
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_user
from students.tests.factories import make_mentor, make_student
from visits.actions.register import check, open_register
from visits.actions.review import accept_visit, accept_visits, return_visit, unvoid_visit, void_visit
from visits.models import PastVoid, Visit
from visits.tests.factories import make_visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_programme()
    school_class = make_class()
    mentor = make_user(Role.TEACHER, school=school_class.school)
    students = [make_student(school_class) for _ in range(4)]
    for student in students:
        make_mentor(student, mentor)
    open_register(programme)
    visits = [make_visit(student, by=mentor, programme=programme) for student in students]
    heads = make_class_head(school_class), make_class_head(school_class)
    return programme, visits, heads, make_leader(school_class.school)


@pytest.mark.parametrize("turn", range(4))
def test_accept_and_return_at_once_one_wins_and_the_other_is_told(place, turn):
    programme, visits, heads, _ = place
    visit = visits[turn]
    acts = [
        lambda: accept_visit(visit, by=heads[0], version=1),
        lambda: return_visit(visit, by=heads[1], reason="补写"),
    ]
    results = at_once(*(acts if turn % 2 else acts[::-1]), refusals=WrongState)

    told = [result for result in results if isinstance(result, WrongState)]
    assert len(told) == 1
    visit.refresh_from_db()
    assert (visit.state == "locked") != visit.is_returned
    lines = AuditEntry.objects.filter(action__in=["visit.accept", "visit.return"], object_id=str(visit.pk))
    assert lines.count() == 1
    assert check(programme) == []


def test_two_heads_accept_the_same_list_each_record_once(place):
    programme, visits, heads, _ = place
    seen = [(visit.pk, 1) for visit in visits]

    outcomes = at_once(*(lambda head=head: accept_visits(seen, by=head) for head in heads), refusals=WrongState)

    assert sum(len(outcome.done) for outcome in outcomes) == len(visits)
    assert all(sentence == "这条记录已经归档了。" for outcome in outcomes for sentence in outcome.refused.values())
    assert AuditEntry.objects.filter(action="visit.accept").count() == len(visits)
    assert set(Visit.objects.values_list("state", flat=True)) == {"locked"}
    assert check(programme) == []


def test_void_and_back_by_two_at_once_keeps_the_register_right(place):
    programme, visits, _, leader = place
    void_visit(visits[0], by=leader, reason="重复")

    at_once(*(lambda: unvoid_visit(visits[0], by=leader, reason="不是重复") for _ in range(2)), refusals=WrongState)

    assert (PastVoid.objects.count(), Visit.objects.get(pk=visits[0].pk).state) == (1, "recorded")
    assert check(programme) == []
