"""The submissions register: told from the history of decisions, the same a year later."""

from datetime import date, datetime, timedelta

import pytest

from core.clock import now
from programmes.tests.upward import UPWARD, make_upward
from reports.actions.filing import (
    accept_filing,
    approve_filing,
    file_filing,
    recall_filing,
    return_filing,
    undo_filing,
)
from reports.enums import Handed
from reports.models import SchoolPlan, SchoolReport
from reports.queries.submissions import asked, register
from reports.tests.filed import make_filing
from schools.tests.factories import (
    make_authority,
    make_class,
    make_leader,
    make_officer,
    make_school,
    make_user,
)
from students.tests.factories import make_student
from visits.tests.rows import add_visit
from works.actions.author import reopen_work, submit_work, withdraw_work
from works.actions.district import accept_work, return_to_school
from works.actions.late import give_late_pass
from works.actions.school import file_works, recall_work
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
H = Handed
PLAN_BY, PAPERS_BY = "2022-09-01T00:00+08:00", "2022-10-09T00:00+08:00"


@pytest.fixture
def turn(settings):
    def to(moment):
        settings.HOMEVISIT_CLOCK = moment
        return datetime.fromisoformat(moment)

    to("2022-08-20T10:00+08:00")
    return to


@pytest.fixture
def programme(turn):
    return make_upward()


@pytest.fixture
def author(school):
    return make_user("teacher", school=school, name="陈晓")


@pytest.fixture
def student_visits(programme, school, author):
    student = make_student(make_class(school))
    return [add_visit(programme, [student], on=date(2022, 9, day), lead=author) for day in (5, 6)]


def lines(programme, school, at=None):
    """The present is told another way than the past; both say the same."""
    found = register(programme, at)
    assert at is not None or found == register(programme, now() + timedelta(microseconds=1))
    return found[school.pk]


def told(programme, school, at=None):
    return {code: (line.state, line.count) for code, line in lines(programme, school, at).items()}


def test_what_the_notice_asks_of_schools_stands_in_its_order(programme, school):
    assert [code for code, _, _ in asked(programme)] == ["plan", "story", "report", "essay"]
    assert told(programme, school) == dict.fromkeys(["plan", "story", "report", "essay"], (H.MISSING, 0))
    story = lines(programme, school)["story"]
    assert (story.label, story.quota, story.deadline) == ("感人故事推荐表", 2, datetime.fromisoformat(PAPERS_BY))
    assert lines(programme, school)["essay"].deadline is None


def test_a_kind_that_stays_at_school_is_not_asked_of_it(turn):
    config = UPWARD | {"submissions": [{"code": "diary", "label": "家访日记"}, {"code": "ledger", "label": "台账"}]}
    programme = make_upward()
    programme.config = config
    programme.save()

    assert asked(programme) == []
    assert register(programme) == {}


@pytest.mark.seed("S70", "W32")
def test_a_plan_is_told_as_it_stood_at_every_instant(turn, programme, school, leader, officer):
    plan = make_filing(SchoolPlan, programme, school, state="approved", by=leader)
    filed = turn("2022-08-25T10:00+08:00")
    file_filing(plan, by=leader)
    back = turn("2022-08-27T10:00+08:00")
    return_filing(plan, by=officer, reason="缺分工")
    settled = turn("2022-08-29T10:00+08:00")
    approve_filing(plan, by=leader)
    again = turn("2022-09-02T10:00+08:00")
    _file_late(plan, leader, officer)
    passed = turn("2022-09-05T10:00+08:00")
    accept_filing(plan, by=officer)

    second = timedelta(seconds=1)
    expected = [
        (filed, H.DRAFT, 0), (filed + second, H.FILED, 1), (back, H.FILED, 1), (back + second, H.RETURNED, 0),
        (settled + second, H.RETURNED, 0), (again + second, H.FILED, 1), (passed, H.FILED, 1), (passed + second, H.ACCEPTED, 1),
    ]  # fmt: skip
    assert [(at, *told(programme, school, at)["plan"]) for at, _, _ in expected] == expected
    assert [lines(programme, school, at)["plan"].late for at in (back, again + second)] == [False, True]
    assert lines(programme, school)["plan"].filed_at == again


def test_a_later_change_leaves_what_was_told(turn, programme, school, leader, officer):
    plan = make_filing(SchoolPlan, programme, school, state="approved", by=leader)
    turn("2022-08-25T10:00+08:00")
    file_filing(plan, by=leader)
    at = turn("2022-08-26T10:00+08:00")
    before = register(programme, at)
    turn("2022-08-27T10:00+08:00")
    recall_filing(plan, by=leader)
    make_filing(SchoolReport, programme, school, state="draft", by=leader)

    assert register(programme, at) == before
    assert told(programme, school) == told(programme, school, at) | {"plan": (H.DRAFT, 0), "report": (H.DRAFT, 0)}


def test_what_was_taken_back_stands_as_before_it_was_filed(turn, programme, school, leader, officer):
    plan = make_filing(SchoolPlan, programme, school, state="filed", by=leader)
    return_filing(plan, by=officer, reason="缺分工")
    approve_filing(plan, by=leader)
    turn("2022-08-25T10:00+08:00")
    file_filing(plan, by=leader)
    recall_filing(plan, by=leader)

    assert told(programme, school)["plan"] == (H.RETURNED, 0)


def test_an_undone_decision_stood_while_it_stood(turn, programme, school, leader, officer):
    plan = make_filing(SchoolPlan, programme, school, state="approved", by=leader)
    turn("2022-08-25T10:00+08:00")
    file_filing(plan, by=leader)
    turn("2022-08-27T10:00:00+08:00")
    accept_filing(plan, by=officer)
    undone = turn("2022-08-27T10:00:05+08:00")
    undo_filing(plan, by=officer)

    assert told(programme, school, undone)["plan"] == (H.ACCEPTED, 1)
    assert told(programme, school, undone + timedelta(seconds=1))["plan"] == (H.FILED, 1)
    assert told(programme, school)["plan"] == (H.FILED, 1)


def test_the_deadline_is_exclusive(turn, programme, school, leader):
    plan = make_filing(SchoolPlan, programme, school, state="approved", by=leader)
    deadline = turn(PLAN_BY)
    _file_late(plan, leader, make_officer(programme.authority))

    assert lines(programme, school, deadline)["plan"].state == H.DRAFT
    line = lines(programme, school)["plan"]
    assert (line.state, line.late, line.filed_at) == (H.FILED, True, deadline)


def test_a_returned_story_shows_and_the_others_count(turn, programme, school, leader, officer, author, student_visits):
    turn("2022-09-20T10:00+08:00")
    stories = [
        make_work(author, programme, school, visit=visit, kind="story", state="approved", leader=leader, school_order=n)
        for n, visit in enumerate(student_visits, 1)
    ]
    assert told(programme, school)["story"] == (H.DRAFT, 0)
    turn("2022-09-21T10:00+08:00")
    file_works([work.pk for work in stories], by=leader)
    both = turn("2022-09-22T10:00+08:00")
    accept_work(stories[0], by=officer)
    one = turn("2022-09-23T10:00+08:00")
    return_to_school(stories[1], by=officer, reason="缺走访时间")
    turn("2022-09-24T10:00+08:00")

    assert told(programme, school, both)["story"] == (H.FILED, 2)
    assert told(programme, school, one)["story"] == (H.FILED, 2)
    assert told(programme, school)["story"] == (H.RETURNED, 1)
    submit_work(stories[1], by=author, confirmed=True)
    assert told(programme, school)["story"] == (H.RETURNED, 1)
    withdraw_work(stories[1], by=author)
    assert told(programme, school)["story"] == (H.ACCEPTED, 1)
    reopen_work(stories[1], by=author)
    assert told(programme, school)["story"] == (H.ACCEPTED, 1)


def test_a_story_recalled_is_a_draft_again(turn, programme, school, leader, author, student_visits):
    work = make_work(author, programme, school, visit=student_visits[0], kind="story", state="approved", leader=leader)
    turn("2022-09-21T10:00+08:00")
    file_works([work.pk], by=leader)
    recall_work(work, by=leader)

    assert told(programme, school)["story"] == (H.DRAFT, 0)


def test_rows_nothing_was_decided_on_are_told_by_their_columns(turn, programme, school, leader, officer):
    """What came with an import or from before decisions were kept."""
    filed = turn("2022-09-02T10:00+08:00")
    make_filing(SchoolPlan, programme, school, state="accepted", by=leader, officer=officer)
    turn("2022-09-03T10:00+08:00")

    assert told(programme, school, filed)["plan"] == (H.MISSING, 0)
    line = lines(programme, school)["plan"]
    assert (line.state, line.late, line.filed_at) == (H.ACCEPTED, True, filed)


def test_every_school_in_use_stands_in_it_and_others_that_hold_a_paper(programme, school, leader):
    idle = make_school(programme.authority, is_active=False)
    closed = make_school(programme.authority, is_active=False)
    elsewhere = make_school(make_authority(code="elsewhere"))
    make_filing(SchoolPlan, programme, closed, by=leader)

    assert list(register(programme)) == [school.pk, closed.pk]
    assert list(register(programme, school_ids=[idle.pk])) == [idle.pk]
    assert elsewhere.pk not in register(programme)


@pytest.mark.parametrize("items", (1, 3))
def test_register_query_count(turn, programme, items, django_assert_num_queries):
    for _ in range(items):
        school = make_school(programme.authority)
        leader = make_leader(school)
        for model in (SchoolPlan, SchoolReport):
            file_filing(make_filing(model, programme, school, state="approved", by=leader), by=leader)
        make_work(make_user("teacher", school=school), programme, school, state="filed", leader=leader)
    programme = type(programme).objects.get(pk=programme.pk)

    with django_assert_num_queries(6):
        register(programme, now() + timedelta(seconds=1))


def _file_late(plan, leader, officer):
    give_late_pass(
        plan.programme, plan.school, by=officer, submission="plan", until=date(2022, 9, 30), reason="停水两天"
    )
    file_filing(plan, by=leader)
